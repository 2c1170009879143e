"""A `Rung`, and a `Way` up it.

A rung is a configuration of Django. It has one layer more than the rung that it stands
`above`, so the difference between the two is what that layer costs. A way is how a
request goes through it: by which interface, and to which kind of view.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from asgi_compare.model.transcript import Interface

WayName = Literal["async", "sync", "wsgi", "native", "hopless"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a rung."""

    name: WayName
    interface: Interface
    view: Literal["async", "sync"]
    title: str
    about: str
    native: bool = False
    """With middleware that is async-native."""
    hopless: bool = False
    """With a handler that makes no hop of its own."""


WAYS: dict[str, Way] = {
    way.name: way
    for way in (
        Way("async", "asgi", "async", "async view, ASGI", "Django as it comes."),
        Way(
            "sync",
            "asgi",
            "sync",
            "sync view, ASGI",
            "The view runs in a thread: one hop more.",
        ),
        Way("wsgi", "wsgi", "sync", "sync view, WSGI", "No event loop, no hops."),
        Way(
            "native",
            "asgi",
            "async",
            "native middleware",
            "An async view, with middleware that never hops without need.",
            native=True,
        ),
        Way(
            "hopless",
            "asgi",
            "async",
            "no hops",
            "The same, and a handler without the two hops of every request.",
            native=True,
            hopless=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One configuration of Django."""

    name: str
    part: str
    """Which part of the ladder it is in."""
    adds: str
    """What it has that the rung below has not, in a few words."""
    above: str = ""
    """The rung below, by name; empty for the lowest."""
    layer: str = ""
    """The layer as behaviours name it: a dotted path, a setting, or a word."""
    middleware: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    view: str = "hello"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    before: bytes = b""
    """The path that is asked once, beforehand, for its cookies."""
    tables: bool = False
    """Whether it has anything to do with the database."""
    needs: str = ""
    """A module that has to be installed, and its distribution: `whitenoise`."""
    cannot: Mapping[str, str] = field(default_factory=dict)
    """Ways that there are not, each with the reason."""
    quick: bool = False
    """Whether it is measured when there is little time."""
