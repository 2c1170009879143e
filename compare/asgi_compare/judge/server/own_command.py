"""A server by the user's own command line, as a row that no table has.

    uvicorn --port {port} {target}
    myserver --bind unix:{socket} {target}
    myserver --port {port} --cert {certificate} --key {key} {target}

What stands in braces is put in when the server is started. A command line with
`{socket}` listens there and nowhere else, and one with `{certificate}` speaks TLS.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asgi_compare.drive.servers.command_lines import Transport
from asgi_compare.drive.servers.process import inherited
from asgi_compare.drive.servers.table import Server
from asgi_compare.model.transcript import Interface

DOTTED = "asgi_compare_target.application"
TARGETS = ("{target}", "{dotted}")
PLACES = ("{port}", "{socket}")
BRACES = (*TARGETS, *PLACES, "{certificate}", "{key}", "{authority}")
"""What may stand in a command line, to be put in."""
EXAMPLE = "uvicorn --port {port} {target}"


class CommandError(Exception):
    """A command line that nothing can be made of; the message says why."""


@dataclass(frozen=True, slots=True)
class Command(Server):
    """A server by a command line of its own."""

    own_version: str = ""

    @property
    def transport(self) -> Transport:
        """Where it listens, and nowhere else."""
        line = " ".join(self.asgi or ())
        if "{socket}" in line:
            return "unix"
        return "tls" if "{certificate}" in line else "tcp"

    def command(self, interface: Interface, *, port: int, target: str) -> list[str]:
        """Return the whole command, with the program as a path."""
        filled = _filled(
            self.asgi or (), {"port": str(port), "target": target, "dotted": DOTTED}
        )
        return [program(filled[0]) or filled[0], *filled[1:]]

    def listens_on(self, transport: Transport) -> bool:
        """Return whether it listens there."""
        return transport == self.transport

    def asks_clients(self) -> bool:
        """Return whether it asks its clients for certificates, over TLS."""
        return any("{authority}" in word for word in self.asgi or ())

    def over(self, transport: Transport, paths: Mapping[str, str]) -> Server:
        """Return the row with these paths in it."""
        words = tuple(_filled(self.asgi or (), paths))
        return replace(self, asgi=words, wsgi=words)

    def version(self) -> str:
        """Return what the user says."""
        return self.own_version

    def environment(self) -> dict[str, str]:
        """Return what has to be added to ours, so that it finds the application."""
        if not any("{dotted}" in word for word in self.asgi or ()):
            return {}
        there = str(Path(__file__).with_name("target"))
        paths = [there, *filter(None, [inherited().get("PYTHONPATH")])]
        return {"PYTHONPATH": os.pathsep.join(paths)}


def read(words: Sequence[str], name: str = "", version: str = "") -> Command:
    """Make a row of a command line: one text as a shell reads it, or several words."""
    try:
        parts = tuple(shlex.split(words[0]) if len(words) == 1 else words)
    except ValueError as error:
        raise CommandError(
            f"Expected a command line, but got {words[0]!r}: {error}."
        ) from error
    line = " ".join(parts)
    if not any(t in line for t in TARGETS) or not any(p in line for p in PLACES):
        raise CommandError(
            "Expected a command with {port} (or {socket}) and {target} in it, such as "
            f"'{EXAMPLE}', but got {line!r}."
        )
    if program(parts[0]) is None:
        raise CommandError(f"Expected a program, but there is no {parts[0]!r}.")
    name = name or Path(parts[0]).name
    notes = "The user's own command."
    return Command(name, "", (), notes, parts, parts, own_version=version)


def is_command(word: str) -> bool:
    """Return whether something in it is to be put in."""
    return any(brace in word for brace in BRACES)


def is_line(word: str) -> bool:
    """Return whether it is meant as a whole command line."""
    return is_command(word) or any(char.isspace() for char in word)


def program(name: str) -> str | None:
    """Find a program, also beside the interpreter: nobody need activate anything."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(name) or shutil.which(name, path=beside)


def _filled(words: Sequence[str], values: Mapping[str, str]) -> list[str]:
    filled = []
    for word in words:
        for key, value in values.items():
            word = word.replace("{" + key + "}", value)
        filled.append(word)
    return filled
