"""A check as JSON, for machines; `schema.json` describes it.

What came from the application is written as `values.py` says; the transcripts are those
that findings refer to by their `scenario`.
"""

from __future__ import annotations

import json
from typing import Any

from asgi_compare.model.checked import Checked, Problem
from asgi_compare.model.serialization.codec import transcript_to_json

VERSION = 1
"""The version of the file. It changes when a field does."""


def render(checked: Checked) -> str:
    """Return the whole file."""
    # In ASCII, so that a terminal that is shown the file obeys nothing in it.
    return json.dumps(to_json(checked), allow_nan=False) + "\n"


def to_json(checked: Checked) -> dict[str, Any]:
    """Return the content of the file as plain data."""
    content: dict[str, Any] = {
        "version": VERSION,
        "target": checked.target,
        "interface": checked.interface,
        "environment": checked.environment,
        "findings": [_finding(problem) for problem in checked.problems],
        "advice": [_finding(problem) for problem in checked.advice],
        "answers": checked.answers,
        "probes": [
            {"scenario": v.scenario, "verdict": v.verdict, "reason": v.reason}
            for v in checked.verdicts
        ],
        "notes": checked.notes,
        "transcripts": {
            name: transcript_to_json(transcript)
            for name, transcript in checked.transcripts.items()
        },
        "interrupted": checked.interrupted,
        "exit_code": checked.code,
    }
    if checked.changed is not None:
        content["expected"] = {
            "accepted": list(checked.changed.accepted),
            "new": list(checked.changed.new),
            "gone": list(checked.changed.gone),
        }
    found = _well_formed(content)
    assert isinstance(found, dict)
    return found


def _finding(problem: Problem) -> dict[str, Any]:
    return {
        "rule": problem.rule,
        "side": problem.side,
        "level": problem.level,
        "message": problem.message,
        "scenario": problem.scenario,
        "evidence": list(problem.evidence),
        "count": problem.count,
        "scenarios": list(problem.scenarios),
        "statement": problem.statement,
        "sentence": problem.sentence,
        "link": problem.link,
        "hint": problem.hint,
        "again": problem.again,
    }


def _well_formed(value: Any) -> Any:
    """Write lone surrogates as escapes: JSON has none, and UTF-8 even less."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [_well_formed(each) for each in value]
    if isinstance(value, dict):
        return {_well_formed(k): _well_formed(each) for k, each in value.items()}
    return value
