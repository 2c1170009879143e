"""`asgi-compare serve`: all implementations side by side on real servers."""

from __future__ import annotations

import contextlib
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import click
from rich.table import Table

from asgi_compare.cli import common
from asgi_compare.drive.servers.supervisor import RunningServer, ServerError, start
from asgi_compare.drive.servers.table import SERVERS, Server, missing
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS, Implementation
from asgi_compare.model.sanitize import clean

Wanted = list[tuple[Implementation, Server]]
Running = dict[tuple[str, str], RunningServer]
"""By implementation and server."""

WATCH_EVERY = 0.5
"""Seconds between two looks at whether all servers are still there."""


@click.command()
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
    default="uvicorn",
    show_default=True,
    metavar="NAMES",
    help="Servers, divided by commas, or 'all'.",
)
@common.no_color
def serve(implementations: tuple[str, ...], servers: str, no_color: bool) -> None:
    """Start the implementations on real servers, until Ctrl-C."""
    names = common.implementations_for(implementations)
    hosts = [SERVERS[h] for h in common.hosts_for(servers) if h in SERVERS]
    out = common.console(no_color)
    wanted = [
        (IMPLEMENTATIONS[name], server)
        for server in hosts
        for name in names
        if server.speaks(IMPLEMENTATIONS[name].interface)
    ]
    if not wanted:
        raise click.UsageError(
            "Expected a server that serves one of the implementations, but got "
            f"{servers!r}; see asgi-compare list servers."
        )
    running: Running = {}
    try:
        _start(wanted, running)
        with contextlib.suppress(KeyboardInterrupt):
            out.print(_table(wanted, running))
            out.print("The paths are those of `asgi-compare list endpoints`.")
            out.print("Ctrl-C ends it.")
            _watch(running)
    finally:
        with ThreadPoolExecutor(len(running) or 1) as pool:
            list(pool.map(RunningServer.stop, running.values()))


def _start(wanted: Wanted, running: Running) -> None:
    """Start all of them beside each other; what is not installed is left out."""
    here = [(i, s) for i, s in wanted if _is_there(s)]

    def one(pair: tuple[Implementation, Server]) -> None:
        implementation, server = pair
        running[implementation.name, server.name] = start(
            server,
            implementation.target,
            interface=implementation.interface,
            app_dir=implementation.app_dir,
        )

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, here))
    except ServerError as error:
        raise common.TargetFailed(str(error)) from error


def _is_there(server: Server) -> bool:
    if sentence := missing(server):
        click.echo(sentence, err=True)
    return sentence is None


def _table(wanted: Wanted, running: Running) -> Table:
    table = Table("implementation", "server", "address")
    for implementation, server in wanted:
        if one := running.get((implementation.name, server.name)):
            table.add_row(implementation.name, server.name, one.address)
    return table


def _watch(running: Running) -> None:
    """Wait for Ctrl-C (or SIGTERM); say so if a server ends by itself."""
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: told.set())
    left = dict(running)
    while left and not told.wait(WATCH_EVERY):
        for key, one in list(left.items()):
            if ended := one.exited():
                last = "\n".join(clean(line) for line in one.logs(5))
                click.echo(f"{' on '.join(key)} {ended}.\n{last}", err=True)
                del left[key]
    if not left:
        raise common.TargetFailed("All servers have ended; see above why.")
