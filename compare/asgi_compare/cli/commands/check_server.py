"""`asgi-compare check-server`: wire cases against a server, or against all of them."""

from __future__ import annotations

import asyncio
import ipaddress
import shlex
import signal
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from asgi_compare.cli import common
from asgi_compare.cli.configured import A_DAY, Seconds
from asgi_compare.drive.servers.certificates import ForeignCertificates
from asgi_compare.drive.servers.table import SERVERS, Server, missing
from asgi_compare.drive.servers.transports import TCP, TransportConfig
from asgi_compare.judge.selection import SelectionError, read_expected, write_expected
from asgi_compare.judge.server import instrument, matrix, own_command
from asgi_compare.judge.server.case import Case
from asgi_compare.judge.server.chapters import CASES, CHAPTER_OF
from asgi_compare.judge.server.findings import checked
from asgi_compare.judge.server.host import START_TIMEOUT, Host
from asgi_compare.judge.server.runner import Table, Wish, run_all, seconds_for
from asgi_compare.judge.server.verdict import BAD
from asgi_compare.model.checked import Checked
from asgi_compare.model.environment import environment
from asgi_compare.model.serialization.codec import dumps
from asgi_compare.model.transcript import Interface
from asgi_compare.report.check import html, junit, sarif
from asgi_compare.report.common.wording import plural

INSTRUMENT = instrument.__name__
"""The application that tells what it saw; a server that is up has it in it."""
RENDERERS: dict[str, Callable[[Checked], str]] = {
    "junit_file": junit.render,
    "sarif_file": sarif.render,
    "html_file": html.render,
    "write_expected": write_expected,
}
"""What can be written besides JSON, by the parameter that names the file."""
SLACK = 4.0
"""As many times as what is expected, and a minute, may all cases take together."""
INTERRUPTED = 130
EPILOG = """\b
Examples:
  asgi-compare check-server uvicorn
  asgi-compare check-server uvicorn --select 'chunk*' --json out.json
  asgi-compare check-server --all --junit out.xml
  asgi-compare check-server python -m hypercorn --bind 127.0.0.1:{port} {target}
  asgi-compare check-server --interface wsgi waitress-serve --port={port} {target}
  asgi-compare check-server 'uvicorn --uds {socket} {target}' --name over-uds
  asgi-compare check-server --url http://127.0.0.1:8000

\b
Placeholders in COMMAND:
  {port}    a free port of 127.0.0.1    {socket}  the path of a Unix socket instead
  {target}  module:attribute            {dotted}  module.attribute, with one dot
  {certificate} {key} {authority}       PEM files; the server is then called over TLS

Put our options before COMMAND, or after it if it is one quoted string.
"""


@dataclass(frozen=True, slots=True)
class Start:
    """How the user's own command is to be started, and what it is called."""

    interface: Interface | None
    name: str
    version: str
    timeout: float


class Words(click.Command):
    """A command whose argument may be a command line with options of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `--` before a command line, as everything behind belongs to it."""
        at = self._first_word(args)
        rest = args[at:]
        in_words = bool(rest) and not any(char.isspace() for char in rest[0])
        if in_words and "--" not in args and any(map(own_command.is_command, rest)):
            args = [*args[:at], "--", *rest]
        return super().parse_args(ctx, args)

    def _first_word(self, args: list[str]) -> int:
        flags = {
            name: isinstance(param, click.Option) and (param.is_flag or param.count)
            for param in self.params
            for name in param.opts
        }
        at = 0
        while at < len(args) and args[at].startswith("-"):
            alone = "=" in args[at] or flags.get(args[at], True)
            at += 1 if alone else 2
        return at


def _file(name: str, what: str) -> Callable[[common.F], common.F]:
    return click.option(
        f"--{name}", f"{name}_file", metavar="FILE", help=f"Write {what}."
    )


@click.command("check-server", cls=Words, epilog=EPILOG)
@click.argument("server", nargs=-1, metavar="[NAME | COMMAND...]")
@click.option("--all", "every", is_flag=True, help="Check all known servers.")
@click.option(
    "--url",
    metavar="URL",
    help=f"Check a running server of {INSTRUMENT}:asgi (or :wsgi).",
)
@click.option(
    "--cafile",
    metavar="FILE",
    help="With https://: trust what is in FILE (PEM), not what the system trusts.",
)
@click.option("--insecure", is_flag=True, help="With https://: accept any certificate.")
@click.option(
    "--interface",
    type=click.Choice(["asgi", "wsgi"]),
    help="Which interface to check, if the server has both.",
)
@click.option("--name", metavar="TEXT", help="With COMMAND: the name of the server.")
@click.option(
    "--version-string", metavar="TEXT", help="With COMMAND: the version of the server."
)
@click.option(
    "--start-timeout",
    type=Seconds(min=0.1, max=A_DAY),
    default=START_TIMEOUT,
    show_default=True,
    metavar="S",
    help="How long a server may take to start.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="PATTERN",
    help="Play only these cases; repeatable.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Leave these cases out; repeatable.",
)
@click.option(
    "--level",
    type=click.Choice(["must", "should", "all"]),
    default="all",
    show_default=True,
    help="Play only cases that are at least this binding.",
)
@_file("json", "the results as JSON")
@_file("junit", "JUnit XML")
@_file("sarif", "SARIF 2.1.0")
@_file("html", "one page of HTML")
@click.option(
    "--expected",
    metavar="FILE",
    help="Accept the findings in FILE; fail on new ones, and on ones that are gone.",
)
@click.option(
    "--write-expected", metavar="FILE", help="Write FILE so that it accepts today's."
)
@click.option(
    "--max-time",
    type=Seconds(min=0, max=A_DAY, min_open=True),
    metavar="S",
    help="Start no case after this long.  [default: a multiple of the estimate]",
)
@click.option("--seed", type=int, metavar="N", help="Play the cases in another order.")
@click.option(
    "--i-own-this-host",
    "owned",
    is_flag=True,
    help="With --url: play all cases, even if the host is not loopback.",
)
@common.no_color
@click.pass_context
def check_server(
    ctx: click.Context,
    /,
    server: tuple[str, ...],
    every: bool,
    url: str | None,
    cafile: str | None,
    insecure: bool,
    interface: Interface | None,
    name: str | None,
    version_string: str | None,
    start_timeout: float,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    level: str,
    json_file: str | None,
    expected: str | None,
    max_time: float | None,
    seed: int | None,
    owned: bool,
    no_color: bool,
    **reports: str | None,
) -> None:
    """Check a server against HTTP, WebSocket, and ASGI or WSGI, by raw bytes.

    NAME is a server of `asgi-compare list servers`. COMMAND is a command line that
    contains {port} and {target}; it is run with our application as the target.
    """
    if bool(server) + every + bool(url) != 1:
        raise click.UsageError("Expected one of NAME, COMMAND, --all or --url.")
    accepted = _accepted(expected)
    cases = _cases(select, exclude, level)
    start = Start(interface, name or "", version_string or "", start_timeout)
    if url:
        place = _place(url, cafile, insecure)
        hosts, dangerous = [_host_at(place, interface)], owned or place.is_loopback
    elif cafile or insecure:
        raise click.UsageError("--cafile and --insecure go with --url https://HOST.")
    else:
        hosts, dangerous = _hosts(server, every, start), True
    about = seconds_for(hosts, cases)
    # A server that takes far longer than others is not waited for without end.
    wish = Wish(cases, seed, max_time or about * SLACK + 60, dangerous)
    click.echo(f"{_sizes(len(cases), len(hosts))}: about {about:.0f} s.", err=True)
    began = time.monotonic()
    table = _play(hosts, wish, no_color)
    _show(table, no_color, time.monotonic() - began, seed)
    found = checked(table, CASES, _environment(start, hosts, began, seed), accepted)
    if json_file:
        _write(table, json_file, seed, found.environment)
    for parameter, render in RENDERERS.items():
        if path := reports.get(parameter):
            click.echo(f"Report: {common.write_report(path, render(found))}")
    _tell_changes(found, no_color)
    ctx.exit(exit_code(table, found, accepts=bool(reports.get("write_expected"))))


def exit_code(
    table: Table, found: Checked | None = None, *, accepts: bool = False
) -> int:
    """Return the exit code: see `cli.py`."""
    if table.interrupted:
        return INTERRUPTED
    if table.refused and not table.results:
        return common.TargetFailed.exit_code
    if found and (changed := found.changed):
        return 1 if changed.new or changed.gone else 0
    return 1 if any(r.verdict in BAD for r in table.results) and not accepts else 0


def _accepted(path: str | None) -> list[str] | None:
    try:
        return None if path is None else read_expected(path)
    except SelectionError as error:
        raise click.UsageError(str(error)) from error


def _environment(
    start: Start, hosts: list[Host], began: float, seed: int | None
) -> dict[str, Any]:
    found: dict[str, Any] = environment()
    found["seconds"] = round(time.monotonic() - began, 1)
    if seed is not None:
        found["seed"] = seed
    if start.version:
        found["versions"] = {**found.get("versions", {}), hosts[0].name: start.version}
    return found


def _tell_changes(found: Checked, no_color: bool) -> None:
    if found.changed is None:
        return
    out = common.console(no_color)
    for word, keys in (("New", found.changed.new), ("Gone", found.changed.gone)):
        for key in keys:
            out.print(f"{word}: {key}", soft_wrap=True)
    out.print(f"Accepted: {len(found.changed.accepted)}.")


def _hosts(words: tuple[str, ...], every: bool, start: Start) -> list[Host]:
    if every:
        rows = [row for row in SERVERS.values() if _is_there(row)]
        return [_host_of(row, start) for row in rows]
    if len(words) == 1 and words[0] in SERVERS:
        row = SERVERS[words[0]]
        if sentence := missing(row):
            raise common.TargetFailed(sentence)
        if start.interface and not row.speaks(start.interface):
            raise click.UsageError(
                f"{row.name} does not speak {start.interface.upper()}."
            )
        return [_host_of(row, start)]
    return [_own_host(words, start)]


def _host_of(row: Server, start: Start) -> Host:
    spoken = _spoken(row, start.interface)
    again = f"asgi-compare check-server {row.name}"
    if start.interface:
        again += f" --interface {spoken}"
    return Host(row.name, spoken, row, start_timeout=start.timeout, again=again)


def _own_host(words: tuple[str, ...], start: Start) -> Host:
    if len(words) == 1 and not own_command.is_line(words[0]):
        raise common.unknown("server", words[0], SERVERS)
    try:
        row = own_command.read(words, start.name, start.version)
    except own_command.CommandError as error:
        raise click.UsageError(str(error)) from error
    interface = start.interface or "asgi"
    line = words[0] if len(words) == 1 else shlex.join(words)
    again = f"asgi-compare check-server {shlex.quote(line)} --interface {interface}"
    return Host(
        row.name,
        interface,
        row,
        environment=row.environment(),
        start_timeout=start.timeout,
        again=again,
        transport=row.transport,
    )


def _is_there(row: Server) -> bool:
    if sentence := missing(row):
        click.echo(sentence, err=True)
        return False
    return True


def _spoken(row: Server, wanted: Interface | None) -> Interface:
    if wanted and row.speaks(wanted):
        return wanted
    return "asgi" if row.speaks("asgi") else "wsgi"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is that somebody else has started, and what is trusted there."""

    url: str
    name: str
    port: int
    way: TransportConfig
    again: tuple[str, ...]
    """The words of the command line that lead there."""

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""
        return is_loopback(self.name)


def _place(url: str, cafile: str | None, insecure: bool) -> Place:
    secure, name, port = _address(url)
    again = ["--url", url]
    if not secure:
        if cafile or insecure:
            raise click.UsageError(f"There is no certificate to verify at {url}.")
        return Place(url, name, port, TCP, tuple(again))
    if cafile and insecure:
        raise click.UsageError("Expected one of --cafile and --insecure, but got both.")
    again += ["--cafile", cafile] if cafile else ["--insecure"] if insecure else []
    held = ForeignCertificates(
        authority=cafile or "", server_name=name, insecure=insecure
    )
    try:
        held.context()
    except OSError as error:
        raise click.UsageError(
            f"Expected certificates in PEM, but {cafile!r} has none that can be read "
            f"({error.strerror or error})."
        ) from error
    return Place(url, name, port, TransportConfig("tls", held), tuple(again))


def _host_at(place: Place, interface: Interface | None) -> Host:
    again = shlex.join(["asgi-compare", "check-server", *place.again])
    if interface:
        again += f" --interface {interface}"
    host = Host(
        place.url,
        interface or "asgi",
        None,
        (place.name, place.port),
        place.way,
        again=again,
        transport=place.way.transport,
    )
    try:
        asyncio.run(host.greet())
    except ssl.SSLCertVerificationError as error:
        raise common.TargetFailed(
            f"The certificate of {place.url} was refused ({error.verify_message}); "
            f"name the authority that signed it with --cafile FILE, or accept any "
            f"certificate with --insecure."
        ) from error
    except OSError:
        pass  # it is said below that nobody answers
    if not asyncio.run(host.is_ours()):
        raise common.TargetFailed(
            f"The server at {place.url} does not answer as {INSTRUMENT} does; "
            f"start it with {INSTRUMENT}:{interface or 'asgi'}, and with "
            f"one worker."
        )
    return host


def _address(url: str) -> tuple[bool, str, int]:
    with suppress(ValueError):  # of a port that is none, or of half an address
        found = urlsplit(url)
        port = found.port or (443 if found.scheme == "https" else 0)
        if found.scheme in ("http", "https") and found.hostname and port:
            return found.scheme == "https", found.hostname, port
    raise click.UsageError(
        f"Expected http://HOST:PORT or https://HOST, but got {url!r}."
    )


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
    """Play all; what there is comes back after Ctrl-C and SIGTERM as well."""
    err = common.console(no_color, stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    table = Table()
    with Progress(
        *columns, console=err, transient=True, disable=not err.is_terminal
    ) as bar:
        task = bar.add_task("Playing", total=len(hosts) * len(wish.cases))

        def progress(server: str, case: str) -> None:
            said = f"{server} {case}"[:48].ljust(48)
            bar.update(task, advance=1, description=said)

        async def main() -> Table:
            ours = asyncio.current_task()
            assert ours is not None
            with suppress(ValueError):  # not in the main thread: nobody asks there
                loop = asyncio.get_running_loop()
                loop.add_signal_handler(signal.SIGTERM, ours.cancel)
            return await run_all(hosts, wish, progress, table)

        try:
            return asyncio.run(main())
        except (KeyboardInterrupt, asyncio.CancelledError):
            table.interrupted = True
    return table


def _show(table: Table, no_color: bool, seconds: float, seed: int | None) -> None:
    out = common.console(no_color)
    servers = {result.server for result in table.results}
    if table.refused:
        out.print(matrix.refusals(table.refused, table.logs))
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
    out.print(f"{_sizes(cases, len(servers))}, {seconds:.0f} s{order}.")
    for note in table.notes:
        out.print(note)
    if table.not_played:
        why = "Interrupted" if table.interrupted else "The time was over"
        out.print(f"{why} before {len(table.not_played)} of them began.")


def _sizes(cases: int, servers: int) -> str:
    """Return how many cases and servers there are, in words."""
    return f"{plural(cases, 'case')}, {plural(servers, 'server')}"


def _write(
    table: Table, name: str, seed: int | None, environment: dict[str, Any]
) -> None:
    left = [{"server": server, "case": case} for server, case in table.not_played]
    written = matrix.to_json(
        table.results,
        CASES,
        CHAPTER_OF,
        not_played=left,
        refused=table.refused,
        logs={server: list(lines) for server, lines in table.logs.items()},
        notes=table.notes,
        interrupted=table.interrupted,
        seed=seed,
        environment=environment,
    )
    path = common.write_report(name, dumps(written))
    click.echo(f"Report: {path}")
