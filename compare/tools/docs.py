"""The generated parts of the documentation: `python -m tools.docs write|check`.

What can be derived is not written by hand. In a document, a generated part stands
between two comments that name it:

    <!-- generated: contract -->
    ...
    <!-- end -->

`write` makes all parts anew; `check` says which of them are not as they would be made,
and is part of the tests. A new part is one row in `PARTS`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from asgi_compare.contract import CHAPTERS
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.report.common.files import write
from tools import behaviour_parts, job_parts, system_parts, worked_examples
from tools import ladder_parts as adds_parts

ROOT = Path(__file__).parents[2]
PART = re.compile(
    r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL
)


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Make a Markdown table."""
    heading = list(heading)
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def contract() -> str:
    """Make the table of the contract: chapters, endpoints and their cases."""
    rows = []
    for name, chapter in CHAPTERS.items():
        for endpoint in chapter.ENDPOINTS:
            cases = [s.case for s in chapter.SCENARIOS if s.endpoint == endpoint.name]
            cases += [
                s.case
                for other in CHAPTERS.values()
                if other is not chapter
                for s in other.SCENARIOS
                if s.endpoint == endpoint.name
            ]
            rows.append(
                (
                    f"`{name}`",
                    f"`{endpoint.name}`",
                    endpoint.does,
                    " ".join(f"`{case}`" for case in cases),
                )
            )
    return table(("chapter", "endpoint", "what it does", "cases"), rows)


def implementations() -> str:
    """Make the table of implementations."""
    rows = ((f"`{i.name}`", f"`{i.target}`", i.about) for i in IMPLEMENTATIONS.values())
    return table(("implementation", "target", "what it is"), rows)


def servers() -> str:
    """Make the table of servers."""
    rows = (
        (
            f"`{server.name}`",
            ", ".join(k.upper() for k in ("asgi", "wsgi") if server.speaks(k)),
            f"`pip install asgi-compare[{server.extra or 'apps'}]`"
            if server.modules
            else "the standard library",
            server.notes,
        )
        for server in SERVERS.values()
    )
    return table(("server", "serves", "installed by", "what it is"), rows)


def trace() -> str:
    """Show what a command prints of the smallest exchange, without the times."""
    words = ["trace", "raw-asgi", "/", "--no-times", "--no-color"]
    printed = subprocess.run(
        [sys.executable, "-m", "asgi_compare", *words],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "88", "PYTHONPATH": str(ROOT / "compare")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = [line.rstrip() for line in printed.rstrip().splitlines()]
    command = "$ asgi-compare trace raw-asgi / --no-times"
    return "```console\n" + "\n".join([command, *lines]) + "\n```\n"


PARTS: dict[str, Callable[[], str]] = {
    "contract": contract,
    "implementations": implementations,
    "servers": servers,
    "trace": trace,
    **adds_parts.PARTS,
    **behaviour_parts.PARTS,
    **job_parts.PARTS,
    **system_parts.PARTS,
    **worked_examples.PARTS,
}


def filled(text: str) -> str:
    """Return the document with every generated part made anew."""

    def made(match: re.Match[str]) -> str:
        return f"{match[1]}\n{PARTS[match['name']]()}\n{match[3]}"

    return PART.sub(made, text)


def documents() -> list[Path]:
    """Return every document that may have generated parts."""
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def main(arguments: list[str]) -> int:
    """Write or check; the exit code is 1 if `check` finds something stale."""
    if arguments not in (["write"], ["check"]):
        print(f"Expected 'write' or 'check', but got {arguments}.", file=sys.stderr)
        return 2
    stale = [p for p in documents() if filled(p.read_text("utf-8")) != p.read_text()]
    for path in stale:
        if arguments == ["write"]:
            write(path, filled(path.read_text("utf-8")))
        print(f"{'Wrote' if arguments == ['write'] else 'Stale:'} {path.name}")
    return 1 if stale and arguments == ["check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
