"""The notebook as JSON, and back.

What is stored are the observations, with the versions and the machine that they hold
for. The answers are written too, for readers without Python, but never read back: they
are read anew out of the observations, by the experiments as they are now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from asgi_compare.measure.experiments.experiment import (
    Experiment,
    Observation,
    Observations,
)
from asgi_compare.measure.experiments.runner import Entry, answered

VERSION = 1
"""The version of the file. It changes when a field does."""


class StoreError(ValueError):
    """What was read is no notebook; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """Entries that were made in one run, and where that was."""

    entries: tuple[Entry, ...]
    environment: Mapping[str, Any]
    interrupted: bool = False


def to_json(notebook: Notebook) -> dict[str, Any]:
    """Return the notebook as plain data."""
    return {
        "version": VERSION,
        "environment": dict(notebook.environment),
        "interrupted": notebook.interrupted,
        "experiments": [
            {
                "name": entry.experiment.name,
                "question": entry.experiment.question,
                "command": entry.command,
                "effort": entry.effort,
                "seconds": entry.seconds,
                "ended": entry.ended,
                "answer": asdict(entry.answer),
                "observations": [asdict(row) for row in entry.observations.rows],
            }
            for entry in notebook.entries
        ],
    }


def from_json(data: Any, experiments: Mapping[str, Experiment]) -> Notebook:
    """Return the notebook that `to_json` wrote; raise `StoreError` for anything else.

    An experiment that is not known any more is left out.
    """
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise StoreError(
            f"Expected what `experiments run --json` writes, version {VERSION}; "
            "run the experiments again."
        )
    try:
        entries = tuple(_entries(data["experiments"], experiments))
        return Notebook(entries, data["environment"], data["interrupted"])
    except (KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"Expected a whole notebook, but got {error!r}.") from error


def _entries(
    rows: Iterable[Mapping[str, Any]], experiments: Mapping[str, Experiment]
) -> Iterable[Entry]:
    for row in rows:
        if experiment := experiments.get(row["name"]):
            observations = Observations(
                tuple(Observation(**each) for each in row["observations"])
            )
            answer = answered(experiment, observations, row["ended"])
            yield Entry(
                experiment,
                row["effort"],
                observations,
                answer,
                row["seconds"],
                row["ended"],
            )
