"""One Django page in the steps in which a project moves from WSGI to ASGI."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.test import override_settings

from asgi_compare.laboratory.within.by_hand import ask, configure
from asgi_compare.laboratory.within.middleware import (
    DEFAULT,
    TO_A_THREAD,
    TO_THE_LOOP,
    hops,
)

URLS = "asgi_compare.laboratory.within.middleware"
ASYNC = [f"{URLS}.only_async"] * len(DEFAULT)
WARM_UP = 20

STEPS: dict[str, tuple[str, list[str], str]] = {
    "sync view on WSGI": ("wsgi", list(DEFAULT), "/sync"),
    "sync view on ASGI": ("asgi", list(DEFAULT), "/sync"),
    "async view": ("asgi", list(DEFAULT), "/"),
    "async view, async middleware": ("asgi", ASYNC, "/"),
    "async view, no middleware": ("asgi", [], "/"),
}
"""The interface, the middleware and the page; in the order in which one goes."""


def steps(requests: int) -> dict[str, dict[str, Any]]:
    """Return the hops of one request and the seconds of many, for each step."""
    configure(URLS)
    return {name: _step(*row, requests) for name, row in STEPS.items()}


def _step(
    interface: str, middleware: list[str], page: str, requests: int
) -> dict[str, Any]:
    with override_settings(MIDDLEWARE=middleware):
        play = _wsgi(page) if interface == "wsgi" else _asgi(page)
        play(WARM_UP)
        with hops() as counts:
            play(1)
        return {
            TO_A_THREAD: counts[TO_A_THREAD],
            TO_THE_LOOP: counts[TO_THE_LOOP],
            "seconds": play(requests),
        }


def _asgi(page: str) -> Callable[[int], list[float]]:
    from django.core.handlers.asgi import ASGIHandler

    application = ASGIHandler()

    async def timed(requests: int) -> list[float]:
        return [await _timed_async(application, page) for _ in range(requests)]

    return lambda requests: asyncio.run(timed(requests))


async def _timed_async(application: Any, page: str) -> float:
    began = time.perf_counter()
    await ask(application, page)
    return time.perf_counter() - began


def _wsgi(page: str) -> Callable[[int], list[float]]:
    from django.core.handlers.wsgi import WSGIHandler

    application = WSGIHandler()

    def timed() -> float:
        environ: dict[str, Any] = {"PATH_INFO": page, "HTTP_HOST": "localhost"}
        setup_testing_defaults(environ)
        began = time.perf_counter()
        response = application(environ, lambda status, fields, exc_info=None: print)
        b"".join(response)
        response.close()
        return time.perf_counter() - began

    return lambda requests: [timed() for _ in range(requests)]
