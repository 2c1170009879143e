"""What took part, as rows of plain text, so that reports need no registry."""

from __future__ import annotations

from asgi_compare.contract import chapter_of
from asgi_compare.contract.scenario import Scenario, in_one_line
from asgi_compare.drive.places import APPLICATIONS, PACKAGE
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import Implementation
from asgi_compare.model.results import IN_PROCESS
from asgi_compare.model.transcript import INTERFACES

Row = dict[str, object]


def copy_driven() -> str:
    """Return which copy of the applications is driven: `installed` or `checkout`."""
    return "installed" if APPLICATIONS.is_relative_to(PACKAGE) else "checkout"


def scenario_row(scenario: Scenario) -> Row:
    """Describe one exchange of the contract."""
    return {
        "name": scenario.name,
        "chapter": chapter_of(scenario),
        "endpoint": scenario.endpoint,
        "case": scenario.case,
        "shows": scenario.shows,
        "request": in_one_line(scenario.exchange),
    }


def implementation_row(implementation: Implementation) -> Row:
    """Describe one application behind one interface."""
    return {
        "name": implementation.name,
        "interface": implementation.interface,
        "target": implementation.target,
        "about": implementation.about,
    }


def host_row(host: str, version: str | None = None) -> Row:
    """Describe a host: a server, or our own drivers."""
    if host == IN_PROCESS:
        about = "Our own drivers, which play the server in the application's process."
        return {"name": host, "interfaces": [*INTERFACES], "about": about}
    server = SERVERS[host]
    return {
        "name": host,
        "interfaces": [i for i in INTERFACES if server.speaks(i)],
        "version": version or server.version(),
        "about": server.notes,
    }
