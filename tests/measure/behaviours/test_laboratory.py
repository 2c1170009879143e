"""Where behaviours are observed, and how they are planned."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.behaviours.behaviour import Behaviour, Outcome, Unsupported
from asgi_compare.measure.behaviours.observer import IMPORTED_FIRST, Laboratory
from asgi_compare.measure.behaviours.plans import (
    Observation,
    Plan,
    in_order,
    is_past,
    numbers,
    plan,
    plan_elsewhere,
)

HOST = BEHAVIOURS["hosts/unknown-host"]
COMMON = "django.middleware.common.CommonMiddleware"


def planned(name: str, implementation: str, without_layer: bool = False) -> Plan:
    found = plan(BEHAVIOURS[name], implementation, without_layer=without_layer)
    assert isinstance(found, Plan)
    return found


def test_plan_without_the_layer_changes_the_settings() -> None:
    assert planned("hosts/unknown-host", "django-asgi").environment == {}
    without = planned("hosts/unknown-host", "django-asgi", without_layer=True)
    settings = json.loads(without.environment["ASGI_COMPARE_LAB"])
    assert settings == {"LAB_REMOVE": [COMMON]}
    assert without.outcome == HOST.ablation.without


def test_plan_joins_what_is_added_and_removed() -> None:
    both = replace(HOST, settings={"LAB_REMOVE": ["a.Middleware"], "DEBUG": True})
    found = plan(both, "django-asgi", without_layer=True)
    assert isinstance(found, Plan)
    settings = json.loads(found.settings)
    assert settings == {"LAB_REMOVE": ["a.Middleware", COMMON], "DEBUG": True}


def test_plan_without_the_layer_may_ask_another_page() -> None:
    found = planned("fields/frames-allowed", "django-asgi", without_layer=True)
    asked = found.steps[-1].exchange
    assert isinstance(asked, Request)
    assert asked.target == b"/lab/slash/"


def test_plan_without_the_layer_may_ask_another_application() -> None:
    found = planned("protocols/lifespan", "django-asgi", without_layer=True)
    assert found.steps[-1].application == "with_lifespan"


def test_plan_for_what_is_unsupported_is_the_reason() -> None:
    found = plan(BEHAVIOURS["protocols/websocket"], "django-wsgi")
    assert found == Unsupported("WSGI knows HTTP and nothing else.")


def test_plan_for_a_version_that_does_otherwise_is_the_reason() -> None:
    behaviour = replace(HOST, until="1.0", note="It was another time.")
    found = plan(behaviour, "django-asgi")
    assert found == Unsupported("Django 1.0 does otherwise: It was another time.")
    assert isinstance(plan(behaviour, "raw-asgi"), Plan)


def test_plan_for_a_version_that_does_otherwise_may_say_what() -> None:
    later = Outcome()
    behaviour = replace(HOST, until="1.0", later=later)
    found = plan(behaviour, "django-wsgi")
    assert isinstance(found, Plan)
    assert found.outcome == later
    # How to take the layer away is known for the versions before it only.
    assert isinstance(plan(behaviour, "django-asgi", without_layer=True), Unsupported)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (replace(HOST, since="99.0"), "Django 99.0 is the first that does it."),
        (
            replace(HOST, needs="no-such-thing"),
            "It needs no-such-thing, which is not installed.",
        ),
    ],
    ids=["version", "distribution"],
)
def test_plan_for_what_is_not_there_is_the_reason(
    changed: Behaviour, reason: str
) -> None:
    assert plan(changed, "django-asgi") == Unsupported(reason)
    assert isinstance(plan(changed, "starlette"), Plan)
    there = replace(HOST, since="1.0", needs="django")
    assert isinstance(plan(there, "django-asgi"), Plan)


def test_version_is_compared_by_its_numbers() -> None:
    assert numbers("5.2.19") == (5, 2)
    assert numbers("10.0a1") == (10,)
    assert not is_past("")
    assert not is_past("99.0")


def test_version_of_a_framework_that_is_missing_is_not_past(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from importlib.metadata import PackageNotFoundError

    from asgi_compare.measure.behaviours import plans

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(plans, "version", missing)
    assert not is_past("1.0")


def test_plan_elsewhere_asks_the_worked_example() -> None:
    found = plan_elsewhere(HOST, "raw-asgi")
    assert [step.application for step in found.steps] == ["with_host_check"]
    assert found.outcome == HOST.django


def test_plans_of_one_child_stand_together() -> None:
    names = ("hosts/unknown-host", "errors/settings-masked", "hosts/bad-port")
    ordered = in_order(planned(name, "django-asgi") for name in names)
    assert [each.behaviour.name for each in ordered] == [
        "hosts/unknown-host",
        "hosts/bad-port",
        "errors/settings-masked",
    ]


@pytest.mark.xdist_group("raw-asgi")
def test_laboratory_says_whether_a_behaviour_holds() -> None:
    with Laboratory() as laboratory:
        found = laboratory.observe(HOST, "raw-asgi")
        assert isinstance(found, Observation)
        assert found.holds
        assert found.vanished  # by hand nobody looks at the host
        shown = laboratory.elsewhere(HOST, "raw-asgi")
        assert shown.holds
        assert not shown.vanished
        wrong = replace(HOST, raw=Outcome(replace(HOST.raw.expected, status=404)))  # type: ignore[union-attr]
        told = laboratory.observe(wrong, "raw-asgi")
        assert isinstance(told, Observation)
        assert [str(p) for p in told.problems] == ["Expected status 404, but got 200."]


def test_laboratory_gives_the_reason_for_what_is_unsupported() -> None:
    with Laboratory() as laboratory:
        found = laboratory.observe(
            BEHAVIOURS["database/part-as-a-transaction"], "starlette"
        )
    assert isinstance(found, Unsupported)


def test_laboratory_shows_what_is_left_without_the_layer() -> None:
    with Laboratory(kept=1) as laboratory:
        first = laboratory.ablate(HOST)
        again = laboratory.observe(HOST, "raw-asgi")  # and the first child goes
        assert len(laboratory._children) == 1
    assert [each.plan.implementation for each in first] == ["django-asgi"]
    assert all(each.holds and each.vanished for each in first)
    assert isinstance(again, Observation)
    assert laboratory._children == {}


def test_what_is_shared_by_children_asks_for_no_setting() -> None:
    """So the settings of each child go for all that it runs."""
    imports = "; ".join(f"import {name}" for name in IMPORTED_FIRST)
    code = f"{imports}; from django.conf import settings; print(settings.configured)"
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, text=True, timeout=30) == "False\n"
