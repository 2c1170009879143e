"""The servers: one row each, with the command that starts it.

A row is data. Its command for an interface is the list of words after `python -m`, with
`{port}` and `{target}` to be filled in; where a server does not speak an interface,
there is no command. uvicorn and hypercorn speak both, so that they can be host to every
implementation.

For the word `{listen}`, others are put in: those for a port, which is what nearly all
want, or (see `over`) for a port with TLS, or for a Unix domain socket.

Every server is left as its users run it, but for this: one worker, loopback only, three
seconds to finish what it is doing once it is told to stop, and no access log.

This module starts nothing and does not know who will.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import metadata

from asgi_compare.drive.installed import missing_module
from asgi_compare.drive.servers.command_lines import (
    GRANIAN,
    GUNICORN,
    HYPERCORN,
    NO_WORDS,
    ON_DAPHNE,
    ON_GRANIAN,
    ON_GUNICORN,
    ON_HYPERCORN,
    ON_UVICORN,
    ON_WAITRESS,
    UVICORN,
    Listens,
    Transport,
    Words,
)
from asgi_compare.model.transcript import Interface


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
    listens: Listens = NO_WORDS
    """What is put in for `{listen}`."""

    def speaks(self, interface: Interface) -> bool:
        """Return whether this server can host applications of `interface`."""
        return self._words(interface) is not None

    def command(self, interface: Interface, *, port: int, target: str) -> list[str]:
        """Return the whole command; the server must speak the interface."""
        words = self._words(interface)
        if words is None:
            raise ValueError(f"{self.name} has no command for {interface}.")
        filled = [
            part.format(port=port, target=target)
            for word in words
            for part in (self.listens.tcp if word == "{listen}" else (word,))
        ]
        return [sys.executable, "-m", *filled]

    def listens_on(self, transport: Transport) -> bool:
        """Return whether the command line has words for this transport."""
        return bool(getattr(self.listens, transport))

    def asks_clients(self) -> bool:
        """Return whether it asks its clients for certificates, over TLS."""
        return any("{authority}" in word for word in self.listens.tls)

    def over(self, transport: Transport, paths: Mapping[str, str]) -> Server:
        """Return the row that listens there instead; it must have words for it."""
        words: Words = getattr(self.listens, transport)
        if not words:
            raise ValueError(f"{self.name} has no words for {transport}.")
        # Filled now, and again with the port later: a brace in a path stays one.
        safe = {k: v.replace("{", "{{").replace("}", "}}") for k, v in paths.items()}
        filled = tuple(word.format(port="{port}", **safe) for word in words)
        return replace(self, listens=Listens(tcp=filled))

    def version(self) -> str:
        """Return the version of what is installed; empty if it is not."""
        if not self.distribution:
            return "{}.{}.{}".format(*sys.version_info[:3])
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return ""

    def _words(self, interface: Interface) -> Words | None:
        return {"asgi": self.asgi, "wsgi": self.wsgi}[interface]


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
        listens=ON_UVICORN,
    ),
    Server(
        "uvicorn-h11",
        distribution="uvicorn",
        modules=("uvicorn",),
        notes="uvicorn in pure Python: h11 and asyncio.",
        asgi=(*UVICORN, "--http", "h11", "--loop", "asyncio"),
        extra="",
        listens=ON_UVICORN,
    ),
    Server(
        "hypercorn",
        distribution="hypercorn",
        modules=("hypercorn",),
        notes="h11 and asyncio; its worker is a child process.",
        asgi=(*HYPERCORN, "{target}"),
        wsgi=(*HYPERCORN, "wsgi:{target}"),
        extra="",
        listens=ON_HYPERCORN,
    ),
    Server(
        "daphne",
        distribution="daphne",
        modules=("daphne",),
        notes="Built on Twisted; it reads the whole request body before it calls the "
        "application, and has no lifespan.",
        asgi=("daphne", "{listen}", "-v", "0", "{target}"),
        listens=ON_DAPHNE,
    ),
    Server(
        "granian",
        distribution="granian",
        modules=("granian",),
        notes="Written in Rust; its worker is a child process.",
        asgi=(*GRANIAN, "--interface", "asgi"),
        listens=ON_GRANIAN,
    ),
    Server(
        "gunicorn-asgi",
        distribution="gunicorn",
        modules=("gunicorn", "gunicorn.asgi"),
        notes="gunicorn's own ASGI worker, with uvloop where it is installed.",
        asgi=(*GUNICORN, "--worker-class", "asgi"),
        listens=ON_GUNICORN,
    ),
    Server(
        "wsgiref",
        distribution="",
        modules=("wsgiref",),
        notes="The reference that comes with Python: one request at a time.",
        wsgi=("asgi_compare.drive.servers.wsgiref_main", "{target}", "{port}"),
        extra="",
    ),
    Server(
        "gunicorn-sync",
        distribution="gunicorn",
        modules=("gunicorn",),
        notes="gunicorn's default worker: one request at a time.",
        wsgi=(*GUNICORN, "--worker-class", "sync"),
        listens=ON_GUNICORN,
    ),
    Server(
        "gunicorn-gthread",
        distribution="gunicorn",
        modules=("gunicorn",),
        notes="gunicorn with four threads; with one, its default, it would be no more "
        "than the row above.",
        wsgi=(*GUNICORN, "--worker-class", "gthread", "--threads", "4"),
        listens=ON_GUNICORN,
    ),
    Server(
        "waitress",
        distribution="waitress",
        modules=("waitress",),
        notes="Pure Python; four threads; it reads the whole request body before it "
        "calls the application.",
        wsgi=("waitress", "{listen}", "{target}"),
        listens=ON_WAITRESS,
    ),
    Server(
        "granian-wsgi",
        distribution="granian",
        modules=("granian",),
        notes="Written in Rust; its worker is a child process.",
        wsgi=(*GRANIAN, "--interface", "wsgi"),
        listens=ON_GRANIAN,
    ),
    Server(
        "hypercorn-wsgi",
        distribution="hypercorn",
        modules=("hypercorn",),
        notes="The command that the row `hypercorn` has for WSGI; it is a row so that "
        "every WSGI server can be asked for by its own name.",
        wsgi=(*HYPERCORN, "wsgi:{target}"),
        extra="",
        listens=ON_HYPERCORN,
    ),
)

SERVERS: dict[str, Server] = {row.name: row for row in ROWS}
"""The rows by name, in table order."""


def missing(server: Server) -> str | None:
    """Return what is not installed and how to add it; None if the server is there."""
    return missing_module(server.name, server.modules, server.extra or "apps")
