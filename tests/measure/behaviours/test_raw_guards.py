"""The worked examples by hand: who may ask, and for what kind of connection."""

from __future__ import annotations

import pytest

from asgi_compare.contract.scenario import Conversation, Lifetime
from asgi_compare.drive.in_process import asgi_lifespan, asgi_websocket
from asgi_compare.laboratory.raw_lab import app as lab
from asgi_compare.laboratory.raw_lab import guards
from asgi_raw.events import Application, Receive, Scope, Send
from tests.measure.behaviours.raw import asked, page, status_of

HOSTS = frozenset({"testserver", "[::1]", "127.0.0.1"})
WITH_SOMETHING = [name for name in vars(lab) if name.startswith("with_")]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("testserver", 200),
        ("TestServer:8000", 200),
        ("testserver:", 200),
        ("[::1]:8000", 200),
        ("", 400),
        ("evil.example", 400),
        ("testserver:80x", 400),
        ("testserver:99999", 400),
        ("user@testserver", 400),
        ("testserver/?", 400),
        ("testserver, evil.example", 400),
        ("testserver\t", 400),
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
        ("POST", {"origin": "https://127.0.0.1:8000"}, 403),
        ("POST", {"origin": "null"}, 403),
        ("POST", {"sec_fetch_site": "same-origin"}, 200),
        ("POST", {"sec_fetch_site": "cross-site"}, 403),
        ("BREW", {"origin": "http://evil.example"}, 403),
    ],
    ids=[
        "safe method",
        "no browser",
        "ours",
        "another scheme",
        "null",
        "same origin",
        "another site",
        "unknown method",
    ],
)
async def test_form_comes_from_a_page_of_ours(
    method: str, headers: dict[str, str], status: int
) -> None:
    app = guards.origin_check(page)
    assert await status_of(app, method=method, **headers) == status


async def test_form_over_https_comes_from_a_page_over_https() -> None:
    app = guards.forwarded_scheme(guards.origin_check(page))
    more = {"method": "POST", "x_forwarded_proto": "https"}
    assert await status_of(app, origin="https://127.0.0.1:8000", **more) == 200
    assert await status_of(app, origin="http://127.0.0.1:8000", **more) == 403


async def test_https_is_answered_and_http_is_sent_there() -> None:
    app = guards.forwarded_scheme(guards.https_redirect(page))
    assert (await status_of(app, x_forwarded_proto="https")) == 200
    response = (await asked(app, "/a%20b?c")).response
    assert response is not None
    assert response.status == 301
    assert response.header(b"location") == [b"https://127.0.0.1/a%20b?c"]


async def test_address_keeps_its_brackets_on_the_way_to_https() -> None:
    response = (await asked(guards.https_redirect(page), host="[::1]:8000")).response
    assert response is not None
    assert response.header(b"location") == [b"https://[::1]/"]


async def test_nobody_is_sent_to_what_is_no_host() -> None:
    assert await status_of(guards.https_redirect(page), host="a/b") == 400


async def test_path_is_quoted_where_the_server_does_not_give_it_raw() -> None:
    app = guards.https_redirect(page)

    async def without_raw_path(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "raw_path": None}, receive, send)

    response = (await asked(without_raw_path, "/a%20b")).response
    assert response is not None
    assert response.header(b"location") == [b"https://127.0.0.1/a%20b"]


async def test_slash_is_appended_to_paths_of_ours_only() -> None:
    app = guards.slash_append(page, frozenset({"/a/", "/é/"}))
    assert await status_of(app, "/a") == 301
    assert await status_of(app, "/a/") == 200
    assert await status_of(app, "//evil.example") == 200
    response = (await asked(app, "/%C3%A9?b")).response
    assert response is not None
    assert response.header(b"location") == [b"/%C3%A9/?b"]


async def handshake(app: Application, *headers: tuple[bytes, bytes]) -> int:
    conversation = Conversation(b"/ws/echo", headers, says=("hello",))
    response = (await asgi_websocket.exchange(app, conversation, hears=1)).response
    assert response is not None
    return response.status


@pytest.mark.parametrize(
    ("name", "origin", "status"),
    [
        ("with_host_check", b"http://127.0.0.1:8000", 101),
        ("with_origin_check", b"http://127.0.0.1:8000", 101),
        ("with_origin_check", b"http://evil.example", 403),
        ("with_https_redirect", b"http://127.0.0.1:8000", 403),
    ],
)
async def test_websocket_goes_through_the_same_guard(
    name: str, origin: bytes, status: int
) -> None:
    assert await handshake(getattr(lab, name), (b"origin", origin)) == status


async def test_websocket_for_another_host_is_refused() -> None:
    app = guards.host_check(lab.application, frozenset({"elsewhere.example"}))
    assert await handshake(app) == 403


async def test_websocket_is_as_safe_as_the_proxy_says() -> None:
    forwarded = (b"x-forwarded-proto", b"https")
    assert await handshake(lab.with_https_redirect, forwarded) == 101


@pytest.mark.parametrize("name", [*WITH_SOMETHING, "stopping"])
async def test_server_can_start_what_a_middleware_is_around(name: str) -> None:
    transcript = await asgi_lifespan.exchange(getattr(lab, name), Lifetime())
    assert transcript.ending.error == ""
    assert [each.event["type"] for each in transcript.events] == [
        "lifespan.startup",
        "lifespan.startup.complete",
        "lifespan.shutdown",
        "lifespan.shutdown.complete",
    ]


@pytest.mark.parametrize("name", sorted({*WITH_SOMETHING} - {"with_https_redirect"}))
async def test_websocket_gets_through_what_is_for_http(name: str) -> None:
    assert await handshake(getattr(lab, name)) == 101
