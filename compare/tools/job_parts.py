"""The generated part of `docs/jobs.md`: the table of which jobs are lost.

It is read out of `docs/jobs.json`, which one run of the experiment has left:

    asgi-compare experiments run which-jobs-are-lost --json docs/jobs.json
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from asgi_compare.measure.experiments.discovery import experiments
from asgi_compare.measure.experiments.store import from_json
from asgi_compare.report.common.markdown import escape
from asgi_compare.report.experiments import view

FILE = Path(__file__).parents[2] / "docs" / "jobs.json"


def lost() -> str:
    """Make the table, with what it was measured under."""
    notebook = from_json(json.loads(FILE.read_text("utf-8")), experiments())
    (entry,) = notebook.entries
    (table,) = entry.answer.tables
    lines = [
        f"{escape(entry.answer.sentence)} {escape(entry.answer.turning_point)}",
        "",
        f"Conditions: {escape(entry.experiment.conditions)}",
        "",
        f"| {' | '.join(map(escape, table.columns))} |",
        f"| --- |{' ---: |' * (len(table.columns) - 1)}",
        *(
            f"| {' | '.join(escape(view.text(cell)) for cell in row)} |"
            for row in table.rows
        ),
    ]
    return "\n".join(lines) + "\n"


PARTS: dict[str, Callable[[], str]] = {"jobs-lost": lost}
