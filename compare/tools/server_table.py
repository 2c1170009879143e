"""Hold the servers of the table against the wire cases.

    python -m tools.server_table                 play all, and say what is new
    python -m tools.server_table --write         write docs/servers.md, too
    python -m tools.server_table --json FILE     read FILE instead of playing

All servers are played by one `asgi-compare check-server --all --json`, as a user would
do it. What failed is listed in `server_table.toml`, with the place in the server's
source. A failure without a row ends in exit code 1, and so does a row whose case did
not fail on that server: it is out of date. Then the page is not written.

    server_table_rows.py    the rows of that file
    server_table_page.py    the page

This script does not know the cases; it reads what `--json` says.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.server_table_page import render
from tools.server_table_rows import Run, problems, read_table

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "servers.md"
LIMIT = 600.0
"""Seconds that all servers together may take."""


def play() -> Run:
    """Play all cases on all servers."""
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "servers.json"
        words = ["check-server", "--all", "--json", str(report), "--no-color"]
        done = subprocess.run(
            [sys.executable, "-m", "asgi_compare", *words],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            timeout=LIMIT,
            check=False,
        )
        # 1 is the answer that something failed; that is what the page is about.
        if done.returncode not in (0, 1):
            raise SystemExit(f"check-server ended with {done.returncode}.")
        return read(report)


def read(file: Path) -> Run:
    """Read what `check-server --json` has written."""
    found: Run = json.loads(file.read_text("utf-8"))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="read this instead")
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.name}")
    options = parser.parse_args(arguments)
    table = read_table()
    run = read(options.json) if options.json else play()
    found = list(problems(table, run))
    print("\n".join(found) or "Every row explains what failed, and all that failed.")
    if options.write and not found:
        DOCUMENT.write_text(render(table, run), "utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
