"""Is what came what the contract expects?

`judge` holds a transcript against its scenario and gives a `Problem` for each aspect
that is not as expected. It never calls anything, and never raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from asgi_compare.contract.aspects import ACCEPTED, Aspects, aspects, normal_value, show
from asgi_compare.contract.scenario import (
    Expected,
    ExpectedConversation,
    ExpectedLifetime,
    Headers,
    Scenario,
)
from asgi_compare.model.transcript import Excerpt, Transcript

UNWILLING = ("timed out", "abandoned", "flooded", "crashed")
"""Endings that are never as expected."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One aspect that is not as expected."""

    what: str
    expected: str
    got: str

    def __str__(self) -> str:
        what = self.what.replace(":", " ")
        return f"Expected {what} {self.expected}, but got {self.got}."


def judge(scenario: Scenario, transcript: Transcript) -> list[Problem]:
    """Return everything in which the transcript is not as the scenario expects."""
    crowd = () if scenario.protocol == "lifespan" else transcript.requests
    problems = [p for one in (transcript, *crowd) for p in _judge_one(scenario, one)]
    return list(dict.fromkeys(problems))


def holds(scenario: Scenario, transcript: Transcript) -> bool:
    """Whether everything is as expected."""
    return not judge(scenario, transcript)


def _judge_one(scenario: Scenario, transcript: Transcript) -> Iterator[Problem]:
    if transcript.ending.kind in UNWILLING:
        said = transcript.ending.error.partition("\n")[0].rstrip(".")
        got = f"{transcript.ending.kind} ({said})" if said else transcript.ending.kind
        yield Problem("ending", "'returned' or 'raised'", got)
    expected = scenario.expected
    if isinstance(expected, Expected):
        yield from _http(expected, transcript)
    elif isinstance(expected, ExpectedConversation):
        yield from _conversation(expected, aspects(transcript))
    else:
        if transcript.interface != "wire":
            yield from _lifetime(expected, aspects(transcript))
        for n, answer in enumerate(expected.answers, 1):
            if n > len(transcript.requests):
                yield Problem(f"answer {n} status", str(answer.status), "no answer")
                continue
            for problem in _http(answer, transcript.requests[n - 1]):
                yield replace(problem, what=f"answer {n} {problem.what}")


def _http(expected: Expected, transcript: Transcript) -> Iterator[Problem]:
    found, wire = aspects(transcript), transcript.interface == "wire"
    if expected.stops and not wire:
        yield from _same("stops", True, found.get("stops", False))
    if expected.status is None:
        return
    if "status" not in found:
        yield Problem("status", str(expected.status), "no answer")
        return
    if found["status"] != expected.status:
        # With another status, all the rest is another as well.
        yield from _same("status", expected.status, found["status"])
        return
    if transcript.left_at_ns is None:
        yield from _same("complete", expected.complete, found["complete"])
    yield from _headers(expected.headers, found)
    for name in expected.absent:
        what = f"header:{name.decode()}"
        if what in found:
            yield Problem(what, "to be absent", show(found[what]))
    if expected.body is not None:
        yield from _same("body", expected.body, found.get("body"))
    for key, value in (expected.json or {}).items():
        yield from _same(f"body.{key}", value, found.get(f"body.{key}", "nothing"))
    if expected.pieces is not None and not wire:
        yield from _same("pieces", expected.pieces, found["pieces"])


def _conversation(expected: ExpectedConversation, found: Aspects) -> Iterator[Problem]:
    if "status" not in found:
        yield Problem("status", str(expected.status), "no answer")
        return
    if found["status"] != expected.status:
        yield from _same("status", expected.status, found["status"])
        return
    yield from _headers(expected.headers, found)
    if found["status"] != ACCEPTED:
        if expected.body is not None:
            yield from _same("body", expected.body, found["body"])
        return
    yield from _same("messages", expected.hears, found.get("messages"))
    yield from _same("subprotocol", expected.subprotocol, found.get("subprotocol"))
    if expected.code is not None:
        yield from _same("close:code", expected.code, found.get("close:code"))
        yield from _same("close:reason", expected.reason, found.get("close:reason"))


def _lifetime(expected: ExpectedLifetime, found: Aspects) -> Iterator[Problem]:
    yield from _same("events", expected.events, found.get("events"))
    if expected.message is not None and expected.message not in str(
        found.get("message")
    ):
        yield Problem("message", repr(expected.message), repr(found.get("message")))
    if expected.raises and not str(found["ending"]).startswith("raised"):
        yield Problem("ending", "raised", str(found["ending"]))


def _headers(expected: Headers, found: Aspects) -> Iterator[Problem]:
    for name in dict.fromkeys(name for name, _ in expected):
        wanted = tuple(normal_value(n, v) for n, v in expected if n == name)
        what = f"header:{name.decode()}"
        yield from _same(what, wanted, found.get(what, "nothing"))


def _same(what: str, expected: object, got: object) -> Iterator[Problem]:
    if _as_kept(expected, got) != got:
        yield Problem(what, show(expected), show(got))


def _as_kept(expected: object, got: object) -> object:
    """Return what is expected as the transcript has kept it: whole, or an excerpt."""
    if isinstance(got, Excerpt) and isinstance(expected, bytes):
        return Excerpt.of(expected)
    if not isinstance(expected, tuple) or not isinstance(got, tuple):
        return expected
    return (
        tuple(map(_as_kept, expected, got)) if len(expected) == len(got) else expected
    )
