"""Same or different? Two transcripts of one scenario, aspect by aspect.

Each difference has one cause, so each pair of cells is chosen to have one: an
implementation in process is compared with the baseline in process (what differs, the
framework or the interface does), and on a server it is compared with itself in process
(what differs, the server does). A difference that a row of `known_differences.py`
covers is known, and carries its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from asgi_compare.contract.aspects import ACCEPTED, Aspects, aspects, is_lifetime, show
from asgi_compare.drive.targets.implementations import BASELINE
from asgi_compare.judge.comparison.known_differences import KNOWN, KnownDifference
from asgi_compare.model.results import IN_PROCESS, Difference
from asgi_compare.model.transcript import Answer, Dialogue, Transcript

ABSENT = "nothing"
"""How an aspect is shown that only the other side has."""
ANSWER = re.compile(r"^answer \d+ ")
"""In front of an aspect: it is of a request within a lifespan."""
INSIDE = ("ending", "threads", "stops", "events", "message")
"""Aspects that a client on a socket cannot see."""
BEGINNINGS = (
    "http.response.start",
    "websocket.http.response.start",
    "websocket.accept",
    "start_response",
)
"""Events with which an application begins an answer of its own."""
ARRIVING = ("body", "pieces")
"""Aspects that grow while an answer comes in."""
IN_BOTH = ("pieces",)
"""Aspects that are compared only where both sides show them."""

OF_OTHERS = ("body.", "json", "header:age")
"""Beginnings of the aspects by which one of a crowd shows what the others did."""


def cell(implementation: str, host: str) -> str:
    """Return the name of a cell of the matrix."""
    return f"{implementation}@{host}"


def baseline_of(implementation: str, host: str) -> str | None:
    """Return the cell that this one is compared with; None for the baseline itself."""
    if host != IN_PROCESS:
        return cell(implementation, IN_PROCESS)
    if implementation != BASELINE:
        return cell(BASELINE, IN_PROCESS)
    return None


def differences(
    scenario: str,
    implementation: str,
    host: str,
    left: Transcript,
    right: Transcript,
    known: Iterable[KnownDifference] = KNOWN,
) -> list[Difference]:
    """Return every aspect in which `right`, of this cell, is not as its baseline."""
    between = (
        baseline_of(implementation, host) or cell(BASELINE, IN_PROCESS),
        cell(implementation, host),
    )
    rows = list(known)
    return [
        _explained(Difference(scenario, between, what, values), rows)
        for what, values in compare(left, right)
    ]


def compare(
    left: Transcript, right: Transcript
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Return each aspect that differs, with how each side has it.

    What only follows from another difference is not given: with another status, the
    body is another one as well, and with another body, its length is.
    """
    if is_lifetime(left) and is_lifetime(right):
        pairs = zip(left.requests, right.requests, strict=False)
        for n, (one, other) in enumerate(pairs, 1):
            for what, values in compare(one, other):
                yield f"answer {n} {what}", values
    elif type(_plain(left)) is not type(_plain(right)) and not _early(left, right):
        yield "answer", (_kind_of(left), _kind_of(right))
        return
    ours, theirs = aspects(left), aspects(right)
    ours["header:order"], theirs["header:order"] = _order(ours, theirs)
    found = {
        what: (ours.get(what, ABSENT), theirs.get(what, ABSENT))
        for what in dict.fromkeys((*ours, *theirs))
        if _comparable(what, left, right)
        and (what not in IN_BOTH or (what in ours and what in theirs))
    }
    differing = {what: pair for what, pair in found.items() if pair[0] != pair[1]}
    for what, pair in differing.items():
        if not _follows(what, differing):
            yield what, (show(pair[0]), show(pair[1]))


def _early(left: Transcript, right: Transcript) -> bool:
    """Whether one side has no answer because its client had left before it came."""
    return None in (left.answer, right.answer) and None not in (
        left.left_at_ns,
        right.left_at_ns,
    )


def _plain(transcript: Transcript) -> Answer | None:
    """Return the answer; a handshake that was refused is a response like any other."""
    answer = transcript.answer
    if isinstance(answer, Dialogue) and answer.handshake.status != ACCEPTED:
        return answer.handshake
    return answer


def _kind_of(transcript: Transcript) -> str:
    if isinstance(transcript.answer, Dialogue):
        return f"WebSocket handshake, {transcript.answer.handshake.status}"
    if transcript.answer is not None:
        return f"HTTP response, {transcript.answer.status}"
    return "lifespan" if transcript.requests else f"none, {transcript.ending.kind}"


def _comparable(what: str, left: Transcript, right: Transcript) -> bool:
    """Whether both sides can have this aspect at all, and not by chance."""
    if what == "events" and left.interface != right.interface:
        return False
    if what.startswith(OF_OTHERS) and _is_crowd(left) and _is_crowd(right):
        return False  # what one of fifty saw of the others is chance
    if "wire" not in (left.interface, right.interface):
        return True
    if _left_to_server(left):
        # The words of that answer were our driver's, and now they are the server's.
        return what == "status"
    if None not in (left.left_at_ns, right.left_at_ns) and what in ARRIVING:
        return False  # how much has come until the client left is chance
    return what not in INSIDE


def _is_crowd(transcript: Transcript) -> bool:
    return transcript.answer is not None and bool(transcript.requests)


def _left_to_server(transcript: Transcript) -> bool:
    """Whether the application has raised or refused, and its server has answered."""
    if not transcript.events and transcript.ending.kind != "raised":
        return False
    sent = (e.event for e in transcript.events if e.direction == "send")
    return not any(isinstance(e, dict) and e.get("type") in BEGINNINGS for e in sent)


def _follows(what: str, differing: Mapping[str, tuple[object, object]]) -> bool:
    """Whether a difference only follows from another one."""
    if "status" in differing:
        return what not in ("status", *INSIDE) or what == "events"
    if any(name.startswith(("body", "json")) for name in differing):
        if what == "pieces":
            one, other = differing[what]
            return (
                isinstance(one, tuple)
                and isinstance(other, tuple)
                and (len(one) == len(other))
            )
        return what == "header:content-length"
    return False


def _order(ours: Aspects, theirs: Aspects) -> tuple[object, object]:
    """The order of those header fields that both sides have."""
    one, other = ours.get("header:order"), theirs.get("header:order")
    if not isinstance(one, tuple) or not isinstance(other, tuple):
        return None, None
    return (
        tuple(name for name in one if name in other),
        tuple(name for name in other if name in one),
    )


def _explained(difference: Difference, rows: list[KnownDifference]) -> Difference:
    implementation, _, host = difference.between[1].rpartition("@")
    row = explanation(rows, difference.scenario, implementation, host, difference.what)
    if row is None:
        return difference
    return replace(
        difference, known=True, reason=row.why, layer=row.layer, source=row.source
    )


def explanation(
    rows: Iterable[KnownDifference],
    scenario: str,
    implementation: str,
    host: str,
    what: str,
) -> KnownDifference | None:
    """Return the first row that covers an aspect of a cell, or None."""
    what = ANSWER.sub("", what)
    for row in rows:
        if covers(row, scenario, implementation, host, what):
            return row
    return None


def covers(
    row: KnownDifference, scenario: str, implementation: str, host: str, what: str
) -> bool:
    """Whether a row is about this aspect of this cell."""
    return (
        _any(host, row.host)
        and _any(implementation, row.implementation)
        and _any(what, row.what)
        and _any(scenario, row.scenario)
    )


def _any(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
