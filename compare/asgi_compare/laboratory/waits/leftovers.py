"""Pages that answer first and work afterwards, for `t` seconds; each in its own way.

What was begun and what was finished is written into the file that the environment
variable ASGI_COMPARE_LEFTOVERS names, so that it can be read when the server is gone.
"""

import asyncio
import os
import threading
import time
from pathlib import Path

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

FILE = Path(os.environ["ASGI_COMPARE_LEFTOVERS"])
KEPT: set[asyncio.Task[None]] = set()


def note(what: str) -> None:
    """Write a line."""
    with FILE.open("a") as file:
        file.write(what + "\n")


async def work(way: str, seconds: float) -> None:
    """Work for a while, without keeping the loop."""
    note(f"{way} begun")
    await asyncio.sleep(seconds)
    note(f"{way} finished")


def work_in_thread(way: str, seconds: float) -> None:
    """Work for a while in a thread."""
    note(f"{way} begun")
    time.sleep(seconds)
    note(f"{way} finished")


async def task(request: Request) -> Response:
    """Start a task, keep a reference, and answer."""
    started = asyncio.create_task(work("task", float(request.query_params["t"])))
    KEPT.add(started)
    started.add_done_callback(KEPT.discard)
    return PlainTextResponse("begun")


async def background(request: Request) -> Response:
    """Answer with a background task of Starlette."""
    seconds = float(request.query_params["t"])
    return PlainTextResponse(
        "begun", background=BackgroundTask(work, "background", seconds)
    )


async def thread(request: Request) -> Response:
    """Start a thread that is no daemon, and answer."""
    seconds = float(request.query_params["t"])
    threading.Thread(target=work_in_thread, args=("thread", seconds)).start()
    return PlainTextResponse("begun")


application = Starlette(
    routes=[
        Route("/task", task),
        Route("/background", background),
        Route("/thread", thread),
    ]
)
