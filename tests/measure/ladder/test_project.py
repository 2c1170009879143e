"""A user's own project: the whole stack, and then less and less of its middleware."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands.layers import layers
from asgi_compare.contract.scenario import Request
from asgi_compare.measure.ladder import measure_project as project
from asgi_compare.measure.ladder import store
from asgi_compare.measure.ladder.costs import LadderResult
from asgi_compare.measure.ladder.ladder import BASELINES
from asgi_compare.measure.timing.survey_results import Effort

TINY = Effort(rounds=1, batch=0.001, settle=0.0, tries=1, patience=0.0)

SETTINGS = """
SECRET_KEY = "k" * 50
DEBUG = False
ROOT_URLCONF = "site_urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "real.sqlite3"}
}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "site_middleware.sync_only",
    "site_middleware.unused",
]
"""
MIDDLEWARE = """
import sys
from django.core.exceptions import MiddlewareNotUsed

def sync_only(get_response):
    return lambda request: get_response(request)

def unused(get_response):
    raise MiddlewareNotUsed("not today")

def profiles(get_response):
    def middleware(request):
        sys.setprofile(None)
        return get_response(request)
    return middleware
"""
URLS = """
import itertools
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

def private(request):
    if not request.user.is_authenticated:
        return HttpResponseRedirect("/login")
    return HttpResponse(f"for {request.user}")

def visits(request):
    request.session["n"] = request.session.get("n", 0) + 1
    return HttpResponse("counted")

@csrf_exempt
def echo(request):
    status = 200 if request.method == "PUT" and request.headers["X-A"] == "b" else 405
    if request.POST or request.COOKIES.get("c") != "1" or request.body != b"n=1":
        status = 400
    return JsonResponse({}, status=status)

REQUESTS = itertools.count()

def tires(request):
    return HttpResponse(status=200 if next(REQUESTS) < 40 else 429)

urlpatterns = [
    path("private", private),
    path("visits", visits),
    path("echo", echo),
    path("tires", tires),
]
"""
ENTRY = """
from django.core.asgi import get_asgi_application

django = get_asgi_application()

async def router(scope, receive, send):
    if scope["path"] == "/routed":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
    else:
        await django(scope, receive, send)
"""


@pytest.fixture(autouse=True)
def _little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "QUICK", TINY)
    only = {"raw-asgi": BASELINES["raw-asgi"]}
    monkeypatch.setattr(project, "BASELINES", only)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    files = {"settings": SETTINGS, "middleware": MIDDLEWARE, "urls": URLS}
    for name, text in {**files, "asgi": ENTRY}.items():
        (tmp_path / f"site_{name}.py").write_text(text)
    return tmp_path


def measured(site: Path, *arguments: str, more: str = "") -> Result:
    """Run the command on the project, with more settings."""
    text = f"from site_settings import *\n{dedent(more)}"
    (site / "more_settings.py").write_text(text)
    return CliRunner().invoke(
        layers,
        [
            *("--quick", "--django-settings", "more_settings", "--app-dir", str(site)),
            *("--json", str(site / "found.json"), *arguments),
        ],
        env={"COLUMNS": "200"},
    )


def found(site: Path) -> LadderResult:
    return store.from_json(json.loads((site / "found.json").read_text()))


def words_of(result: Result) -> str:
    return " ".join(result.output.split())


@pytest.mark.timeout(120)
def test_view_that_needs_a_user_has_prices_down_to_what_it_needs(site: Path) -> None:
    """And the verdict comes first: statuses, hops, what is sync-only, what it had."""
    page = site / "found.md"
    result = measured(
        site, "--path", "/private", "--login", "ada", "--markdown", str(page)
    )
    assert result.exit_code == 0, result.output
    here = found(site)
    rows = {
        cost.rung: (cost.counts.status, cost.counts.hops)
        for cost in here.costs
        if cost.variant == "asgi" and cost.counts and "raw" not in cost.rung
    }
    assert rows == {
        "what it needs": (200, 6),
        "+ SecurityMiddleware": (200, 8),
        "+ sync_only": (200, 4),
    }
    assert [rung["above"] for rung in here.ladder] == [
        *("", "what it needs", "+ SecurityMiddleware"),
    ]
    verdict = words_of(result)
    assert verdict.startswith(
        "more_settings: GET /private, signed in as ada answers 200 on ASGI (Django's "
        "own) and 200 on WSGI (Django's own). On ASGI, a request makes 4 hops"
    )
    # Which of the two it is, is not for a test to say.
    assert re.search("costs (most|a measurable amount of CPU time) on ASGI", verdict)
    assert (
        "site_middleware.sync_only is sync-only: on ASGI, Django runs it and all that "
        "is outside of it in one hop to a thread, and hops back for what is inside; "
        "with it there are 4 hops, and without it 8."
    ) in verdict
    assert "nothing was written into those of its settings" in verdict
    assert "no price: without it, the answer is 500" in verdict
    assert "not used: not today" in verdict
    assert 'SELECT "auth_user"' in verdict
    assert "DEBUG" not in verdict
    assert "±" not in verdict  # one round has no quartiles
    assert not (site / "real.sqlite3").exists()
    assert 'SELECT "auth\\_user"' in page.read_text()


@pytest.mark.timeout(120)
def test_nothing_is_written_into_the_services_of_the_settings(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless it is asked for; and --only says which middleware is taken away."""
    more = f"""
        DEBUG = True
        DATABASES["default"]["NAME"] = {str(site / "real.sqlite3")!r}
        CACHES = {{
            "default": {{
                "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                "LOCATION": {str(site / "cache")!r},
            }}
        }}
        SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    """
    options = ("--path", "/visits", "--only", "Security*")
    result = measured(site, *options, more=more)
    assert result.exit_code == 0, result.output
    assert "DEBUG is on" in result.output
    names = [rung["name"] for rung in found(site).ladder]
    assert names == ["what it needs", "+ SecurityMiddleware"]
    assert not (site / "cache").exists()
    result = measured(site, *options, "--real-services", more=more)
    assert result.exit_code == 0, result.output
    assert "may have written into them" in words_of(result)
    assert (site / "cache").exists()


@pytest.mark.timeout(120)
def test_request_is_put_as_curl_would_put_it(site: Path) -> None:
    result = measured(
        site,
        *("--path", "/echo", "-X", "PUT", "-H", "X-A: b", "-d", "n=1"),
        *("--cookie", "c=1", "--only", "sync_only"),
    )
    assert result.exit_code == 0, result.output
    assert "PUT /echo answers 200 on ASGI" in result.output


@pytest.mark.timeout(120)
def test_entry_of_the_settings_is_what_is_measured(site: Path) -> None:
    """And a page that there is not on WSGI is measured as what it is, and said."""
    more = 'ASGI_APPLICATION = "site_asgi.router"\nMIDDLEWARE = []'
    result = measured(site, "--path", "/routed", more=more)
    assert result.exit_code == 0, result.output
    assert "answers 204 on ASGI (site_asgi.router) and 404 on WSGI" in words_of(result)


@pytest.mark.timeout(120)
def test_profiler_in_the_project_is_said(site: Path) -> None:
    more = 'MIDDLEWARE = ["site_middleware.profiles"]'
    result = measured(site, "--path", "/none", more=more)
    assert result.exit_code == 0, result.output
    assert "404 is no such page: see --path." in result.output
    assert "sets a profile function of its own" in result.output


@pytest.mark.timeout(120)
def test_view_that_tires_is_no_price_and_no_success(site: Path) -> None:
    result = measured(site, "--path", "/tires", "--only", "sync_only")
    assert result.exit_code == 3
    assert "Nothing of 'more_settings' could be measured." in words_of(result)
    assert "at first, and 429 to request" in words_of(result)


@pytest.mark.parametrize(
    ("more", "arguments", "code", "message"),
    [
        pytest.param(
            "ALLOWED_HOSTS = missing",
            (),
            3,
            "Expected to import the settings 'more_settings', but it raised NameError: "
            "name 'missing' is not defined (more_settings.py:2)",
            id="settings that raise",
        ),
        pytest.param(
            "import nowhere",
            (),
            3,
            "Expected to import the settings 'more_settings', but it raised "
            "ModuleNotFoundError: No module named 'nowhere'",
            id="settings that import what is not there",
        ),
        pytest.param(
            'INSTALLED_APPS = ["nowhere"]',
            (),
            3,
            "Expected to import the project of 'more_settings', but it raised "
            "ModuleNotFoundError: No module named 'nowhere'",
            id="application",
        ),
        pytest.param(
            'ROOT_URLCONF = "nowhere"',
            (),
            3,
            "Nothing of 'more_settings' can be measured. ASGI: ",
            id="urls",
        ),
        pytest.param(
            "",
            ("--only", "Securities*"),
            2,
            "Expected one of your middlewares for --only, but got 'Securities*'; there "
            "are SecurityMiddleware, SessionMiddleware",
            id="pattern",
        ),
        pytest.param(
            "",
            ("--django-settings", "setings"),
            3,
            "Expected a settings module 'setings', but there is no module 'setings' in",
            id="typo",
        ),
        pytest.param(
            "", ("--path", "nope"), 2, "Expected a path that begins with /", id="path"
        ),
        pytest.param(
            "", ("--path", "ws:/x"), 2, "Expected the path of an HTTP", id="websocket"
        ),
    ],
)
def test_mistake_is_blamed_on_whose_it_is(
    site: Path, more: str, arguments: tuple[str, ...], code: int, message: str
) -> None:
    result = measured(site, *arguments, more=more)
    assert result.exit_code == code
    assert message in words_of(result)
    assert "user_project" not in result.output


def test_middleware_that_occurs_twice_has_two_names() -> None:
    assert project._names(["a.B", "c.B", "d.E"], "no middleware") == [
        *("+ B", "+ B (2)", "+ E", "no middleware"),
    ]


def test_cookies_of_the_login_come_after_those_that_were_given() -> None:
    given = Request(headers=((b"Cookie", b"a=1"), (b"x", b"y")))
    assert project._with_cookie(given, "s=2").headers == (
        *((b"x", b"y"), (b"cookie", b"a=1; s=2")),
    )
