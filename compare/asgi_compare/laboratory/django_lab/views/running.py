"""Threads, streams, and clients that leave."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from django import VERSION
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt

from asgi_compare.domain import SAMPLE
from asgi_compare.laboratory.django_lab.hashing import on_a_loop
from asgi_compare.laboratory.django_lab.views.ladder import TEXT

PIECES = 40
MADE: list[int] = []
"""The pieces that were made for the stream asked for last."""
DONE: list[str] = []
"""What `work` has done since `task` was asked last."""
MEETING = threading.Barrier(2)


def sync_place(request: HttpRequest) -> HttpResponse:
    """Return whether a sync view runs on an event loop."""
    return JsonResponse({"on_the_loop": on_a_loop()})


async def async_place(request: HttpRequest) -> HttpResponse:
    """Return whether an async view runs on an event loop, and on which thread."""
    main = threading.current_thread() is threading.main_thread()
    return JsonResponse({"on_the_loop": on_a_loop(), "on_main": main})


def meet(request: HttpRequest) -> HttpResponse:
    """Wait for another request to come here at the same time."""
    try:
        MEETING.wait(float(request.GET.get("seconds", "5")))
    except threading.BrokenBarrierError:
        MEETING.reset()
        return JsonResponse({"met": False})
    return JsonResponse({"met": True})


def sync_stream(request: HttpRequest) -> HttpResponseBase:
    """Stream from an ordinary generator."""
    MADE.clear()
    return StreamingHttpResponse(_pieces(), content_type=TEXT)


async def async_stream(request: HttpRequest) -> HttpResponseBase:
    """Stream from an async generator."""
    MADE.clear()
    return StreamingHttpResponse(_pieces_async(), content_type=TEXT)


def _pieces() -> Iterator[bytes]:
    for number in range(PIECES):
        MADE.append(number)
        yield b"%d\n" % number
        time.sleep(0.01)


async def _pieces_async() -> AsyncIterator[bytes]:
    for number in range(PIECES):
        MADE.append(number)
        yield b"%d\n" % number
        await asyncio.sleep(0.01)


def whole_stream_made(request: HttpRequest) -> HttpResponse:
    """Return whether all pieces of the last stream were made."""
    return JsonResponse({"all_made": len(MADE) == PIECES})


def whole_file(request: HttpRequest) -> HttpResponseBase:
    """Answer with a file."""
    return FileResponse(SAMPLE.open("rb"), content_type=TEXT)


@csrf_exempt
def swallow(request: HttpRequest) -> HttpResponse:
    """Read an upload to its end."""
    return JsonResponse({"length": len(request.read())})


def as_task(function: Callable[[], None]) -> Any:
    """Make a task of a function; before Django 6.0 there are none."""
    if VERSION < (6, 0):
        return function
    from django.tasks import task

    return task(function)


@as_task
def work() -> None:
    """Do something that nobody need wait for."""
    DONE.append("work")


def task(request: HttpRequest) -> HttpResponse:
    """Hand on something that the visitor need not wait for, and answer."""
    DONE.clear()
    work.enqueue()
    return JsonResponse({"done_before_the_answer": bool(DONE)})
