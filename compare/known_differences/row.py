"""STAGE 4d, the noun of this folder: one difference that is expected, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata

from compare.results import IN_PROCESS

REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+?)(<|>=)([0-9.]+)")
RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+)*")


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """One expected difference."""

    scenario: str
    """Patterns of scenario names (`*` is any text), with blanks between them."""
    implementation: str
    """Patterns of implementation names."""
    what: str
    """Patterns of aspects, as `compare.aspects` names them."""
    layer: str
    """What makes the difference."""
    why: str
    """One sentence."""
    source: str
    """Where it can be seen: a place in the layer's source, or a section."""
    host: str = IN_PROCESS
    """Patterns of the hosts that make it; in process, it is the implementation."""
    only: str = ""
    """Where it occurs only with some versions: `django<6` or `httptools>=0`."""


def occurs(row: KnownDifference) -> bool:
    """Whether a row can occur with the versions that are installed."""
    if not row.only:
        return True
    wanted = REQUIREMENT.fullmatch(row.only)
    if wanted is None:
        raise ValueError(
            f"Expected a requirement such as 'django<6', but got {row.only!r}."
        )
    distribution, sign, limit = wanted.groups()
    try:
        version = metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    older = _numbers(version) < _numbers(limit)
    return older if sign == "<" else not older


def _numbers(version: str) -> tuple[int, ...]:
    """Give the release of a version: its leading numbers, however it goes on."""
    release = RELEASE.match(version)
    return tuple(map(int, release[0].split("."))) if release else ()
