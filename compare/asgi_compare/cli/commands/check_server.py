"""`asgi-compare check-server`: wire cases against a server, or against all of them."""

from __future__ import annotations

import asyncio
import ipaddress
import shlex
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from asgi_compare.cli import common
from asgi_compare.cli.configured import A_DAY, Seconds
from asgi_compare.drive.servers.table import SERVERS, Server, missing
from asgi_compare.judge.server import instrument, matrix
from asgi_compare.judge.server.case import Case
from asgi_compare.judge.server.chapters import CASES, CHAPTER_OF
from asgi_compare.judge.server.host import Host
from asgi_compare.judge.server.runner import Table, Wish, run_all
from asgi_compare.judge.server.verdict import BAD
from asgi_compare.model.environment import environment
from asgi_compare.model.serialization.codec import dumps
from asgi_compare.model.transcript import Interface

INSTRUMENT = instrument.__name__
"""The application that tells what it saw; a server that is up has it in it."""


@dataclass(frozen=True, slots=True)
class Command(Server):
    """A server by the user's own command line, with `{port}` and `{target}` in it."""

    def command(self, interface: Interface, *, port: int, target: str) -> list[str]:
        """Return the whole command, with the program as a path."""
        assert self.asgi is not None
        words = [w.replace("{port}", str(port)) for w in self.asgi]
        words = [w.replace("{target}", target) for w in words]
        return [_program(words[0]) or words[0], *words[1:]]


@click.command("check-server")
@click.argument("server", nargs=-1, metavar="[NAME | COMMAND...]")
@click.option("--all", "every", is_flag=True, help="All servers of the table.")
@click.option(
    "--url",
    metavar="URL",
    help=f"A server that is up, with {INSTRUMENT}:asgi (or :wsgi) in it.",
)
@click.option(
    "--interface",
    type=click.Choice(["asgi", "wsgi"]),
    help="What the server is to load; needed only where it speaks both.",
)
@click.option(
    "--select", multiple=True, metavar="PATTERN", help="Only these cases; repeatable."
)
@click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Not these cases; repeatable."
)
@click.option(
    "--level",
    type=click.Choice(["must", "should", "all"]),
    default="all",
    show_default=True,
    help="Only what is at least required so much.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the results as JSON.")
@click.option(
    "--max-time",
    type=Seconds(min=0, max=A_DAY, min_open=True),
    metavar="S",
    help="Begin no case after this.",
)
@click.option("--seed", type=int, metavar="N", help="Play the cases in another order.")
@click.option(
    "--i-own-this-host",
    "owned",
    is_flag=True,
    help="With --url: play all cases, even where it is not loopback.",
)
@common.no_color
@click.pass_context
def check_server(
    ctx: click.Context,
    server: tuple[str, ...],
    every: bool,
    url: str | None,
    interface: Interface | None,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    level: str,
    json_file: str | None,
    max_time: float | None,
    seed: int | None,
    owned: bool,
    no_color: bool,
) -> None:
    """Talk to a server by raw bytes, and hold it to HTTP, WebSocket and ASGI or WSGI.

    NAME is a row of `asgi-compare list servers`. COMMAND is a command line with {port}
    and {target} in it, which is started with our application as the target.
    """
    if bool(server) + every + bool(url) != 1:
        raise click.UsageError("Expected one of NAME, COMMAND, --all or --url.")
    hosts, dangerous = _hosts(server, every, url, interface, owned)
    wish = Wish(_cases(select, exclude, level), seed, max_time, dangerous)
    began = time.monotonic()
    table = _play(hosts, wish, no_color)
    _show(table, no_color, time.monotonic() - began, seed)
    if json_file:
        _write(table, json_file, seed)
    ctx.exit(exit_code(table))


def exit_code(table: Table) -> int:
    """Return the exit code: see `cli.py`."""
    if table.refused and not table.results:
        return common.TargetFailed.exit_code
    return 1 if any(result.verdict in BAD for result in table.results) else 0


def _hosts(
    words: tuple[str, ...],
    every: bool,
    url: str | None,
    interface: Interface | None,
    owned: bool,
) -> tuple[list[Host], bool]:
    if url:
        return _host_at(url, interface, owned)
    if every:
        rows = [row for row in SERVERS.values() if _is_there(row)]
        return [Host(row.name, _spoken(row, interface), row) for row in rows], True
    if len(words) == 1 and words[0] in SERVERS:
        row = SERVERS[words[0]]
        if sentence := missing(row):
            raise common.TargetFailed(sentence)
        if interface and not row.speaks(interface):
            raise click.UsageError(f"{row.name} does not speak {interface.upper()}.")
        return [Host(row.name, _spoken(row, interface), row)], True
    row = _command(words)
    return [Host(row.name, interface or "asgi", row)], True


def _is_there(row: Server) -> bool:
    if sentence := missing(row):
        click.echo(sentence, err=True)
        return False
    return True


def _spoken(row: Server, wanted: Interface | None) -> Interface:
    if wanted and row.speaks(wanted):
        return wanted
    return "asgi" if row.speaks("asgi") else "wsgi"


def _command(words: tuple[str, ...]) -> Server:
    try:
        parts = tuple(shlex.split(words[0]) if len(words) == 1 else words)
    except ValueError as error:
        raise click.UsageError(
            f"Expected a command line, but got {words[0]!r}: {error}."
        ) from error
    line = " ".join(parts)
    if "{port}" not in line or "{target}" not in line:
        if len(parts) == 1:
            raise common.unknown("server", parts[0], SERVERS)
        raise click.UsageError(
            f"Expected a command with {{port}} and {{target}} in it, but got {line!r}."
        )
    if _program(parts[0]) is None:
        raise click.UsageError(f"Expected a program, but there is no {parts[0]!r}.")
    name = Path(parts[0]).name
    return Command(name, "", (), "The user's own command.", parts, parts)


def _program(name: str) -> str | None:
    """Find a program, also beside the interpreter: nobody need activate anything."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(name) or shutil.which(name, path=beside)


def _host_at(
    url: str, interface: Interface | None, owned: bool
) -> tuple[list[Host], bool]:
    name, port = _address(url)
    host = Host(url, interface or "asgi", None, (name, port))
    if not asyncio.run(host.is_ours()):
        raise common.TargetFailed(
            f"The server at {url} does not answer as {INSTRUMENT} does; "
            f"start it with {INSTRUMENT}:{interface or 'asgi'}, and with "
            f"one worker."
        )
    return [host], owned or is_loopback(name)


def _address(url: str) -> tuple[str, int]:
    try:
        found = urlsplit(url)
        if found.scheme == "http" and found.hostname and found.port:
            return found.hostname, found.port
    except ValueError:  # of a port that is none, or of half an address
        pass
    raise click.UsageError(f"Expected http://HOST:PORT, but got {url!r}.")


def is_loopback(host: str) -> bool:
    """Return whether all addresses of a host are this machine's own."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(address).is_loopback for address in found)


def _cases(
    select: tuple[str, ...], exclude: tuple[str, ...], level: str
) -> tuple[Case, ...]:
    for pattern in (*select, *exclude):
        if not any(_fits(case, pattern) for case in CASES.values()):
            known = [*CASES, *(c.name for c in CASES.values()), *CHAPTER_OF.values()]
            raise common.unknown("case", pattern, known)
    levels = {"must": ("must",), "should": ("must", "should")}.get(level)
    return tuple(
        case
        for case in CASES.values()
        if (not select or any(_fits(case, p) for p in select))
        and not any(_fits(case, p) for p in exclude)
        and (levels is None or case.level in levels)
    )


def _fits(case: Case, pattern: str) -> bool:
    names = (case.id, case.name, CHAPTER_OF[case.id])
    return any(fnmatchcase(name, pattern) for name in names)


def _play(hosts: list[Host], wish: Wish, no_color: bool) -> Table:
    err = common.console(no_color, stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=err, transient=True, disable=not err.is_terminal
    ) as bar:
        task = bar.add_task("Playing", total=len(hosts) * len(wish.cases))

        def progress(server: str, case: str) -> None:
            said = f"{server} {case}"[:48].ljust(48)
            bar.update(task, advance=1, description=said)

        return asyncio.run(run_all(hosts, wish, progress))


def _show(table: Table, no_color: bool, seconds: float, seed: int | None) -> None:
    out = common.console(no_color)
    servers = {result.server for result in table.results}
    for server, sentence in table.refused.items():
        out.print(f"{server}: {sentence}")
    if table.results and len(servers) == 1:
        out.print(matrix.by_chapter(table.results, CHAPTER_OF), "")
        out.print(matrix.one_server(table.results, CASES), "")
        out.print(matrix.reported(table.results, CASES), "")
    elif table.results:
        out.print(matrix.matrix(table.results, CASES, CHAPTER_OF, out.width), "")
        out.print(matrix.by_chapter(table.results, CHAPTER_OF), "")
    if table.results:
        out.print(matrix.counts(table.results), "")
    cases = len({result.case for result in table.results})
    order = "" if seed is None else f", in the order of seed {seed}"
    out.print(f"{cases} cases, {len(servers)} server(s), {seconds:.0f} s{order}.")
    if table.not_played:
        out.print(f"The time was over before {len(table.not_played)} of them began.")


def _write(table: Table, name: str, seed: int | None) -> None:
    left = [{"server": server, "case": case} for server, case in table.not_played]
    written = matrix.to_json(
        table.results,
        CASES,
        CHAPTER_OF,
        not_played=left,
        refused=table.refused,
        seed=seed,
        environment=environment(),
    )
    path = common.write_report(name, dumps(written))
    click.echo(f"Report: {path}", file=sys.stdout)
