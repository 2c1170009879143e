"""Hold real frameworks against the rule book, and write it down.

    python -m tools.real_software --venv DIR               check all, say what is new
    python -m tools.real_software --venv DIR --write       write the page, too
    python -m tools.real_software --venv DIR --only Quart  check one

The frameworks go into a virtual environment of their own, in DIR, which is made if it
is not there: `real_software_requirements.txt` says in which versions. Then each small
application of `targets/` is checked as a user would do it, by `asgi-compare check`.
What is found is held against `real_software.toml`, which has a row with an explanation
for every finding. A finding without its row, or a row without its finding, ends in exit
code 1.

    real_software_table.py    the rows, and the versions
    real_software_page.py     the page
    targets/                  the applications

This script does not know the rules; it reads what `--json` says.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.real_software_page import render
from tools.real_software_table import (
    REQUIREMENTS,
    Report,
    Table,
    Target,
    read_table,
    rules_in,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TARGETS = HERE / "targets"
DOCUMENT = ROOT / "docs" / "real-software.md"
LIMIT = 120.0
"""Seconds that one target may take."""


def prepare(directory: Path) -> str:
    """Make the environment if it is not there; give its interpreter."""
    python = directory / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet"]
    subprocess.run(
        [*install, "--requirement", str(REQUIREMENTS), "--editable", str(ROOT)],
        check=True,
    )
    return str(python)


def check(python: str, target: Target) -> Report:
    """Check one target with the interpreter of an environment that has it."""
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.json"
        words = ["check", target.application, *target.words, "--json", str(report)]
        done = _run([python, "-m", "asgi_compare", *words])
        if not report.exists():
            raise SystemExit(f"{target.name}: {done.stderr.strip()}")
        found: Report = json.loads(report.read_text("utf-8"))
        return found


def look_inside(python: str, adapter: str) -> list[Report]:
    """Return what an adapter does wrong as the server of the application inside it."""
    done = _run([python, "inside.py", adapter])
    if done.returncode:
        raise SystemExit(f"{adapter}: {done.stderr.strip()}")
    found: list[Report] = json.loads(done.stdout)
    return found


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=TARGETS,
        # So that an environment will do in which the toolkit is not installed.
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def unexplained(table: Table, reports: Mapping[Target, Report]) -> Iterator[str]:
    """Return where the rows and the findings do not agree."""
    for target, report in reports.items():
        found, expected = rules_in(report), table.expected(target)
        for rule in sorted(found - expected):
            yield f"{target.name}: {rule} is broken, and no row explains it."
        for rule in sorted(expected - found):
            yield f"{target.name}: a row explains {rule}, which is not broken."
        for probe in report["probes"]:
            if probe["verdict"] == "error":
                yield f"{target.name}: {probe['scenario']}: {probe['reason']}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--venv", type=Path, required=True, help="where to install")
    parser.add_argument("--only", help="this target only")
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.name}")
    options = parser.parse_args(arguments)
    if options.only and options.write:
        parser.error("The page is written of all targets: leave --only away.")
    table = read_table()
    chosen = [t for t in table.targets if options.only in (None, t.name)]
    if not chosen:
        parser.error(f"Expected one of {[t.name for t in table.targets]}.")
    python = prepare(options.venv)
    reports: dict[Target, Report] = {}
    for target in chosen:
        reports[target] = report = check(python, target)
        rules = ", ".join(sorted(rules_in(report))) or "nothing"
        print(f"{target.name}: {len(report['probes'])} trials, {rules}", flush=True)
    problems = list(unexplained(table, reports))
    for adapter in table.adapters if not options.only else ():
        found = look_inside(python, adapter["name"])
        print(f"{adapter['name']}, inside: {len(found)} findings", flush=True)
        problems += [f"{adapter['name']}, inside: {each['message']}" for each in found]
    print("\n".join(problems))
    if options.write and not problems:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(render(table, reports), "utf-8")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
