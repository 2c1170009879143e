"""`asgi-compare check-middleware`: judge what stands between, on both of its sides."""

from __future__ import annotations

import json
from typing import Any

import click

from asgi_compare.cli import common
from asgi_compare.cli.commands.check import report, write_reports
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.judge.middleware.check import Plan
from asgi_compare.judge.middleware.check import check as execute
from asgi_compare.judge.middleware.trial import Wrapping
from asgi_compare.model.checked import Checked
from asgi_compare.report.check import terminal as findings

INTERFACES = ("asgi", "wsgi", "asgi:asgi", "asgi:wsgi", "wsgi:wsgi", "wsgi:asgi")


class Json(click.ParamType[Any]):
    """An option that holds JSON of one kind."""

    def __init__(self, kind: type, example: str) -> None:
        self.name = "JSON"
        self.kind = kind
        self.example = example

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Read it."""
        if isinstance(value, self.kind):
            return value
        try:
            found = json.loads(value)
        except ValueError:
            found = None
        if not isinstance(found, self.kind):
            self.fail(f"Expected JSON such as {self.example}, but got {value!r}.")
        return found


def field(line: str) -> tuple[bytes, bytes]:
    """Read `Name: value`."""
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise click.UsageError(f"Expected a header as 'Name: value', but got {line!r}.")
    return name.strip().lower().encode("latin-1"), value.strip().encode("latin-1")


@click.command()
@click.argument("target")
@common.target_options
@click.option(
    "--args",
    type=Json(list, '["x", 1]'),
    default="[]",
    metavar="JSON",
    help='Arguments after the application; "$app" puts the application elsewhere.',
)
@click.option(
    "--kwargs",
    type=Json(dict, '{"name": 1}'),
    default="{}",
    metavar="JSON",
    help="Keyword arguments; for a Django middleware, settings.",
)
@click.option(
    "--interface",
    type=click.Choice(INTERFACES),
    help="The interface outside, and after a colon the one inside. By default, both "
    "are detected.",
)
@click.option(
    "--path", default="/", show_default=True, metavar="/PATH", help="Request this."
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Add a header to every request; repeatable.",
)
@click.option(
    "--trial",
    "trials",
    multiple=True,
    metavar="GLOB",
    help="Play only these trials; repeatable.",
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
    type=click.Choice(["should", "advice"]),
    default="should",
    show_default=True,
    help="'advice' makes advice fail as well.",
)
@report("json", "the report as JSON")
@report("junit", "JUnit XML")
@report("sarif", "SARIF 2.1.0")
@report("markdown", "Markdown")
@report("html", "one page of HTML")
@common.no_color
@click.pass_context
def check_middleware(
    ctx: click.Context,
    /,
    target: str,
    factory: bool,
    app_dir: str | None,
    args: list[Any],
    kwargs: dict[str, Any],
    interface: str | None,
    path: str,
    headers: tuple[str, ...],
    trials: tuple[str, ...],
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    level: str,
    no_color: bool,
    **reports: str | None,
) -> None:
    """Check the middleware or adapter TARGET, on both of its sides.

    TARGET is module:attribute. It is put around a scripted application, and called by
    a server that is awkward but legal. Each trial is then repeated without it, and the
    two are compared.

    \b
    asgi-compare check-middleware starlette.middleware.gzip:GZipMiddleware
    asgi-compare check-middleware a2wsgi:WSGIMiddleware
    asgi-compare check-middleware mine:Limit --kwargs '{"most": 3}'
    """
    outside, _, inside = (interface or "").partition(":")
    plan = Plan(
        target,
        Wrapping(
            tuple(args),
            kwargs,
            outside or None,  # type: ignore[arg-type]  # a choice of the two
            inside or None,  # type: ignore[arg-type]
        ),
        factory,
        app_dir,
        path.encode(),
        tuple(map(field, headers)),
        trials,
        select,
        exclude,
        level == "advice",
        words(target, factory, app_dir, args, kwargs, interface, path, headers),
    )
    result = _execute(plan, no_color)
    out = common.console(no_color)
    findings.render(result, out)
    for written in write_reports(result, reports):
        out.print(f"Report: {written}", soft_wrap=True)
    ctx.exit(result.code)


def words(
    target: str,
    factory: bool,
    app_dir: str | None,
    args: list[Any],
    kwargs: dict[str, Any],
    interface: str | None,
    path: str,
    headers: tuple[str, ...],
) -> tuple[str, ...]:
    """Return the command line that checks it again."""
    found = ["asgi-compare", "check-middleware", target]
    found += ["--factory"] if factory else []
    for option, value in (
        ("--app-dir", app_dir),
        ("--args", json.dumps(args) if args else None),
        ("--kwargs", json.dumps(kwargs) if kwargs else None),
        ("--interface", interface),
        ("--path", path if path != "/" else None),
    ):
        found += [option, value] if value else []
    for line in headers:
        found += ["--header", line]
    return tuple(found)


def _execute(plan: Plan, no_color: bool) -> Checked:
    err = common.console(no_color, stderr=True)
    try:
        if not err.is_terminal:
            return execute(plan)
        with err.status("Checking") as status:
            return execute(plan, lambda name: status.update(name[:70]))
    except TargetError as error:
        raise common.TargetFailed(str(error)) from error
