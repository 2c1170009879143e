"""One difference that is expected, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata

from asgi_compare.model.results import IN_PROCESS

REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+?)(<|>=)([0-9.]+)")
RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDifference:
    """One expected difference."""

    scenario: tuple[str, ...]
    """Patterns of scenario names; `*` is any text."""
    implementation: tuple[str, ...]
    """Patterns of implementation names."""
    what: tuple[str, ...]
    """Patterns of aspects, as `asgi_compare.contract.aspects` names them."""
    layer: str
    """What makes the difference."""
    why: str
    """One sentence."""
    source: str
    """Where it can be seen: a place in the layer's source, or a section."""
    host: tuple[str, ...] = (IN_PROCESS,)
    """Patterns of the hosts that make it; in process, it is the implementation."""
    only: tuple[str, ...] = ()
    """Where it occurs only with some versions: `django<6`, `httptools>=0`, or without
    a distribution: `!httptools`. Where there are several, all must hold."""


def occurs(only: tuple[str, ...]) -> bool:
    """Return whether a row can occur with the versions that are installed."""
    return all(_holds(requirement) for requirement in only)


def _holds(requirement: str) -> bool:
    if requirement.startswith("!"):
        return _version(requirement[1:]) is None
    wanted = REQUIREMENT.fullmatch(requirement)
    if wanted is None:
        raise ValueError(
            f"Expected a requirement such as 'django<6', but got {requirement!r}."
        )
    distribution, sign, limit = wanted.groups()
    version = _version(distribution)
    if version is None:
        return False
    older = _numbers(version) < _numbers(limit)
    return older if sign == "<" else not older


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    """Return the release of a version: its leading numbers, however it goes on."""
    release = RELEASE.match(version)
    return tuple(map(int, release[0].split("."))) if release else ()
