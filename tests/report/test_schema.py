"""The published schema describes the file that the codec writes, and no other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import asgi_compare.report
from asgi_compare.model.results import Run
from asgi_compare.model.serialization.codec import dumps, run_to_json

SCHEMA = json.loads(
    Path(asgi_compare.report.__file__)
    .with_name("run")
    .joinpath("schema.json")
    .read_text()
)


@pytest.fixture(scope="module")
def written(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dumps(run_to_json(run)))
    return found


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_run_keeps_to_the_schema(written: dict[str, Any]) -> None:
    Draft202012Validator(SCHEMA).validate(written)


def test_run_of_a_hostile_application_does_too(hostile: Run) -> None:
    # The lists of what was run are ours to write; the rest is what came of it.
    ours: Any = {"scenarios": [], "implementations": [], "hosts": []}
    written = run_to_json(replace(hostile, environment={}, **ours))
    Draft202012Validator(SCHEMA).validate(json.loads(dumps(written)))


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_run_without_one_of_its_keys_does_not(
    written: dict[str, Any], key: str
) -> None:
    rest = {name: value for name, value in written.items() if name != key}
    assert not Draft202012Validator(SCHEMA).is_valid(rest)


def test_other_version_does_not(written: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid({**written, "version": 2})
