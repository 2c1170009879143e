"""Hops to a thread for one request of Django, by what middleware it passes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import AsyncToSync, SyncToAsync
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from asgi_compare.laboratory.within.by_hand import ask, configure

# As startproject has them, from the outermost to the innermost.
DEFAULT = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
TO_A_THREAD, TO_THE_LOOP = "to a thread", "back to the loop"


async def hello(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse("hello")


def hello_sync(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse("hello")


urlpatterns = [path("", hello), path("sync", hello_sync)]

Answering = Callable[[HttpRequest], Any]


def only_sync(get_response: Answering) -> Answering:
    """Do nothing, as a middleware that was written before there was async."""
    return lambda request: get_response(request)


def only_async(get_response: Answering) -> Answering:
    """Do nothing, as a middleware that is a coroutine function."""

    async def middleware(request: HttpRequest) -> Any:
        return await get_response(request)

    return middleware


only_async.async_capable, only_async.sync_capable = True, False  # type: ignore[attr-defined]


@contextmanager
def hops() -> Iterator[dict[str, int]]:
    """Count the calls of asgiref's two adapters in the block."""
    counts = {TO_A_THREAD: 0, TO_THE_LOOP: 0}
    to_thread, to_loop = SyncToAsync.__call__, AsyncToSync.__call__

    def hop(self: Any, *args: Any, **kwargs: Any) -> Awaitable[Any]:
        counts[TO_A_THREAD] += 1
        return to_thread(self, *args, **kwargs)

    def back(self: Any, *args: Any, **kwargs: Any) -> Any:
        counts[TO_THE_LOOP] += 1
        return to_loop(self, *args, **kwargs)

    SyncToAsync.__call__ = hop  # type: ignore[assignment]
    AsyncToSync.__call__ = back  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        SyncToAsync.__call__ = to_thread  # type: ignore[method-assign]
        AsyncToSync.__call__ = to_loop  # type: ignore[method-assign]


def counted(middleware: list[str], page: str = "/") -> dict[str, int]:
    """Return the hops of one request through this middleware."""
    from django.core.handlers.asgi import ASGIHandler

    with override_settings(MIDDLEWARE=middleware):
        application = ASGIHandler()
        with hops() as counts:
            asyncio.run(ask(application, page))
    return counts


def by_number() -> dict[str, dict[str, int]]:
    """Return the hops with none of the default middleware, one, two, up to all."""
    configure(__name__)
    return {
        str(number): {
            "async view": counted([*DEFAULT[:number]])[TO_A_THREAD],
            "sync view": counted([*DEFAULT[:number]], "/sync")[TO_A_THREAD],
        }
        for number in range(len(DEFAULT) + 1)
    }


def by_position(around: int) -> dict[str, dict[str, int]]:
    """Return the hops with one sync middleware in each place among async ones."""
    configure(__name__)
    sync, other = f"{__name__}.only_sync", f"{__name__}.only_async"
    found = {"no sync middleware": counted([other] * around)}
    for place in range(around + 1):
        stack = [*[other] * place, sync, *[other] * (around - place)]
        found[f"{place} async before it, {around - place} behind"] = counted(stack)
    found["two sync ones, side by side"] = counted([sync, sync, *[other] * around])
    found["two sync ones, apart"] = counted([sync, *[other] * around, sync])
    return found
