"""The ladder itself: a table, and what becomes of its rows."""

import importlib.util
import json

import pytest

from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.ladder import ladder
from asgi_compare.measure.ladder.gains import BESIDES, gains_of, layers_of
from asgi_compare.measure.ladder.ladder import (
    NATIVE,
    RUNGS,
    STARTPROJECT,
    configurations,
)
from asgi_compare.measure.ladder.measure_ladder import plan, row
from asgi_compare.measure.ladder.rung import VARIANTS, Rung
from asgi_compare.measure.timing.configuration import Configuration


def test_ladder_has_at_least_25_rungs() -> None:
    assert len(RUNGS) >= 25


def test_each_rung_stands_above_an_earlier_one() -> None:
    seen: set[str] = set()
    for name, rung in RUNGS.items():
        assert rung.above in seen or (rung.above == "" and name == "handler")
        seen.add(name)


def test_each_middleware_of_startproject_is_alone_and_added_up() -> None:
    for path in STARTPROJECT:
        alone = [r for r in RUNGS.values() if r.layer == path and "only-" in r.name]
        added = [r for r in RUNGS.values() if r.layer == path and r.part == "added up"]
        assert len(alone) == 1
        assert len(added) == (path != STARTPROJECT[0])
    assert RUNGS["startproject"].middleware == STARTPROJECT


def test_native_middleware_is_named_after_what_it_replaces() -> None:
    assert set(STARTPROJECT) < set(NATIVE)
    for path, ours in NATIVE.items():
        assert path.rpartition(".")[2] == ours.rpartition(".")[2]


def changes(configuration: Configuration) -> dict[str, object]:
    found = json.loads(configuration.environment["ASGI_COMPARE_LAB"])
    assert isinstance(found, dict)
    return found


def test_ways_with_the_same_settings_share_a_process() -> None:
    plain, native, no_thread_hops = configurations(
        RUNGS["startproject"], VARIANTS.values()
    )
    assert list(plain.variants) == ["async", "sync", "wsgi"]
    assert list(native.variants) == ["native"]
    assert list(no_thread_hops.variants) == ["no_thread_hops"]
    assert changes(plain)["MIDDLEWARE"] == list(STARTPROJECT)
    assert changes(native)["MIDDLEWARE"] == [NATIVE[path] for path in STARTPROJECT]
    assert changes(native).get("LAB_REPLACE") is None
    assert changes(no_thread_hops)["LAB_REPLACE"] == ladder.WITHOUT_HOPS


def test_rung_is_built_on_the_nearest_one_that_is_measured() -> None:
    few = plan(["urls-1", "startproject", "template"], quick=True)
    startproject, template = (row(rung, few) for rung in few.rungs[1:])
    assert startproject["above"] == "urls-1"
    assert startproject["adds"].endswith("; the rungs between are left out")
    assert template["above"] == "startproject"
    assert row(few.rungs[0], few)["above"] == ""


def test_rung_that_replaces_parts_keeps_them_without_hops() -> None:
    *_, no_thread_hops = configurations(RUNGS["handler"], VARIANTS.values())
    assert changes(no_thread_hops)["LAB_REPLACE"] == {
        **ladder.WITHOUT_URLS,
        **ladder.WITHOUT_HOPS,
    }


def test_way_that_there_is_not_takes_no_process() -> None:
    (only,) = configurations(RUNGS["atomic"], VARIANTS.values())
    assert list(only.variants) == ["sync", "wsgi"]


def test_cookies_are_asked_for_first() -> None:
    plain, *_ = configurations(RUNGS["user"], VARIANTS.values())
    before = plain.variants["async"].before
    assert before is not None
    assert before.target == b"/lab/sign-in"
    assert plain.variants["async"].request.target == b"/async/user"
    assert plain.variants["wsgi"].request.target == b"/sync/user"


def test_rung_that_is_not_installed_says_how_to_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert ladder.absent(RUNGS["whitenoise"]) == (
        "It is not installed; add it with: pip install whitenoise"
    )
    assert ladder.absent(RUNGS["handler"]) == ""


def test_every_behaviour_belongs_to_a_rung() -> None:
    gained = gains_of(RUNGS.values(), BEHAVIOURS.values())
    assert {name for names in gained.values() for name in names} == set(BEHAVIOURS)


def test_layers_that_come_along_are_those_of_behaviours() -> None:
    layers = {each.layer for each in BEHAVIOURS.values()}
    besides = {layer for group in BESIDES.values() for layer in group}
    assert besides <= layers
    assert set(BESIDES) <= {r.layer for r in RUNGS.values()} | set(RUNGS)


def test_rung_without_a_layer_gains_nothing() -> None:
    assert layers_of(Rung("a", "b", "c")) == set()
