"""A `Rung`, and the `Variant`s in which it is measured.

A rung is a configuration of Django. It has one layer more than the rung that it stands
`above`, so the difference between the two is what that layer costs. A variant says by
which interface a request comes, and to which kind of view it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from asgi_compare.model.transcript import Interface

VariantName = Literal["async", "sync", "wsgi", "native", "no_thread_hops"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant of each rung."""

    name: VariantName
    interface: Interface
    view: Literal["async", "sync"]
    native: bool = False
    """With middleware that is async-native."""
    no_thread_hops: bool = False
    """With a handler that makes no hop of its own."""


VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant("async", "asgi", "async"),
        Variant("sync", "asgi", "sync"),
        Variant("wsgi", "wsgi", "sync"),
        Variant("native", "asgi", "async", native=True),
        Variant("no_thread_hops", "asgi", "async", native=True, no_thread_hops=True),
    )
}
"""async: Django as it comes. sync: the view runs in a thread, one hop more. wsgi: no
event loop, no hops. native: middleware that never hops without need. no_thread_hops:
the same, and a handler without the hops of every request."""


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
    """Variants that there are not, each with the reason."""
    quick: bool = False
    """Whether it is measured when there is little time."""
