"""`asgi-compare bench`: requests a second of applications on servers, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from asgi_compare.cli import common
from asgi_compare.contract import SCENARIOS
from asgi_compare.contract.scenario import PATIENT, Request
from asgi_compare.drive.installed import missing_module
from asgi_compare.drive.servers.supervisor import ServerError
from asgi_compare.drive.servers.table import SERVERS, missing
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.measure.experiments.experiment import Observation, Observations
from asgi_compare.measure.load.locustfile import locustfile
from asgi_compare.measure.load.process import LoadFailed
from asgi_compare.measure.load.records import HttpLoad
from asgi_compare.measure.load.statistics import Interval
from asgi_compare.measure.throughput import (
    LIMIT,
    Change,
    Plan,
    Row,
    Subject,
    changes,
    from_json,
    rows,
    run,
    strangers,
    to_json,
)
from asgi_compare.measure.timing.machine import FOREIGN_LIMIT
from asgi_compare.model.environment import environment
from asgi_compare.model.sanitize import clean
from asgi_compare.model.serialization.codec import dumps
from asgi_compare.model.transcript import Interface
from asgi_compare.report.common.wording import plural

MOST = 12
"""Subjects that run at the same time."""
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class App:
    """An application, ours or the user's, and what it is asked for, by name."""

    name: str
    target: str
    interface: Interface
    app_dir: str
    requests: Mapping[str, HttpLoad]
    factory: bool = False


@click.command()
@click.option(
    "--servers",
    default="uvicorn",
    show_default=True,
    metavar="NAMES",
    help="With commas between them.",
)
@click.option(
    "--implementation",
    "-i",
    "implementations",
    multiple=True,
    metavar="NAME",
    help="Repeatable; all of them, unless there is a --target.",
)
@click.option(
    "--select",
    "patterns",
    multiple=True,
    default=("hello/get",),
    show_default=True,
    metavar="SCENARIO",
    help="What implementations are asked for: a plain request. Repeatable.",
)
@click.option("--target", metavar="MODULE:ATTRIBUTE", help="Your own application.")
@click.option(
    "--interface",
    type=click.Choice(["asgi", "wsgi"]),
    default="asgi",
    show_default=True,
    help="Of your own application.",
)
@click.option(
    "--path", default="/", show_default=True, help="What your own is asked for."
)
@common.target_options
@click.option(
    "--rounds", type=click.IntRange(2, 50), default=7, show_default=True, metavar="N"
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 30),
    default=1.0,
    show_default=True,
    help="Of load, for each in each round.",
)
@click.option(
    "--connections", type=click.IntRange(1, 512), default=16, show_default=True
)
@click.option(
    "--locust",
    "locust_file",
    metavar="FILE",
    help="Write a locustfile of what would be asked, for load from several machines, "
    "and measure nothing.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write what was measured.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Compare with what --json wrote; exit 1 if something is slower.",
)
@common.no_color
@click.pass_context
def bench(
    ctx: click.Context,
    servers: str,
    implementations: tuple[str, ...],
    patterns: tuple[str, ...],
    target: str | None,
    interface: Interface,
    path: str,
    factory: bool,
    app_dir: str | None,
    rounds: int,
    seconds: float,
    connections: int,
    locust_file: str | None,
    json_file: str | None,
    against: str | None,
    no_color: bool,
) -> None:
    """Measure requests a second of applications on servers, by turns.

    Each rate is also shown as a share of what the fastest server that Python can have
    reaches in the same round, with its interval. CPU is the server's, for one request.
    All numbers are medians of the rounds; --json keeps each of them.
    """
    out = common.console(no_color)
    own = {f"GET {path}": HttpLoad(0, path)} if target else {}
    ours: dict[str, HttpLoad] = {}
    if implementations or not target:
        ours = dict(map(_plain, common.scenarios_for(patterns)))
    if locust_file:
        common.write_report(locust_file, locustfile({**own, **ours}))
        out.print(
            f"Wrote {plural(len(own) + len(ours), 'request')}; run: locust -f "
            f"{clean(locust_file)} --host http://HOST:PORT",
            soft_wrap=True,
        )
        return
    before = _read(against) if against else None
    apps: list[App] = []
    if ours:
        apps += (
            App(row.name, row.target, row.interface, row.app_dir, ours)
            for row in map(
                IMPLEMENTATIONS.__getitem__,
                common.implementations_for(implementations),
            )
        )
    if target:
        place = str(Path(app_dir or ".").resolve())
        apps.append(App(target, target, interface, place, own, factory))
    subjects = list(_subjects(apps, servers))
    if not 0 < len(subjects) <= MOST:
        raise click.UsageError(
            f"Expected from 1 to {MOST} applications on servers, but got "
            f"{len(subjects)}; choose with --servers, --implementation and --select."
        )
    plan = Plan(rounds, seconds, connections)
    found, interrupted = _measured(subjects, plan, no_color)
    _, failed = common.write_reports(
        [(json_file, lambda: dumps(to_json(found, environment())))]
    )
    _show(found, out)
    slower = before is not None and _show_changes(before, found, out)
    if failed:
        raise common.ReportFailed("\n".join(failed))
    ctx.exit(INTERRUPTED if interrupted else int(slower))


def _subjects(apps: Iterable[App], servers: str) -> Iterator[Subject]:
    """Yield each application on each server that speaks its interface."""
    hosts = [SERVERS[name] for name in common.hosts_for(servers) if name in SERVERS]
    limit = missing_module("The limit that bench shows", ("httptools",), "servers")
    for reason in (*map(missing, hosts), limit):
        if reason is not None:
            raise common.TargetFailed(reason)
    for app, server in product(apps, hosts):
        if server.speaks(app.interface):
            for asked, request in app.requests.items():
                yield Subject(
                    f"{app.name} on {server.name}, {asked}",
                    server.name,
                    app.target,
                    app.interface,
                    request,
                    app.app_dir,
                    app.factory,
                )


def _plain(name: str) -> tuple[str, HttpLoad]:
    """Return the load of a scenario that is nothing but a request."""
    scenario = SCENARIOS[name]
    exchange = scenario.exchange
    is_plain = isinstance(exchange, Request) and exchange.client == PATIENT
    if not is_plain or scenario.before or scenario.meanwhile or scenario.at_once > 1:
        raise click.UsageError(
            f"Expected a scenario that is one plain request, such as hello/get, but "
            f"got {name!r}."
        )
    assert isinstance(exchange, Request)
    return name, HttpLoad(
        0,
        exchange.target.decode("latin-1"),
        method=exchange.method,
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in exchange.headers
        ),
        body=b"".join(exchange.body).decode("latin-1"),
    )


def _read(file: str) -> Observations:
    try:
        return from_json(json.loads(Path(file).read_text("utf-8")))
    except ValueError as error:
        raise common.TargetFailed(f"Could not read {file!r}: {error}.") from error


def _measured(
    subjects: Sequence[Subject], plan: Plan, no_color: bool
) -> tuple[Observations, bool]:
    """Return what was observed, and whether Ctrl-C came before the end."""
    found: list[Observation] = []
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    err = common.console(no_color, stderr=True)
    with Progress(
        *columns, console=err, transient=True, disable=not err.is_terminal
    ) as progress:
        task = progress.add_task("Starting the servers", total=None)
        try:
            for row in run(subjects, plan):
                found.append(row)
                progress.update(
                    task,
                    description=f"Round {row.round + 1} of {plan.rounds}: "
                    f"{clean(row.case['by'])}",
                )
        except KeyboardInterrupt:
            return Observations(tuple(found)), True
        except (ServerError, LoadFailed) as error:
            raise common.TargetFailed(str(error)) from error
    return Observations(tuple(found)), False


def _show(found: Observations, out: Console) -> None:
    out.print(_table(rows(found)))
    if (foreign := strangers(found)) > FOREIGN_LIMIT:
        out.print(
            f"Other processes used {foreign:.1f} cores meanwhile: do not take the "
            "rates for those of a quiet machine. The shares suffer less."
        )


def _show_changes(before: Observations, found: Observations, out: Console) -> bool:
    """Show what became of each; return whether one is slower."""
    made = changes(before, found)
    if not made:
        there = ", ".join(map(repr, before.cases("by"))) or "nothing"
        raise common.TargetFailed(
            f"Expected a run to compare with that has one of these, but it has {there}."
        )
    out.print(_changes(made))
    return any(each.verdict == "slower" for each in made)


def _table(found: Sequence[Row]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", overflow="fold")
    for heading in ("requests/s", "of the limit", "p50, ms", "p99, ms", "CPU, µs"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("not 200", justify="right")
    for row in found:
        failed = ", ".join(f"{count} {kind}" for kind, count in row.failed.items())
        table.add_row(
            Text(clean(row.name)),
            f"{row.rate.median:,.0f}",
            "" if row.name == LIMIT else _spread(row.share.scaled(100), 1, "%"),
            f"{row.p50.median * 1e3:.2f}",
            f"{row.p99.median * 1e3:.2f}",
            f"{row.cpu.median * 1e6:,.0f}",
            failed or "–",
        )
    return table


def _changes(made: Sequence[Change]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in ("", "times what it was", ""):
        table.add_column(heading, overflow="fold")
    for each in made:
        style = {"slower": "bold red", "faster": "green"}.get(each.verdict, "")
        table.add_row(
            Text(clean(each.name)),
            _spread(each.factor, 2),
            Text(each.verdict, style),
        )
    return table


def _spread(value: Interval, digits: int, unit: str = "") -> str:
    return (
        f"{value.median:,.{digits}f}{unit} "
        f"({value.low:,.{digits}f} to {value.high:,.{digits}f})"
    )
