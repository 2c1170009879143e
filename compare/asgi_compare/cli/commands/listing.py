"""`asgi-compare list`: what there is to be driven, and by what."""

from __future__ import annotations

import click
from rich.table import Table

from asgi_compare.cli import common
from asgi_compare.contract import CHAPTERS, ENDPOINTS, SCENARIOS
from asgi_compare.drive.servers.table import SERVERS, missing
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.model.transcript import INTERFACES


def _endpoints() -> Table:
    table = Table("endpoint", "methods", "path", "what it does", title="Endpoints")
    for endpoint in ENDPOINTS.values():
        methods = ", ".join(endpoint.methods) or "all"
        table.add_row(endpoint.name, methods, endpoint.path, endpoint.does)
    return table


def _scenarios() -> Table:
    title = f"{len(SCENARIOS)} scenarios"
    table = Table("chapter", "scenario", "what it shows", title=title)
    for name, chapter in CHAPTERS.items():
        for scenario in chapter.SCENARIOS:
            table.add_row(name, scenario.name, scenario.shows)
    return table


def _implementations() -> Table:
    table = Table("implementation", "target", "what it is", title="Implementations")
    for row in IMPLEMENTATIONS.values():
        table.add_row(row.name, row.target, row.about)
    return table


def _servers() -> Table:
    table = Table("server", "version", "serves", "what it is", title="Servers")
    for server in SERVERS.values():
        kinds = ", ".join(k for k in INTERFACES if server.speaks(k))
        about = missing(server) or server.notes
        table.add_row(server.name, server.version(), kinds, about)
    return table


TABLES = {
    "implementations": _implementations,
    "servers": _servers,
    "endpoints": _endpoints,
    "scenarios": _scenarios,
}


@click.command("list")
@click.argument("what", type=click.Choice(list(TABLES)), required=False)
@common.no_color
def list_(what: str | None, no_color: bool) -> None:
    """List implementations, servers, endpoints and scenarios."""
    out = common.console(no_color)
    for name, table in TABLES.items():
        if what in (None, name):
            out.print(table())
