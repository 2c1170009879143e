"""How the environment changes the settings of Django's laboratory."""

from __future__ import annotations

import json
from collections import OrderedDict

import pytest

from asgi_compare.laboratory.django_lab.overrides import overridden
from asgi_compare.laboratory.django_lab.preparation import owner_of, part, replace
from tests.measure.behaviours import conftest

SETTINGS = {
    "DEBUG": False,
    "MIDDLEWARE": ["a", "b"],
    "DATABASES": {"default": {"NAME": "lab", "ATOMIC_REQUESTS": False}},
}


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({}, "MIDDLEWARE", ["a", "b"]),
        ({"DEBUG": True}, "DEBUG", True),
        ({"NEW": None}, "NEW", None),
        ({"MIDDLEWARE": ["c"]}, "MIDDLEWARE", ["c"]),
        ({"LAB_REMOVE": ["a", "z"]}, "MIDDLEWARE", ["b"]),
        ({"LAB_ADD": ["c"]}, "MIDDLEWARE", ["a", "b", "c"]),
        ({"LAB_ADD": [[1, "c"], [2, "d"]]}, "MIDDLEWARE", ["a", "c", "d", "b"]),
        ({"LAB_ADD": ["c"], "LAB_REMOVE": ["c", "b"]}, "MIDDLEWARE", ["a"]),
        (
            {"DATABASES": {"default": {"ATOMIC_REQUESTS": True}}},
            "DATABASES",
            {"default": {"NAME": "lab", "ATOMIC_REQUESTS": True}},
        ),
    ],
    ids=[
        "nothing",
        "another value",
        "a new setting",
        "a whole list",
        "removed",
        "added",
        "added in place",
        "added and removed",
        "merged",
    ],
)
def test_setting_is_changed(
    changes: dict[str, object], name: str, value: object
) -> None:
    assert overridden(SETTINGS, json.dumps(changes))[name] == value


def test_settings_stay_when_nothing_is_said() -> None:
    assert overridden(SETTINGS, "") == SETTINGS
    assert SETTINGS["MIDDLEWARE"] == ["a", "b"]


class Replaceable:
    """Something to be replaced, and the path leads into a class."""

    value = 1


HERE = "tests.measure.behaviours.test_lab_settings"


def test_part_of_a_class_is_replaced() -> None:
    replace(f"{HERE}.Replaceable.value", 2)
    try:
        assert Replaceable.value == 2
    finally:
        Replaceable.value = 1


def test_what_is_replaced_must_be_there() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        replace(f"{HERE}.Replaceable.nothing", 2)


def test_path_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(ImportError) as caught:
        owner_of("nowhere.at_all")
    expected = "Expected the dotted path of a part, but got 'nowhere.at_all'."
    assert str(caught.value) == expected


def test_part_is_named_or_given() -> None:
    assert part("collections:OrderedDict") is OrderedDict
    assert part("a word") == "a word"
    assert part([1]) == [1]
    assert owner_of("tests.measure.behaviours.conftest.laboratory") == (
        conftest,
        "laboratory",
    )
