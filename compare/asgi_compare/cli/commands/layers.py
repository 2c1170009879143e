"""`asgi-compare layers`: what each layer of Django adds, and what it costs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from asgi_compare.cli import common
from asgi_compare.cli.evidence import explained
from asgi_compare.contract.parse import ExchangeError, parse
from asgi_compare.contract.scenario import Request
from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.ladder import store
from asgi_compare.measure.ladder.costs import LadderResult
from asgi_compare.measure.ladder.ladder import RUNGS
from asgi_compare.measure.ladder.measure_ladder import measure_ladder, plan
from asgi_compare.measure.ladder.measure_project import (
    Project,
    UnknownMiddleware,
    measure_project,
)
from asgi_compare.measure.timing.survey_results import Progress as Tell
from asgi_compare.measure.timing.worker import Unmeasured
from asgi_compare.model.serialization.codec import dumps
from asgi_compare.report.ladder import html, markdown, terminal
from asgi_compare.report.ladder.columns import COLUMNS

INTERRUPTED = 130
FORM = (b"content-type", b"application/x-www-form-urlencoded")
"""What curl says of a body, unless it is told otherwise."""


def project_options(command: common.F) -> common.F:
    """Add what says which project is measured, and by which request."""
    for option in (
        click.option(
            "--real-services",
            is_flag=True,
            help="Let your project use its own databases and caches, and write into "
            "them; without this, it has empty ones in memory.",
        ),
        click.option(
            "--login",
            default="",
            metavar="USER",
            help="Ask as somebody who has signed in; in memory, the user is made, with "
            "all permissions.",
        ),
        click.option(
            "--cookie", multiple=True, metavar="NAME=VALUE", help="Repeatable."
        ),
        common.request_options,
        click.option(
            "--request", "-X", "method", metavar="METHOD", help="GET if not said."
        ),
        click.option(
            "--path",
            default="/",
            show_default=True,
            metavar="PATH",
            help="What to ask your own project for.",
        ),
        click.option(
            "--app-dir",
            type=click.Path(exists=True, file_okay=False),
            help="Look for your own project in this directory first.",
        ),
        click.option(
            "--django-settings",
            metavar="MODULE",
            help="Measure your own project, such as mysite.settings, and what each of "
            "its middlewares costs.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.option(
    "--quick",
    is_flag=True,
    help="A few rungs, and little time for each: about a minute on two quiet cores.",
)
@click.option(
    "--only",
    "patterns",
    multiple=True,
    metavar="GLOB",
    help="Only these rungs, such as 'only-*', or these middlewares of your project; "
    "repeatable.",
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
@project_options
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
    app_dir: str | None,
    path: str,
    method: str | None,
    header: tuple[str, ...],
    body: str | None,
    cookie: tuple[str, ...],
    login: str,
    real_services: bool,
    no_color: bool,
) -> None:
    """Measure what each layer of Django adds: what it gives, and what it costs.

    With --django-settings, it is your own project that is measured: as it is, and with
    one middleware after the other taken away.
    """
    if sort and sort not in COLUMNS:
        raise common.unknown("column", sort, COLUMNS)
    out = common.console(no_color)
    if explain:
        if explain not in BEHAVIOURS:
            raise common.unknown("behaviour", explain, BEHAVIOURS)
        for line in explained(BEHAVIOURS[explain]):
            out.print(line, soft_wrap=True)
        return
    measure: Callable[[Tell], LadderResult]
    if django_settings:
        common.need("django-asgi")
        request = request_of(path, method, header, body, cookie)
        project = Project(
            django_settings,
            request,
            os.path.abspath(app_dir or os.curdir),
            patterns,
            real_services,
            login,
        )
        measure = lambda tell: measure_project(project, quick, tell)  # noqa: E731
    else:
        common.implementations_for(())
        wanted = plan(rungs_for(patterns, quick=quick), quick=quick)
        measure = lambda tell: measure_ladder(wanted, tell)  # noqa: E731
    found = _measured(measure, no_color)
    files: tuple[tuple[str | None, Callable[[], str]], ...] = (
        (json_file, lambda: dumps(store.to_json(found))),
        (html_file, lambda: html.render(found, sort)),
        (markdown_file, lambda: markdown.render(found, sort)),
    )
    written, failed = common.write_reports(files)
    terminal.render(found, out, sort)
    for report in written:
        out.print(f"Report: {report}", soft_wrap=True)
    if failed:
        raise common.ReportFailed("\n".join(failed))
    ctx.exit(INTERRUPTED if found.interrupted else 0)


def request_of(
    path: str,
    method: str | None,
    headers: Iterable[str],
    body: str | None,
    cookies: Iterable[str],
) -> Request:
    """Return the request that curl would send, were it given the same options."""
    given = [*headers]
    if joined := "; ".join(cookies):
        given.append(f"Cookie: {joined}")
    try:
        made = parse(
            f"{method}:{path}" if method else path,
            headers=given,
            body=None if body is None else body.encode(),
        )
    except ExchangeError as error:
        raise click.UsageError(str(error)) from error
    if not isinstance(made, Request):
        raise click.UsageError(
            f"Expected the path of an HTTP request, but got {path!r}; a WebSocket has "
            f"no price a request."
        )
    names = {name.lower() for name, _ in made.headers}
    if body is not None and FORM[0] not in names:
        return replace(made, headers=(*made.headers, FORM))
    return made


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
            raise common.unknown("layer", pattern, RUNGS)
        chosen |= found
    return tuple(name for name in RUNGS if name in chosen)


def _measured(measure: Callable[[Tell], LadderResult], no_color: bool) -> LadderResult:
    """Measure, and show how far it has come."""
    try:
        return _shown(no_color, measure)
    except UnknownMiddleware as error:
        known = ", ".join(error.known)
        raise click.UsageError(
            f"Expected one of your middlewares for --only, but got {error.pattern!r}; "
            f"there are {known or 'none'}."
        ) from None
    except Unmeasured as why:
        raise common.TargetFailed(str(why)) from None


def _shown(no_color: bool, measure: Callable[[Tell], LadderResult]) -> LadderResult:
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
