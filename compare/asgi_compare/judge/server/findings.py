"""The results of wire cases as findings, for the reports that a check has.

A case is a rule, and each server that breaks it is a place. What is accepted is known
by the case and the server, whatever the bytes were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from asgi_compare.judge.server.case import Case
from asgi_compare.judge.server.runner import Table
from asgi_compare.judge.server.verdict import BAD, Result
from asgi_compare.model.checked import Changed, Checked, Problem, keys_of
from asgi_compare.model.results import Level, Verdict, VerdictKind
from asgi_compare.model.sanitize import clean

TOLD = (*BAD, "warn", "flaky")
"""The verdicts that are findings."""


def checked(
    table: Table,
    cases: Mapping[str, Case],
    environment: dict[str, object],
    accepted: Collection[str] | None = None,
) -> Checked:
    """Return the table as what a check found out; `accepted` is known already."""
    results = table.results
    servers = list(dict.fromkeys([*(r.server for r in results), *table.refused]))
    found = Checked(
        ", ".join(servers),
        "",
        environment=environment,
        verdicts=[_verdict(result) for result in results],
        notes=list(table.notes),
        interrupted=table.interrupted,
        complete=not table.not_played,
        unstartable=" ".join(table.refused.values()),
        file=servers[0] if servers else "",
    )
    told = [result for result in results if result.verdict in TOLD]
    for case in dict.fromkeys(result.case for result in told):
        found.problems.append(
            _problem(cases[case], [r for r in told if r.case == case])
        )
    if accepted is not None:
        found.changed = _changed(found, accepted)
    return found


def _problem(case: Case, results: list[Result]) -> Problem:
    first = results[0]
    said = [result.sentence for result in results]
    if len(results) > 1:
        said = [f"{result.server}: {result.sentence}" for result in results]
    text = case.text_on(first.interface)
    places = tuple(f"{case.id} {result.server}" for result in results)
    crossed = " | ".join((*first.wire, "The application:", *first.application))
    return Problem(
        rule=case.id,
        side="server",
        level=_level(results),
        message=clean(" ".join(said)),
        scenario=places[0],
        evidence=(),
        count=len(results),
        scenarios=places,
        statement=case.shows,
        sentence=text.quote,
        link=text.link,
        hint=f"On the wire: {clean(crossed)}",
        again=first.again,
    )


def _level(results: Iterable[Result]) -> Level:
    verdicts = {result.verdict for result in results}
    if verdicts & set(BAD):
        return "must"
    return "should" if "warn" in verdicts else "unclear"


def _verdict(result: Result) -> Verdict:
    kind: VerdictKind = "failed" if result.verdict in BAD else "passed"
    kind = "unsupported" if result.verdict == "unsupported" else kind
    said = "" if kind == "passed" else result.sentence
    return Verdict(f"{result.case} {result.server}", "", result.server, kind, said)


def _changed(found: Checked, accepted: Collection[str]) -> Changed:
    keys = [key for problem in found.problems for key in keys_of(problem)]
    # What was not played, or has no meaning any more, has not gone.
    played = {v.scenario for v in found.verdicts if v.verdict == "passed"}
    return Changed(
        accepted=tuple(key for key in keys if key in accepted),
        new=tuple(key for key in keys if key not in accepted),
        gone=tuple(sorted(set(accepted) & played - set(keys))),
    )
