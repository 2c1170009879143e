"""Chapter 8: waiting, working, and doing so many at once.

All requests run in one thread. A coroutine that waits with `await` lets the others run;
one that computes lets nobody run. The answers tell: how many were under way at the same
time, and in which thread.
"""

import asyncio
from threading import get_ident
from time import perf_counter

from asgi_compare.domain import Gauge, arithmetic
from asgi_raw.events import Receive, Scope, Send, json_object, number, query
from asgi_raw.lifespan import shared

SEQUENTIAL, CONCURRENT, MOCK_API, CPU = Gauge(), Gauge(), Gauge(), Gauge()


async def one_two(order: list[str], seconds: float) -> None:
    """Write down "one", wait, and write down "two"."""
    order.append("one")
    await asyncio.sleep(seconds)
    order.append("two")


async def sequential(scope: Scope, receive: Receive, send: Send) -> None:
    """Wait three times, one after the other: 3t."""
    seconds = number(scope, "t", 0.05)
    began, order = perf_counter(), list[str]()
    with SEQUENTIAL as running:
        for _ in range(3):
            await one_two(order, seconds)
    await answer(send, running, order=order, elapsed=perf_counter() - began)


async def concurrent(scope: Scope, receive: Receive, send: Send) -> None:
    """Wait three times, all at the same time: t."""
    seconds = number(scope, "t", 0.05)
    began, order = perf_counter(), list[str]()
    with CONCURRENT as running:
        await asyncio.gather(*(one_two(order, seconds) for _ in range(3)))
    await answer(send, running, order=order, elapsed=perf_counter() - began)


async def mock_api(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer after a while, as a service does that asks another one."""
    latency = number(scope, "latency", 0.05)
    with MOCK_API as running:
        await asyncio.sleep(latency)
    await answer(send, running, task_id=dict(query(scope)).get("task_id"))


async def background(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer first, and work after that."""
    task, ledger = dict(query(scope)).get("id", ""), shared(scope)["ledger"]
    ledger.open(task)
    ledger.write(task, "accepted")
    await json_object(send, {"accepted": task}, status=202)
    # The server has all of the response, and the client waits no more. This call is not
    # over, though, and the server waits for it ("plus a little longer if there is
    # cleanup to do", ASGI, "Overview"). If the client has left before its answer,
    # `send` should have raised (www, "Disconnected Client"), and the work is not done;
    # where it does not raise, as on uvicorn, the work is done all the same.
    ledger.write(task, "begun")
    await asyncio.sleep(0.05)
    ledger.write(task, "done")


async def cpu(scope: Scope, receive: Receive, send: Send) -> None:
    """Compute, and let nobody else run meanwhile."""
    rounds = int(number(scope, "rounds", 2000))
    with CPU as running:
        result = arithmetic(rounds)
    await answer(send, running, result=result)


async def answer(send: Send, running: int, **content: object) -> None:
    """Answer with `content`, how many were running, and in which thread."""
    await json_object(send, {**content, "running": running, "thread": get_ident()})
