"""`asgi-compare check`: hold an application against the rule book.

The application is driven by probes, which are awkward but legal servers and clients,
and what it does is judged by the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast

import click

from asgi_compare.cli import common
from asgi_compare.cli.configured import A_DAY, Configured, Seconds
from asgi_compare.contract.parse import ExchangeError, parse
from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.drive.targets.target import Form, TargetError
from asgi_compare.judge.application.check import DEADLINE, LOOPS, Plan
from asgi_compare.judge.application.check import check as execute
from asgi_compare.judge.application.conclusions import CONCLUSIONS
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


def report(name: str, what: str) -> Callable[[common.F], common.F]:
    """Return an option that names a file for one of the reports."""
    return click.option(
        f"--{name}", f"{name}_file", metavar="FILE", help=f"Write {what}."
    )


@click.command(cls=Configured)
@click.argument("target")
@common.target_options
@click.option(
    "--interface",
    type=click.Choice(["asgi", "asgi2", "wsgi"]),
    help="The interface of TARGET, if its signature does not show it.",
)
@click.option(
    "--loop",
    type=click.Choice(list(LOOPS)),
    default="asyncio",
    show_default=True,
    help="The event loop in which an ASGI application is driven.",
)
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="[METHOD:]/PATH",
    help="Request this: /x, POST:/x or ws:/x; repeatable.  [default: /, ws:/]",
)
@click.option(
    "--header",
    "-H",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="Add a header to each --path; repeatable.",
)
@click.option(
    "--data",
    metavar="TEXT",
    help="The body for each --path with POST, PUT or PATCH.  [default: a=1&b=2&c=3]",
)
@click.option(
    "--message",
    "messages",
    multiple=True,
    metavar="TEXT",
    help="A message for the WebSocket client to send; repeatable.  [default: hello]",
)
@click.option(
    "--subprotocol",
    "subprotocols",
    multiple=True,
    metavar="NAME",
    help="A subprotocol for the WebSocket client to offer; repeatable.",
)
@click.option(
    "--request",
    "requests",
    multiple=True,
    metavar="FILE",
    help="Send the request in FILE, which is written as on the wire; repeatable.",
)
@click.option(
    "--openapi",
    is_flag=False,
    flag_value="/openapi.json",
    default="",
    metavar="[PATH]",
    help="Request every operation of the OpenAPI document at PATH (/openapi.json).",
)
@click.option(
    "--unsafe", is_flag=True, help="With --openapi, include methods that change data."
)
@click.option(
    "--probe",
    "probes",
    multiple=True,
    metavar="GLOB",
    help="Play only these probes; repeatable.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="GLOB",
    help="Report only these rules; repeatable.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Leave these rules out; repeatable.",
)
@click.option(
    "--level",
    type=click.Choice(["must", "should", "advice"]),
    default="should",
    show_default=True,
    help="'must' leaves recommendations out; 'advice' makes advice fail as well.",
)
@click.option(
    "--allow-raise",
    is_flag=True,
    help="Pass an application that raises on a plain request, with a note.",
)
@click.option("--strict", is_flag=True, help="Fail if there are notes.")
@click.option(
    "--expected",
    metavar="FILE",
    help="Accept the findings in FILE; fail on new ones, and on ones that are gone.",
)
@click.option(
    "--write-expected", metavar="FILE", help="Write FILE so that it accepts today's."
)
@report("json", "the report as JSON")
@report("junit", "JUnit XML")
@report("sarif", "SARIF 2.1.0")
@report("markdown", "Markdown")
@report("html", "one page of HTML")
@click.option(
    "--timeout",
    type=Seconds(min=0.05, max=A_DAY),
    default=DEADLINE,
    show_default=True,
    metavar="SECONDS",
    help="How long the application may take to start, and to answer the first "
    "request; if more than 15, also to be imported.",
)
@click.option(
    "--max-failures",
    type=click.IntRange(min=1),
    metavar="N",
    help="Stop after N failures.",
)
@click.option(
    "--max-time",
    type=Seconds(min=0, max=A_DAY, min_open=True),
    metavar="SECONDS",
    help="Stop after this long, and report what was found by then.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    help="Decides where bodies are cut and which calls are late.",
)
@common.no_color
@click.pass_context
def check(
    ctx: click.Context,
    /,
    target: str,
    factory: bool,
    app_dir: str | None,
    interface: str | None,
    loop: str,
    paths: tuple[str, ...],
    headers: tuple[str, ...],
    data: str | None,
    messages: tuple[str, ...],
    subprotocols: tuple[str, ...],
    requests: tuple[str, ...],
    openapi: str,
    unsafe: bool,
    probes: tuple[str, ...],
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    level: Literal["must", "should", "advice"],
    allow_raise: bool,
    strict: bool,
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
    common.need(target)
    if find_spec(loop) is None:
        raise common.TargetFailed(
            f"Expected {loop} to be installed, but it is not; add it with: pip "
            f"install {loop}"
        )
    if ours := IMPLEMENTATIONS.get(target):
        target, app_dir = ours.target, ours.app_dir
    rules = {**RULES, **BY_ID, **CONCLUSIONS}
    _known(select, rules, "rule")
    _known(exclude, rules, "rule")
    _known(probes, BY_ID, "probe")
    selection = Selection(select, exclude, level)
    accepted = _expected(expected)
    plan = Plan(
        target,
        factory,
        app_dir,
        cast("Form | None", interface),
        asked(paths, requests, Says(headers, data, messages, subprotocols)),
        openapi,
        unsafe,
        probes,
        selection,
        timeout,
        max_failures,
        max_time,
        seed,
        allow_raise,
        strict,
        loop,
    )
    result = _execute(plan, no_color)
    if accepted is not None:
        result.changed = against(result, accepted, selection)
    out = common.console(no_color)
    findings.render(result, out)
    for path in write_reports(result, reports):
        out.print(f"Report: {path}", soft_wrap=True)
    ctx.exit(_code(result, bool(reports.get("write_expected"))))


def _code(result: Checked, accepts: bool) -> int:
    """Return the exit code; findings that were just accepted are no failure."""
    only_findings = result.code == 1 and not result.of("error")
    return 0 if accepts and only_findings else result.code


@dataclass(frozen=True, slots=True)
class Says:
    """What the client of every `--path` says."""

    headers: tuple[str, ...] = ()
    data: str | None = None
    messages: tuple[str, ...] = ()
    subprotocols: tuple[str, ...] = ()

    def words(self) -> tuple[str, ...]:
        """Return the words that say so on the command line."""
        words = [each for header in self.headers for each in ("--header", header)]
        if self.data is not None:
            words += ["--data", self.data]
        words += [each for text in self.messages for each in ("--message", text)]
        for name in self.subprotocols:
            words += ["--subprotocol", name]
        return tuple(words)

    def exchange(self, path: str) -> Request | Conversation:
        """Read a path, and let the client say all this there."""
        found = parse(path, headers=self.headers)
        if isinstance(found, Conversation):
            says = self.messages or found.says
            return replace(found, says=says, subprotocols=self.subprotocols)
        if found.method not in WITH_BODY:
            return found
        body = FORM if self.data is None else self.data.encode()
        names = {name.lower() for name, _ in found.headers}
        typed = self.data is not None or b"content-type" in names
        added = () if typed else ((b"content-type", FORM_TYPE),)
        pieces = (body,) if body else ()
        return replace(found, body=pieces, headers=(*found.headers, *added))


DEFAULT_PATHS = ("/", "ws:/")
WITH_BODY = ("POST", "PUT", "PATCH")
FORM = b"a=1&b=2&c=3"
FORM_TYPE = b"application/x-www-form-urlencoded"


def asked(
    paths: tuple[str, ...], requests: tuple[str, ...], says: Says | None = None
) -> tuple[Asked, ...]:
    """Read what the user wants to have asked."""
    says = says or Says()
    try:
        found = [read_request(name) for name in requests]
        # Said without a path, it is said to what is asked by itself.
        by_itself = not (paths or requests) and bool(says.words())
        for path in DEFAULT_PATHS if by_itself else paths:
            if "://" in path.partition("?")[0]:
                raise ExchangeError(
                    f"Expected a path such as /x, but got the URL {path!r}; check "
                    f"calls the application itself, without a server."
                )
            exchange = says.exchange(path)
            method = getattr(exchange, "method", "WebSocket")
            label = f"{method} {exchange.target.decode('latin-1')}"
            words = ("--path", path, *says.words())
            found.append(Asked(label, exchange, words, wanted=not by_itself))
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


def write_reports(result: Checked, reports: dict[str, str | None]) -> list[Path]:
    """Write the reports that were asked for, and return where they are."""
    written = []
    for name, render in RENDERERS.items():
        if path := reports.get(name):
            written.append(common.write_report(path, render(result)))
    return written
