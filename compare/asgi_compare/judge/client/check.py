"""Check one client: what it gives to an application, by the rules that bind servers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from asgi_compare.contract.scenario import Request, Scenario
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.drive.workers.worker import Child
from asgi_compare.judge.application.conclusions import CONCLUSIONS, STREAM_NOT_LEFT
from asgi_compare.judge.client.exercises import KNOWN, STREAM
from asgi_compare.judge.rules import RULES, judge
from asgi_compare.model.checked import Checked, Problem
from asgi_compare.model.environment import environment
from asgi_compare.model.results import IN_PROCESS, Finding, Verdict
from asgi_compare.model.transcript import Interface, Transcript

EXERCISES = "asgi_compare.judge.client.exercises"
LIMIT = 20.0
"""Seconds that a client may take over all of it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which client to check."""

    target: str
    """A name of `KNOWN`, or `module:function` that takes an application."""
    interface: Interface = "asgi"
    app_dir: str | None = None
    advice: bool = False
    """Let advice fail, too."""


def check(plan: Plan) -> Checked:
    """Check a client; raises `TargetError` if it cannot be used."""
    target, interface = plan.target, plan.interface
    if known := KNOWN.get(plan.target):
        function, interface = known
        target = f"{EXERCISES}:{function.__name__}"
    scenario = Scenario("client", plan.target, "", Request(), deadline=LIMIT)
    began = time.monotonic()
    with Child(
        target,
        interface=interface,
        app_dir=plan.app_dir,
        driver="asgi_compare.judge.client.play:play",
    ) as child:
        came = child.drive(scenario)
    checked = concluded(plan.target, interface, came, plan.advice)
    seconds = round(time.monotonic() - began, 3)
    checked.environment = {**environment(), "seconds": seconds}
    return checked


def concluded(
    target: str, interface: Interface, came: Transcript, advice: bool = False
) -> Checked:
    """Judge every call of the application."""
    if not came.requests:
        raise TargetError(
            f"Expected the client {target!r} to call an application, but it raised "
            f"{came.ending.error or 'nothing, and did not'}; see that it is installed."
        )
    calls = {name_of(call, n): call for n, call in enumerate(came.requests)}
    checked = Checked(target, interface)
    found: dict[str, list[Finding]] = {}
    for name, call in calls.items():
        broken = list(of_server(replace(call, scenario=name)))
        advised = list(not_left(replace(call, scenario=name)))
        for each in (*broken, *advised):
            found.setdefault(each.rule, []).append(each)
            checked.transcripts[name] = call
        kind, reason = ("failed", broken[0].message) if broken else ("passed", "")
        checked.verdicts.append(
            Verdict(name, target, IN_PROCESS, kind, reason)  # type: ignore[arg-type]
        )
    problems = [problem(target, every) for every in found.values()]
    checked.problems = [e for e in problems if advice or e.level != "advice"]
    checked.advice = [each for each in problems if each not in checked.problems]
    if came.ending.error:
        checked.notes.append(f"The client raised {came.ending.error}.")
    if interface == "asgi":
        checked.notes += missing(came)
    return checked


def of_server(call: Transcript) -> Iterator[Finding]:
    """Return where a server's rule is broken in a call."""
    yield from (each for each in judge(call) if each.side == "server")


def not_left(call: Transcript) -> Iterator[Finding]:
    """Return that a stream, which the client was to leave, was sent to its end."""
    bodies = call.sent("http.response.body")
    if call.scope.get("path") != STREAM or not bodies or bodies[-1].get("more_body"):
        return
    found = STREAM_NOT_LEFT.finding(
        f"Expected the client to leave after the first of {len(bodies)} pieces, but "
        f"it took all of them",
        call.scenario,
    )
    yield replace(found, side="server")


def name_of(call: Transcript, number: int) -> str:
    """Name a call by what was asked."""
    scope = call.scope
    what = scope.get("method") or scope.get("REQUEST_METHOD") or scope.get("type")
    path = scope.get("path") or scope.get("PATH_INFO") or ""
    return f"{number} {what} {path}".strip()


def missing(came: Transcript) -> Iterator[str]:
    """Say which protocols the client has not played."""
    played = {str(call.scope.get("type")) for call in came.requests}
    for protocol in ("http", "websocket", "lifespan"):
        if protocol not in played:
            yield f"The client plays no {protocol}."


def problem(target: str, every: list[Finding]) -> Problem:
    """Write one broken rule up, with the words of the rule."""
    first = every[0]
    rule = RULES.get(first.rule) or CONCLUSIONS[first.rule]
    return Problem(
        first.rule,
        first.side,
        first.level,
        first.message,
        first.scenario,
        first.evidence,
        len(every),
        tuple(dict.fromkeys(each.scenario for each in every)),
        rule.statement,
        rule.quote,
        rule.link,
        rule.hint,
        f"asgi-compare check-client {target}",
    )
