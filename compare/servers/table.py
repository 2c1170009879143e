"""The servers: one row each, with the command that starts it.

A row is data. Its command for an interface is the list of words after `python -m`, with
`{port}` and `{target}` to be filled in; where a server does not speak an interface,
there is no command. uvicorn and hypercorn speak both, so that they can be host to every
implementation.

Every server is left as its users run it, but for this: one worker, loopback only, three
seconds to finish what it is doing once it is told to stop, and no access log.

This module starts nothing and does not know who will.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import metadata, util
from typing import Literal

Interface = Literal["asgi", "wsgi"]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """One server, and how it is started."""

    name: str
    distribution: str
    """What pip calls it; empty for what comes with Python."""
    modules: tuple[str, ...]
    """What must be there to be imported."""
    notes: str
    """One or two sentences: what it is, and which of its choices matter here."""
    asgi: Words | None = None
    """The words after `python -m` for an ASGI application; None if it takes none."""
    wsgi: Words | None = None
    """The same for a WSGI application."""
    extra: str = "servers"
    """The extra of ours that installs it; empty if it always comes along."""

    def speaks(self, interface: Interface) -> bool:
        """Say whether this server can host applications of `interface`."""
        return self._words(interface) is not None

    def command(self, interface: Interface, *, port: int, target: str) -> list[str]:
        """Give the whole command; the server must speak the interface."""
        words = self._words(interface)
        if words is None:
            raise ValueError(f"{self.name} has no command for {interface}.")
        filled = [word.format(port=port, target=target) for word in words]
        return [sys.executable, "-m", *filled]

    def version(self) -> str:
        """Give the version of what is installed; empty if it is not."""
        if not self.distribution:
            return "{}.{}.{}".format(*sys.version_info[:3])
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return ""

    def _words(self, interface: Interface) -> Words | None:
        return {"asgi": self.asgi, "wsgi": self.wsgi}[interface]


UVICORN: Words = (
    *("uvicorn", "{target}", "--host", "127.0.0.1", "--port", "{port}"),
    *("--workers", "1", "--no-access-log", "--timeout-graceful-shutdown", "3"),
)
HYPERCORN: Words = (
    *("hypercorn", "--bind", "127.0.0.1:{port}", "--workers", "1"),
    *("--graceful-timeout", "3"),
)
GRANIAN: Words = (
    *("granian", "{target}", "--host", "127.0.0.1", "--port", "{port}"),
    *("--workers", "1", "--workers-kill-timeout", "3"),
)
GUNICORN: Words = (
    *("gunicorn", "{target}", "--bind", "127.0.0.1:{port}", "--workers", "1"),
    *("--graceful-timeout", "3"),
    "--no-control-socket",  # it would be a file in the user's home
    *("--config", "python:compare.servers"),  # the docstring of that package says why
)

ROWS: tuple[Server, ...] = (
    Server(
        "uvicorn",
        distribution="uvicorn",
        modules=("uvicorn",),
        notes="With httptools and uvloop where they are installed, else with h11 and "
        "asyncio. Its WSGI interface is deprecated, and reads the whole request body "
        "before it calls the application; with a2wsgi installed, it uses that.",
        asgi=UVICORN,
        wsgi=(*UVICORN, "--interface", "wsgi"),
        extra="",
    ),
    Server(
        "uvicorn-h11",
        distribution="uvicorn",
        modules=("uvicorn",),
        notes="uvicorn in pure Python: h11 and asyncio.",
        asgi=(*UVICORN, "--http", "h11", "--loop", "asyncio"),
        extra="",
    ),
    Server(
        "hypercorn",
        distribution="hypercorn",
        modules=("hypercorn",),
        notes="h11 and asyncio; its worker is a child process.",
        asgi=(*HYPERCORN, "{target}"),
        wsgi=(*HYPERCORN, "wsgi:{target}"),
        extra="",
    ),
    Server(
        "daphne",
        distribution="daphne",
        modules=("daphne",),
        notes="Built on Twisted; it reads the whole request body before it calls the "
        "application, and has no lifespan.",
        asgi=("daphne", "-b", "127.0.0.1", "-p", "{port}", "-v", "0", "{target}"),
    ),
    Server(
        "granian",
        distribution="granian",
        modules=("granian",),
        notes="Written in Rust; its worker is a child process.",
        asgi=(*GRANIAN, "--interface", "asgi"),
    ),
    Server(
        "gunicorn-asgi",
        distribution="gunicorn",
        modules=("gunicorn", "gunicorn.asgi"),
        notes="gunicorn's own ASGI worker, with uvloop where it is installed.",
        asgi=(*GUNICORN, "--worker-class", "asgi"),
    ),
    Server(
        "wsgiref",
        distribution="",
        modules=("wsgiref",),
        notes="The reference that comes with Python: one request at a time.",
        wsgi=("compare.servers.wsgiref_main", "{target}", "{port}"),
        extra="",
    ),
    Server(
        "gunicorn-sync",
        distribution="gunicorn",
        modules=("gunicorn",),
        notes="gunicorn's default worker: one request at a time.",
        wsgi=(*GUNICORN, "--worker-class", "sync"),
    ),
    Server(
        "gunicorn-gthread",
        distribution="gunicorn",
        modules=("gunicorn",),
        notes="gunicorn with four threads; with one, its default, it would be no more "
        "than the row above.",
        wsgi=(*GUNICORN, "--worker-class", "gthread", "--threads", "4"),
    ),
    Server(
        "waitress",
        distribution="waitress",
        modules=("waitress",),
        notes="Pure Python; four threads; it reads the whole request body before it "
        "calls the application.",
        wsgi=("waitress", "--listen=127.0.0.1:{port}", "{target}"),
    ),
    Server(
        "granian-wsgi",
        distribution="granian",
        modules=("granian",),
        notes="Written in Rust; its worker is a child process.",
        wsgi=(*GRANIAN, "--interface", "wsgi"),
    ),
    Server(
        "hypercorn-wsgi",
        distribution="hypercorn",
        modules=("hypercorn",),
        notes="The command that the row `hypercorn` has for WSGI; it is a row so that "
        "every WSGI server can be asked for by its own name.",
        wsgi=(*HYPERCORN, "wsgi:{target}"),
        extra="",
    ),
)

SERVERS: dict[str, Server] = {row.name: row for row in ROWS}
"""The rows by name, in table order."""


def servers_for(interface: Interface) -> tuple[Server, ...]:
    """Give the rows that can host applications of `interface`, in table order."""
    return tuple(row for row in ROWS if row.speaks(interface))


def missing(server: Server) -> str | None:
    """Say what is not installed and how to add it; None if the server is there."""
    absent = [name for name in server.modules if not _is_there(name)]
    if not absent:
        return None
    wanted = f"asgi-compare[{server.extra}]" if server.extra else "asgi-compare"
    return (
        f"{server.name} needs the module {absent[0]!r}, which is not installed; "
        f'add it with: pip install "{wanted}"'
    )


def _is_there(module: str) -> bool:
    try:
        return util.find_spec(module) is not None
    except ImportError:  # its parent package is not there
        return False
