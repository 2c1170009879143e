"""From problems to a verdict.

A scenario is *passed* if its expectation holds. If it does not, and every problem has a
row in `known_differences.py`, it is *unsupported*, and the rows give the reason. It is
*failed* if a problem has none, and an *error* if the exchange could not be run.
"""

from __future__ import annotations

from asgi_compare.contract.applicability import applicable_scenario, unreachable
from asgi_compare.contract.expectation import judge
from asgi_compare.contract.scenario import Scenario
from asgi_compare.drive.targets.implementations import Implementation, lacking_for
from asgi_compare.judge.comparison.diff import explanation
from asgi_compare.judge.comparison.known_differences import KNOWN, KnownDifference
from asgi_compare.model.results import IN_PROCESS, Verdict, VerdictKind
from asgi_compare.model.transcript import Transcript


def verdict_of(
    scenario: Scenario,
    implementation: Implementation,
    host: str,
    transcript: Transcript,
) -> Verdict:
    """Return whether what came is what the contract expects, or why not."""
    name = implementation.name
    if transcript.ending.kind == "crashed":
        # A server may be known to end the connection here instead of answering.
        row = explanation(KNOWN, scenario.name, name, host, "answer")
        if row is not None and host != IN_PROCESS:
            return Verdict(scenario.name, name, host, "unsupported", row.why)
        return Verdict(scenario.name, name, host, "error", transcript.ending.error)
    asked = applicable_scenario(
        implementation.interface, scenario, on_socket=host != IN_PROCESS
    )
    problems = judge(asked, transcript) if asked else []
    if not problems:
        return Verdict(scenario.name, name, host, "passed")
    rows = [known_row(scenario.name, name, host, p.what) for p in problems]
    for problem, row in zip(problems, rows, strict=True):
        if row is None:
            return Verdict(scenario.name, name, host, "failed", str(problem))
    reasons = dict.fromkeys(row.why for row in rows if row is not None)
    return Verdict(scenario.name, name, host, "unsupported", " ".join(reasons))


def known_row(
    scenario: str, implementation: str, host: str, what: str
) -> KnownDifference | None:
    """Return the row for a problem; on a server, it may be the implementation's."""
    return explanation(KNOWN, scenario, implementation, host, what) or explanation(
        KNOWN, scenario, implementation, IN_PROCESS, what
    )


def verdict_without(
    scenario: Scenario,
    implementation: Implementation,
    host: str,
    refused: tuple[str, bool] | None,
) -> Verdict | None:
    """Return the verdict where there is no transcript; None if it was just not done.

    What an implementation has no application for, or its interface no words, has a row
    for the aspect `application`. `refused` says why the whole cell could not be run,
    and whether only for want of a server that is not installed.
    """
    name = implementation.name
    if sentence := lacking_for(implementation, scenario):
        return Verdict(scenario.name, name, host, "unsupported", sentence)
    if host != IN_PROCESS and (reason := unreachable(scenario)):
        return Verdict(scenario.name, name, host, "unsupported", reason)
    if row := known_row(scenario.name, name, host, "application"):
        return Verdict(scenario.name, name, host, "unsupported", row.why)
    if refused is None:
        return None
    sentence, missing = refused
    kind: VerdictKind = "unsupported" if missing else "error"
    return Verdict(scenario.name, name, host, kind, sentence)
