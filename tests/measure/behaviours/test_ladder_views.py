"""The views that the ladder of layers climbs: both of a pair do the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from asgi_compare.contract.scenario import Request, Scenario
from asgi_compare.drive.workers.worker import Child
from asgi_compare.measure.behaviours.observer import TARGETS
from asgi_compare.model.transcript import Response

PAIRS = ("hello", "template", "session", "user", "get", "create")


@pytest.fixture(scope="module", params=["django-asgi", "django-wsgi"])
def child(request: pytest.FixtureRequest) -> Iterator[Child]:
    with Child(TARGETS[request.param]) as started:
        yield started


def answer(child: Child, target: str) -> Response:
    request = Request(target=target.encode())
    response = child.drive(Scenario("ladder", "view", "", request)).response
    assert response is not None
    return response


@pytest.mark.parametrize("name", PAIRS)
def test_async_view_answers_as_the_sync_one_does(child: Child, name: str) -> None:
    by_async, by_sync = answer(child, f"/async/{name}"), answer(child, f"/sync/{name}")
    assert by_async.status == by_sync.status == 200
    assert by_async.body == by_sync.body


def test_cached_page_is_the_same_as_the_first(child: Child) -> None:
    first, again = answer(child, "/sync/cached"), answer(child, "/sync/cached")
    assert again.body == first.body
    assert again.header(b"cache-control") == [b"max-age=60"]


def test_other_routes_are_tried_first() -> None:
    environment = {"ASGI_COMPARE_LAB": '{"LAB_ROUTES": 3, "LAB_TABLES": false}'}
    with Child(TARGETS["django-asgi"], environment=environment) as child:
        assert answer(child, "/other/2/7").status == 200
        assert answer(child, "/other/3/7").status == 404
