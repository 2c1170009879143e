"""The first sentences: what came out, and under which condition.

For the ladder, that is the answer to "WSGI or ASGI?", written from the numbers of this
run, whichever side they take. For a user's project, it is the verdict for that project.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asgi_compare.measure.ladder.costs import (
    Comparison,
    Cost,
    LadderResult,
    Project,
    ServedCost,
)
from asgi_compare.measure.timing.figures import Spread
from asgi_compare.report.common.wording import plural
from asgi_compare.report.ladder.columns import number, price

UNSURE = 0.1
"""How far from 1 a ratio must be before one side has done more."""
HINTS = {
    301: "a redirect, to the path with a / at its end perhaps: see --path",
    302: "a redirect, to a login perhaps: see --login",
    401: "a refusal: see --login, or -H 'Authorization: ...'",
    403: "a refusal; a POST needs a CSRF token: --cookie csrftoken=T "
    "-H 'X-CSRFToken: T', where T is any 32 letters",
    404: "no such page: see --path",
    405: "not this method: see -X",
}
"""What to do about statuses that are hardly what was meant to be measured."""
OTHER_HINTS = dict.fromkeys((3, 4), "perhaps not what you meant to measure: see --path")
"""The same for the others, by their first digit."""


def headline(result: LadderResult) -> list[str]:
    """Return the sentences, the most important first."""
    if result.project is not None:
        return list(_of_project(result, result.project))
    return [*_wsgi_or_asgi(result), *_counts(result)]


def _wsgi_or_asgi(result: LadderResult) -> Iterator[str]:
    cases = list(_cases(result))
    if not cases:
        wsgi = result.cost("startproject", "wsgi")
        if wsgi and wsgi.not_served:
            yield f"WSGI or ASGI? Not measured on servers: {wsgi.not_served}"
        return
    ratios = [case.times for case in cases]
    if min(ratios) > 1 + UNSURE:
        answer = "Django on WSGI did more than on ASGI in each case that was measured."
    elif max(ratios) < 1 - UNSURE:
        answer = "Django on ASGI did more than on WSGI in each case that was measured."
    else:
        answer = "It depends on what a request does."
    yield f"WSGI or ASGI? {answer}"
    yield from map(str, cases)
    yield (
        "One worker on one core, an async view on uvicorn against a sync view on "
        "gunicorn. What speaks for ASGI is what WSGI cannot do: WebSocket, and more "
        "requests that wait at once than there are threads. For longer waits and more "
        "clients: asgi-compare experiments run asgi-overtakes-wsgi."
    )


CASES = (
    ("startproject", "A view that answers at once, 8 connections"),
    ("orm-get", "One row from SQLite, connected anew each time (CONN_MAX_AGE=0)"),
    ("orm-get-kept", "One row from SQLite, with CONN_MAX_AGE=None"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One condition, and how WSGI's requests compare with ASGI's."""

    condition: str
    wsgi: ServedCost | Comparison
    asgi: ServedCost | Comparison

    @property
    def disturbed(self) -> bool:
        """Whether the machine was not quiet."""
        return self.wsgi.disturbed or self.asgi.disturbed

    @property
    def times(self) -> float:
        """How many times as many requests WSGI answers.

        A second; or for the same CPU time, if the machine was not quiet, since others
        take time away, and none of the time that a request needs.
        """
        if self.disturbed:
            return _median(self.asgi.cpu_us) / _median(self.wsgi.cpu_us)
        return _median(self.wsgi.rps) / _median(self.asgi.rps)

    def __str__(self) -> str:
        per = "in the same time"
        if self.disturbed:
            per = "for the same CPU time (the machine was not quiet)"
        return (
            f"{self.condition}: WSGI answers {number(self.times)} times as many "
            f"requests as ASGI {per}."
        )


def _median(found: Spread | None) -> float:
    assert found is not None  # where there is no rate, there is no case
    return found.median


def _cases(result: LadderResult) -> Iterator[Case]:
    for rung, condition in CASES:
        wsgi, asgi = result.cost(rung, "wsgi"), result.cost(rung, "async")
        if wsgi and wsgi.served and asgi and asgi.served:
            yield Case(condition, wsgi.served, asgi.served)
    rows = [each for each in result.group("waiting") if each.rps]
    first = next((c for c in rows if (c.rung, c.variant) == ("wait", "async")), None)
    for each in rows:
        if first and (each.rung, each.variant) == ("wait", "wsgi"):
            threads = each.server.partition(", ")[2] or "4 threads"
            condition = (
                f"A view that waits 10 ms, {each.connections} clients at once, "
                f"gunicorn with {threads}"
            )
            yield Case(condition, each, first)


def _counts(result: LadderResult) -> Iterator[str]:
    top = result.cost("startproject", "async")
    wsgi = result.cost("startproject", "wsgi")
    if top is None or top.counts is None:
        return
    yield (
        f"One request to an async view behind the middleware of startproject makes "
        f"{top.counts.hops} hops to a thread, starts "
        f"{plural(top.counts.threads, 'thread')} and calls {top.counts.calls:,} "
        f"functions{_with_versions(result)}."
    )
    if wsgi and wsgi.counts and (times := _times(top, wsgi)):
        yield (
            f"The same Django on WSGI makes {wsgi.counts.hops} hops, starts "
            f"{plural(wsgi.counts.threads, 'thread')} and calls {wsgi.counts.calls:,} "
            f"functions; in process, one request at a time, ASGI takes {times} WSGI."
        )


def _times(asgi: Cost, wsgi: Cost) -> str:
    """Return how many times as long ASGI takes, in process; nothing if it is not known.

    On a busy machine it goes by CPU time: others take time away, and none of that.
    """
    if not (asgi.us and wsgi.us and asgi.cpu_us and wsgi.cpu_us):
        return ""
    if asgi.disturbed or wsgi.disturbed:
        times = number(asgi.cpu_us.median / wsgi.cpu_us.median)
        return f"{times} times the CPU time (the machine was not quiet) of"
    return f"{number(asgi.us.median / wsgi.us.median)} times as long as"


def _with_versions(result: LadderResult) -> str:
    found = result.environment.get("versions")
    if not isinstance(found, dict) or "django" not in found:
        return ""
    return (
        f" (counted with Django {found['django']}, asgiref {found.get('asgiref')}, "
        f"{result.environment.get('python')}; other versions count otherwise)"
    )


# A user's own project.


def _of_project(result: LadderResult, project: Project) -> Iterator[str]:
    top = result.ladder[-1]["name"]
    asgi, wsgi = result.cost(top, "asgi"), result.cost(top, "wsgi")
    yield _answers(project, asgi, wsgi)
    counts = [cost.counts for cost in (asgi, wsgi) if cost and cost.counts]
    for status in dict.fromkeys(each.status for each in counts):
        if hint := HINTS.get(status) or OTHER_HINTS.get(status // 100):
            yield f"{status} is {hint}."
    if project.debug:
        yield (
            "DEBUG is on, so these are the costs of development, not of production: "
            "measure with the settings of production."
        )
    if any(each.cut_short for each in counts):
        yield (
            "Something in the project sets a profile function of its own, in the place "
            "of ours: nothing is counted. Take the profiler out."
        )
    yield from _takes(asgi, wsgi)
    if any(cost and cost.disturbed for cost in (asgi, wsgi)):
        yield "The machine was not quiet: trust the counts, and not the times."
    yield from _costliest(result)
    yield from _sync_only(result, project)
    yield f"The project had {_services(project)}."


def _answers(project: Project, asgi: Cost | None, wsgi: Cost | None) -> str:
    told = [
        f"{cost.counts.status} on {name} ({project.entries.get(name.lower())})"
        for name, cost in (("ASGI", asgi), ("WSGI", wsgi))
        if cost and cost.counts and not cost.unsupported
    ]
    login = f", signed in as {project.login}" if project.login else ""
    return (
        f"{project.settings}: {project.request}{login} answers "
        f"{' and '.join(told) or 'nothing'}."
    )


def _takes(asgi: Cost | None, wsgi: Cost | None) -> Iterator[str]:
    for name, cost in (("ASGI", asgi), ("WSGI", wsgi)):
        if not (cost and cost.us and cost.cpu_us and cost.counts):
            continue
        counts = (
            ""
            if cost.counts.cut_short
            else f" makes {plural(cost.counts.hops, 'hop')} to a thread, starts "
            f"{plural(cost.counts.threads, 'thread')}, sends "
            f"{cost.counts.queries} SQL "
            f"statement{'' if cost.counts.queries == 1 else 's'}, and"
        )
        yield (
            f"On {name}, a request{counts} takes {number(cost.us.median)} µs, of which "
            f"{number(cost.cpu_us.median)} µs are CPU time."
        )
    if asgi and wsgi and (times := _times(asgi, wsgi)):
        yield f"In process, one request at a time, ASGI takes {times} WSGI."


def _costliest(result: LadderResult) -> Iterator[str]:
    """Yield which middleware costs most, by CPU time: the steadier one."""
    for name, variant in (("ASGI", "asgi"), ("WSGI", "wsgi")):
        prices = {
            rung["name"]: found
            for rung in result.ladder
            if (found := price(result, rung["name"], variant, "cpu_us"))
        }
        if not prices:
            continue
        measurable = [rung for rung, found in prices.items() if found.is_measurable]
        if not measurable:
            yield (
                f"No middleware costs a measurable amount of CPU time on {name}"
                f"{_most_hops(result, variant)}."
            )
            continue
        costliest = max(measurable, key=lambda rung: prices[rung].apart.median)
        path = next(r["layer"] for r in result.ladder if r["name"] == costliest)
        added = _added_hops(result, costliest, variant)
        hops = f", and {plural(added, 'hop')}" if added > 0 else ""
        yield (
            f"The middleware that costs most on {name} is {path}: "
            f"{number(prices[costliest].apart.median)} µs of CPU time{hops}."
        )


def _most_hops(result: LadderResult, variant: str) -> str:
    """Return which middleware adds most hops, which are exact on any machine."""
    added = {r["layer"]: _added_hops(result, r["name"], variant) for r in result.ladder}
    most = max(added, key=lambda path: added[path])
    if added[most] <= 0:
        return ""
    return f"; {most} adds the most hops, {added[most]:,}"


def _added_hops(result: LadderResult, rung: str, variant: str) -> int:
    here = result.cost(rung, variant)
    below = result.below(here) if here else None
    if not (here and below and here.counts and below.counts):
        return 0
    return here.counts.hops - below.counts.hops


def _sync_only(result: LadderResult, project: Project) -> Iterator[str]:
    """Yield which middleware is sync-only, and what that does to the hops."""
    found = [m for m in project.middleware if m.sync_only and not m.unused]
    if not found:
        yield "None of the middleware is sync-only."
        return
    for each in found:
        words = (
            f"{each.path} is sync-only: on ASGI, Django runs it and all that is "
            f"outside of it in one hop to a thread, and hops back for what is inside"
        )
        rung = next((r for r in result.ladder if r["layer"] == each.path), None)
        here = result.cost(rung["name"], "asgi") if rung else None
        below = result.below(here) if here else None
        if here and below and here.counts and below.counts:
            words += (
                f"; with it there are {here.counts.hops} hops, and without it "
                f"{below.counts.hops}"
            )
        yield f"{words}."


def _services(project: Project) -> str:
    if project.services == "in memory":
        return (
            "an empty database, a cache and mail in memory; nothing was written into "
            "those of its settings (--real-services uses them)"
        )
    return "the services of its settings, and may have written into them"
