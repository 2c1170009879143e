"""The rows of `server_table.toml`.

A row explains one thing that one or more servers do, in all the cases that show it.
Each of its cases failed on each of its servers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "server_table.toml"
TOLD = ("crash", "timeout", "fail", "flaky", "warn")
"""The verdicts that want an explanation."""

Run = dict[str, Any]
"""What `asgi-compare check-server --json` writes."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What some servers do in some cases, as their source explains it."""

    cases: tuple[str, ...]
    """In the order of the page, which has the explanation at the first of them."""
    servers: tuple[str, ...]
    source: str
    why: str
    upstream: tuple[str, ...] = ()
    """Addresses of the issues in which it is known."""

    def cells(self) -> Iterator[tuple[str, str]]:
        """Name each case with each server."""
        for case in self.cases:
            for server in self.servers:
                yield case, server


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
    return Explained(
        tuple(row["cases"]),
        tuple(row["servers"]),
        row["source"],
        " ".join(row["why"].split()),
        tuple(row.get("upstream", ())),
    )


def problems(table: Table, run: Run) -> Iterator[str]:
    """Return explained failures that did not happen, and unexplained ones."""
    failed = [
        (str(result["case"]).removeprefix("wire/"), str(result["server"]))
        for result in run["cases"]
        if result["verdict"] in TOLD
    ]
    explained = [cell for row in table.explained for cell in row.cells()]
    for case, server in explained:
        if (case, server) not in failed:
            yield f"{server}: a row explains {case}, which did not fail."
    for case, server in failed:
        if (case, server) not in explained:
            yield f"{server}: {case} failed, and no row explains it."
