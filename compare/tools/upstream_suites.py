"""The test suites of Starlette and Django judge the validator.

    python -m tools.upstream_suites --venv DIR            run them, and compare
    python -m tools.upstream_suites --venv DIR --write    ... write the page, too

Each suite comes from the framework's own source distribution and is run twice in a
virtual environment in DIR: as it is, and with `--asgi-compare=summary`. With the plugin
the same tests must pass and fail as without: whoever watches must not disturb. And
every rule that the plugin finds broken must have its row in `upstream_suites.toml`,
which says why. A row that no longer occurs fails, too. So does a test that fails and
that the table does not name: what is said there of failing tests holds for those only.

This script does not know the rules; it reads the plugin's summary.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCUMENT = ROOT / "docs" / "upstream-suites.md"
SUMMARY = re.compile(r"^=+ asgi-compare: findings (\d+) =+$", re.MULTILINE)
RULE = re.compile(r"^[a-z0-9-]+/[a-z0-9-]+$", re.MULTILINE)
OUTCOME = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
LIMIT = 600.0
NEEDED = (
    "backports.zstd; python_version < '3.14'",
    "httpx",
    "httpx2",
    "itsdangerous",
    "opentelemetry-sdk",
    "pytest",
    "pytest-django",
    "python-multipart",
    "pyyaml",
    "trio",
)
"""What the suites need besides the frameworks."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of a suite came to."""

    counts: str
    """As pytest says it: `35 passed`."""
    failed: frozenset[str]
    findings: int = 0
    rules: frozenset[str] = frozenset()


def outcome_of(output: str) -> Outcome:
    """Read what pytest wrote; with the plugin, there is a section of its own."""
    counts = re.sub(r" in [0-9.]+s.*", "", output.rstrip().splitlines()[-1]).strip("= ")
    failed = frozenset(OUTCOME.findall(output))
    section = SUMMARY.search(output)
    if section is None:
        return Outcome(counts, failed)
    rules = frozenset(RULE.findall(output[section.end() :]))
    return Outcome(counts, failed, int(section[1]), rules)


def prepare(directory: Path, suites: Sequence[dict[str, Any]]) -> str:
    """Make the environment, and unpack the suites beside it."""
    python = directory / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
    pip = [str(python), "-m", "pip"]
    pins = [suite["sdist"] for suite in suites]
    # The toolkit last: what it needs is there by then, in the suites' versions.
    wanted = [*NEEDED, *pins, "--editable", str(ROOT)]
    subprocess.run([*pip, "install", "--quiet", *wanted], check=True)
    for pin in pins:
        if not folder_of(directory, pin).exists():
            subprocess.run(
                [*pip, "download", "--quiet", "--no-deps", "--no-binary", ":all:", pin],
                cwd=directory,
                check=True,
            )
            name = f"{pin.replace('==', '-')}.tar.gz"
            with tarfile.open(directory / name) as archive:
                archive.extractall(directory, filter="data")
    return str(python)


def folder_of(directory: Path, pin: str) -> Path:
    """Return where the suite of a distribution is unpacked."""
    return directory / pin.replace("==", "-")


def run(python: str, directory: Path, suite: dict[str, Any], *more: str) -> Outcome:
    """Run a suite once."""
    words = ["-p", "no:cacheprovider", "-q", "-rfE", "--tb=no", *suite["words"], *more]
    done = subprocess.run(
        [python, "-m", "pytest", *words],
        cwd=folder_of(directory, suite["sdist"]) / suite["folder"],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([".", str(HERE / "upstream")]),
        },
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{suite['name']}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return outcome_of(done.stdout)


def problems(
    suite: dict[str, Any],
    plain: Outcome,
    watched: Outcome,
    rows: dict[str, dict[str, str]],
) -> Iterator[str]:
    """Return where the plugin disturbs, and where table and outcome do not agree."""
    name, known = suite["name"], suite.get("failing", ())
    for test in sorted(plain.failed ^ watched.failed):
        yield f"{name}: {test} does not come to the same with the plugin."
    # Parameters are left away; and some fail as root only, so that none has to.
    for test in sorted(plain.failed):
        if test.partition("[")[0] not in known:
            yield f"{name}: {test} fails without the plugin, and no row explains it."
    for rule in sorted(watched.rules - rows.keys()):
        yield f"{name}: {rule} is broken, and no row explains it."
    for rule in sorted(rows.keys() - watched.rules):
        yield f"{name}: a row explains {rule}, which is not broken."


INTRODUCTION = """\
# Other people's tests as judge of the validator

This page is written by `python -m tools.upstream_suites --venv DIR --write`;
what is said of each finding is in `compare/tools/upstream_suites.toml`.

The suites come from the frameworks' source distributions, at the versions named, and
are run with the pytest plugin and without. With it the same tests pass and fail as
without. What the plugin finds is of three kinds: what the framework does, what the
applications in its tests do, often on purpose, and what its test client does.
"""


def render(
    suites: Sequence[dict[str, Any]],
    outcomes: dict[str, Outcome],
    rows: dict[str, dict[str, dict[str, str]]],
) -> str:
    """Write the whole page."""
    parts = [INTRODUCTION]
    for suite in suites:
        name, outcome = suite["name"], outcomes[suite["name"]]
        failing = "".join(f"* `{test}`\n" for test in sorted(outcome.failed))
        parts += [
            f"## {name}",
            "",
            f"`{suite['sdist']}`, `pytest {' '.join(suite['words'])} "
            f"--asgi-compare=summary`: {outcome.counts}, "
            f"{outcome.findings} findings of {len(outcome.rules)} rules.",
            "",
            "| rule | whose | why |",
            "|---|---|---|",
            *map(_line, rows[name].values()),
            "",
        ]
        if failing:
            parts += [
                "These tests failed, with the plugin and without. "
                + suite.get("note", ""),
                "",
                failing,
            ]
    return "\n".join(parts)


def _line(row: dict[str, str]) -> str:
    upstream = f" <{row['upstream']}>" if "upstream" in row else ""
    return f"| `{row['rule']}` | {row['kind']} | {row['why']}{upstream} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--venv", type=Path, required=True, help="where to install")
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.name}")
    options = parser.parse_args(arguments)
    table = tomllib.loads((HERE / "upstream_suites.toml").read_text("utf-8"))
    suites, directory = table["suite"], options.venv.absolute()
    python = prepare(directory, suites)
    rows: dict[str, dict[str, dict[str, str]]] = {s["name"]: {} for s in suites}
    for row in table["finding"]:
        rows[row["suite"]][row["rule"]] = row
    outcomes: dict[str, Outcome] = {}
    wrong: list[str] = []
    for suite in suites:
        name = suite["name"]
        plain = run(python, directory, suite)
        outcomes[name] = watched = run(
            python, directory, suite, "--asgi-compare=summary"
        )
        print(f"{name}: {plain.counts}; with the plugin: {watched.counts}, ", end="")
        print(f"{watched.findings} findings of {len(watched.rules)} rules", flush=True)
        wrong += problems(suite, plain, watched, rows[name])
    print("\n".join(wrong))
    if options.write and not wrong:
        DOCUMENT.write_text(render(suites, outcomes, rows), "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
