"""What can be read only once is handed on unread, in both directions."""

from __future__ import annotations

from typing import Any

import pytest

import asgi_compare
from asgi_compare.judge.rules.engine.examples import HTTP_SCOPE, WEBSOCKET_SCOPE
from tests.judge.validator.driving import BODY, drive, sends

FIELDS = [(b"x-a", b"1"), (b"x-b", b"2")]
KINDS: dict[str, Any] = {
    "generator": lambda fields: (pair for pair in fields),
    "iterator": iter,
    "list of iterators": lambda fields: [iter(pair) for pair in fields],
    "tuple of iterators": lambda fields: tuple(iter(pair) for pair in fields),
    "one iterator among tuples": lambda fields: [*fields[:-1], iter(fields[-1])],
    "iterator of iterators": lambda fields: iter([iter(pair) for pair in fields]),
}
EACH_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def read(headers: Any) -> list[tuple[bytes, bytes]]:
    """Read headers as most servers do, once."""
    return [(name, value) for name, value in headers]


@EACH_KIND
@pytest.mark.parametrize("status", [200, 302, 401, 405])
async def test_headers_of_a_response_reach_the_server_as_they_were(
    status: int, kind: Any
) -> None:
    """Nothing is said of a field that they may lack, such as Location."""
    heads: list[Any] = []

    async def send(event: Any) -> None:
        heads.append(event)
        if "headers" in event:
            assert read(event["headers"]) == FIELDS

    # Readable ones first: what is known of them must not open the others.
    plain = asgi_compare.validate(sends(_start(200, FIELDS), BODY))
    await drive(plain, send=send)
    heads.clear()
    start = _start(status, kind(FIELDS))
    wrapped = asgi_compare.validate(sends(start, BODY), side="application")
    await drive(wrapped, send=send)

    assert [id(each) for each in heads] == [id(start), id(BODY)]
    assert wrapped.findings == []


def _start(status: int, headers: Any) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers}


async def test_what_can_be_read_beside_it_is_judged() -> None:
    headers = [(b"x-a", b"1\n"), iter(FIELDS[1])]
    wrapped = asgi_compare.validate(sends(_start(200, headers), BODY), lambda _: None)

    await drive(wrapped)

    assert [each.rule for each in wrapped.findings] == ["http/field-value"]
    assert list(headers[1]) == [b"x-b", b"2"]


@EACH_KIND
@pytest.mark.parametrize(
    "scope",
    [HTTP_SCOPE, {**HTTP_SCOPE, "x-key": 1}, WEBSOCKET_SCOPE],
    ids=["usual", "with a key more", "websocket"],
)
async def test_headers_of_a_request_reach_the_application_as_they_were(
    scope: Any, kind: Any
) -> None:
    got: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        got.extend(read(scope["headers"]))

    wrapped = asgi_compare.validate(application, side="server")
    await drive(wrapped, {**scope, "headers": FIELDS})  # names that are known
    got.clear()

    await drive(wrapped, {**scope, "headers": kind(FIELDS)})

    assert got == FIELDS
    assert wrapped.findings == []
