"""The ladder of layers as one static page.

As the page of a run (see `html.py`): no network, no script, the style sheet allowed by
its digest, and everything else forbidden. The pictures are SVG of our own making, drawn
in `adds_svg.py`, which escapes what it draws; only they and the sheet are put in as
they are.

`adds.html` is the template, `adds.css` is added to the sheet of the other page.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from asgi_compare.measure.ladder.costs import Adds
from asgi_compare.measure.timing.figures import Call
from asgi_compare.report.common.pages import template
from asgi_compare.report.common.wording import plural
from asgi_compare.report.ladder import claims as adds_claims
from asgi_compare.report.ladder import svg as adds_svg
from asgi_compare.report.ladder import view as adds_view
from asgi_compare.report.ladder.columns import number

SHEETS = ("run/page.css", "ladder/page.css")


@dataclass(frozen=True, slots=True)
class Picture:
    """One request's way through the code."""

    title: str
    calls: int
    hops: int
    threads: int
    share: Markup
    """How large it is beside the largest, as a bar."""
    svg: Markup


@dataclass(frozen=True, slots=True)
class Stair:
    """One rung in the chart: what it buys on the left, what it costs on the right."""

    name: str
    adds: str
    behaviours: tuple[str, ...]
    bought: Markup
    costs: tuple[tuple[str, str, Markup], ...]
    """For each way: its title, the number as text, and the bar."""


def render(adds: Adds, sort: str = "") -> str:
    """Return the whole page."""
    return template("ladder/page.html", *SHEETS, plural=plural).render(
        title="What Django adds, and what it costs",
        headline=adds_view.headline(adds),
        claims=adds_claims.claim_sheet(adds),
        trials=adds_claims.trial_sheet(adds),
        stairs=stairs(adds),
        pictures=pictures(adds),
        legend=[
            (group, adds_svg.class_of(group))
            for group in adds_svg.groups_in(adds.trees)
        ],
        rungs=adds_view.rung_sheet(adds),
        sheets=adds_view.sheets(adds, sort),
        unsupported=adds_view.unsupported(adds),
        quality=adds_view.quality(adds),
        place=adds_view.place(adds),
        facts=adds_view.facts(adds),
        interrupted=adds.interrupted,
    )


def pictures(adds: Adds) -> list[Picture]:
    """Draw what there is to be drawn."""
    most = max(map(calls_in, adds.trees.values()), default=0)
    return [
        Picture(
            title,
            calls_in(tree),
            sum(call.name == "SyncToAsync.__call__" for call in tree.walk()),
            sum(call.name == "Thread.start" for call in tree.walk()),
            Markup(adds_svg.bar(calls_in(tree), most, "calls")),
            Markup(adds_svg.icicle(tree, title)),
        )
        for title, tree in adds.trees.items()
    ]


def calls_in(tree: Call) -> int:
    """Count the calls, without our own."""
    return sum(bool(call.module) and call.group != "server" for call in tree.walk())


CHARTED = {"async": "async view, ASGI", "wsgi": "WSGI", "asgi": "ASGI"}


def stairs(adds: Adds) -> list[Stair]:
    """Make the chart of what a rung buys, and what a request costs there."""
    timed = [c.us.median for c in adds.costs if c.us and c.way in CHARTED]
    most = max(timed, default=0)
    bought = max((len(names) for names in adds.buys.values()), default=0)
    return [
        Stair(
            rung["name"],
            rung["adds"],
            tuple(names := adds.buys.get(rung["name"], [])),
            Markup(adds_svg.bar(len(names), bought, "bought")),
            tuple(
                (
                    title,
                    number(cost.us.median),
                    Markup(adds_svg.bar(cost.us.median, most, way)),
                )
                for way, title in CHARTED.items()
                if (cost := adds.cost(rung["name"], way)) and cost.us
            ),
        )
        for rung in adds.ladder
    ]
