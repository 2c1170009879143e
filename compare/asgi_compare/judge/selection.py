"""Which findings count: by id, by level, by what was expected; and where that is kept.

`[tool.asgi-compare]` in the nearest `pyproject.toml` holds the options of `check` under
their own names, without the dashes in front; the command line goes before it. A file of
expected findings is JSON, made by `--write-expected`, and read by `--expected`: what is
in it is accepted, what is new fails, and so does what has gone, so that the file stays
true.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from asgi_compare.model.checked import Changed, Checked, exchange_in, keys_of
from asgi_compare.model.results import Level

TABLE = "asgi-compare"
VERSION = 1


class SelectionError(ValueError):
    """A file does not say what it should; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which findings the user wants to know of."""

    select: tuple[str, ...] = ()
    """Globs of rule ids; empty for all."""
    exclude: tuple[str, ...] = ()
    level: Literal["must", "should", "advice"] = "should"
    """`must` leaves out what the text only recommends, and what is unclear in it;
    `advice` lets advice count as well."""

    def wants(self, rule: str, level: Level) -> bool:
        """Return whether a finding of this rule is wanted."""
        if self.level == "must" and level != "must":
            return False
        chosen = not self.select or any(fnmatchcase(rule, g) for g in self.select)
        return chosen and not any(fnmatchcase(rule, glob) for glob in self.exclude)


def settings(known: Mapping[str, bool], start: Path | None = None) -> dict[str, Any]:
    """Read the table of the nearest `pyproject.toml`, as values of options.

    `known` says of each option whether it may be given more than once.
    """
    path = _nearest(start or Path.cwd())
    if path is None:
        return {}
    try:
        tool = tomllib.loads(path.read_text("utf-8")).get("tool", {})
    except (OSError, ValueError) as error:
        raise SelectionError(f"Expected TOML in {str(path)!r}, but {error}.") from error
    table = tool.get(TABLE, {}) if isinstance(tool, dict) else tool
    if not isinstance(table, dict):
        raise SelectionError(
            f"Expected a table [tool.{TABLE}] in {str(path)!r}, but got {table!r}."
        )
    found = {}
    for name, value in table.items():
        option = name.replace("-", "_")
        if option not in known:
            raise SelectionError(
                f"Expected an option of check in [tool.{TABLE}] of {str(path)!r}, but "
                f"got {name!r}; there are {', '.join(sorted(known)).replace('_', '-')}."
            )
        found[option] = _value(value, known[option], name)
    return found


def _nearest(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        if (path := folder / "pyproject.toml").is_file():
            return path
    return None


def _value(value: object, several: bool, name: str) -> object:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str | bool | int | float) for each in values):
        raise SelectionError(
            f"Expected text or a list of texts as {name!r}, but got {value!r}."
        )
    if several:
        return [str(each) for each in values]
    if isinstance(value, list):
        raise SelectionError(f"Expected one value as {name!r}, but got {value!r}.")
    return value


def keys(checked: Checked) -> list[str]:
    """Name each broken rule with each exchange that it is broken in."""
    return sorted({key for problem in checked.problems for key in keys_of(problem)})


def write_expected(checked: Checked) -> str:
    """Make the file that accepts what was found."""
    content = {
        "version": VERSION,
        "target": checked.target,
        "findings": keys(checked),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read_expected(path: str) -> list[str]:
    """Read a file of expected findings."""
    try:
        content = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise SelectionError(
            f"Expected a file of expected findings, but {path!r} cannot be read "
            f"({error.strerror}); make it with --write-expected."
        ) from error
    except ValueError as error:
        raise SelectionError(
            f"Expected JSON in {path!r}, but got {' '.join(str(error).split())}."
        ) from error
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise SelectionError(
            f"Expected a file of version {VERSION} in {path!r}, made by "
            f"--write-expected."
        )
    found = content.get("findings")
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise SelectionError(f"Expected a list of texts as 'findings' in {path!r}.")
    return found


def against(checked: Checked, expected: Iterable[str], selection: Selection) -> Changed:
    """Hold what was found against what was expected."""
    found = dict.fromkeys(keys(checked))
    # What was not looked for cannot have gone: a rule, an exchange, or the rest of the
    # probes where they were stopped.
    wanted = {
        each for each in expected if selection.wants(each.partition(" ")[0], "must")
    }
    asked = {exchange_in(verdict.scenario) for verdict in checked.verdicts}
    missing = (each for each in wanted if each not in found)
    gone = [each for each in missing if exchange_in(each) in asked]
    return Changed(
        accepted=tuple(each for each in found if each in wanted),
        new=tuple(each for each in found if each not in wanted),
        gone=tuple(sorted(gone)) if checked.complete else (),
    )
