"""The same thing in the same place: one endpoint, one name, in all four folders."""

import ast
from operator import attrgetter
from pathlib import Path

from asgi_compare.contract import CHAPTERS, ENDPOINTS, SCENARIOS
from asgi_compare.contract.scenario import Endpoint
from tests.places import ROOT
from tests.tables import each_row

WEBSOCKET = {name for name in ENDPOINTS if name.startswith("ws_")}
PATHLESS = {name for name, endpoint in ENDPOINTS.items() if not endpoint.path}
"""`not_found` and `lifespan`: the interface or the framework answers for them."""
HAS = {
    "asgi_raw": ENDPOINTS.keys() - PATHLESS,
    "wsgi_app": ENDPOINTS.keys() - PATHLESS - WEBSOCKET,
    "starlette_app": ENDPOINTS.keys() - PATHLESS,
    "django_app": ENDPOINTS.keys() - PATHLESS - WEBSOCKET,
}


def functions(folder: str) -> dict[str, Path]:
    """Every function at the top of a module of this folder, with its file."""
    return {
        node.name: path
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "steps" not in path.parts  # the way in, which ends at the application
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@each_row("folder", HAS)
def test_every_endpoint_is_a_function_of_its_name(folder: str) -> None:
    assert HAS[folder] - functions(folder).keys() == set()


@each_row("folder", HAS)
@each_row("chapter", CHAPTERS)
def test_endpoints_stand_in_contract_order(folder: str, chapter: str) -> None:
    """Who has found an endpoint in one folder has found it in all of them."""
    names = [e.name for e in CHAPTERS[chapter].ENDPOINTS if e.name in HAS[folder]]
    places = functions(folder)
    files = {places[name] for name in names}
    assert len(files) <= 1, files
    for path in files:
        assert path.stem == chapter
        there = [
            node.name
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name in names
        ]
        assert there == names


@each_row("endpoint", ENDPOINTS.values(), ids=attrgetter("name"))
def test_every_endpoint_has_a_scenario(endpoint: Endpoint) -> None:
    assert any(scenario.endpoint == endpoint.name for scenario in SCENARIOS.values())


def test_every_scenario_has_an_endpoint_and_says_what_it_shows() -> None:
    for scenario in SCENARIOS.values():
        assert scenario.endpoint in ENDPOINTS
        assert scenario.shows.endswith((".", "?"))


def test_scenario_names_are_unique() -> None:
    rows = [s.name for chapter in CHAPTERS.values() for s in chapter.SCENARIOS]
    assert len(rows) == len(set(rows))
