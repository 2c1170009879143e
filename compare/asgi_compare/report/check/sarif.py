"""A check as SARIF 2.1.0, which code hosts show beside the code.

A rule that is broken is a result. SARIF wants to know where in the code; what was seen
is an exchange, so the place is the file of the target's module, as far as its name says
where that is, and the logical place is the scenario.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from asgi_compare.model.checked import Checked, Problem, key_of, keys_of
from asgi_compare.model.results import Level
from asgi_compare.model.sanitize import clean

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: dict[Level, str] = {
    "must": "error",
    "should": "warning",
    "unclear": "note",
    "advice": "note",
}


def render(checked: Checked) -> str:
    """Return the whole file."""
    # In ASCII, so that a terminal that is shown the file obeys nothing in it.
    return json.dumps(to_json(checked), allow_nan=False) + "\n"


def to_json(checked: Checked) -> dict[str, Any]:
    """Return the content of the file as plain data."""
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
    reasons = [f"Expected {key!r}, but it has gone." for key in _gone(checked)]
    if checked.unstartable:
        reasons.append(checked.unstartable)
    errors += [{"level": "error", "message": {"text": clean(r)}} for r in reasons]
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": checked.code in (0, 1),
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


def _gone(checked: Checked) -> tuple[str, ...]:
    return checked.changed.gone if checked.changed else ()


def _suppressed(problem: Problem, checked: Checked) -> dict[str, Any]:
    """Mark a result as accepted before, where it was in all of its exchanges."""
    if checked.changed is None:
        return {}
    known = set(keys_of(problem)) <= set(checked.changed.accepted)
    # "If the suppressions property is present and empty": it is not suppressed.
    suppressions = [{"kind": "external"}] if known else []
    return {"suppressions": suppressions}


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
                    "artifactLocation": {"uri": uri_of(checked)},
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
        **_suppressed(problem, checked),
    }


def uri_of(checked: Checked) -> str:
    """Return the file of the target.

    As far as its name says it, if nobody has looked.
    """
    if checked.file:
        return quote(checked.file)
    module, _, _ = checked.target.partition(":")
    return quote(str(PurePosixPath(*clean(module).split(".")).with_suffix(".py")))
