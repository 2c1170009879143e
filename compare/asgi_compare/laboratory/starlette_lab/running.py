"""The pages about where something runs, and what becomes of it when nobody waits."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from threading import Barrier
from time import sleep

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import BaseRoute, Route

PIECES = 40
MADE: list[int] = []
CALLED: list[str] = []
DONE: list[str] = []
MEETING = Barrier(2)


def on_a_loop() -> bool:
    """Return whether this thread runs an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def sync_place(request: Request) -> JSONResponse:
    """Return whether a sync endpoint runs on an event loop."""
    return JSONResponse({"on_the_loop": on_a_loop()})


def meet(request: Request) -> JSONResponse:
    """Wait until another request comes here at the same time, or fail."""
    MEETING.wait(5)
    return JSONResponse({"met": True})


async def async_place(request: Request) -> JSONResponse:
    """Return whether an async endpoint runs on an event loop."""
    return JSONResponse({"on_the_loop": on_a_loop()})


def checked() -> bool:
    """Hash a password, and say whether that was on an event loop."""
    hashlib.pbkdf2_hmac("sha256", b"lovelace", b"salt", 1000)
    return on_a_loop()


async def password(request: Request) -> JSONResponse:
    """Check a password, where the endpoint runs."""
    return JSONResponse({"good": True, "hashes": 1, "on_the_loop": checked()})


async def password_elsewhere(request: Request) -> JSONResponse:
    """Check a password in a thread."""
    there = await run_in_threadpool(checked)
    return JSONResponse({"good": True, "hashes": 1, "on_the_loop": there})


async def async_stream(request: Request) -> StreamingResponse:
    """Stream from an async generator."""
    MADE.clear()
    return StreamingResponse(pieces_async())


async def sync_stream(request: Request) -> StreamingResponse:
    """Stream from an ordinary generator, which Starlette runs in threads."""
    MADE.clear()
    return StreamingResponse(pieces())


async def pieces_async() -> AsyncIterator[bytes]:
    """Make forty pieces."""
    for each in range(PIECES):
        MADE.append(each)
        yield b"%d\n" % each
        await asyncio.sleep(0.01)


def pieces() -> Iterator[bytes]:
    """Make forty pieces."""
    for each in range(PIECES):
        MADE.append(each)
        yield b"%d\n" % each
        sleep(0.01)


async def all_made(request: Request) -> JSONResponse:
    """Return whether all pieces of the last stream were made."""
    return JSONResponse({"all_made": len(MADE) == PIECES})


async def swallow(request: Request) -> JSONResponse:
    """Read an upload to its end."""
    return JSONResponse({"length": sum([len(each) async for each in request.stream()])})


async def early(request: Request) -> PlainTextResponse:
    """Answer at once, whatever is still to come of the body."""
    CALLED.append(request.url.path)
    return PlainTextResponse("no, thank you")


async def was_called(request: Request) -> JSONResponse:
    """Return whether `early` was called."""
    called = bool(CALLED)
    CALLED.clear()
    return JSONResponse({"called": called})


async def task(request: Request) -> JSONResponse:
    """Answer, and do something that the visitor need not wait for."""
    DONE.clear()
    answer = {"done_before_the_answer": bool(DONE)}
    return JSONResponse(answer, background=BackgroundTask(DONE.append, "work"))


running: list[BaseRoute] = [
    Route("/lab/sync-place", sync_place),
    Route("/lab/meet", meet),
    Route("/lab/async-place", async_place),
    Route("/lab/hash-async", password),
    Route("/lab/hash-sync", password_elsewhere),
    Route("/lab/async-stream", async_stream),
    Route("/lab/sync-stream", sync_stream),
    Route("/lab/all-made", all_made),
    Route("/lab/swallow", swallow, methods=["POST"]),
    Route("/lab/early", early, methods=["POST"]),
    Route("/lab/was-called", was_called),
    Route("/lab/task", task),
]
