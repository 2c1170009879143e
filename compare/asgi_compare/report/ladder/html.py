"""The ladder of layers as one static page.

As the page of a run: no network, no script, the style sheet allowed by its digest, and
everything else forbidden. The pictures are SVG of our own making, drawn in `svg.py`,
which escapes what it draws; only they and the sheet are put in as they are.

`page.html` is the template, `page.css` is added to the sheet of the page of a run.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from asgi_compare.measure.ladder.costs import LadderResult
from asgi_compare.measure.timing.figures import Call
from asgi_compare.report.common.pages import template
from asgi_compare.report.common.wording import plural
from asgi_compare.report.ladder import svg, view
from asgi_compare.report.ladder.columns import number
from asgi_compare.report.ladder.headline import headline

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
    drawing: Markup


@dataclass(frozen=True, slots=True)
class Stair:
    """One rung in the chart: what one gains on the left, what it costs on the right."""

    name: str
    adds: str
    behaviours: tuple[str, ...]
    gained: Markup
    costs: tuple[tuple[str, str, Markup], ...]
    """For each variant: its title, the number as text, and the bar."""


def render(result: LadderResult, sort: str = "") -> str:
    """Return the whole page."""
    return template("ladder/page.html", *SHEETS, plural=plural).render(
        title="What Django adds, and what it costs",
        headline=headline(result),
        machine=view.place(result),
        stairs=stairs(result),
        pictures=pictures(result),
        legend=[(group, svg.class_of(group)) for group in svg.groups_in(result.trees)],
        sheets=[*view.sheets(result, sort), *view.word_sheets(result)],
        unsupported=view.unsupported(result),
        quality=view.quality(result),
        facts=view.facts(result),
        interrupted=result.interrupted,
    )


def pictures(result: LadderResult) -> list[Picture]:
    """Draw what there is to be drawn."""
    most = max(map(calls_in, result.trees.values()), default=0)
    return [
        Picture(
            title,
            calls_in(tree),
            sum(call.name == "SyncToAsync.__call__" for call in tree.walk()),
            sum(call.name == "Thread.start" for call in tree.walk()),
            Markup(svg.bar(calls_in(tree), most, "calls")),
            Markup(svg.icicle(tree, title)),
        )
        for title, tree in result.trees.items()
    ]


def calls_in(tree: Call) -> int:
    """Count the calls, without our own."""
    return sum(bool(call.module) and call.group != "server" for call in tree.walk())


CHARTED = {"async": "async view, ASGI", "wsgi": "WSGI", "asgi": "ASGI"}


def stairs(result: LadderResult) -> list[Stair]:
    """Make the chart of what a rung gains, and what a request costs there."""
    timed = [c.us.median for c in result.costs if c.us and c.variant in CHARTED]
    most = max(timed, default=0)
    most_gained = max((len(names) for names in result.gains.values()), default=0)
    return [
        Stair(
            rung["name"],
            rung["adds"],
            tuple(names := result.gains.get(rung["name"], [])),
            Markup(svg.bar(len(names), most_gained, "gained")),
            tuple(
                (
                    title,
                    number(cost.us.median),
                    Markup(svg.bar(cost.us.median, most, variant)),
                )
                for variant, title in CHARTED.items()
                if (cost := result.cost(rung["name"], variant)) and cost.us
            ),
        )
        for rung in result.ladder
    ]
