"""`asgi-compare systems`: the chat and what follows it, in every implementation."""

from __future__ import annotations

import importlib.util
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from fnmatch import fnmatchcase

import click
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from asgi_compare.cli import common
from asgi_compare.contract.stories import STORIES, SYSTEMS
from asgi_compare.contract.story import Story
from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.drive.servers.supervisor import ServerError
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.services import Service, ServiceError, valkey
from asgi_compare.drive.stories.arrange import Servers, on_servers
from asgi_compare.drive.stories.child import Child
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.model.sanitize import clean
from asgi_compare.model.story import Played
from asgi_compare.report.story import picture, timeline

NEEDED = (
    "aiosmtpd",
    "aiosmtplib",
    "channels",
    "channels_redis",
    "httpx2",
    "pycrdt",
    "pywebpush",
    "redis",
    "sse_starlette",
    "stamina",
)
MARKS = {"passed": "ok", "failed": "FAILED", "unsupported": "-", "error": "ERROR"}


@click.group()
def systems() -> None:
    """Play stories with the systems, serve them, and show their code."""


@systems.command("list")
@common.no_color
def list_(no_color: bool) -> None:
    """List the systems and their stories."""
    rows = [(name, system.does) for name, system in SYSTEMS.items()]
    rows += [(name, story.shows) for name, story in STORIES.items()]
    common.show_rows(("name", "what it does or shows"), rows, common.console(no_color))


select = click.option(
    "--select",
    multiple=True,
    metavar="PATTERN",
    help="Only these stories: a name, a system, or a pattern; repeatable.",
)
implementation = click.option(
    "--implementation",
    "-i",
    "implementations",
    multiple=True,
    metavar="NAME",
    help="Only this implementation; repeatable.",
)
servers_option = click.option(
    "--servers",
    default="none",
    show_default=True,
    metavar="NAMES",
    help="Servers, divided by commas; in process comes always, but with --redis.",
)
redis = click.option(
    "--redis",
    is_flag=True,
    help="Two servers of each kind, with a Valkey of REDIS_URL, or ours, between them.",
)


@systems.command()
@select
@implementation
@servers_option
@redis
@common.no_color
@click.pass_context
def run(
    ctx: click.Context,
    select: tuple[str, ...],
    implementations: tuple[str, ...],
    servers: str,
    redis: bool,
    no_color: bool,
) -> None:
    """Play the stories, and show who keeps which."""
    stories = stories_for(select)
    names = common.implementations_for(implementations)
    hosts = common.hosts_for("uvicorn" if redis and servers == "none" else servers)
    if redis:
        hosts = hosts[1:]
    out, err = common.console(no_color), common.console(no_color, stderr=True)
    played: list[Played] = []
    with _broker(redis) as broker, err.status("Playing") as status:
        for name in names:
            row = IMPLEMENTATIONS[name]
            for host in hosts:
                if host in SERVERS and not SERVERS[host].speaks(row.interface):
                    continue
                plays = [
                    (story, transport)
                    for story in stories
                    for transport in story.system.transports[row.interface]
                ]
                status.update(f"Playing {len(plays)} times: {name}, {host}")
                with _stage(name, host, broker) as stage:
                    played += stage.play_all(plays)
    out.print(_matrix(stories, played))
    bad = [each for each in played if each.verdict in ("failed", "error")]
    for each in bad:
        where = f"{each.story} {each.implementation} {each.host} {each.transport}"
        out.print(Text(clean(f"{where}: {each.reason}", lines=True)), soft_wrap=True)
    reasons = dict.fromkeys(p.reason for p in played if p.verdict == "unsupported")
    for reason in reasons:
        out.print(Text(f"-  {reason}", "dim"), soft_wrap=True)
    count = sum(each.verdict == "passed" for each in played)
    out.print(f"{count} passed, {len(bad)} failed, of {len(played)} played.")
    ctx.exit(1 if bad else 0)


@systems.command()
@click.argument("story")
@click.option("--implementation", "-i", default="raw-asgi", show_default=True)
@click.option("--transport", help="websocket, stream or poll.")
@click.option("--svg", "svg_file", metavar="FILE", help="Write the sequence diagram.")
@common.no_color
@click.pass_context
def trace(
    ctx: click.Context,
    story: str,
    implementation: str,
    transport: str | None,
    svg_file: str | None,
    no_color: bool,
) -> None:
    """Play STORY in process, and show all that happens, on one timeline."""
    if story not in STORIES:
        raise common.unknown("story", story, STORIES)
    (name,) = common.implementations_for([implementation])
    by = STORIES[story].system.transports[IMPLEMENTATIONS[name].interface]
    chosen = next(
        (each for each in by if each == transport), None if transport else by[0]
    )
    if chosen is None:
        raise click.UsageError(
            f"Expected one of {', '.join(by)} as the transport of {name}, "
            f"but got {transport!r}."
        )
    out = common.console(no_color)
    with _stage(name, common.hosts_for("none")[0], None) as stage:
        played = stage.play(STORIES[story], chosen)
    out.print(Text(STORIES[story].shows, "bold"))
    out.print(Text(str(STORIES[story]), "dim"))
    for line in timeline.lines(played):
        out.print(Text(line), soft_wrap=True)
    out.print(f"{played.verdict}. {clean(played.reason, lines=True)}".rstrip())
    if svg_file:
        common.write_report(svg_file, picture.svg(played))
    ctx.exit(0 if played.verdict == "passed" else 1)


@systems.command()
@click.argument("system")
@implementation
@click.option("--server", default="uvicorn", show_default=True, help="On which server.")
@redis
@common.no_color
def serve(
    system: str,
    implementations: tuple[str, ...],
    server: str,
    redis: bool,
    no_color: bool,
) -> None:
    """Start SYSTEM in all implementations, side by side, until Ctrl-C."""
    found = _system(system)
    (_, host) = common.hosts_for(server)
    out = common.console(no_color)
    with ExitStack() as stack:
        broker = stack.enter_context(_broker(redis))
        table = Table("implementation", "server", "address")
        for name in common.implementations_for(implementations):
            stage = stack.enter_context(_stage(name, host, broker))
            assert isinstance(stage, Servers)
            for each in stage.running:
                address = f"{each.address}{SYSTEMS[found].path('')}"
                table.add_row(name, host, address)
        out.print(table)
        out.print("Ctrl-C ends it.")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


@systems.command()
@click.argument("system")
@common.no_color
def show(system: str, no_color: bool) -> None:
    """Show the code of SYSTEM in all implementations, one below the other."""
    found, out = _system(system), common.console(no_color)
    folders = dict.fromkeys(row.folder for row in IMPLEMENTATIONS.values())
    for folder in folders:
        for path in sorted((APPLICATIONS / folder / "systems").rglob(f"{found}.py")):
            code = path.read_text("utf-8")
            title = f"{path.relative_to(APPLICATIONS)}, {len(code.splitlines())} lines"
            out.print(Text(title, "bold"))
            out.print(Syntax(code, "python", theme="ansi_dark", word_wrap=True))


def stories_for(patterns: Sequence[str]) -> list[Story]:
    """Return the stories that the patterns select; all of them without one."""
    chosen: dict[str, Story] = {}
    for pattern in patterns:
        plain = pattern.removeprefix("systems/")
        found = {
            name: story
            for name, story in STORIES.items()
            if fnmatchcase(name, plain) or fnmatchcase(story.system.name, plain)
        }
        if not found:
            raise common.unknown("story", pattern, STORIES)
        chosen |= found
    return list(chosen.values()) or list(STORIES.values())


def _system(name: str) -> str:
    if name not in SYSTEMS:
        raise common.unknown("system", name, SYSTEMS)
    return name


@contextmanager
def _broker(wanted: bool) -> Iterator[Service | None]:
    if not wanted:
        yield None
        return
    try:
        with valkey() as service:
            yield service
    except ServiceError as error:
        raise common.TargetFailed(str(error)) from error


@contextmanager
def _stage(name: str, host: str, broker: Service | None) -> Iterator[Child | Servers]:
    row = IMPLEMENTATIONS[name]
    absent = [each for each in NEEDED if not importlib.util.find_spec(each)]
    if absent:
        raise common.TargetFailed(
            f"Expected {', '.join(absent)} to be installed; "
            "install asgi-compare[realtime]."
        )
    if host not in SERVERS:
        with Child(row) as child:
            yield child
        return
    try:
        with on_servers(row, SERVERS[host], 2 if broker else 1, broker) as servers:
            yield servers
    except ServerError as error:
        raise common.TargetFailed(str(error)) from error


def _matrix(stories: Sequence[Story], played: Sequence[Played]) -> Table:
    """Return how often each implementation keeps each story, of its hosts and ways."""
    names = dict.fromkeys(each.implementation for each in played)
    found = Counter((p.story, p.implementation, str(p.verdict)) for p in played)
    table = Table("story", *names, box=None, pad_edge=False, header_style="dim")
    for story in stories:
        counts = (
            [
                (found[story.name, name, verdict], mark)
                for verdict, mark in MARKS.items()
            ]
            for name in names
        )
        cells = (" ".join(f"{n} {mark}" for n, mark in each if n) for each in counts)
        table.add_row(story.name, *cells)
    return table
