"""`asgi-compare run`: every implementation, on every host, through every scenario."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from asgi_compare.cli import common
from asgi_compare.model.results import Run
from asgi_compare.model.serialization.codec import dumps, run_to_json
from asgi_compare.report.run import html, markdown, terminal
from asgi_compare.run.matrix import DEFAULT_HOSTS, Plan
from asgi_compare.run.matrix import run as execute

INTERRUPTED = 130
SYSTEMS = "systems/"
"""How a pattern of stories begins."""


@click.command()
@click.option(
    "--select",
    multiple=True,
    metavar="PATTERN",
    help="Only these scenarios: a name, an endpoint, or a pattern; repeatable. Those "
    "that begin with systems/ play stories instead, as `systems run` does.",
)
@click.option(
    "--implementation",
    "-i",
    "implementations",
    multiple=True,
    metavar="NAME",
    help="Only this implementation; repeatable.",
)
@click.option(
    "--servers",
    default=",".join(DEFAULT_HOSTS[1:]),
    show_default=True,
    metavar="NAMES",
    help="Servers, divided by commas; 'all' or 'none'. In process comes always.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the run as JSON.")
@click.option(
    "--html",
    "html_file",
    metavar="FILE",
    default="report/run.html",
    show_default=True,
    help="Write the report as one page; '' for none.",
)
@click.option("--markdown", "markdown_file", metavar="FILE", help="Write Markdown.")
@common.no_color
@click.pass_context
def run(
    ctx: click.Context,
    select: tuple[str, ...],
    implementations: tuple[str, ...],
    servers: str,
    json_file: str | None,
    html_file: str,
    markdown_file: str | None,
    no_color: bool,
) -> None:
    """Drive the implementations, and show what is the same and what differs."""
    if any(pattern.startswith(SYSTEMS) for pattern in select):
        return _play(ctx, select, implementations, servers, no_color)
    plan = Plan(
        common.implementations_for(implementations),
        common.scenarios_for(select),
        common.hosts_for(servers),
    )
    result = _execute(plan, no_color)
    result.environment["command"] = shlex.join(["asgi-compare", *_arguments(ctx)])
    written, failed = _write(result, json_file, html_file, markdown_file)
    out = common.console(no_color)
    terminal.render(result, out, wrote=written)
    took = result.environment["seconds"]
    out.print(f"Driving, judging and comparing took {took} s.")
    if failed:
        raise common.ReportFailed("\n".join(failed))
    if result.interrupted:
        where = "in the report" if written else "above"
        click.echo(f"Interrupted; what was done until then is {where}.", err=True)
    ctx.exit(exit_code(result))


def _play(
    ctx: click.Context,
    select: tuple[str, ...],
    implementations: tuple[str, ...],
    servers: str,
    no_color: bool,
) -> None:
    """Play stories in place of scenarios; it ends with their exit code."""
    if not all(pattern.startswith(SYSTEMS) for pattern in select):
        raise click.UsageError(
            f"Expected patterns of scenarios, or of stories ({SYSTEMS}...), but got "
            "both; run them one after the other."
        )
    from asgi_compare.cli.commands.systems import run as play  # it is large

    ctx.invoke(
        play,
        select=select,
        implementations=implementations,
        servers=servers,
        redis=False,
        no_color=no_color,
    )


def exit_code(result: Run) -> int:
    """Return the exit code of a run: see `cli.py`."""
    if result.interrupted:
        return INTERRUPTED
    if any(v.verdict == "error" for v in result.verdicts) and not result.transcripts:
        return common.TargetFailed.exit_code
    bad = any(v.verdict in ("failed", "error") for v in result.verdicts)
    unexplained = any(not difference.known for difference in result.differences)
    return 1 if bad or unexplained else 0


def _execute(plan: Plan, no_color: bool) -> Run:
    err = common.console(no_color, stderr=True)
    steps = sum(len(plan.scenarios) for _ in plan.cells())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=err, transient=True, disable=not err.is_terminal
    ) as (bar):
        task = bar.add_task("Driving", total=steps)

        def progress(cell: str, scenario: str) -> None:
            bar.update(task, advance=1, description=f"{cell} {scenario}"[:48].ljust(48))

        return execute(plan, progress)


def _arguments(ctx: click.Context) -> list[str]:
    """Return the arguments that differ from their defaults, to run it again."""
    words = ["run"]
    for param in ctx.command.params:
        value = ctx.params.get(param.name or "")
        if value and value != param.get_default(ctx) and param.name != "no_color":
            values = value if isinstance(value, tuple) else (value,)
            words += [word for v in values for word in (param.opts[0], str(v))]
    return words


def _write(
    result: Run, json_file: str | None, html_file: str, markdown_file: str | None
) -> tuple[list[Path], list[str]]:
    """Write what is wanted; return what was written, and what went wrong."""
    wanted: tuple[tuple[str | None, Callable[[], str]], ...] = (
        (json_file, lambda: dumps(run_to_json(result))),
        (html_file, lambda: html.render(result)),
        (markdown_file, lambda: markdown.render(result)),
    )
    return common.write_reports(wanted)
