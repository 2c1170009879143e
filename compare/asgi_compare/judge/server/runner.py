"""All cases on one server, and on several servers beside each other.

Cases have sockets of their own, so several are played at a time; a server that serves
one connection at a time is found out first, and gets one after the other. What did not
pass is tried once more, with less going on and more patience, and if it passes then it
is `flaky`. What failed is tried again on a server that was started anew. A case that
asks for it (`own_server`) is played behind the others, and on a server that was started
for it. A server whose process is gone is started again, and the case was a `crash`.
"""

from __future__ import annotations

import asyncio
import functools
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from asgi_compare.drive.servers.supervisor import ServerError
from asgi_compare.judge.server.case import Case, VerdictKind
from asgi_compare.judge.server.host import Host
from asgi_compare.judge.server.lifecycle import perform
from asgi_compare.judge.server.observed import Observed
from asgi_compare.judge.server.player import play
from asgi_compare.judge.server.verdict import BAD, Result, judge, unsupported
from asgi_compare.model.transcript import Interface

AT_A_TIME: dict[Interface, int] = {"asgi": 10, "wsgi": 3}
"""Cases that are played at a time. WSGI servers have few threads."""
SERVERS_AT_A_TIME = 4
CASE_LIMIT = 20.0
"""Seconds that one attempt at a case may take, whatever happens."""
NO_WEBSOCKET = "The server offers no WebSocket: it answered a handshake with {}."
NOT_ASKED = "The command line of {} does not ask clients for their certificates."
NOT_OURS = "The server was started by somebody else, so it cannot be stopped."
REMOTE = "The case could hurt a server that others use; it is played on loopback only."

Progress = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be played, and how."""

    cases: tuple[Case, ...]
    seed: int | None = None
    """Shuffles the order of the cases; None keeps that of the chapters."""
    max_time: float | None = None
    """Seconds for all; what has not begun by then is not played."""
    dangerous: bool = True
    patience: float = 1.0
    """How long the client waits for what may not come, as a multiple of the usual."""


@dataclass(slots=True)
class Table:
    """What came of it: the results of all servers, and what was not played."""

    results: list[Result] = field(default_factory=list)
    not_played: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Servers that could not be had, with the reason."""


async def run_host(
    host: Host, wish: Wish, progress: Progress = lambda server, case: None
) -> Table:
    """Play all cases on one server."""
    table = Table()
    end = time.monotonic() + wish.max_time if wish.max_time else None
    try:
        await host.open()
    except ServerError as error:
        table.refused[host.name] = error.sentence
        return table
    try:
        await _rounds(host, wish, table, end, progress)
    finally:
        await host.close()
    return table


async def _rounds(
    host: Host, wish: Wish, table: Table, end: float | None, progress: Progress
) -> None:
    cases = list(wish.cases)
    if wish.seed is not None:
        random.Random(wish.seed).shuffle(cases)
    await _look_for_websocket(host, cases)
    found: dict[str, Result] = {}

    async def one(case: Case, patience: float) -> Result:
        result = await _attempt(host, case, wish, patience * wish.patience)
        progress(host.name, case.id)
        return result

    async def several(these: Sequence[Case], width: int, patience: float) -> list[Any]:
        width = 1 if host.one_at_a_time else width
        jobs = [functools.partial(one, case, patience) for case in these]
        return await _gather(jobs, width, end)

    async def alone(these: Sequence[Case], patience: float) -> list[Any]:
        got: list[Any] = []
        for case in these:
            over = end is not None and time.monotonic() > end
            fresh = (
                over or _cannot(host, case, wish) or await host.renew(case.transport)
            )
            got += await several([case], 1, patience) if fresh else [None]
        return got

    def keep(these: Sequence[Case], got: Sequence[Result | None]) -> None:
        for case, result in zip(these, got, strict=True):
            if result is not None:
                first = found.get(case.id)
                found[case.id] = merged(first, result) if first else result

    shared = [case for case in cases if not case.own_server]
    own = [case for case in cases if case.own_server]
    keep(shared, await several(shared, AT_A_TIME[host.interface], 1.0))
    warned = [case for case in shared if _again(found.get(case.id), "warn")]
    keep(warned, await several(warned, 2, 1.5))
    # After these, the process that served them is of no more use to others.
    keep(own, await alone(own, 1.0))
    once = [case for case in shared if case not in warned]
    failed = [case for case in once if _again(found.get(case.id), *BAD)]
    failed += [case for case in own if _again(found.get(case.id), "warn", *BAD)]
    keep(failed, await alone(failed, 1.5))
    table.not_played += [(host.name, c.id) for c in cases if c.id not in found]
    table.results += [found[case.id] for case in wish.cases if case.id in found]


def _again(result: Result | None, *verdicts: VerdictKind) -> bool:
    if result is None or result.level == "unclear":
        return False
    return result.verdict in verdicts


def merged(first: Result, second: Result) -> Result:
    """Return the result of a case that was tried twice."""
    if second.verdict in BAD or second.verdict == "warn":
        return second
    said = f"It passed when it was tried again, but not at first: {first.sentence}"
    flaky: VerdictKind = "flaky"
    return replace(second, verdict=flaky, sentence=said, wire=first.wire + second.wire)


async def _gather(
    jobs: Sequence[Callable[[], Coroutine[Any, Any, Result]]],
    width: int,
    end: float | None,
) -> list[Result | None]:
    gate = asyncio.Semaphore(width)

    async def one(job: Callable[[], Coroutine[Any, Any, Result]]) -> Result | None:
        async with gate:
            if end is not None and time.monotonic() > end:
                return None
            return await job()

    return await asyncio.gather(*(one(job) for job in jobs))


async def _attempt(host: Host, case: Case, wish: Wish, patience: float) -> Result:
    if reason := _cannot(host, case, wish):
        return _plain(host, case, "unsupported", reason)
    try:
        host = await host.door(case.transport)
    except ServerError as error:
        return _plain(host, case, "fail", error.sentence)
    began = time.monotonic()
    try:
        async with asyncio.timeout(CASE_LIMIT):
            if case.life:
                return await _life(host, case)
            seen = await play(case, host.endpoint(), patience)
            result = judge(case, host.name, seen, time.monotonic() - began)
    except TimeoutError:
        said = f"It was not over after {CASE_LIMIT:g} s."
        result = _plain(host, case, "timeout", said)
    except OSError as error:
        said = f"There was no connection: {type(error).__name__}."
        result = _plain(host, case, "fail", said)
    if result.verdict in BAD and (ended := await host.crashed()):
        return replace(result, verdict="crash", sentence=f"{ended} {result.sentence}")
    return result


def _cannot(host: Host, case: Case, wish: Wish) -> str:
    if reason := unsupported(case, host.interface):
        return reason
    if case.danger and not wish.dangerous:
        return REMOTE
    if case.life and host.server is None:
        return NOT_OURS
    if host.no_websocket and _is_websocket(case):
        return host.no_websocket
    if reason := host.no_door(case.transport):
        return reason
    if case.tls.shows and host.server and not host.server.asks_clients():
        return NOT_ASKED.format(host.name)
    return ""


def _is_websocket(case: Case) -> bool:
    return case.needs.startswith("websocket")


def _plain(host: Host, case: Case, verdict: VerdictKind, sentence: str) -> Result:
    return Result(case.id, host.name, verdict, case.level, sentence)


async def _life(host: Host, case: Case) -> Result:
    assert host.server is not None
    began = time.monotonic()
    try:
        problem, stage = await perform(case, host.server, host.interface)
    except ServerError as error:
        return _plain(host, case, "fail", error.sentence)
    notes = tuple(stage.notes)
    seen = Observed(host.interface, tuple(stage.connections), notes=notes)
    reporting = case.level == "may" and notes
    shown = replace(
        case,
        checks=((lambda _: problem),),
        report=(lambda _: notes[0]) if reporting else None,
    )
    return judge(shown, host.name, seen, time.monotonic() - began)


async def _look_for_websocket(host: Host, cases: Sequence[Case]) -> None:
    """Find out whether it speaks WebSocket at all: no text says that it must."""
    handshake = next((c for c in cases if c.name == "handshake"), None)
    sample = handshake or next((c for c in cases if _is_websocket(c)), None)
    if sample is None or host.interface == "wsgi":
        return
    from asgi_compare.judge.server.chapters import CASES

    try:
        seen = await play(CASES["wire/handshake"], host.endpoint())
    except OSError:
        return
    if seen.wire.finals and seen.wire.finals[0] != 101:
        host.no_websocket = NO_WEBSOCKET.format(seen.wire.finals[0])


async def run_all(
    hosts: Sequence[Host], wish: Wish, progress: Progress = lambda server, case: None
) -> Table:
    """Play all cases on several servers, some at a time."""
    gate = asyncio.Semaphore(SERVERS_AT_A_TIME)
    began = time.monotonic()

    async def one(host: Host) -> Table:
        async with gate:
            left = wish.max_time
            if left is not None:
                left = max(0.1, left - (time.monotonic() - began))
            return await run_host(host, replace(wish, max_time=left), progress)

    table = Table()
    for each in await asyncio.gather(*(one(host) for host in hosts)):
        table.results += each.results
        table.not_played += each.not_played
        table.refused |= each.refused
    return table
