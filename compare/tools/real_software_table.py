"""The nouns of the table of real software, as its file has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "real_software_requirements.txt"
TABLE = HERE / "real_software.toml"


@dataclass(frozen=True, slots=True)
class Target:
    """One application, and what is asked of it."""

    name: str
    distribution: str
    application: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One finding that is known, with what is to be said of it."""

    rule: str
    target: str
    what: str
    source: str
    upstream: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """All that `real_software.toml` says."""

    targets: tuple[Target, ...]
    about: Mapping[str, str]
    """What to say of a rule, whoever breaks it."""
    explained: tuple[Explained, ...]
    mended: tuple[Mapping[str, str], ...]
    adapters: tuple[Mapping[str, str], ...]

    def expected(self, target: Target) -> set[str]:
        """Return the rules that a target is known to break."""
        return {each.rule for each in self.explained if each.target == target.name}


Report = dict[str, Any]
"""What `asgi-compare check --json` writes."""


def read_table() -> Table:
    """Read the rows."""
    rows = tomllib.loads(TABLE.read_text("utf-8"))
    return Table(
        tuple(_target(row, rows["asks"]) for row in rows["target"]),
        {row["id"]: " ".join(row["about"].split()) for row in rows["rule"]},
        tuple(Explained(**row) for row in rows["finding"]),
        tuple(rows["mended"]),
        tuple(rows["adapter"]),
    )


def _target(row: Mapping[str, Any], asks: Mapping[str, Sequence[str]]) -> Target:
    words = [word for name in row.get("asks", ()) for word in asks[name]]
    words += row.get("words", ())
    return Target(row["name"], row["distribution"], row["application"], tuple(words))


def pinned() -> dict[str, str]:
    """Return the versions in the requirements, by the distribution's name."""
    lines = REQUIREMENTS.read_text("utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    return {name.lower(): version for name, version in pairs}


def rules_in(report: Report) -> set[str]:
    """Return the rules that a report says are broken."""
    return {finding["rule"] for finding in report["findings"]}
