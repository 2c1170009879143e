"""Chapter 8: waiting, working, and doing so many at once.

Each request has a thread of its own as long as it lasts, so as many run at a time as
the server has threads (and processes). To do two things at once within a request takes
another thread. The answers tell: how many were under way at the same time, and in which
thread.
"""

import time
from threading import Thread, get_ident
from time import perf_counter
from wsgiref.types import StartResponse

from asgi_compare.domain import Gauge, arithmetic
from wsgi_app.endpoints.streaming import LEDGER
from wsgi_app.environ import Body, ClosingBody, Environ, json_object, number, query

SEQUENTIAL, CONCURRENT, MOCK_API, CPU = Gauge(), Gauge(), Gauge(), Gauge()


def one_two(order: list[str], seconds: float) -> None:
    """Write down "one", wait, and write down "two"."""
    order.append("one")
    time.sleep(seconds)
    order.append("two")


def sequential(environ: Environ, start_response: StartResponse) -> Body:
    """Wait three times, one after the other: 3t."""
    seconds = number(environ, "t", 0.05)
    began, order = perf_counter(), list[str]()
    with SEQUENTIAL as running:
        for _ in range(3):
            one_two(order, seconds)
    elapsed = perf_counter() - began
    return answer(start_response, running, order=order, elapsed=elapsed)


def concurrent(environ: Environ, start_response: StartResponse) -> Body:
    """Wait three times, all at the same time: t."""
    seconds = number(environ, "t", 0.05)
    began, order = perf_counter(), list[str]()
    # Three threads more than the server knows of: here concurrency is paid for by the
    # thread, where a coroutine would do.
    threads = [Thread(target=one_two, args=(order, seconds)) for _ in range(3)]
    with CONCURRENT as running:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    elapsed = perf_counter() - began
    return answer(start_response, running, order=order, elapsed=elapsed)


def mock_api(environ: Environ, start_response: StartResponse) -> Body:
    """Answer after a while, as a service does that asks another one."""
    latency = number(environ, "latency", 0.05)
    with MOCK_API as running:
        time.sleep(latency)
    task_id = dict(query(environ)).get("task_id")
    return answer(start_response, running, task_id=task_id)


def background(environ: Environ, start_response: StartResponse) -> Body:
    """Answer first, and work after that."""
    task = dict(query(environ)).get("id", "")
    LEDGER.open(task)
    LEDGER.write(task, "accepted")

    def work() -> None:
        LEDGER.write(task, "begun")
        time.sleep(0.05)
        LEDGER.write(task, "done")

    body = json_object(start_response, {"accepted": task}, status=202)
    # The server calls close() when all blocks are sent, so the client has its answer
    # (PEP, "Specification Details"). The thread is still taken; and if the client has
    # left before its answer, the work is done all the same.
    return ClosingBody(body, work)


def cpu(environ: Environ, start_response: StartResponse) -> Body:
    """Compute; other threads get their turn, but the interpreter runs one at a time."""
    rounds = int(number(environ, "rounds", 2000))
    with CPU as running:
        result = arithmetic(rounds)
    return answer(start_response, running, result=result)


def answer(start_response: StartResponse, running: int, **content: object) -> Body:
    """Answer with `content`, how many were running, and in which thread."""
    whole = {**content, "running": running, "thread": get_ident()}
    return json_object(start_response, whole)
