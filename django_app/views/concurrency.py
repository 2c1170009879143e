"""Chapter 8: waiting, working, and doing so fifty times at once.

Views that wait are async: under ASGI they share the loop's one thread. Under WSGI each
gets a loop for itself, so `concurrent` is still three times as fast as `sequential`,
but the server's thread waits along. `cpu` works, and is sync: under ASGI it runs in
another thread, and the loop stays free as far as Python's interpreter lock lets it.
`background` only starts a thread, so it is sync as well.
"""

import asyncio
import threading
import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from asgi_compare.domain import Gauge, arithmetic
from django_app.views.streaming import LEDGER, number

SEQUENTIAL, CONCURRENT, MOCK_API, CPU = Gauge(), Gauge(), Gauge(), Gauge()


async def _one_two(order: list[str], seconds: float) -> None:
    order.append("one")
    await asyncio.sleep(seconds)
    order.append("two")


def _waited(order: list[str], began: float, running: int) -> HttpResponse:
    return JsonResponse(
        {
            "order": order,
            "elapsed": time.perf_counter() - began,
            "running": running,
            "thread": threading.get_ident(),
        }
    )


@require_safe
async def sequential(request: HttpRequest) -> HttpResponse:
    """Wait three times, one after the other."""
    began, order = time.perf_counter(), list[str]()
    seconds = number(request, "t", 0.05)
    with SEQUENTIAL as running:
        for _ in range(3):
            await _one_two(order, seconds)
    return _waited(order, began, running)


@require_safe
async def concurrent(request: HttpRequest) -> HttpResponse:
    """Wait three times, all at the same time."""
    began, order = time.perf_counter(), list[str]()
    seconds = number(request, "t", 0.05)
    with CONCURRENT as running:
        await asyncio.gather(*(_one_two(order, seconds) for _ in range(3)))
    return _waited(order, began, running)


@require_safe
async def mock_api(request: HttpRequest) -> HttpResponse:
    """Answer after `latency` seconds, as some service far away would."""
    latency = number(request, "latency", 0.05)
    with MOCK_API as running:
        await asyncio.sleep(latency)
    return JsonResponse(
        {
            "task_id": request.GET.get("task_id"),
            "running": running,
            "thread": threading.get_ident(),
        }
    )


@csrf_exempt
@require_POST
def background(request: HttpRequest) -> HttpResponse:
    """Answer first, and work after that.

    Django 5.2 has nothing of its own for this, and the tasks of Django 6.0 come without
    a worker that would run them after the response. So a thread does it, and it may
    well begin before the response is out.
    """
    page = request.GET.get("id", "")
    LEDGER.open(page)
    LEDGER.write(page, "accepted")
    threading.Thread(target=_work, args=(page,)).start()
    return JsonResponse({"accepted": page}, status=202)


def _work(page: str) -> None:
    LEDGER.write(page, "begun")
    time.sleep(0.05)
    LEDGER.write(page, "done")


@require_safe
def cpu(request: HttpRequest) -> HttpResponse:
    """Answer after `rounds` rounds of arithmetic."""
    rounds = int(number(request, "rounds", 2000))
    with CPU as running:
        result = arithmetic(rounds)
    return JsonResponse(
        {"result": result, "running": running, "thread": threading.get_ident()}
    )
