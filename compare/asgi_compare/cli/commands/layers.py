"""`asgi-compare layers`: what each layer of Django adds, and what it costs."""

from __future__ import annotations

import os
from collections.abc import Callable
from fnmatch import fnmatchcase

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from asgi_compare.cli import common
from asgi_compare.cli.evidence import explained
from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.ladder import measure_project as peel
from asgi_compare.measure.ladder import store
from asgi_compare.measure.ladder.costs import Adds
from asgi_compare.measure.ladder.ladder import RUNGS
from asgi_compare.measure.ladder.measure_ladder import climb, plan
from asgi_compare.measure.timing.survey_results import Progress as Tell
from asgi_compare.measure.timing.worker import Unmeasured
from asgi_compare.model.serialization.codec import dumps
from asgi_compare.report.ladder import html as adds_html
from asgi_compare.report.ladder import markdown as adds_markdown
from asgi_compare.report.ladder import terminal as adds_terminal
from asgi_compare.report.ladder.columns import COLUMNS

INTERRUPTED = 130


@click.command()
@click.option("--quick", is_flag=True, help="A few rungs, and little time for each.")
@click.option(
    "--only",
    "patterns",
    multiple=True,
    metavar="GLOB",
    help="Only these rungs, such as 'only-*'; repeatable.",
)
@click.option(
    "--sort",
    default="",
    metavar="COLUMN",
    help="Put the largest first, by a column such as hops-async or us-wsgi.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write all of it as JSON.")
@click.option("--html", "html_file", metavar="FILE", help="Write it as one page.")
@click.option("--markdown", "markdown_file", metavar="FILE", help="Write Markdown.")
@click.option(
    "--explain",
    metavar="BEHAVIOUR",
    help="Show what comes of a behaviour with its layer, and without.",
)
@click.option(
    "--django-settings",
    metavar="MODULE",
    help="Peel the middleware of your own project, such as mysite.settings.",
)
@click.option(
    "--path",
    default="/",
    show_default=True,
    metavar="PATH",
    help="What to ask your own project for.",
)
@click.option(
    "--app-dir",
    type=click.Path(exists=True, file_okay=False),
    help="Look for your own project in this directory first.",
)
@common.no_color
@click.pass_context
def layers(
    ctx: click.Context,
    quick: bool,
    patterns: tuple[str, ...],
    sort: str,
    json_file: str | None,
    html_file: str | None,
    markdown_file: str | None,
    explain: str | None,
    django_settings: str | None,
    path: str,
    app_dir: str | None,
    no_color: bool,
) -> None:
    """Measure what each layer of Django adds: what it gives, and what it costs."""
    if sort and sort not in COLUMNS:
        raise common.unknown("column", sort, COLUMNS)
    out = common.console(no_color)
    if explain:
        if explain not in BEHAVIOURS:
            raise common.unknown("behaviour", explain, BEHAVIOURS)
        for line in explained(BEHAVIOURS[explain]):
            out.print(line, soft_wrap=True)
        return
    try:
        if django_settings:
            project = peel.Project(django_settings, path, app_dir or os.getcwd())
            found = _shown(no_color, lambda tell: peel.peel(project, quick, tell))
        else:
            wanted = plan(rungs_for(patterns, quick=quick), quick=quick)
            found = _shown(no_color, lambda tell: climb(wanted, tell))
    except Unmeasured as why:
        raise common.TargetFailed(str(why)) from None
    adds_terminal.render(found, out, sort)
    wanted_files: tuple[tuple[str | None, Callable[[], str]], ...] = (
        (json_file, lambda: dumps(store.to_json(found))),
        (html_file, lambda: adds_html.render(found, sort)),
        (markdown_file, lambda: adds_markdown.render(found, sort)),
    )
    for name, render in wanted_files:
        if name:
            out.print(f"Report: {common.write_report(name, render())}", soft_wrap=True)
    ctx.exit(INTERRUPTED if found.interrupted else 0)


def rungs_for(patterns: tuple[str, ...], *, quick: bool) -> tuple[str, ...]:
    """Return the rungs that the patterns select.

    Without any, those there is time for.
    """
    if not patterns:
        return tuple(name for name, rung in RUNGS.items() if rung.quick or not quick)
    chosen: set[str] = set()
    for pattern in patterns:
        found = {name for name in RUNGS if fnmatchcase(name, pattern)}
        if not found:
            raise common.unknown("rung", pattern, RUNGS)
        chosen |= found
    return tuple(name for name in RUNGS if name in chosen)


def _shown(no_color: bool, measure: Callable[[Tell], Adds]) -> Adds:
    """Measure, and show how far it has come."""
    err = common.console(no_color, stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=err, transient=True, disable=not err.is_terminal
    ) as shown:
        task = shown.add_task("Starting", total=None)

        def tell(stage: str, done: int, total: int) -> None:
            shown.update(
                task,
                description=stage.capitalize().ljust(24),
                completed=done,
                total=total or None,
            )

        return measure(tell)
