"""The worked examples by hand: signed sessions, and the files of a folder."""

from __future__ import annotations

import hmac
import time
from pathlib import Path

import pytest

from asgi_compare.laboratory.raw_lab import guards, sessions, static
from asgi_compare.model.transcript import Response
from asgi_raw.events import Application, Receive, Scope, Send, text
from tests.measure.behaviours.raw import asked, page, status_of

KEY = b"key"


def test_session_is_read_as_it_was_written() -> None:
    assert sessions.opened(KEY, sessions.closed(KEY, {"a": 1})) == {"a": 1}


@pytest.mark.parametrize("text", ["", "abc", "abc.def", ".", "eyJhIjoxfQ==.1."])
def test_session_with_another_signature_is_empty(text: str) -> None:
    assert sessions.opened(KEY, text) == {}
    assert sessions.opened(b"another key", sessions.closed(KEY, {"a": 1})) == {}


def test_session_with_another_time_is_empty() -> None:
    written, _, signed = sessions.closed(KEY, {"a": 1}, now=0).split(".")
    assert sessions.opened(KEY, f"{written}.{int(time.time())}.{signed}") == {}


def test_session_that_is_too_old_is_empty() -> None:
    then = time.time() - sessions.TWO_WEEKS - 2
    assert sessions.opened(KEY, sessions.closed(KEY, {"a": 1}, now=then)) == {}


def test_what_else_is_signed_with_the_key_is_no_session() -> None:
    dated = sessions.closed(KEY, {"a": 1}).rpartition(".")[0]
    signed = hmac.new(KEY, dated.encode(), "sha256").hexdigest()
    assert sessions.opened(KEY, f"{dated}.{signed}") == {}


async def answer(app: Application, **headers: str) -> Response:
    response = (await asked(app, **headers)).response
    assert response is not None
    return response


async def test_session_that_did_not_change_sets_no_cookie() -> None:
    response = await answer(sessions.signed_sessions(page, KEY))
    assert response.header(b"set-cookie") == []
    assert response.header(b"vary") == [b"Cookie"]


async def deep(scope: Scope, receive: Receive, send: Send) -> None:
    """Change what is inside of what is in the session."""
    scope["session"].setdefault("list", []).append(1)
    await text(send, str(len(scope["session"]["list"])))


async def test_change_deep_in_a_session_is_remembered() -> None:
    app = sessions.signed_sessions(deep, KEY)
    first = await answer(app)
    cookie = first.header(b"set-cookie")[0].decode().partition(";")[0]
    again = await answer(app, cookie=f"a,b=1; broken; {cookie}")
    assert again.text == "2"
    assert again.header(b"set-cookie") != []


async def test_cookie_that_was_set_by_https_stays_there() -> None:
    app = guards.forwarded_scheme(sessions.signed_sessions(deep, KEY))
    over_http = (await answer(app)).header(b"set-cookie")[0]
    over_https = (await answer(app, x_forwarded_proto="https")).header(b"set-cookie")[0]
    assert not over_http.endswith(b"; Secure")
    assert over_https.endswith(
        b"; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax; Secure"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files in it, one beside it, and links that lead out of it."""
    inside = tmp_path / "inside"
    (inside / "below").mkdir(parents=True)
    (inside / "a.css").write_text("a {}")
    (inside / "below" / "b b").write_text("b")
    (inside / ".hidden").write_text("secret")
    (tmp_path / "beside.txt").write_text("secret")
    (inside / "link").symlink_to(tmp_path / "beside.txt")
    (inside / "out").symlink_to(tmp_path)
    (inside / "same").symlink_to(inside / "a.css")
    return inside


def test_files_of_the_folder_are_listed_and_no_others(folder: Path) -> None:
    assert set(static.listing("/s/", folder)) == {"/s/a.css", "/s/below/b b", "/s/same"}


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/s/a.css", 200),
        ("/s/below/b%20b", 200),
        ("/s/below/../a.css", 404),
        ("/s/../beside.txt", 404),
        ("/s/%2e%2e/beside.txt", 404),
        ("/s//etc/hosts", 404),
        ("/s/a.css%00", 404),
        ("/s/", 404),
        ("/elsewhere", 200),
    ],
)
async def test_path_is_that_of_a_file_or_of_nothing(
    folder: Path, target: str, status: int
) -> None:
    assert await status_of(static.files(page, "/s/", folder), target) == status


async def test_file_says_what_it_is_and_is_not_sent_twice(folder: Path) -> None:
    app = static.files(page, "/s/", folder)
    first = (await asked(app, "/s/a.css")).response
    assert first is not None
    assert first.text == "a {}"
    assert first.header(b"content-type") == [b"text/css"]
    assert first.header(b"x-content-type-options") == [b"nosniff"]
    etag = first.header(b"etag")[0].decode()
    assert await status_of(app, "/s/a.css", if_none_match=etag) == 304
    assert await status_of(app, "/s/a.css", method="POST") == 405
    unknown = (await asked(app, "/s/below/b%20b")).response
    assert unknown is not None
    assert unknown.header(b"content-type") == [b"application/octet-stream"]
