"""The project around the views: its settings, its routes, and the scopes it takes."""

import importlib.util
from inspect import iscoroutinefunction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern

from asgi_compare.contract import CHAPTERS, ENDPOINTS
from asgi_compare.contract.scenario import Endpoint
from django_app import asgi, settings, urls, urls_async, views

GENERATED = (
    "MIDDLEWARE",
    "TEMPLATES",
    "LANGUAGE_CODE",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
    "STATIC_URL",
)
"""Settings that are left as `startproject` makes them."""

ROUTED = [
    (chapter, endpoint)
    for chapter, module in CHAPTERS.items()
    for endpoint in module.ENDPOINTS
    if endpoint.path and endpoint.methods != ("WS",)
]
CONTRACT = [
    pattern for pattern in urls.urlpatterns if "systems/" not in str(pattern.pattern)
]
"""The systems have routes of their own, which the stories ask for."""


@pytest.fixture
def generated(tmp_path: Path) -> ModuleType:
    """Return the settings that `startproject` makes here and now."""
    call_command("startproject", "fresh", str(tmp_path))
    spec = importlib.util.spec_from_file_location(
        "fresh_settings", tmp_path / "fresh" / "settings.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_settings_are_those_of_startproject(generated: ModuleType) -> None:
    ours = {name: getattr(settings, name) for name in GENERATED}
    theirs = {name: getattr(generated, name) for name in GENERATED}
    assert ours == theirs
    assert [*generated.INSTALLED_APPS, "django_app"] == settings.INSTALLED_APPS


def test_every_sync_view_of_accounts_has_an_async_one() -> None:
    """The routes for ASGI put them before the others, path by path."""
    first = urls_async.urlpatterns[: -len(urls.urlpatterns)]
    sync = {str(p.pattern): p.callback.__name__ for p in urls.urlpatterns}
    for pattern in first:
        assert pattern.callback.__name__ == f"a{sync[str(pattern.pattern)]}"
        assert iscoroutinefunction(pattern.callback)
    accounts = [path for path in sync if path.startswith("accounts/")]
    assert [str(pattern.pattern) for pattern in first] == accounts


def test_routes_are_in_contract_order() -> None:
    callbacks = [pattern.callback for pattern in CONTRACT]
    expected = [
        getattr(importlib.import_module(f"{views.__name__}.{chapter}"), endpoint.name)
        for chapter, endpoint in ROUTED
    ]
    assert callbacks == expected


@pytest.mark.parametrize(
    ("pattern", "endpoint"),
    [
        pytest.param(pattern, endpoint, id=endpoint.name)
        for pattern, (_, endpoint) in zip(CONTRACT, ROUTED, strict=True)
    ],
)
def test_route_is_the_path_of_the_contract(
    pattern: URLPattern, endpoint: Endpoint
) -> None:
    ours = str(pattern.pattern)
    for django, contract in (
        ("<int:item_id>", "{item_id:int}"),
        ("<int:code>", "{code:int}"),
        ("<path:rest>", "{rest}"),
        ("<str:key>", "{key}"),
    ):
        ours = ours.replace(django, contract)
    assert f"/{ours}" == endpoint.path


def test_csrf_form_is_the_only_post_that_is_guarded() -> None:
    guarded = [
        pattern.callback.__name__
        for pattern in CONTRACT
        if "POST" in ENDPOINTS[pattern.callback.__name__].methods
        and not getattr(pattern.callback, "csrf_exempt", False)
    ]
    assert guarded == ["csrf_form"]


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
async def test_django_refuses_every_scope_but_http(kind: str) -> None:
    async def never(*event: Any) -> Any:
        raise AssertionError("nothing is received or sent")

    with pytest.raises(ValueError, match=f"not {kind}"):
        await asgi.application({"type": kind}, never, never)
