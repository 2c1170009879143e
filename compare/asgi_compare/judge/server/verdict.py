"""From what was observed to the verdict of a case.

pass         every check holds, or there was only something to report
warn         a `should` is not kept, a refusal came in other words, or the text and
             the servers do not agree
fail         a `must` is not kept
unsupported  the case has no meaning here, and the sentence says why
timeout      a `must` is not kept, in that nothing came at all
crash        the server's process, or the one that calls the application, is gone
flaky        it failed, and the second attempt passed (the runner says so)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from asgi_compare.judge.server.case import Case, Problem, VerdictKind
from asgi_compare.judge.server.client.http2 import UNSUPPORTED
from asgi_compare.judge.server.observed import Observed, wire_view
from asgi_compare.model.transcript import Interface

BAD: tuple[VerdictKind, ...] = ("crash", "timeout", "fail")
NOT_REQUIRED: dict[str, str] = {"may": "Reported", "unclear": "Unclear"}
"""Levels at which nothing is asked of a server, and how the sentence begins."""
NOT_SPOKEN_HERE: dict[Interface, str] = {
    "wsgi": "The case is about what only ASGI has.",
    "asgi": "The case is about what only WSGI has.",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict of one case on one server, with both views of it."""

    case: str
    server: str
    verdict: VerdictKind
    level: str
    sentence: str
    wire: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    seconds: float = 0.0
    interface: Interface = "asgi"
    again: str = ""
    """A line for a shell that plays it again."""


def unsupported(case: Case, interface: Interface) -> str:
    """Return why the case has no meaning on this interface; empty if it has one."""
    if interface in case.spoken:
        return ""
    if case.needs == "websocket":
        return "WSGI has no WebSocket."
    return NOT_SPOKEN_HERE[interface]


def judge(case: Case, server: str, seen: Observed, seconds: float = 0.0) -> Result:
    """Return the verdict for what was observed."""
    verdict, sentence = _verdict(case, seen)
    return Result(
        case.id,
        server,
        verdict,
        case.level,
        sentence,
        tuple(line for each in seen.connections for line in wire_view(each)),
        (*seen.notes, *(line for call in seen.calls for line in call.lines())),
        round(seconds, 3),
        seen.interface,
    )


def _verdict(case: Case, seen: Observed) -> tuple[VerdictKind, str]:
    if reason := _missing(case, seen):
        return "unsupported", reason
    if not seen.asked:
        return "timeout", "The server did not answer when it was asked what it saw."
    try:
        found = (problem for check in case.checks if (problem := check(seen)))
        problem = next(found, None)
        if problem is None:
            return "pass", case.report(seen) if case.report else case.shows
    except Exception as error:
        # What a server hands over may be of any type; it ends no run.
        said = f"It cannot be judged ({type(error).__name__}: {error})."
        problem = Problem(said)
    if foreign := [name for call in seen.calls for name in call.foreign]:
        said = " and ".join(dict.fromkeys(foreign))
        problem = replace(
            problem, sentence=f"{problem.sentence} The server handed over {said}."
        )
    return _of_problem(case, problem), _sentence(case, problem)


def _missing(case: Case, seen: Observed) -> str:
    if seen.wire.problem in UNSUPPORTED:
        return seen.wire.problem
    if case.needs in ("", "http2", "websocket") or seen.call is None:
        return ""
    offered = seen.call.scope.get("extensions") or {}
    if case.needs in offered:
        return ""
    return f"The server does not offer the extension {case.needs}."


def _of_problem(case: Case, problem: Problem) -> VerdictKind:
    if problem.kind == "unsupported":
        return "unsupported"
    if case.level == "may":
        return "pass"
    if case.level != "must" or problem.kind == "warn":
        return "warn"
    return "timeout" if problem.kind == "timeout" else "fail"


def _sentence(case: Case, problem: Problem) -> str:
    if case.level in NOT_REQUIRED and problem.kind != "unsupported":
        return f"{NOT_REQUIRED[case.level]}: {problem.sentence}"
    return problem.sentence
