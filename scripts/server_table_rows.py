"""Beside the stages: the rows of `server_table.toml`.

This module does not know how anything is played.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "server_table.toml"

Run = dict[str, Any]
"""What `asgi-compare check-server --json` writes."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One case that failed on some servers, as their source explains it."""

    case: str
    servers: tuple[str, ...]
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Table:
    """All that the file says."""

    explained: tuple[Explained, ...]
    mended: tuple[Mapping[str, str], ...]


def read_table(file: Path = FILE) -> Table:
    """Read the rows."""
    rows = tomllib.loads(file.read_text("utf-8"))
    return Table(
        tuple(_explained(row) for row in rows.get("finding", ())),
        tuple(rows.get("mended", ())),
    )


def _explained(row: Mapping[str, Any]) -> Explained:
    why = " ".join(row["why"].split())
    return Explained(row["case"], tuple(row["servers"]), row["source"], why)
