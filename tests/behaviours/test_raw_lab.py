"""The worked examples by hand: what the behaviours do not ask of them."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest

from asgi_raw.events import Application, Event, Receive, Scope, Send, text
from asgi_raw.lab import fields, guards, leaving, limits, sessions, validators
from compare.behaviours.words import ask
from compare.contract.scenario import Client, Request
from compare.drivers import asgi_http
from compare.transcript import Transcript

HOSTS = frozenset({"testserver", "::1"})
LONG = b"Jack " * 100


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """Say what is needed here: the scheme, after the body was read."""
    while (await receive()).get("more_body"):
        pass
    await text(send, scope["scheme"])


def answering(*events: Event) -> Application:
    """Make an application that sends these events."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for event in events:
            await send(event)

    return app


def start(*headers: tuple[bytes, bytes], status: int = 200) -> Event:
    return {"type": "http.response.start", "status": status, "headers": [*headers]}


def body(content: bytes, more: bool = False) -> Event:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def asked(app: Application, target: str = "/", **more: Any) -> Transcript:
    request = ask(target, **more).exchange
    assert isinstance(request, Request)
    return await asgi_http.exchange(app, request)


async def status_of(app: Application, target: str = "/", **more: Any) -> int:
    response = (await asked(app, target, **more)).response
    assert response is not None
    return response.status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("testserver", 200),
        ("TestServer:8000", 200),
        ("[::1]", 400),
        ("", 400),
        ("evil.example", 400),
        ("testserver:80x", 400),
        ("testserver:99999", 400),
        ("user@testserver", 400),
        ("testserver/?", 400),
    ],
)
async def test_host_is_ours_or_refused(host: str, status: int) -> None:
    assert await status_of(guards.host_check(page, HOSTS), host=host) == status


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"origin": "https://evil.example"}, 200),
        ("POST", {}, 200),
        ("POST", {"origin": "http://127.0.0.1:8000"}, 200),
        ("POST", {"origin": "null"}, 403),
        ("POST", {"sec_fetch_site": "same-origin"}, 200),
        ("POST", {"sec_fetch_site": "cross-site"}, 403),
    ],
    ids=["safe method", "no browser", "ours", "null", "same origin", "another site"],
)
async def test_form_comes_from_a_page_of_ours(
    method: str, headers: dict[str, str], status: int
) -> None:
    app = guards.origin_check(page)
    assert await status_of(app, method=method, **headers) == status


async def test_https_is_answered_and_http_is_sent_there() -> None:
    app = guards.forwarded_scheme(guards.https_redirect(page))
    assert (await status_of(app, x_forwarded_proto="https")) == 200
    response = (await asked(app, "/a%20b?c")).response
    assert response is not None
    assert response.status == 301
    assert response.header(b"location") == [b"https://127.0.0.1/a%20b?c"]


async def test_slash_is_appended_to_paths_of_ours_only() -> None:
    app = guards.slash_append(page, frozenset({"/a/"}))
    assert await status_of(app, "/a") == 301
    assert await status_of(app, "/a/") == 200
    assert await status_of(app, "//evil.example") == 200


async def test_field_that_is_there_is_left_alone() -> None:
    app = fields.careful_fields(
        answering(start((b"X-Frame-Options", b"SAMEORIGIN")), body(b""))
    )
    response = (await asked(app)).response
    assert response is not None
    assert response.header(b"x-frame-options") == [b"SAMEORIGIN"]
    assert response.header(b"strict-transport-security") == []


async def test_hsts_is_sent_over_https() -> None:
    app = guards.forwarded_scheme(fields.careful_fields(page))
    response = (await asked(app, x_forwarded_proto="https")).response
    assert response is not None
    assert response.header(b"strict-transport-security") == [b"max-age=3600"]


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
async def test_body_is_limited(chunked: bool) -> None:
    app = limits.body_limit(page, 10)
    more: dict[str, Any] = {"method": "POST", "chunked": chunked}
    assert await status_of(app, body=(b"01234", b"56789"), **more) == 200
    assert await status_of(app, body=(b"01234", b"56789", b"0"), **more) == 413


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


async def test_answer_that_does_not_begin_is_given_up() -> None:
    assert await status_of(limits.time_limit(slow, 0.01)) == 503


async def test_answer_that_has_begun_may_take_its_time() -> None:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await asyncio.sleep(0.02)
        await send(body(b"late"))

    assert await status_of(limits.time_limit(late, 0.01)) == 200


async def test_timeout_of_the_application_is_its_own() -> None:
    async def impatient(scope: Scope, receive: Receive, send: Send) -> None:
        raise TimeoutError("mine")

    transcript = await asked(limits.time_limit(impatient))
    assert transcript.ending.error == "TimeoutError: mine"


async def test_known_bytes_are_not_sent_again() -> None:
    app = validators.conditional(answering(start((b"x", b"y")), body(LONG)))
    first = (await asked(app)).response
    assert first is not None
    etag = first.header(b"etag")[0].decode()
    again = (await asked(app, if_none_match=f'"other", W/{etag}')).response
    assert again is not None
    assert (again.status, again.body) == (304, b"")
    assert again.header(b"x") == [b"y"]


@pytest.mark.parametrize(
    ("method", "status"), [("POST", 200), ("GET", 404)], ids=["POST", "404"]
)
async def test_only_good_answers_to_get_are_named(method: str, status: int) -> None:
    app = validators.conditional(answering(start(status=status), body(LONG)))
    response = (await asked(app, method=method)).response
    assert response is not None
    assert response.header(b"etag") == []


async def test_stream_passes_as_it_comes() -> None:
    app = validators.compressed(
        validators.conditional(
            answering(start(), body(LONG, True), body(LONG, True), body(b""))
        )
    )
    response = (await asked(app, accept_encoding="gzip")).response
    assert response is not None
    assert response.pieces == (len(LONG), len(LONG))
    assert response.header(b"etag") == response.header(b"content-encoding") == []


@pytest.mark.parametrize(
    ("content", "accepts", "packed"),
    [
        (LONG, "gzip", True),
        (LONG, "br, gzip;q=0.5", True),
        (LONG, "br", False),
        (b"short", "gzip", False),
    ],
    ids=["accepted", "among others", "not accepted", "too short"],
)
async def test_body_is_packed_where_that_helps(
    content: bytes, accepts: str, packed: bool
) -> None:
    app = validators.compressed(answering(start(), body(content)))
    response = (await asked(app, accept_encoding=accepts)).response
    assert response is not None
    assert isinstance(response.body, bytes)
    assert (response.header(b"content-encoding") == [b"gzip"]) is packed
    assert (gzip.decompress(response.body) if packed else response.body) == content


KEY = b"key"


def test_session_is_read_as_it_was_written() -> None:
    assert sessions.opened(KEY, sessions.closed(KEY, {"a": 1})) == {"a": 1}


@pytest.mark.parametrize("text", ["", "abc", "abc.def", ".", "eyJhIjoxfQ==."])
def test_session_with_another_signature_is_empty(text: str) -> None:
    assert sessions.opened(KEY, text) == {}
    assert sessions.opened(b"another key", sessions.closed(KEY, {"a": 1})) == {}


async def test_session_that_did_not_change_sets_no_cookie() -> None:
    app = sessions.signed_sessions(page, KEY)
    response = (await asked(app)).response
    assert response is not None
    assert response.header(b"set-cookie") == []


async def test_application_stops_when_the_client_leaves() -> None:
    transcript = await asked(
        leaving.stops_with_the_client(slow), client=Client(leaves_after=0.01)
    )
    assert transcript.ending.kind == "returned"


async def test_application_gets_what_it_waits_for() -> None:
    app = leaving.stops_with_the_client(page)
    assert await status_of(app, method="POST", body=(b"a", b"b")) == 200


async def test_exception_is_raised_when_nobody_has_left() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("mine")

    transcript = await asked(leaving.stops_with_the_client(failing))
    assert transcript.ending.error == "KeyError: 'mine'"
