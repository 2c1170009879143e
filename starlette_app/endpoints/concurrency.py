"""Chapter 8: waiting, working, and doing so many at once.

An endpoint with `async def` runs in the thread of the event loop, with all the others;
one with `def` runs in a thread of a pool, which has forty. The answers tell: how many
were under way at the same time, and in which thread.
"""

import asyncio
from threading import get_ident
from time import perf_counter

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse

from asgi_compare.domain import Gauge, arithmetic
from starlette_app.endpoints.streaming import LEDGER, number

SEQUENTIAL, CONCURRENT, MOCK_API, CPU = Gauge(), Gauge(), Gauge(), Gauge()


async def one_two(order: list[str], seconds: float) -> None:
    """Write down "one", wait, and write down "two"."""
    order.append("one")
    await asyncio.sleep(seconds)
    order.append("two")


async def sequential(request: Request) -> JSONResponse:
    """Wait three times, one after the other: 3t."""
    seconds = number(request, "t", 0.05)
    began, order = perf_counter(), list[str]()
    with SEQUENTIAL as running:
        for _ in range(3):
            await one_two(order, seconds)
    return answer(running, order=order, elapsed=perf_counter() - began)


async def concurrent(request: Request) -> JSONResponse:
    """Wait three times, all at the same time: t."""
    seconds = number(request, "t", 0.05)
    began, order = perf_counter(), list[str]()
    with CONCURRENT as running:
        await asyncio.gather(*(one_two(order, seconds) for _ in range(3)))
    return answer(running, order=order, elapsed=perf_counter() - began)


async def mock_api(request: Request) -> JSONResponse:
    """Answer after a while, as a service does that asks another one."""
    latency = number(request, "latency", 0.05)
    with MOCK_API as running:
        await asyncio.sleep(latency)
    return answer(running, task_id=request.query_params.get("task_id"))


async def background(request: Request) -> JSONResponse:
    """Answer first, and work after that."""
    task = request.query_params.get("id", "")
    LEDGER.open(task)
    LEDGER.write(task, "accepted")
    # It belongs to the response, and runs when this has been sent.
    later = BackgroundTask(work, task)
    return JSONResponse({"accepted": task}, status_code=202, background=later)


async def work(task: str) -> None:
    """Work, and write it down."""
    LEDGER.write(task, "begun")
    await asyncio.sleep(0.05)
    LEDGER.write(task, "done")


def cpu(request: Request) -> JSONResponse:
    """Compute, in a thread of the pool: the event loop goes on serving others."""
    rounds = int(number(request, "rounds", 2000))
    with CPU as running:
        result = arithmetic(rounds)
    return answer(running, result=result)


def answer(running: int, **content: object) -> JSONResponse:
    """Answer with `content`, how many were running, and in which thread."""
    return JSONResponse({**content, "running": running, "thread": get_ident()})
