"""`asgi-compare check`: hold an application against the rule book.

The application is driven by probes, which are awkward but legal servers and clients,
and what it does is judged by the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from asgi_compare.cli import common
from asgi_compare.cli.configured import A_DAY, Configured, Seconds
from asgi_compare.contract.parse import ExchangeError, parse
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.judge.application.check import DEADLINE, Plan
from asgi_compare.judge.application.check import check as execute
from asgi_compare.judge.application.openapi import DocumentError
from asgi_compare.judge.application.probe import Asked
from asgi_compare.judge.application.probes.all_probes import BY_ID
from asgi_compare.judge.application.raw_request import read_request
from asgi_compare.judge.rules import RULES
from asgi_compare.judge.selection import (
    Selection,
    SelectionError,
    against,
    read_expected,
    write_expected,
)
from asgi_compare.model.checked import Checked
from asgi_compare.report.check import html as findings_html
from asgi_compare.report.check import json as findings_json
from asgi_compare.report.check import junit, sarif
from asgi_compare.report.check import markdown as findings_markdown
from asgi_compare.report.check import terminal as findings

RENDERERS: dict[str, Callable[[Checked], str]] = {
    "json_file": findings_json.render,
    "junit_file": junit.render,
    "sarif_file": sarif.render,
    "markdown_file": findings_markdown.render,
    "html_file": findings_html.render,
    "write_expected": write_expected,
}
"""What can be written to a file, by the name of the parameter that names the file."""


def _file(name: str, what: str) -> Callable[[common.F], common.F]:
    return click.option(
        f"--{name}", f"{name}_file", metavar="FILE", help=f"Write {what}."
    )


@click.command(cls=Configured)
@click.argument("target")
@common.target_options
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="[METHOD:]/PATH",
    help="What to ask for: /x, POST:/x or ws:/x; repeatable. "
    "Without any, / and a WebSocket on /.",
)
@click.option(
    "--request",
    "requests",
    multiple=True,
    metavar="FILE",
    help="Ask what the file holds: a request as it is on the wire; repeatable.",
)
@click.option(
    "--openapi",
    is_flag=False,
    flag_value="/openapi.json",
    default="",
    metavar="[PATH]",
    help="Ask for all that the OpenAPI document at PATH names (/openapi.json).",
)
@click.option(
    "--unsafe", is_flag=True, help="With --openapi, also methods that change things."
)
@click.option(
    "--probe", "probes", multiple=True, metavar="GLOB", help="Play these probes only."
)
@click.option(
    "--select", multiple=True, metavar="GLOB", help="Only these rules; repeatable."
)
@click.option(
    "--exclude", multiple=True, metavar="GLOB", help="Not these rules; repeatable."
)
@click.option(
    "--level",
    type=click.Choice(["must", "should"]),
    default="should",
    show_default=True,
    help="'must' leaves out what is only recommended.",
)
@click.option(
    "--expected",
    metavar="FILE",
    help="Accept the findings in FILE; fail on new ones, and on ones that are gone.",
)
@click.option(
    "--write-expected", metavar="FILE", help="Write FILE so that it accepts today's."
)
@_file("json", "all as JSON")
@_file("junit", "JUnit XML")
@_file("sarif", "SARIF 2.1.0")
@_file("markdown", "Markdown")
@_file("html", "one page of HTML")
@click.option(
    "--timeout",
    type=Seconds(min=0.05, max=A_DAY),
    default=DEADLINE,
    show_default=True,
    metavar="SECONDS",
    help="How long the application may take to start, and to answer first; "
    "more than 15, also to be imported.",
)
@click.option(
    "--max-failures",
    type=click.IntRange(min=1),
    metavar="N",
    help="Stop when so many rules are broken.",
)
@click.option(
    "--max-time",
    type=Seconds(min=0, max=A_DAY, min_open=True),
    metavar="SECONDS",
    help="Stop after that long; what was done until then counts.",
)
@click.option(
    "--seed", type=int, default=0, help="Where bodies are cut; it is in the report."
)
@common.no_color
@click.pass_context
def check(
    ctx: click.Context,
    /,
    target: str,
    factory: bool,
    app_dir: str | None,
    paths: tuple[str, ...],
    requests: tuple[str, ...],
    openapi: str,
    unsafe: bool,
    probes: tuple[str, ...],
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    level: str,
    expected: str | None,
    timeout: float,
    max_failures: int | None,
    max_time: float | None,
    seed: int,
    no_color: bool,
    **reports: str | None,
) -> None:
    """Check the application TARGET against the specifications.

    TARGET is module:attribute, or one of our own implementations, such as raw-asgi.
    """
    if ours := IMPLEMENTATIONS.get(target):
        target, app_dir = ours.target, ours.app_dir
    rules = {**RULES, **BY_ID}
    _known(select, rules, "rule")
    _known(exclude, rules, "rule")
    _known(probes, BY_ID, "probe")
    selection = Selection(select, exclude, "must" if level == "must" else "should")
    accepted = _expected(expected)
    plan = Plan(
        target,
        factory,
        app_dir,
        asked(paths, requests),
        openapi,
        unsafe,
        probes,
        selection,
        timeout,
        max_failures,
        max_time,
        seed,
    )
    result = _execute(plan, no_color)
    if accepted is not None:
        result.changed = against(result, accepted, selection)
    out = common.console(no_color)
    findings.render(result, out)
    for path in _write(result, reports):
        out.print(f"Report: {path}", soft_wrap=True)
    ctx.exit(_code(result, bool(reports.get("write_expected"))))


def _code(result: Checked, accepts: bool) -> int:
    """Return the exit code; findings that were just accepted are no failure."""
    only_findings = result.code == 1 and not result.of("error")
    return 0 if accepts and only_findings else result.code


def asked(paths: tuple[str, ...], requests: tuple[str, ...]) -> tuple[Asked, ...]:
    """Read what the user wants to have asked."""
    try:
        found = [read_request(name) for name in requests]
        for path in paths:
            if "://" in path.partition("?")[0]:
                raise ExchangeError(
                    f"Expected a path such as /x, but got the URL {path!r}; check "
                    f"calls the application itself, without a server."
                )
            exchange = parse(path)
            method = getattr(exchange, "method", "WebSocket")
            label = f"{method} {exchange.target.decode('latin-1')}"
            found.append(Asked(label, exchange, ("--path", path)))
    except ExchangeError as error:
        raise click.UsageError(str(error)) from error
    return tuple(found)


def _known(globs: tuple[str, ...], known: dict[str, Any], kind: str) -> None:
    from fnmatch import filter as matching

    for glob in globs:
        if not matching(known, glob):
            raise common.unknown(kind, glob, known)


def _expected(path: str | None) -> list[str] | None:
    try:
        return None if path is None else read_expected(path)
    except SelectionError as error:
        raise click.UsageError(str(error)) from error


def _execute(plan: Plan, no_color: bool) -> Checked:
    err = common.console(no_color, stderr=True)
    try:
        if not err.is_terminal:
            return execute(plan)
        with err.status("Checking") as status:
            return execute(plan, lambda name: status.update(name[:70]))
    except TargetError as error:
        raise common.TargetFailed(str(error)) from error
    except DocumentError as error:
        raise click.UsageError(str(error)) from error


def _write(result: Checked, reports: dict[str, str | None]) -> list[Path]:
    written = []
    for name, render in RENDERERS.items():
        if path := reports.get(name):
            written.append(common.write_report(path, render(result)))
    return written
