"""The ladder of layers as sheets of text: what to show, in which order.

A sheet is a table: a title, a note, headings, and a row for each rung. The terminal,
the Markdown and the page show the same sheets. `LAYOUTS` says which columns (see
`adds_columns.py`) stand together in one; a column that has nothing to tell is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asgi_compare.measure.ladder.costs import Adds
from asgi_compare.measure.timing.rounds import Quality
from asgi_compare.report.common.wording import plural
from asgi_compare.report.ladder.columns import (
    COLUMNS,
    NONE,
    SHOWN_GROUPS,
    Column,
    number,
)
from asgi_compare.report.ladder.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns stand together, and what they are about."""

    name: str
    short: str
    title: str
    note: str
    keys: tuple[str, ...]


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "glance",
        "At a glance",
        "At a glance: what each rung buys, and what a request costs on it",
        "Behaviours that its layer causes; hops to a thread; microseconds in process; "
        "requests a second of one worker on one core, by uvicorn and by gunicorn. "
        "Medians.",
        (
            *("buys", "hops-async", "hops-asgi"),
            *("middle-us-async", "middle-us-asgi", "middle-us-wsgi"),
            *("rps-async", "rps-wsgi"),
        ),
    ),
    Layout(
        "added",
        "What each rung adds",
        "What each rung adds to the one below it",
        "Behaviours that its layer causes; hops, queries, bytes of header fields, and "
        "microseconds in process. After ± stands how far the quartiles of the two let "
        "it be off: where that is more than the number itself, there is no telling.",
        (
            "buys",
            *("adds-hops-async", "adds-hops-asgi"),
            *("adds-queries-async", "adds-queries-asgi"),
            *("adds-header-bytes-async", "adds-header-bytes-asgi"),
            *("adds-us-async", "adds-us-asgi", "adds-us-wsgi"),
        ),
    ),
    Layout(
        "counted",
        "Counted",
        "Counted: what one request does",
        "Not timed, and the same each time (calls of functions vary a little with "
        "how threads take turns). A hop is a call of sync_to_async: from the event "
        "loop to a thread and back. Threads are those started for the request.",
        (
            *("hops-async", "hops-sync", "hops-wsgi", "hops-native", "hops-asgi"),
            *("threads-async", "threads-asgi", "tasks-async", "tasks-asgi"),
            *("queries-async", "queries-asgi"),
            *("calls-async", "calls-asgi", "calls-wsgi"),
            *("header-bytes-async", "header-bytes-asgi"),
        ),
    ),
    *(
        Layout(
            f"functions-{way}",
            f"Functions, {title}",
            f"Counted: Python functions that one request calls, {title}",
            "By the layer that they are of. They vary a little with how threads take "
            "turns.",
            tuple(f"in-{group or 'others'}-{way}" for group in (*SHOWN_GROUPS, "")),
        )
        for way, title in (
            ("async", "async view on ASGI"),
            ("asgi", "ASGI"),
            ("wsgi", "WSGI"),
        )
    ),
    Layout(
        "us",
        "Microseconds",
        "In process: microseconds for a request",
        "Median, and the quartiles. Nothing but the application: no server, no socket.",
        ("us-async", "us-sync", "us-wsgi", "us-native", "us-hopless", "us-asgi"),
    ),
    Layout(
        "times",
        "Times raw ASGI",
        "In process: how many times what raw ASGI takes",
        "Against raw ASGI in the same rounds; median, and the quartiles.",
        (
            *("times-async", "times-sync", "times-wsgi"),
            *("times-native", "times-hopless", "times-asgi"),
        ),
    ),
    Layout(
        "served",
        "On servers",
        "On servers: uvicorn for ASGI, gunicorn with four threads for WSGI",
        "One worker on one core, the client on another. Requests a second, processor "
        "time of the server for one request, and the 99th percentile of a closed loop "
        "of eight connections; medians.",
        (
            *("rps-async", "cpu-us-async", "p99-us-async"),
            *("rps-sync", "cpu-us-sync", "p99-us-sync"),
            *("rps-wsgi", "cpu-us-wsgi", "p99-us-wsgi"),
        ),
    ),
    Layout(
        "cpu-times",
        "Processor time on servers",
        "On servers: how many times the processor time of raw ASGI",
        "The sturdier number on a machine with company. In the same rounds; median, "
        "and the quartiles.",
        ("cpu-times-async", "cpu-times-sync", "cpu-times-wsgi"),
    ),
    Layout(
        "share",
        "Share of raw ASGI",
        "On servers: requests a second, as a share of raw ASGI's",
        "In the same rounds; median, and the quartiles.",
        ("share-async", "share-sync", "share-wsgi"),
    ),
    Layout(
        "weight",
        "The process",
        "The process, before its first request",
        "Measured once. The import is that of the application with all that it needs. "
        "Memory is that of the whole process, interpreter and instruments included: "
        "the rows by hand are there to be subtracted.",
        ("import-ms", "modules", "resident-kb"),
    ),
)


def sheets(adds: Adds, sort: str = "") -> list[Sheet]:
    """Make all sheets that there is something to tell in."""
    order = rungs(adds, sort)
    made = (_sheet(adds, layout, order) for layout in LAYOUTS)
    return [sheet for sheet in made if len(sheet.headings) > 1]


def rungs(adds: Adds, sort: str = "") -> list[str]:
    """Return the names of the rows: as the ladder stands, or the largest first."""
    names = list(dict.fromkeys(cost.rung for cost in adds.costs))
    if not sort:
        return names
    value = COLUMNS[sort].value

    def key(name: str) -> float:
        found = value(adds, name)
        return float("inf") if found is None else -found

    return sorted(names, key=key)


def _sheet(adds: Adds, layout: Layout, order: Sequence[str]) -> Sheet:
    columns = [c for key in layout.keys if _tells(adds, c := COLUMNS[key], order)]
    rows = ((name, *(c.text(adds, name) for c in columns)) for name in order)
    return Sheet(
        layout.name,
        layout.short,
        layout.title,
        layout.note,
        ("rung", *(column.title for column in columns)),
        tuple(row for row in rows if set(row[1:]) - {NONE}),
    )


def _tells(adds: Adds, column: Column, order: Sequence[str]) -> bool:
    return any(column.value(adds, name) is not None for name in order)


def rung_sheet(adds: Adds) -> Sheet:
    """Return what each rung is."""
    return Sheet(
        "rungs",
        "The rungs",
        "The rungs",
        "Each stands above another, and has one thing more.",
        ("rung", "has", "above"),
        tuple((r["name"], r["adds"], r["above"] or NONE) for r in adds.ladder),
    )


def unsupported(adds: Adds) -> list[tuple[str, str]]:
    """Return what could not be measured, and why; each reason once."""
    reasons: dict[str, list[str]] = {}
    for cost in adds.costs:
        if cost.unsupported:
            reasons.setdefault(cost.unsupported, []).append(f"{cost.rung} {cost.way}")
    return [(", ".join(cells), why) for why, cells in reasons.items()]


def quality(adds: Adds) -> list[str]:
    """Return how quiet it was."""
    stages = (("In process", adds.in_process), ("On servers", adds.on_servers))
    return [_in_words(name, found) for name, found in stages if found.blocks]


def _in_words(name: str, found: Quality) -> str:
    words = (
        f"{name}: {plural(found.blocks, 'block')}, {found.rejected:,} measured again; "
        f"the baseline varied by {found.variation:.1%}, and others used "
        f"{found.foreign:.2f} cores."
    )
    if found.disturbed:
        words += (
            f" {plural(found.disturbed, 'block')} disturbed each time: what rests on "
            f"them has a ~ before it, and is not to be trusted."
        )
    return words


def headline(adds: Adds) -> list[str]:
    """Say in a few sentences what this is about."""
    top = adds.cost("startproject", "async")
    wsgi = adds.cost("startproject", "wsgi")
    if top is None or top.counts is None:
        return []
    said = [
        f"One request to an async view behind the middleware of startproject makes "
        f"{top.counts.hops} hops to a thread, starts {top.counts.threads} threads and "
        f"calls {top.counts.calls:,} functions."
    ]
    if wsgi and wsgi.counts and wsgi.us and top.us:
        times = top.us.median / wsgi.us.median
        said.append(
            f"The same Django on WSGI makes {wsgi.counts.hops} hops, starts "
            f"{wsgi.counts.threads} threads and calls {wsgi.counts.calls:,} functions. "
            f"It is {number(times)} times faster, in process"
            f"{_company(top.disturbed or wsgi.disturbed)}."
        )
    if wsgi and wsgi.served and top.served:
        here, there = top.served.rps.median, wsgi.served.rps.median
        said.append(
            f"On real servers, one core answers {number(round(there))} requests a "
            f"second on WSGI and {number(round(here))} on ASGI: {number(there / here)} "
            f"times as many{_company(top.served.disturbed or wsgi.served.disturbed)}."
        )
    return said


def _company(disturbed: bool) -> str:
    return " (measured in bad company: do not trust it)" if disturbed else ""


def facts(adds: Adds) -> list[tuple[str, str]]:
    """Return the environment as pairs of text."""
    pairs = []
    for key, value in adds.environment.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {entry}" for name, entry in value.items())
        elif isinstance(value, list):
            value = ", ".join(map(str, value))
        pairs.append((key, str(value)))
    return pairs


def place(adds: Adds) -> str:
    """Say on one line where and when, for under every table."""
    about = adds.environment
    found = about.get("versions")
    known = found if isinstance(found, dict) else {}
    wanted = ("django", "asgiref", "starlette", "uvicorn", "gunicorn")
    names = ", ".join(f"{name} {known[name]}" for name in wanted if name in known)
    return (
        f"{about.get('cpu')}, {about.get('cores')} cores, {about.get('python')}, "
        f"{names}; {str(about.get('date'))[:10]}"
    )
