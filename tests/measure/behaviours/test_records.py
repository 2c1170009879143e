"""The records themselves: enough of them, complete, and about things that exist."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from operator import attrgetter

import pytest

from asgi_compare.measure.behaviours import BEHAVIOURS, THEMES
from asgi_compare.measure.behaviours.behaviour import (
    IMPLEMENTATIONS,
    LAYERS,
    RAW,
    STARLETTE,
    Behaviour,
    Unsupported,
)
from asgi_compare.measure.behaviours.observer import TARGETS
from asgi_compare.measure.behaviours.plans import lacking
from tests.places import ROOT
from tests.tables import each_row

LOOK_UP = """
import json, sys
from importlib import import_module
import asgi_compare.laboratory.django_lab.asgi
from django.conf import settings
from django.utils.module_loading import import_string

def there(file, name):
    owner = import_module(file.removesuffix(".py").replace("/", "."))
    for part in name.split("."):
        owner = getattr(owner, part)

for kind, *what in json.load(sys.stdin):
    try:
        if kind == "source":
            there(*what)
        elif kind == "middleware":
            import_string(*what)
        elif what[0] != "ATOMIC_REQUESTS":  # a key of a database, not a setting
            getattr(settings, *what)
    except Exception as error:
        print(kind, *what, repr(error))
"""


def test_there_are_many() -> None:
    assert len(BEHAVIOURS) >= 70


def test_names_are_in_their_theme_and_unique() -> None:
    names = [each.name for theme in THEMES.values() for each in theme]
    assert len(names) == len(set(names))
    for theme, behaviours in THEMES.items():
        assert all(re.fullmatch(rf"{theme}/[a-z0-9-]+", b.name) for b in behaviours)


@each_row("behaviour", BEHAVIOURS.values(), ids=attrgetter("name"))
def test_record_is_complete(behaviour: Behaviour) -> None:
    """Every implementation has an outcome or a reason, and every sentence an end."""
    assert tuple(behaviour.outcomes) == IMPLEMENTATIONS
    outcomes = behaviour.outcomes.values()
    reasons = [each.reason for each in outcomes if isinstance(each, Unsupported)]
    sentences = [behaviour.why, *reasons]
    sentences += [s for s in (behaviour.note, behaviour.in_process_only) if s]
    sentences += [behaviour.elsewhere.starlette, behaviour.elsewhere.raw]
    assert [s for s in sentences if not s.endswith(".")] == []
    assert behaviour.steps
    assert behaviour.ablation.what
    assert behaviour.ablation.without != behaviour.django


@each_row("behaviour", BEHAVIOURS.values(), ids=attrgetter("name"))
def test_layer_is_one_that_is_known(behaviour: Behaviour) -> None:
    layer = behaviour.layer
    assert layer in LAYERS or layer.isupper() or layer.endswith("Middleware")


def test_sources_and_layers_are_there() -> None:
    """What a record names as the cause is in the framework that is installed."""
    wanted: set[tuple[str, ...]] = set()
    for behaviour in BEHAVIOURS.values():
        if lacking(behaviour):
            continue
        wanted.add(("source", behaviour.source.file, behaviour.source.name))
        if behaviour.layer.isupper():
            wanted.add(("setting", behaviour.layer))
        elif behaviour.layer not in LAYERS:
            wanted.add(("middleware", behaviour.layer))
    found = subprocess.run(
        [sys.executable, "-c", LOOK_UP],
        input=json.dumps(sorted(wanted)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert found.stdout == ""


@pytest.mark.parametrize("implementation", [RAW, STARLETTE])
def test_what_is_shown_elsewhere_is_there(implementation: str) -> None:
    module = import_module(TARGETS[implementation].partition(":")[0])
    shown = {
        attribute
        for behaviour in BEHAVIOURS.values()
        if (attribute := behaviour.shown_elsewhere.get(implementation))
    }
    assert {
        name for name in shown if not callable(getattr(module, name, None))
    } == set()


def test_a_dozen_are_worked_out_by_hand() -> None:
    shown = {each.elsewhere.raw_application for each in BEHAVIOURS.values()} - {""}
    assert len(shown) >= 12


def test_files_that_are_named_are_there() -> None:
    """Where a record says in which file of ours to look, there is one."""
    named = {
        file
        for each in BEHAVIOURS.values()
        for file in re.findall(r"\b\w+_(?:raw|app)/[\w/]+\.py", each.elsewhere.raw)
    }
    assert len(named) > 5
    assert {file for file in named if not (ROOT / file).is_file()} == set()


def test_source_is_one_phrase() -> None:
    source = BEHAVIOURS["hosts/unknown-host"].source
    assert str(source) == "HttpRequest.get_host in django/http/request.py"
