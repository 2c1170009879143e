"""Runs from files: the matrix, the evidence behind a cell, and two runs compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from asgi_compare.model.results import Run
from asgi_compare.model.serialization.codec import run_from_json
from asgi_compare.report.common.timeline import timeline


class RunError(ValueError):
    """A file holds no run; the message is one sentence."""


def read(path: str) -> Run:
    """Read what `asgi-compare run --json FILE` has written."""
    try:
        return run_from_json(json.loads(Path(path).read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise RunError(
            f"Expected a run that `asgi-compare run --json` has written, but "
            f"{path!r} is none: {error}."
        ) from error


def matrix(run: Run) -> dict[str, Any]:
    """Return the cells of a run, each with its verdict, reason and differences."""
    different: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for each in run.differences:
        different.setdefault((each.scenario, each.between[1]), []).append(
            {
                "what": each.what,
                "values": each.values,
                "known": each.known,
                "reason": each.reason,
                "layer": each.layer,
            }
        )
    cells = [
        {
            "scenario": verdict.scenario,
            "implementation": verdict.implementation,
            "host": verdict.host,
            "verdict": verdict.verdict,
            "reason": verdict.reason,
            "differences": different.get(
                (verdict.scenario, f"{verdict.implementation}@{verdict.host}"), []
            ),
        }
        for verdict in run.verdicts
    ]
    return {"environment": run.environment, "cells": cells}


def evidence(run: Run, scenario: str, cell: str) -> list[str]:
    """Return the transcript of a cell as lines; raises `RunError` if there is none."""
    transcript = run.transcripts.get(f"{scenario} {cell}")
    if transcript is None:
        raise RunError(f"This run has no transcript of {scenario!r} for {cell!r}.")
    shown = timeline(transcript)
    marks = {"receive": "->", "send": "<-"}
    lines = []
    for line in shown.lines:
        times = f" ×{line.count}" if line.count > 1 else ""
        mark = marks.get(line.direction, "  ")
        lines.append(f"{line.at:>9} {line.thread:>3} {mark} {line.kind}{times}")
        lines += [f"{'':17}{detail}" for detail in line.details]
    return [*lines, "", *shown.answer, *([shown.ending] if shown.ending else [])]


def changed(runs: Sequence[Run]) -> list[dict[str, str]]:
    """Return the cells whose verdict is not the same in the first run and the last."""
    before, after = (
        {_place(v): v.verdict for v in run.verdicts} for run in (runs[0], runs[-1])
    )
    return [
        {
            "cell": " ".join(place),
            "before": before.get(place, "absent"),
            "after": after.get(place, "absent"),
        }
        for place in sorted(before.keys() | after.keys())
        if before.get(place) != after.get(place)
    ]


def _place(verdict: Any) -> tuple[str, str]:
    return verdict.scenario, f"{verdict.implementation}@{verdict.host}"
