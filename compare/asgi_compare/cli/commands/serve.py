"""`asgi-compare serve`: all implementations side by side on real servers."""

from __future__ import annotations

import contextlib
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
from rich.table import Table

from asgi_compare.cli import common
from asgi_compare.dashboard import stored
from asgi_compare.dashboard.serving import serving
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.drive.servers.supervisor import RunningServer, ServerError, start
from asgi_compare.drive.servers.table import SERVERS, Server, missing
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS, Implementation
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.drive.workers.worker import Child
from asgi_compare.model.results import Run
from asgi_compare.model.sanitize import clean
from asgi_compare.model.transcript import Interface

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
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="MODULE:ATTRIBUTE",
    help="Serve your application beside ours, too; repeatable.",
)
@click.option(
    "--run",
    "run_files",
    multiple=True,
    metavar="FILE",
    help="A run to look at (`run --json FILE`); of two, what changed.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A page to show, too, such as `layers --html FILE` writes; repeatable.",
)
@click.option("--port", default=0, help="The page's port; by default any that is free.")
@click.option("--no-page", is_flag=True, help="Print the addresses, and serve no page.")
@common.no_color
def serve(
    implementations: tuple[str, ...],
    servers: str,
    targets: tuple[str, ...],
    run_files: tuple[str, ...],
    reports: tuple[Path, ...],
    port: int,
    no_page: bool,
    no_color: bool,
) -> None:
    """Start the implementations on real servers, with a page to compare them."""
    # From the first moment on: what has started by then is stopped, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        runs = [stored.read(name) for name in run_files]
    except stored.RunError as error:
        raise click.UsageError(str(error)) from error
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
    for implementation in map(_own, dict.fromkeys(targets)):
        row = "uvicorn" if implementation.interface == "asgi" else "wsgiref"
        wanted.append((implementation, SERVERS[row]))
    running: Running = {}
    try:
        _start(wanted, running)
        out.print(_table(wanted, running))
        out.print("The paths are those of `asgi-compare list endpoints`.")
        with contextlib.ExitStack() as page, contextlib.suppress(KeyboardInterrupt):
            if not no_page:
                subjects = _subjects(wanted, running)
                address = _page(page, subjects, runs, reports, port)
                out.print(f"Look at them: {address}", soft_wrap=True)
            out.print("Ctrl-C ends it.")
            _watch(running)
    finally:
        with ThreadPoolExecutor(len(running) or 1) as pool:
            list(pool.map(RunningServer.stop, running.values()))


def _own(target: str) -> Implementation:
    """Describe a user's application as one more implementation."""
    child = Child(target, app_dir=".")
    try:
        child.start()
        interface: Interface = "wsgi" if child.interface == "wsgi" else "asgi"
    except TargetError as error:
        raise common.TargetFailed(str(error)) from error
    finally:
        child.close()
    return Implementation(target, interface, target, "", "Yours.", app_dir=".")


def _subjects(wanted: Wanted, running: Running) -> dict[str, Subject]:
    """Give each server that runs an id; one implementation may be on several."""
    found = {}
    for implementation, server in wanted:
        if one := running.get((implementation.name, server.name)):
            name = implementation.name
            id = name if name not in found else f"{name} on {server.name}"
            found[id] = Subject(
                id,
                implementation.target,
                implementation.interface,
                one,
                implementation.app_dir,
                implementation.attributes,
            )
    return found


def _page(
    stack: contextlib.ExitStack,
    subjects: dict[str, Subject],
    runs: list[Run],
    reports: tuple[Path, ...],
    port: int,
) -> str:
    try:
        return stack.enter_context(
            serving(subjects, runs=runs, reports=reports, port=port)
        )
    except OSError as error:
        raise common.TargetFailed(
            f"Expected port {port} to be free for the page, but {error.strerror}; "
            f"choose another with --port."
        ) from error


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
    """Wait for Ctrl-C or SIGTERM; say so if a server ends by itself."""
    left = dict(running)
    while left:
        time.sleep(WATCH_EVERY)
        for key, one in list(left.items()):
            if ended := one.exited():
                last = "\n".join(clean(line) for line in one.logs(5))
                click.echo(f"{' on '.join(key)} {ended}.\n{last}", err=True)
                del left[key]
    if not left:
        raise common.TargetFailed("All servers have ended; see above why.")
