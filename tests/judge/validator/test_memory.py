"""What the validator remembers: no more than so much, whatever clients send.

Each memory has room for a number of entries. Clients choose some of them: so each entry
has a longest size, too, and what is longer is looked at every time.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import asgi_compare
from asgi_compare.judge.rules.engine.examples import HTTP_SCOPE
from asgi_compare.judge.selection import Selection
from asgi_compare.judge.validator import (
    plain_environ,
    plain_head,
    plain_scope,
    plain_start,
)
from asgi_compare.judge.validator.exchange import LONGEST_PLACE
from asgi_compare.judge.validator.findings import Findings
from asgi_compare.model.results import Finding
from tests.judge.validator.driving import BODY, call, drive, sends

LONG = 20_000
"""Bytes that a client, or an application, puts into one entry."""
TIMES = 150
"""How often; all of them would be three million bytes for each memory."""
ENOUGH = 400_000


def numbered() -> Iterator[str]:
    return (f"{number}-".ljust(LONG, "x") for number in range(TIMES))


async def paths() -> None:
    for text in numbered():
        scope = {"path": f"/{text}", "raw_path": f"/{text}".encode()}
        await drive(ANSWERS, {**HTTP_SCOPE, **scope})
        await drive(ANSWERS, {**HTTP_SCOPE, **scope, "root_path": "", "headers": ()})


async def names_of_headers() -> None:
    for text in numbered():
        fields = [(text.encode(), b"1")]
        await drive(ANSWERS, {**HTTP_SCOPE, "headers": fields})
        await drive(ANSWERS, {**HTTP_SCOPE, "headers": (*fields,)})


async def heads_of_responses() -> None:
    for text in numbered():
        long = text.encode()
        for status in (200, 401):
            challenge = b"Basic " if status == 401 else b""
            for name, value in (
                (b"x-" + long, b"1"),
                (b"x-a", long),
                (b"link", b"</%s>" % long),
                (b"www-authenticate", challenge + b'realm="%s"' % long),
            ):
                head = [(name, value), (b"www-authenticate", b"Basic")]
                start = {"type": "http.response.start", "status": status}
                await drive(
                    asgi_compare.validate(sends({**start, "headers": head}, BODY))
                )


async def variables() -> None:
    for text in numbered():
        call(asgi_compare.validate(_starts("200 OK", [])), **{f"HTTP_{text}": "1"})
        call(asgi_compare.validate(_starts("200 OK", [])), PATH_INFO=f"/{text}")


async def starts() -> None:
    for text in numbered():
        for status, name, value in (
            (f"200 {text}", "X-A", "1"),
            ("200 OK", f"X-{text}", "1"),
            ("200 OK", "X-A", text),
            ("200 OK", "Link", f"</{text}>"),
            (f"401 {text}", "WWW-Authenticate", "Basic"),
            ("401 No", "WWW-Authenticate", f'Basic realm="{text}"'),
        ):
            call(asgi_compare.validate(_starts(status, [(name, value)])))


def _starts(status: str, headers: Any) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response(status, headers)
        return [b"hello"]

    return application


async def findings() -> None:
    """The same mistake at one path after the other."""
    for text in numbered():
        scope = {"path": f"/{text}", "raw_path": f"/{text}".encode()}
        await drive(WRONG, {**HTTP_SCOPE, **scope})
        await drive(WRONG, {**HTTP_SCOPE, **scope, "x-key": 1})


ANSWERS = asgi_compare.validate(
    sends({"type": "http.response.start", "status": 200, "headers": []}, BODY)
)
WRONG = asgi_compare.validate(sends(BODY), lambda _: None)
MEMORIES: tuple[Any, ...] = (
    *(plain_scope._names, plain_scope._paths),
    *(plain_head._fields, plain_head._pairs),
    *(plain_start._asked, plain_start._fields, plain_start._pairs),
    plain_environ._texts,
)


@pytest.mark.parametrize(
    "attack", [paths, names_of_headers, heads_of_responses, variables, starts, findings]
)
async def test_memory_does_not_grow_with_what_others_choose(
    attack: Callable[[], Any],
) -> None:
    for memory in MEMORIES:
        memory.clear()
    tracemalloc.start()
    try:
        await attack()
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert left < ENOUGH


async def test_place_of_a_finding_is_cut_to_a_readable_length() -> None:
    wrapped = asgi_compare.validate(sends(BODY), lambda _: None)
    path = "/" + "x" * LONG

    await drive(wrapped, {**HTTP_SCOPE, "path": path, "raw_path": path.encode()})

    place = wrapped.findings[0].scenario
    assert place == f"GET {path}"[: LONGEST_PLACE - 3] + "..."


def test_start_is_known_though_another_thread_comes_between() -> None:
    """What was seen last belongs to all threads, and may be another one now."""
    others = [("Content-Length", "7")]

    class Switches(str):
        """Compares as its text does, while another thread is let in."""

        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            assert plain_start.plain_start("200 OK", others)
            return str.__eq__(self, other)

    mine: Any = [("Content-Length", "5")]
    assert plain_start.plain_start("200 OK", mine)

    known = plain_start.plain_start("200 OK", [("Content-Length", Switches("5"))])

    assert known == ("200 OK", mine, 5)


def test_finding_is_told_once_though_another_thread_comes_between() -> None:
    told: list[Any] = []
    findings = Findings(told.append, Selection(), None)

    class Switches(str):
        """Is looked for as its text is, while another thread is let in."""

        __slots__ = ()
        looks = 0

        def __hash__(self) -> int:
            Switches.looks += 1
            if Switches.looks == 2:  # the first time it was not there yet
                findings.take([finding("GET /")], ())
            return str.__hash__(self)

    def finding(place: str) -> Finding:
        return Finding("http/etag", "application", "must", "Wrong.", place)

    findings.take([finding(Switches("GET /"))], ())

    assert len(told) == 1
    assert findings.found == told


@pytest.mark.parametrize("name", [b"x-a", b"link"])
async def test_what_is_too_long_to_be_remembered_is_judged_each_time(
    name: bytes,
) -> None:
    long = b"x" * LONG
    start = {"type": "http.response.start", "status": 200}
    wrapped = asgi_compare.validate(sends({**start, "headers": [(name, long)]}, BODY))
    broken = sends({**start, "headers": [(name, long + b"\n")]}, BODY)
    found = asgi_compare.validate(broken, lambda _: None, select=["http/field-value"])

    for _ in range(2):
        await drive(wrapped)
        await drive(found)

    assert wrapped.findings == []
    assert [each.rule for each in found.findings] == ["http/field-value"]
