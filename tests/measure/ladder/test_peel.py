"""A user's own project: its middleware, peeled one by one."""

import subprocess
import sys
from pathlib import Path

import pytest

from asgi_compare.measure.ladder import measure_ladder as climb
from asgi_compare.measure.ladder import measure_project as peel
from asgi_compare.measure.ladder.measure_project import Project
from asgi_compare.measure.timing.worker import Unmeasured
from asgi_compare.report.ladder import view as adds_view
from tests.measure.ladder.test_survey import LITTLE

ADDED = {
    "'django.middleware.security.SecurityMiddleware'": (
        "'whitenoise.middleware.WhiteNoiseMiddleware'"
    ),
    "'django.contrib.sessions.middleware.SessionMiddleware'": (
        "'corsheaders.middleware.CorsMiddleware'"
    ),
    "'django.middleware.clickjacking.XFrameOptionsMiddleware'": (
        "'django_htmx.middleware.HtmxMiddleware'"
    ),
}
"""Three middlewares of others, and after which of startproject's they are put."""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project with django-admin, and add the three."""
    directory = tmp_path_factory.mktemp("project")
    subprocess.run(
        [sys.executable, "-m", "django", "startproject", "mysite", str(directory)],
        check=True,
        timeout=30,
    )
    path = directory / "mysite" / "settings.py"
    text = path.read_text()
    for before, added in ADDED.items():
        assert before in text
        text = text.replace(before, f"{before},\n    {added}")
    path.write_text(text)
    return directory


@pytest.fixture(autouse=True)
def _little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peel, "QUICK", LITTLE)
    monkeypatch.setattr(peel, "THOROUGH", LITTLE)


@pytest.mark.timeout(120)
def test_stack_is_peeled_one_by_one(directory: Path) -> None:
    """What a middleware costs in hops says how well it was made for ASGI."""
    adds = peel.peel(Project("mysite.settings", "/", str(directory)), quick=True)
    hops = {cost.rung: cost.counts.hops for cost in adds.of_way("asgi") if cost.counts}
    names = [rung["name"] for rung in adds.ladder]
    assert {name: hops[name] for name in names} == {
        "no middleware": 3,
        "+ SecurityMiddleware": 5,
        "+ WhiteNoiseMiddleware": 4,  # sync only: the layers around it share a thread
        "+ SessionMiddleware": 6,
        "+ CorsMiddleware": 6,  # async-native
        "+ CommonMiddleware": 8,
        "+ CsrfViewMiddleware": 10,  # no view is found, so none is checked
        "+ AuthenticationMiddleware": 11,
        "+ MessageMiddleware": 13,
        "+ XFrameOptionsMiddleware": 14,
        "+ HtmxMiddleware": 14,  # async-native
    }
    assert adds.environment["project"] == "mysite.settings, asked for /"
    assert "DEBUG" in str(adds.environment["note"])
    assert [rung["above"] for rung in adds.ladder] == ["", *names[:-1]]
    assert list(adds.trees) == ["Your project, ASGI", "Your project, WSGI"]
    assert all(cost.us for cost in adds.costs)
    assert {sheet.name for sheet in adds_view.sheets(adds)} == {
        "glance",
        "added",
        "counted",
        "functions-asgi",
        "functions-wsgi",
        "us",
        "times",
        "weight",
    }


def test_project_that_cannot_be_imported_says_why(tmp_path: Path) -> None:
    with pytest.raises(Unmeasured, match="No module named 'nowhere'"):
        peel.peel(Project("nowhere.settings", "/", str(tmp_path)))


def test_project_without_debug_has_no_note(directory: Path) -> None:
    """Without middleware there is one rung; a path that is not there is measured."""
    (directory / "mysite" / "bare.py").write_text(
        "from mysite.settings import *\nDEBUG = False\nMIDDLEWARE = []\n"
    )
    adds = peel.peel(Project("mysite.bare", "/none", str(directory)))
    assert "note" not in adds.environment
    assert [rung["name"] for rung in adds.ladder] == ["no middleware"]
    found = {c.way: c.counts and c.counts.status for c in adds.costs[-2:]}
    assert found == {"asgi": 404, "wsgi": 404}


def test_middleware_that_occurs_twice_has_two_names() -> None:
    assert peel._names(["a.B", "c.B", "d.E"]) == [
        "no middleware",
        "+ B",
        "+ B (2)",
        "+ E",
    ]


def test_versions_of_others_are_named() -> None:
    versions = climb.described()["versions"]
    assert isinstance(versions, dict)
    assert {"whitenoise", "django-cors-headers", "django-htmx"} <= versions.keys()
