"""A `Configuration` and its variants, and the commands that its process obeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from asgi_compare.contract.scenario import Request
from asgi_compare.model.transcript import Interface


@dataclass(frozen=True, slots=True)
class Entry:
    """One application: where it is, its interface, and what it is asked for."""

    interface: Interface
    target: str
    """Where the application is, as `module:attribute`."""
    request: Request
    before: Request | None = None
    """Asked once, beforehand; the cookies that it sets come along afterwards."""
    made_with: str = ""
    """If given, the target is a function that makes the application of this."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """An application with its settings: what goes into one process."""

    name: str
    variants: Mapping[str, Entry]
    """Applications in the same process, by name. They are measured in turn."""
    environment: Mapping[str, str] = field(default_factory=dict)
    app_dir: str | None = None


# What a process is told to do; each is one message to `worker_main.py`.


@dataclass(frozen=True, slots=True)
class Load:
    """Import the applications, and say what that weighed."""

    variants: Mapping[str, Entry]
    app_dir: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """Put one request, and count what it does."""

    variant: str
    tree: bool = False
    """Whether the tree of calls is wanted as well."""


@dataclass(frozen=True, slots=True)
class Settle:
    """Keep to one core, and put requests for so long; say how long one takes."""

    variant: str
    core: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Put so many requests, and say how long it took."""

    variant: str
    requests: int


@dataclass(frozen=True, slots=True)
class Tell:
    """Call a function without arguments, `module:function`, and return its answer."""

    function: str


Command = Load | Count | Settle | Batch | Tell
