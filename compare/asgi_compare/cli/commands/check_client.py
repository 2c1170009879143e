"""`asgi-compare check-client`: a test client plays the server; is it one?"""

from __future__ import annotations

import click

from asgi_compare.cli import common
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.judge.client.check import Plan
from asgi_compare.judge.client.check import check as execute
from asgi_compare.judge.client.exercises import KNOWN
from asgi_compare.report.check import json as findings_json
from asgi_compare.report.check import terminal as findings


@click.command(
    epilog=f"Known clients: {', '.join(KNOWN)}.",
)
@click.argument("target")
@click.option(
    "--interface",
    type=click.Choice(["asgi", "wsgi"]),
    default="asgi",
    show_default=True,
    help="The interface that your own client calls.",
)
@click.option(
    "--app-dir",
    type=click.Path(exists=True, file_okay=False),
    help="Look for the module in this directory first.",
)
@click.option(
    "--level",
    type=click.Choice(["should", "advice"]),
    default="should",
    show_default=True,
    help="'advice' makes advice fail as well.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the report as JSON.")
@common.no_color
@click.pass_context
def check_client(
    ctx: click.Context,
    /,
    target: str,
    interface: str,
    app_dir: str | None,
    level: str,
    json_file: str | None,
    no_color: bool,
) -> None:
    """Check that the test client TARGET keeps the rules for servers.

    TARGET is the name of a known client, or module:function. The function takes an
    application and calls it through the client. The path says what the application
    does: /answers, /echoes, /streams, or /streams-a-while, which the client should
    leave after the first piece.
    """
    if ":" not in target and target not in KNOWN:
        raise common.unknown("client", target, KNOWN)
    plan = Plan(
        target,
        "wsgi" if interface == "wsgi" else "asgi",
        app_dir,
        level == "advice",
    )
    try:
        result = execute(plan)
    except TargetError as error:
        raise common.TargetFailed(str(error)) from error
    out = common.console(no_color)
    findings.render(result, out)
    if json_file:
        written = common.write_report(json_file, findings_json.render(result))
        out.print(f"Report: {written}", soft_wrap=True)
    ctx.exit(result.code)
