"""`asgi-compare trace`: one conversation, event by event."""

from __future__ import annotations

import click

from asgi_compare.cli import common
from asgi_compare.cli.asking import ask, exchange_of, is_safe
from asgi_compare.contract.parse import parse
from asgi_compare.model.serialization.codec import dumps, transcript_to_json
from asgi_compare.report.common.trace import show_transcripts

FIRST_CALL = (
    "This was the first call of the process: its times include what is done only once, "
    "such as imports."
)


@click.command()
@click.argument("target")
@click.argument("path", default="/")
@common.request_options
@click.option(
    "--deadline",
    type=click.FloatRange(min=0, min_open=True, max=3600),
    default=5.0,
    show_default=True,
    help="Seconds until it is given up.",
)
@click.option("--cold", is_flag=True, help="Show the first call of the process.")
@click.option(
    "--no-times",
    is_flag=True,
    help="Leave out times and threads, which change with every call.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the transcript.")
@common.target_options
@common.no_color
@click.pass_context
def trace(
    ctx: click.Context,
    target: str,
    path: str,
    header: tuple[str, ...],
    body: str | None,
    deadline: float,
    cold: bool,
    no_times: bool,
    json_file: str | None,
    factory: bool,
    app_dir: str | None,
    no_color: bool,
) -> None:
    """Drive TARGET, and show its scope, every event that crosses, every hop and query.

    TARGET is one of our implementations (raw-asgi, starlette, ...) or any application,
    as module:attribute. PATH is /x, POST:/x or ws:/x.

    GET, HEAD and OPTIONS are asked for twice, and the second call is shown, so that the
    times are not those of imports and caches that are still empty.
    """
    whole = ask(
        target,
        path,
        headers=header,
        body=None if body is None else body.encode(),
        factory=factory,
        app_dir=app_dir,
        deadline=deadline,
        driver="asgi_compare.drive.hops:drive",
        warm=not cold,
    )
    one = exchange_of(whole)
    shown = [(f"{target} {path}", one)]
    if one is not whole:
        shown.insert(0, (f"{target} lifespan around it", whole))
    out = common.console(no_color)
    for title, each in shown:
        show_transcripts([(title, each)], out, scopes=True, times=not no_times)
    if cold or not is_safe(parse(path)):
        out.print(FIRST_CALL, style="dim")
    if json_file:
        common.write_report(json_file, dumps(transcript_to_json(whole)))
    ctx.exit(0 if one.ending.kind in ("returned", "raised") else 1)
