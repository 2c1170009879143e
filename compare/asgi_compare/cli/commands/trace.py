"""`asgi-compare trace`: one conversation, event by event."""

from __future__ import annotations

import click

from asgi_compare.cli import common
from asgi_compare.cli.asking import ask, exchange_of
from asgi_compare.model.serialization.codec import dumps, transcript_to_json
from asgi_compare.report.common.trace import show_transcripts


@click.command()
@click.argument("target")
@click.argument("path", default="/")
@click.option("--header", "-H", multiple=True, metavar="'NAME: VALUE'", help="A field.")
@click.option("--body", "-d", help="The request's body, or a WebSocket's message.")
@click.option(
    "--deadline",
    type=click.FloatRange(min=0, min_open=True, max=3600),
    default=5.0,
    show_default=True,
    help="Seconds until it is given up.",
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
    json_file: str | None,
    factory: bool,
    app_dir: str | None,
    no_color: bool,
) -> None:
    """Drive TARGET once, and show every event that crosses, and every hop.

    TARGET is one of our implementations (raw-asgi, starlette, ...) or any application,
    as module:attribute. PATH is /x, POST:/x or ws:/x.
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
    )
    one = exchange_of(whole)
    shown = [(f"{target} {path}", one)]
    if one is not whole:
        shown.insert(0, (f"{target} lifespan around it", whole))
    show_transcripts(shown, common.console(no_color))
    if json_file:
        common.write_report(json_file, dumps(transcript_to_json(whole)))
    ctx.exit(0 if one.ending.kind in ("returned", "raised") else 1)
