"""`asgi-compare experiments`: questions and claims, each answered by a measurement."""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import click
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from asgi_compare.cli import common
from asgi_compare.measure.experiments.discovery import experiments as known
from asgi_compare.measure.experiments.experiment import (
    CAREFUL,
    QUICK,
    Effort,
    Experiment,
)
from asgi_compare.measure.experiments.runner import run_all
from asgi_compare.measure.experiments.store import (
    Notebook,
    StoreError,
    from_json,
    to_json,
)
from asgi_compare.model.environment import environment
from asgi_compare.model.serialization.codec import dumps
from asgi_compare.report.experiments import html, markdown, terminal

INTERRUPTED = 130


def report_options(command: common.F) -> common.F:
    """Add the options that say where reports go."""
    for option in (
        click.option(
            "--markdown", "markdown_file", metavar="FILE", help="As Markdown."
        ),
        click.option("--html", "html_file", metavar="FILE", help="As one page."),
        click.option("--json", "json_file", metavar="FILE", help="As JSON."),
        common.no_color,
    ):
        command = option(command)
    return command


@click.group()
def experiments() -> None:
    """Answer questions that people ask, by measuring."""


@experiments.command("list")
@common.no_color
def list_(no_color: bool) -> None:
    """List the experiments."""
    rows = [(each.name, each.topic, each.question) for each in known().values()]
    headings = ("experiment", "topic", "question")
    common.show_rows(headings, rows, common.console(no_color))


@experiments.command()
@click.argument("name")
@common.no_color
def show(name: str, no_color: bool) -> None:
    """Show what an experiment asks, and how it finds out."""
    (experiment,) = chosen((name,), everything=False)[:1]
    terminal.show(experiment, common.console(no_color))


@experiments.command()
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--quick", is_flag=True, help="At most 30 s for each.")
@report_options
@click.pass_context
def run(
    ctx: click.Context,
    names: tuple[str, ...],
    everything: bool,
    quick: bool,
    json_file: str | None,
    html_file: str | None,
    markdown_file: str | None,
    no_color: bool,
) -> None:
    """Run experiments; a name may be a glob, such as 'wsgi-*'."""
    wanted = chosen(names, everything=everything)
    notebook = _run(wanted, QUICK if quick else CAREFUL, no_color)
    _report(notebook, json_file, html_file, markdown_file, no_color)
    ctx.exit(INTERRUPTED if notebook.interrupted else 0)


@experiments.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@report_options
def read(
    file: str,
    json_file: str | None,
    html_file: str | None,
    markdown_file: str | None,
    no_color: bool,
) -> None:
    """Read the observations that `run --json` wrote, and answer anew."""
    try:
        notebook = from_json(json.loads(Path(file).read_text("utf-8")), known())
    except (StoreError, ValueError) as error:
        raise common.TargetFailed(f"Could not read {file!r}: {error}") from error
    _report(notebook, json_file, html_file, markdown_file, no_color)


def chosen(names: tuple[str, ...], *, everything: bool) -> list[Experiment]:
    """Return the experiments that the names select, in the order of the list."""
    if not names and not everything:
        raise click.UsageError(
            "Expected the name of an experiment, but got none; see asgi-compare "
            "experiments list, or add --all."
        )
    for pattern in names:
        if not any(fnmatchcase(name, pattern) for name in known()):
            raise common.unknown("experiment", pattern, known())
    return [
        experiment
        for name, experiment in known().items()
        if everything or any(fnmatchcase(name, pattern) for pattern in names)
    ]


def _run(wanted: list[Experiment], effort: Effort, no_color: bool) -> Notebook:
    """Run them, and show which one is under way."""
    err = common.console(no_color, stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    place = environment()
    with Progress(
        *columns, console=err, transient=True, disable=not err.is_terminal
    ) as shown:
        task = shown.add_task("Starting", total=None)

        def tell(experiment: Experiment, observed: int) -> None:
            at = wanted.index(experiment) + 1
            told = f"{at} of {len(wanted)}: {experiment.name}, {observed} observations"
            shown.update(task, description=told)

        entries, interrupted = run_all(wanted, effort, tell)
    return Notebook(tuple(entries), place, interrupted)


def _report(
    notebook: Notebook,
    json_file: str | None,
    html_file: str | None,
    markdown_file: str | None,
    no_color: bool,
) -> None:
    """Print the notebook, and write the reports that were asked for."""
    out = common.console(no_color)
    terminal.render(notebook, out)
    wanted: tuple[tuple[str | None, Callable[[], str]], ...] = (
        (json_file, lambda: dumps(to_json(notebook))),
        (html_file, lambda: html.render(notebook)),
        (markdown_file, lambda: markdown.render(notebook)),
    )
    for name, render in wanted:
        if name:
            out.print(f"Report: {common.write_report(name, render())}", soft_wrap=True)
