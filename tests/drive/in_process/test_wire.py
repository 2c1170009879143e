from __future__ import annotations

from typing import Any

import pytest

from asgi_compare.contract.scenario import Headers, Request
from asgi_compare.drive import request_parts as wire
from asgi_compare.drive.in_process.asgi_http import exchange


def scope_of(request: Request, **more: Any) -> dict[str, Any]:
    return wire.prepare(request).scope(more.get("state"), more.get("extensions", {}))


def test_scope_has_all_that_the_specification_names() -> None:
    request = Request(
        "post",
        b"/a%20b?c=%20&d",
        headers=((b"X-B", b"2"), (b"x-a", b"1"), (b"X-B", b"3")),
        body=(b"abc", b"d"),
        root_path="/mount",
    )

    assert scope_of(request, state={"s": 1}, extensions={"x": {"y": 1}}) == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/mount/a b",
        "raw_path": b"/mount/a%20b",
        "query_string": b"c=%20&d",
        "root_path": "/mount",
        "headers": [
            (b"host", b"127.0.0.1:8000"),
            (b"x-b", b"2"),
            (b"x-a", b"1"),
            (b"x-b", b"3"),
            (b"content-length", b"4"),
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {"s": 1},
        "extensions": {"x": {"y": 1}},
    }


@pytest.mark.parametrize(
    ("target", "path", "raw_path", "query"),
    [
        (b"/", "/", b"/", b""),
        (b"/?", "/", b"/", b""),
        (b"/a?b?c", "/a", b"/a", b"b?c"),
        (b"/a%2Fb", "/a/b", b"/a%2Fb", b""),
        (b"/a%0Ab", "/a\nb", b"/a%0Ab", b""),
        (b"/%C3%A9", "/é", b"/%C3%A9", b""),
        (b"/\xc3\xa9", "/é", b"/\xc3\xa9", b""),
        (b"/%ff", "/\ufffd", b"/%ff", b""),
        (b"/%zz%", "/%zz%", b"/%zz%", b""),
        (b"/a+b?c+d", "/a+b", b"/a+b", b"c+d"),
        (b"/?u=http://x/", "/", b"/", b"u=http://x/"),
        (b"*", "*", b"*", b""),
        (b"http://h:1/a?b", "/a", b"/a", b"b"),
        (b"http://h", "/", b"/", b""),
        (b"http://h?q", "/", b"/", b"q"),
    ],
)
def test_target_is_taken_apart(
    target: bytes, path: str, raw_path: bytes, query: bytes
) -> None:
    scope = scope_of(Request(target=target))

    assert (scope["path"], scope["raw_path"], scope["query_string"]) == (
        path,
        raw_path,
        query,
    )


def test_root_path_is_percent_encoded_in_the_raw_path() -> None:
    scope = scope_of(Request(target=b"/x", root_path="/é b"))

    assert (scope["path"], scope["raw_path"]) == ("/é b/x", b"/%C3%A9%20b/x")


HOST = (b"host", b"127.0.0.1:8000")


@pytest.mark.parametrize(
    ("request_", "headers"),
    [
        (Request(), (HOST,)),
        (
            Request(headers=((b"A", b"1"), (b"HOST", b"x"))),
            ((b"a", b"1"), (b"host", b"x")),
        ),
        (
            Request(target=b"http://h/", headers=((b"Host", b"x"), (b"a", b"1"))),
            ((b"host", b"h"), (b"a", b"1")),
        ),
        (Request("POST"), (HOST, (b"content-length", b"0"))),
        (Request("DELETE"), (HOST,)),
        (Request("DELETE", body=(b"x",)), (HOST, (b"content-length", b"1"))),
        (
            Request("POST", body=(b"x",), headers=((b"Content-Length", b"9"),)),
            (HOST, (b"content-length", b"9")),
        ),
        (Request(chunked=True), (HOST, (b"transfer-encoding", b"chunked"))),
    ],
    ids=[
        "none given",
        "host given",
        "authority in the target",
        "post without a body",
        "delete without a body",
        "delete with a body",
        "wrong length given",
        "chunked",
    ],
)
def test_driver_adds_host_and_framing(request_: Request, headers: Headers) -> None:
    assert scope_of(request_)["headers"] == list(headers)


def test_request_is_read_once() -> None:
    request = Request()

    assert wire.prepare(request) is wire.prepare(request)


def test_large_request_is_not_kept() -> None:
    request = Request("POST", body=(b"x" * (wire.LARGE + 1),))

    assert wire.prepare(request) is not wire.prepare(request)


async def test_no_more_requests_are_kept_than_a_limit() -> None:
    """And each is told from the others, although identities come again."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": scope["query_string"]})

    for number in range(wire.MANY + 10):
        transcript = await exchange(application, Request(target=b"/?%d" % number))
        assert transcript.response is not None
        assert transcript.response.body == b"%d" % number
        assert len(wire.PREPARED) <= wire.MANY
