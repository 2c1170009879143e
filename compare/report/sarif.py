"""STAGE 5: a check as SARIF 2.1.0, which code hosts show beside the code.

A rule that is broken is a result. SARIF wants to know where in the code; what was seen
is an exchange, so the place is the file of the target's module, as far as its name says
where that is, and the logical place is the scenario.

This module does not know how a finding came about.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from compare.checked import Checked, Problem, key_of
from compare.results import Level
from compare.text import clean

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: dict[Level, str] = {"must": "error", "should": "warning", "unclear": "note"}


def render(checked: Checked) -> str:
    """Give the whole file."""
    # In ASCII, so that a terminal that is shown the file obeys nothing in it.
    return json.dumps(to_json(checked), allow_nan=False) + "\n"


def to_json(checked: Checked) -> dict[str, Any]:
    """Give the content of the file as plain data."""
    driver: dict[str, Any] = {
        "name": "asgi-compare",
        "rules": [_rule(problem) for problem in checked.problems],
    }
    versions = checked.environment.get("versions")
    if isinstance(versions, dict) and "asgi-compare" in versions:
        driver["version"] = versions["asgi-compare"]
    errors = [
        {
            "level": "error",
            "message": {"text": clean(f"{v.scenario}: {v.reason}", lines=True)},
        }
        for v in checked.of("error")
    ]
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": not checked.interrupted,
                "exitCode": checked.code,
                "toolExecutionNotifications": errors,
            }
        ],
        "results": [
            _result(index, problem, checked)
            for index, problem in enumerate(checked.problems)
        ],
        "columnKind": "unicodeCodePoints",
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(problem: Problem) -> dict[str, Any]:
    return {
        "id": problem.rule,
        "shortDescription": {"text": problem.statement},
        "fullDescription": {"text": f"“{problem.sentence}”"},
        "help": {"text": problem.hint},
        "helpUri": problem.link,
        "defaultConfiguration": {"level": LEVELS[problem.level]},
    }


def _result(index: int, problem: Problem, checked: Checked) -> dict[str, Any]:
    return {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": LEVELS[problem.level],
        "message": {"text": clean(f"{problem.message} Again: {problem.again}")},
        "occurrenceCount": problem.count,
        "partialFingerprints": {
            "asgiCompare/v1": clean(
                f"{checked.target} {key_of(problem, problem.scenario)}"
            )
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": file_of(checked.target)},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "fullyQualifiedName": clean(
                            f"{checked.target} {problem.scenario}"
                        ),
                        "kind": "function",
                    }
                ],
            }
        ],
    }


def file_of(target: str) -> str:
    """Guess the file of a target from its name: `shop.asgi:app` is `shop/asgi.py`."""
    module, _, _ = target.partition(":")
    return str(PurePosixPath(*clean(module).split(".")).with_suffix(".py"))
