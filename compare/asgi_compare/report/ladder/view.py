"""The ladder of layers as sheets of text: what to show, in which order.

A sheet is a table: a title, a note, headings, and a row for each rung. The terminal,
the Markdown and the page show the same sheets. `LAYOUTS` says which columns stand
together in one; a column in which nothing is known is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from asgi_compare.measure.ladder.costs import Comparison, LadderResult
from asgi_compare.measure.timing.rounds import Quality
from asgi_compare.report.common.wording import plural
from asgi_compare.report.ladder.columns import (
    COLUMNS,
    DISTURBED,
    NONE,
    Column,
    number,
    spread,
)
from asgi_compare.report.ladder.layouts import LAYOUTS, PROJECT_LAYOUTS, Layout
from asgi_compare.report.ladder.sheet import Sheet

NOT_QUIET = "A ~ stands before what was measured while the machine was not quiet."
VARIANT_TITLES = {"async": "async view", "sync": "sync view", "wsgi": "WSGI"}


def sheets(result: LadderResult, sort: str = "") -> list[Sheet]:
    """Make all sheets of numbers in which anything is known, the first one first."""
    order = rungs(result, sort)
    made = [
        _sheet(result, layout, order)
        for layout in (PROJECT_LAYOUTS if result.project else LAYOUTS)
    ]
    made = [sheet for sheet in made if len(sheet.headings) > 1]
    compared = [waiting_sheet(result), interface_sheet(result), version_sheet(result)]
    return made[:1] + [sheet for sheet in compared if sheet.rows] + made[1:]


def rungs(result: LadderResult, sort: str = "") -> list[str]:
    """Return the names of the rows: as the ladder stands, or the largest first."""
    names = list(dict.fromkeys(cost.rung for cost in result.costs))
    if not sort:
        return names
    value = COLUMNS[sort].value

    def key(name: str) -> float:
        found = value(result, name)
        return float("inf") if found is None else -found

    return sorted(names, key=key)


def _sheet(result: LadderResult, layout: Layout, order: Sequence[str]) -> Sheet:
    columns = [c for key in layout.keys if _known(result, c := COLUMNS[key], order)]
    every = ((name, *(c.text(result, name) for c in columns)) for name in order)
    rows = tuple(row for row in every if set(row[1:]) - {NONE})
    cells = [cell for row in rows for cell in row[1:]]
    titles = [column.title for column in columns]
    remarks = [
        remark
        for sign, remark in {**layout.remarks, DISTURBED: NOT_QUIET}.items()
        if any(sign in cell for cell in cells) or any(sign in t for t in titles)
    ]
    return Sheet(
        layout.name,
        layout.short,
        layout.title,
        " ".join([layout.note, *remarks]),
        ("rung", *titles),
        rows,
    )


def _known(result: LadderResult, column: Column, order: Sequence[str]) -> bool:
    return any(column.value(result, name) is not None for name in order)


def rung_sheet(result: LadderResult) -> Sheet:
    """Return what each rung is, and which measured one it is compared with."""
    measured = {cost.rung for cost in result.costs}
    above = {rung["name"]: rung["above"] for rung in result.ladder}

    def below(name: str) -> str:
        name = above[name]
        while name and name not in measured:
            name = above.get(name, "")
        return name or NONE

    return Sheet(
        "rungs",
        "The rungs",
        "The rungs",
        "Each is compared with the one that it is built on.",
        ("rung", "what it adds", "built on"),
        tuple((r["name"], r["adds"], below(r["name"])) for r in result.ladder),
        is_of_words=True,
    )


def waiting_sheet(result: LadderResult) -> Sheet:
    """Compare applications that wait, before a crowd of clients."""
    rows = result.group("waiting")
    clients = rows[0].connections if rows else 0
    return _compared(
        "waiting",
        "Waiting",
        f"Every request waits 10 ms, {clients} clients at once",
        "One worker on one core; requests a second, and how many times those of the "
        "first row. With every client waiting for nothing else, there can be at most "
        f"{100 * clients:,} requests a second. Threads and memory are those of the "
        "server under load.",
        rows,
    )


def interface_sheet(result: LadderResult) -> Sheet:
    """Compare the two interfaces, by hand, on servers that speak both."""
    groups = dict.fromkeys(each.group for each in result.comparisons)
    rows = [c for g in groups if g != "waiting" for c in result.group(g)]
    return _compared(
        "interfaces",
        "The interfaces",
        "Raw ASGI and raw WSGI on the same server",
        "The same 13 bytes by hand, eight connections, one worker on one core. On each "
        "server, WSGI is compared with ASGI: what is left is what the server makes of "
        "the interface.",
        rows,
    )


def _compared(
    name: str, short: str, title: str, note: str, rows: Sequence[Comparison]
) -> Sheet:
    headings = ("application", "server", "requests/s", "times the first")
    made = tuple(_comparison_row(each) for each in rows if each.rps)
    if any(DISTURBED in cell for row in made for cell in row):
        note = f"{note} {NOT_QUIET}"
    more = ("CPU µs", "p99 ms", "threads", "memory MB")
    return Sheet(name, short, title, note, (*headings, *more), made)


def _comparison_row(it: Comparison) -> tuple[str, ...]:
    assert it.rps is not None
    mark = DISTURBED if it.disturbed else ""
    variant = "" if it.rung.startswith("raw") else f", {_variant(it.variant)}"
    return (
        f"{it.rung}{variant}",
        it.server,
        f"{mark}{number(it.rps.median)}",
        f"{mark}{spread(it.times)}",
        f"{mark}{number(it.cpu_us.median)}" if it.cpu_us else NONE,
        f"{mark}{number(it.p99_us / 1e3)}",
        str(it.threads),
        number(round(it.memory_kb / 1024)),
    )


def _variant(name: str) -> str:
    return VARIANT_TITLES.get(name, name)


def version_sheet(result: LadderResult) -> Sheet:
    """Show what is counted with other versions."""
    return Sheet(
        "versions",
        "Other versions",
        "Counted with other versions: an async view on ASGI",
        "Hops to a thread, threads started and tasks created by one request.",
        ("rung", "Python", "Django", "asgiref", "hops", "threads", "tasks"),
        tuple(
            (
                *(v.rung, v.python, v.django, v.asgiref),
                *map(str, (v.hops, v.threads, v.tasks)),
            )
            for v in result.by_version
        ),
    )


def middleware_sheet(result: LadderResult) -> Sheet:
    """Show what a project's middlewares say of themselves."""
    known = result.project.middleware if result.project else []
    return Sheet(
        "middleware",
        "Your middleware",
        "Your middleware, as in the setting",
        "The outermost first. A price needs the same answer with and without it.",
        ("middleware", "can run", "remark"),
        tuple(
            (
                each.path,
                "sync only" if each.sync_only else "sync and async",
                (each.unused and f"not used: {each.unused}")
                or (each.needed and f"no price: {each.needed}")
                or NONE,
            )
            for each in known
        ),
        is_of_words=True,
    )


def sql_sheet(result: LadderResult) -> Sheet:
    """Show the statements of a project's request on ASGI."""
    rows: tuple[tuple[str, ...], ...] = ()
    if result.project and result.ladder:
        for variant in ("asgi", "wsgi"):
            cost = result.cost(result.ladder[-1]["name"], variant)
            if cost and cost.counts and not cost.unsupported:
                found = cost.counts.sql.items()
                rows = tuple((f"{n} ×", statement) for statement, n in found)
                break
    return Sheet(
        "sql",
        "SQL",
        "The SQL of one request",
        "As Django hands it to the database, with placeholders.",
        ("executed", "statement"),
        rows,
        is_of_words=True,
    )


def word_sheets(result: LadderResult) -> list[Sheet]:
    """Make the sheets of words that have anything in them."""
    made = (middleware_sheet(result), sql_sheet(result), rung_sheet(result))
    return [sheet for sheet in made if sheet.rows]


def unsupported(result: LadderResult) -> list[tuple[str, str]]:
    """Return what could not be measured, and why; each reason once."""
    reasons: dict[str, list[str]] = {}
    for cost in result.costs:
        name = f"{cost.rung} {cost.variant}"
        if cost.unsupported:
            reasons.setdefault(cost.unsupported, []).append(name)
        elif cost.not_served:
            reasons.setdefault(cost.not_served, []).append(f"{name} on a server")
    for each in result.comparisons:
        if each.unsupported:
            name = f"{each.rung} {each.variant} on {each.server}"
            reasons.setdefault(each.unsupported, []).append(name)
    return [(", ".join(cells), why) for why, cells in reasons.items()]


def quality(result: LadderResult) -> list[str]:
    """Return how quiet it was."""
    stages = (("In process", result.in_process), ("On servers", result.on_servers))
    return [_in_words(name, found) for name, found in stages if found.blocks]


def _in_words(name: str, found: Quality) -> str:
    words = (
        f"{name}: {plural(found.blocks, 'block')}, {found.rejected:,} measured again; "
        f"the baseline varied by {found.variation:.1%}, and other processes used "
        f"{found.foreign:.2f} cores."
    )
    if found.disturbed:
        words += (
            f" {plural(found.disturbed, 'block')} disturbed each time: what rests on "
            f"them has a ~ before it, and is not to be trusted."
        )
    return words


def facts(result: LadderResult) -> list[tuple[str, str]]:
    """Return the environment as pairs of text."""
    pairs = []
    for key, value in result.environment.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {entry}" for name, entry in value.items())
        elif isinstance(value, list):
            value = ", ".join(map(str, value))
        pairs.append((key, str(value)))
    return pairs


def place(result: LadderResult) -> str:
    """Return on one line where and when it was measured."""
    about = result.environment
    found = about.get("versions")
    known = found if isinstance(found, dict) else {}
    wanted = ("django", "asgiref", "starlette", "uvicorn", "gunicorn")
    names = ", ".join(f"{name} {known[name]}" for name in wanted if name in known)
    return (
        f"{about.get('cpu')}, {about.get('cores')} cores, {about.get('python')}, "
        f"{names}; {str(about.get('date'))[:10]}"
    )
