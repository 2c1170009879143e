"""What happened in a story: one timeline of all who took part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from asgi_compare.model.results import VerdictKind

What = Literal["asks", "says", "hears", "does", "ends", "fails"]
"""`asks` and `says` go to the server, `hears` comes from it. `does` is what a
participant or the stage did, `ends` is a connection that has ended, and `fails` what
should have happened, but did not."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened."""

    at_ns: int
    """Monotonic nanoseconds since the story began."""
    who: str
    """The participant; empty for what concerns all of them."""
    what: What
    text: str
    server: str = ""
    """The server that was spoken to, or that spoke."""


@dataclass(frozen=True, slots=True)
class Played:
    """A story that was played, by one implementation in one place."""

    story: str
    implementation: str
    host: str
    transport: str
    verdict: VerdictKind
    reason: str = ""
    """One sentence; empty if it passed."""
    moments: tuple[Moment, ...] = ()
