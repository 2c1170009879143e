"""The ladder, one row a rung, and what it is measured beside.

From the bottom: the handler, the URL resolver, each middleware of `startproject` by
itself and added up, then other middleware and work of all kinds on top of that. A row
says which settings it has (`asgi_compare.laboratory.django_lab` obeys them) and above
which rung it stands.

`configurations` turns a rung into what a process is told. This module measures nothing.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Iterator
from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.measure.ladder.rung import Rung, Variant
from asgi_compare.measure.timing.configuration import Configuration, Entry
from asgi_compare.model.transcript import Interface

OURS = str(APPLICATIONS)
LAB = "asgi_compare.laboratory.django_lab"
SECURITY = "django.middleware.security.SecurityMiddleware"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
AUTH = "django.contrib.auth.middleware.AuthenticationMiddleware"
MESSAGES = "django.contrib.messages.middleware.MessageMiddleware"
FRAMES = "django.middleware.clickjacking.XFrameOptionsMiddleware"
GZIP = "django.middleware.gzip.GZipMiddleware"
CONDITIONAL = "django.middleware.http.ConditionalGetMiddleware"
LOCALE = "django.middleware.locale.LocaleMiddleware"
UPDATE_CACHE = "django.middleware.cache.UpdateCacheMiddleware"
FETCH_FROM_CACHE = "django.middleware.cache.FetchFromCacheMiddleware"
WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"

SYNC_ONLY = f"{LAB}.bare.sync_only"

STARTPROJECT = (SECURITY, SESSIONS, COMMON, CSRF, AUTH, MESSAGES, FRAMES)

NATIVE = {
    path: f"{LAB}.native.{path.rpartition('.')[2]}"
    for path in (
        *STARTPROJECT,
        GZIP,
        CONDITIONAL,
        LOCALE,
        UPDATE_CACHE,
        FETCH_FROM_CACHE,
    )
}
"""Our async-native version of each, where it can be had."""

WITHOUT_HOPS = {
    "django.core.handlers.asgi.sync_to_async": f"{LAB}.bare:in_place",
    "django.core.signals.request_started.asend": f"{LAB}.bare:tell_in_place",
}
WITHOUT_URLS = {
    "django.core.handlers.base.BaseHandler.resolve_request": (
        f"{LAB}.bare:resolve_request"
    ),
}

SHARED = "The database's connection is closed by one of the two hops."
NO_DATABASE_WITHOUT_HOPS = {"no_thread_hops": SHARED}
NOT_ATOMIC = {
    variant: "Django refuses ATOMIC_REQUESTS with an async view "
    "(django.core.handlers.base: BaseHandler.make_view_atomic)."
    for variant in ("async", "native", "no_thread_hops")
}


def _alone(name: str, path: str, *, above: str = "urls-1", **more: Any) -> Rung:
    """Make the rung of one middleware by itself, or above the one that it needs."""
    needed = (SESSIONS,) if above == "only-sessions" else ()
    adds = f"{path.rpartition('.')[2]} by itself"
    adds += ", above sessions, which it needs" if needed else ""
    middleware = (*needed, path)
    return Rung(f"only-{name}", "one middleware", adds, above, path, middleware, **more)


def _up_to(name: str, path: str, above: str, **more: Any) -> Rung:
    """Make the rung of the middleware of startproject from the first to this one."""
    middleware = STARTPROJECT[: STARTPROJECT.index(path) + 1]
    adds = f"{path.rpartition('.')[2]}, on top of those before"
    return Rung(name, "added up", adds, above, path, middleware, **more)


def _beyond(name: str, adds: str, *, above: str = "startproject", **more: Any) -> Rung:
    """Make a rung on top of all of startproject."""
    return Rung(name, "beyond", adds, above, **{"middleware": STARTPROJECT, **more})


def _work(name: str, adds: str, **more: Any) -> Rung:
    """Make a rung where the view does some work with the database."""
    more = {"above": "startproject", "cannot": NO_DATABASE_WITHOUT_HOPS, **more}
    return Rung(name, "work", adds, middleware=STARTPROJECT, tables=True, **more)


RUNGS: dict[str, Rung] = {
    rung.name: rung
    for rung in (
        Rung(
            "handler",
            "handler and urls",
            "the handler and one view, without a URL resolver",
            layer="handler",
            settings={"LAB_REPLACE": WITHOUT_URLS},
            quick=True,
        ),
        Rung(
            "urls-1",
            "handler and urls",
            "the URL resolver; the route is the first",
            "handler",
            "urls",
            quick=True,
        ),
        Rung(
            "urls-100",
            "handler and urls",
            "100 routes that are tried before",
            "urls-1",
            settings={"LAB_ROUTES": 100},
        ),
        Rung(
            "urls-1000",
            "handler and urls",
            "1,000 routes that are tried before",
            "urls-1",
            settings={"LAB_ROUTES": 1000},
            quick=True,
        ),
        _alone("security", SECURITY),
        _alone("sessions", SESSIONS),
        _alone("common", COMMON),
        _alone("csrf", CSRF),
        _alone("auth", AUTH, above="only-sessions"),
        _alone("messages", MESSAGES, above="only-sessions"),
        _alone("clickjacking", FRAMES),
        _up_to("to-sessions", SESSIONS, "only-security"),
        _up_to("to-common", COMMON, "to-sessions"),
        _up_to("to-csrf", CSRF, "to-common"),
        _up_to("to-auth", AUTH, "to-csrf"),
        _up_to("to-messages", MESSAGES, "to-auth"),
        _up_to("startproject", FRAMES, "to-messages", quick=True),
        _beyond(
            "sync-only-inside",
            "a sync-only middleware that does nothing, innermost",
            middleware=(*STARTPROJECT, SYNC_ONLY),
            quick=True,
        ),
        _beyond(
            "template",
            "a template with ten rows",
            layer="templates",
            view="template",
            quick=True,
        ),
        _beyond(
            "gzip",
            "GZipMiddleware, for that page",
            above="template",
            layer=GZIP,
            middleware=(GZIP, *STARTPROJECT),
            view="template",
            headers=((b"accept-encoding", b"gzip"),),
        ),
        _beyond(
            "conditional-get",
            "ConditionalGetMiddleware, for that page",
            above="template",
            layer=CONDITIONAL,
            middleware=(CONDITIONAL, *STARTPROJECT),
            view="template",
        ),
        _beyond(
            "locale",
            "LocaleMiddleware, entry for French",
            layer=LOCALE,
            middleware=(*STARTPROJECT[:2], LOCALE, *STARTPROJECT[2:]),
            headers=((b"accept-language", b"fr"),),
        ),
        _beyond(
            "cache",
            "the two cache middlewares; the answer comes from memory",
            layer=UPDATE_CACHE,
            middleware=(UPDATE_CACHE, *STARTPROJECT, FETCH_FROM_CACHE),
        ),
        _beyond(
            "whitenoise",
            "WhiteNoise, entry for something that is no file",
            layer=WHITENOISE,
            middleware=(SECURITY, WHITENOISE, *STARTPROJECT[1:]),
            settings={"STATIC_ROOT": None},
            needs="whitenoise",
        ),
        _beyond("wait", "a view that waits 10 ms", view="wait", quick=True),
        _beyond(
            "wait-sync-only",
            "the same view, with the middleware of sync-only-inside",
            above="sync-only-inside",
            middleware=(*STARTPROJECT, SYNC_ONLY),
            view="wait",
            quick=True,
        ),
        Rung(
            "wait-bare",
            "beyond",
            "the same view, without middleware",
            "urls-1",
            view="wait",
            quick=True,
        ),
        _work(
            "session",
            "a session that is read and written",
            view="session",
            before=b"/sync/session",
            layer=SESSIONS,
            quick=True,
        ),
        _work(
            "user",
            "a user who has signed in",
            view="user",
            before=b"/lab/sign-in",
            layer=AUTH,
            quick=True,
        ),
        _work(
            "orm-get",
            "one row got, on a connection of its own (CONN_MAX_AGE=0)",
            view="get",
            layer="orm",
            quick=True,
        ),
        _work(
            "orm-get-kept",
            "the same, on a connection that is kept (CONN_MAX_AGE=None)",
            above="orm-get",
            view="get",
            layer="CONN_MAX_AGE",
            settings={"DATABASES": {"default": {"CONN_MAX_AGE": None}}},
            quick=True,
        ),
        _work("orm-create", "one row created", view="create", layer="orm", quick=True),
        _work(
            "atomic",
            "ATOMIC_REQUESTS, around that",
            above="orm-create",
            view="create",
            layer="ATOMIC_REQUESTS",
            settings={"DATABASES": {"default": {"ATOMIC_REQUESTS": True}}},
            cannot=NOT_ATOMIC,
        ),
    )
}
"""The ladder from the bottom up, by name."""

WAIT = b"/mock-api?latency=0.01"
"""Ten milliseconds of waiting for somebody else, in each of our applications."""
RAW: tuple[tuple[str, Interface, str], ...] = (
    ("raw-asgi", "asgi", "asgi_raw.app:application"),
    ("raw-wsgi", "wsgi", "wsgi_app.app:application"),
    ("starlette", "asgi", "starlette_app.app:application"),
)


def _by_hand(name: str, target: bytes) -> Configuration:
    interface, application = {row[0]: row[1:] for row in RAW}[name]
    variant = "wsgi" if interface == "wsgi" else "async"
    entry = Entry(interface, application, Request(target=target))
    waits = ", waiting" if target == WAIT else ""
    return Configuration(f"{name}{waits}", {variant: entry}, app_dir=OURS)


BASELINES: dict[str, Configuration] = {
    "hello-asgi": Configuration(
        "hello-asgi",
        {
            "async": Entry(
                "asgi", "asgi_compare.measure.ladder.hello:application", Request()
            )
        },
    ),
    **{row[0]: _by_hand(row[0], b"/") for row in RAW},
}
"""What the ladder stands beside: the same 13 bytes from the smallest application there
is, from ours by hand, and from Starlette."""
BASELINE = ("raw-asgi", "async")

WAITING: dict[str, Configuration] = {
    each.name: each for each in (_by_hand(row[0], WAIT) for row in RAW)
}
"""The same applications, asked for something that they have to wait for."""


def configurations(rung: Rung, variants: Iterable[Variant]) -> Iterator[Configuration]:
    """Yield the processes of a rung: variants with the same settings share one."""
    together: dict[tuple[bool, bool], dict[str, Entry]] = {}
    for variant in variants:
        if variant.name not in rung.cannot:
            alike = (variant.native, variant.no_thread_hops)
            together.setdefault(alike, {})[variant.name] = _entry(rung, variant)
    for (native, no_thread_hops), entries in together.items():
        changes = settings(rung, native=native, no_thread_hops=no_thread_hops)
        environment = {"ASGI_COMPARE_LAB": json.dumps(changes)}
        yield Configuration(rung.name, entries, environment, OURS)


def settings(rung: Rung, *, native: bool, no_thread_hops: bool) -> dict[str, Any]:
    """Return the settings of a rung, as the laboratory takes them."""
    middleware = [
        NATIVE.get(path, path) if native else path for path in rung.middleware
    ]
    changed = {
        "LAB_WATCH": False,  # its receivers would be measured as well
        "LAB_TABLES": rung.tables,
        "MIDDLEWARE": middleware,
        **rung.settings,
    }
    if no_thread_hops:
        changed["LAB_REPLACE"] = {**changed.get("LAB_REPLACE", {}), **WITHOUT_HOPS}
    return changed


def absent(rung: Rung) -> str:
    """Return what a rung lacks to be measured; empty if it lacks nothing."""
    if not rung.needs or importlib.util.find_spec(rung.needs) is not None:
        return ""
    return f"It is not installed; add it with: pip install {rung.needs}"


def _entry(rung: Rung, variant: Variant) -> Entry:
    module = {"asgi": f"{LAB}.asgi", "wsgi": f"{LAB}.wsgi"}[variant.interface]
    before = Request(target=rung.before) if rung.before else None
    path = f"/{variant.view}/{rung.view}".encode()
    request = Request(target=path, headers=rung.headers)
    return Entry(variant.interface, f"{module}:application", request, before)
