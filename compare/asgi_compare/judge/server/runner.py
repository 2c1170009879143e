"""All cases on one server, and on several servers beside each other.

Cases have sockets of their own, so several are played at a time; a server that serves
one connection at a time is found out first, and gets one after the other. What did not
pass is tried once more, with less going on and more patience, and if it passes then it
is `flaky`. What failed is tried again on a server that was started anew. A case that
asks for it (`own_server`) is played behind the others, and on a server that was started
for it.

A server that is gone, or answers nobody, is started anew at once. What was under way
then is played again, each alone: the one that brings it down again was the cause, and
the others have lost nothing.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

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
A_CASE, A_START = 0.7, 2.0
"""Seconds that most cases take, and most starts of a server, on two cores."""
NO_WEBSOCKET = "The server offers no WebSocket: it answered a handshake with {}."
NOT_ASKED = "The command line of {} does not ask clients for their certificates."
NOT_KNOWN = "The server was started by somebody else, who knows no certificate of ours."
NOT_OURS = "The server was started by somebody else, so it cannot be stopped."
OVER_TCP = "The case is played over TCP, without TLS."
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
    """Servers that could not be run, with the reason."""
    logs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What these wrote last."""
    notes: list[str] = field(default_factory=list)
    interrupted: bool = False


async def run_host(
    host: Host,
    wish: Wish,
    progress: Progress = lambda server, case: None,
    table: Table | None = None,
) -> Table:
    """Play all cases on one server; however it ends, the table has what came."""
    table = Table() if table is None else table
    run = _Run(host, wish, table, progress)
    try:
        await host.open()
        await run.rounds()
    except ServerError as error:
        run.found.clear()
        table.refused[host.name] = error.sentence
        table.logs[host.name] = error.logs
    finally:
        run.write_down()
        await host.close()
    return table


class _Run:
    """One server and its results so far."""

    def __init__(
        self, host: Host, wish: Wish, table: Table, progress: Progress
    ) -> None:
        self.host = host
        self.wish = wish
        self.table = table
        self.progress = progress
        self.found: dict[str, Result] = {}
        self.disturbed: dict[str, Attempt] = {}
        """What was played while the server went down, perhaps by another case."""
        self.causes: set[str] = set()
        """What brought the server down when it was played alone, and need not again."""
        self.end = time.monotonic() + wish.max_time if wish.max_time else None

    @property
    def over(self) -> bool:
        """Whether nothing more is to begin."""
        return self.end is not None and time.monotonic() > self.end

    def write_down(self) -> None:
        """Put into the table what there is."""
        cases = self.wish.cases
        self.table.results += [self.found[c.id] for c in cases if c.id in self.found]
        if self.host.name not in self.table.refused:
            left = [c.id for c in cases if c.id not in self.found]
            self.table.not_played += [(self.host.name, case) for case in left]

    async def rounds(self) -> None:
        """Play all that time allows."""
        cases = list(self.wish.cases)
        if self.wish.seed is not None:
            random.Random(self.wish.seed).shuffle(cases)
        await _look_for_websocket(self.host, cases)
        shared = [case for case in cases if not case.own_server]
        own = [case for case in cases if case.own_server]
        await self.several(shared, AT_A_TIME[self.host.interface], 1.0)
        await self.host.is_one()
        await self.one_by_one([c for c in shared if c.id in self.disturbed])
        warned = [case for case in shared if _again(self.found.get(case.id), "warn")]
        await self.several(warned, 2, 1.5)
        await self.one_by_one([c for c in warned if c.id in self.disturbed])
        # After these, the process that served them is of no more use to others.
        await self.each_on_a_new_one(own, 1.0)
        once = [case for case in shared if case not in warned]
        once = [case for case in once if case.id not in self.causes]
        failed = [case for case in once if _again(self.found.get(case.id), *BAD)]
        failed += [c for c in own if _again(self.found.get(c.id), "warn", *BAD)]
        await self.each_on_a_new_one(failed, 1.5)

    async def several(self, cases: Sequence[Case], width: int, patience: float) -> None:
        """Play them beside each other."""
        gate = asyncio.Semaphore(1 if self.host.one_at_a_time else width)

        async def one(case: Case) -> None:
            async with gate:
                if not self.over:
                    attempt = await self.attempt(case, patience)
                    if attempt.disturbed and attempt.result.verdict != "pass":
                        self.disturbed[case.id] = attempt
                    else:
                        self.keep(attempt.result)

        try:
            async with asyncio.TaskGroup() as group:
                for case in cases:
                    group.create_task(one(case))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None

    async def one_by_one(self, cases: Sequence[Case]) -> None:
        """Play again, alone, what was disturbed: one of them may be the cause."""
        before = [self.disturbed.pop(case.id) for case in cases]
        mended = [a.trouble for a in before if a.trouble]
        for case in cases:
            if not self.over:
                attempt = await self.attempt(case, 1.0)
                self.keep(attempt.result)
                if attempt.trouble:
                    self.causes.add(case.id)
                    mended = []
        if mended:
            names = ", ".join(case.name for case in cases[:5])
            self.table.notes.append(
                f"{self.host.name}: {mended[0]} It was while {len(cases)} case(s) were "
                f"played beside each other ({names}, ...); alone, none of them did it."
            )

    async def each_on_a_new_one(self, cases: Sequence[Case], patience: float) -> None:
        """Play each alone, on a server that was started for it."""
        for case in cases:
            if self.over:
                return
            if _cannot(self.host, case, self.wish) or await self.host.renew(
                case.transport
            ):
                self.keep((await self.attempt(case, patience)).result)

    async def attempt(self, case: Case, patience: float) -> Attempt:
        """Play it once."""
        made = await _attempt(self.host, case, self.wish, patience * self.wish.patience)
        self.progress(self.host.name, case.id)
        if not self.host.again:
            return made
        again = f"{self.host.again} --select {case.name}"
        return replace(made, result=replace(made.result, again=again))

    def keep(self, result: Result) -> None:
        """Add it to what is known of the case."""
        first = self.found.get(result.case)
        self.found[result.case] = merged(first, result) if first else result


def _again(result: Result | None, *verdicts: VerdictKind) -> bool:
    if result is None or result.level == "unclear":
        return False
    return result.verdict in verdicts


def merged(first: Result, second: Result) -> Result:
    """Return the result of a case that was tried twice."""
    if second.verdict in BAD or second.verdict == "warn":
        return second
    flaky: VerdictKind = "flaky"
    said = f"It passed when it was tried again, but not at first: {first.sentence}"
    if second.verdict == "unsupported":
        said = f"{first.sentence} Tried again, it could not be asked: {second.sentence}"
    return replace(second, verdict=flaky, sentence=said, wire=first.wire + second.wire)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a case."""

    result: Result
    disturbed: bool = False
    """The server was started anew while it was under way."""
    trouble: str = ""
    """Why, if this attempt found it out."""


async def _attempt(host: Host, case: Case, wish: Wish, patience: float) -> Attempt:
    if reason := _cannot(host, case, wish):
        return Attempt(_plain(host, case, "unsupported", reason))
    try:
        host = await host.door(case.transport)
    except ServerError as error:
        return Attempt(_plain(host, case, "fail", error.sentence))
    generation = await host.up()
    result = await _once(host, case, patience)
    trouble = None
    if result.verdict in BAD or host.is_gone():
        trouble = await host.tend(generation)
    if trouble is None:
        return Attempt(result, host.generation != generation)
    sentence = trouble.sentence
    if result.verdict in (*BAD, "warn"):
        sentence += f" {result.sentence}"
    result = replace(result, verdict=trouble.kind, sentence=sentence)
    return Attempt(result, True, trouble.sentence)


async def _once(host: Host, case: Case, patience: float) -> Result:
    began = time.monotonic()
    limit = CASE_LIMIT + (host.start_timeout if case.life else 0.0)
    try:
        async with asyncio.timeout(limit):
            if case.life:
                return await _life(host, case)
            seen = await play(case, host.endpoint(), patience)
            return judge(case, host.name, seen, time.monotonic() - began)
    except TimeoutError:
        said = f"It was not over after {limit:g} s."
        return _plain(host, case, "timeout", said)
    except OSError as error:
        said = f"There was no connection: {type(error).__name__}."
        return _plain(host, case, "fail", said)
    except Exception as error:  # whatever a server sends, the other cases go on
        said = f"It could not be played to its end ({type(error).__name__}: {error})."
        return _plain(host, case, "fail", said)


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
    if case.tls.shows and not host.knows_our_client:
        return NOT_KNOWN
    if case.tls.shows and host.server and not host.server.asks_clients():
        return NOT_ASKED.format(host.name)
    if (case.life and host.transport != "tcp") or (
        case.streams and host.transport == "unix"
    ):
        return OVER_TCP
    return ""


def _is_websocket(case: Case) -> bool:
    return case.needs.startswith("websocket")


def _plain(host: Host, case: Case, verdict: VerdictKind, sentence: str) -> Result:
    return Result(
        case.id,
        host.name,
        verdict,
        case.level,
        sentence,
        interface=host.interface,
    )


async def _life(host: Host, case: Case) -> Result:
    assert host.server is not None
    began = time.monotonic()
    try:
        problem, stage = await perform(
            case, host.server, host.interface, host.environment, host.start_timeout
        )
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
    hosts: Sequence[Host],
    wish: Wish,
    progress: Progress = lambda server, case: None,
    table: Table | None = None,
) -> Table:
    """Play all cases on several servers, some at a time.

    What has come is in the `table` of the caller even if this does not come back.
    """
    gate = asyncio.Semaphore(SERVERS_AT_A_TIME)
    began = time.monotonic()
    parts = [Table() for _ in hosts]
    table = Table() if table is None else table

    async def one(host: Host, part: Table) -> None:
        async with gate:
            left = wish.max_time
            if left is not None:
                left = max(0.1, left - (time.monotonic() - began))
            await run_host(host, replace(wish, max_time=left), progress, part)

    try:
        await asyncio.gather(*(one(*pair) for pair in zip(hosts, parts, strict=True)))
    finally:
        for each in parts:
            table.results += each.results
            table.not_played += each.not_played
            table.refused |= each.refused
            table.logs |= each.logs
            table.notes += each.notes
    return table


def seconds_for(hosts: Sequence[Host], cases: Sequence[Case]) -> float:
    """Return about how long it will take."""
    each = [_seconds(host, cases) for host in hosts]
    return max([*each, sum(each) / SERVERS_AT_A_TIME], default=0.0)


def _seconds(host: Host, cases: Sequence[Case]) -> float:
    played = [case for case in cases if not unsupported(case, host.interface)]
    alone = sum(case.own_server or bool(case.life) for case in played)
    shared = (len(played) - alone) * A_CASE / AT_A_TIME[host.interface]
    return A_START + shared + alone * A_START
