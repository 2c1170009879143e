"""Chapter 10: work that outlives its request.

The answer is 202 and an address, and a thread does the job: see `work.py`. Who watches
a job looks at it again and again, in an async iterator under ASGI and in an ordinary
one under WSGI, where it holds a thread of the server all the while.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from asgi_compare.domain.jobs import (
    LOOK_EVERY,
    Job,
    Refusal,
    Watch,
    as_status,
    read_order,
    result_of,
)
from django_app.streams import is_asgi
from django_app.work import work

View = Callable[..., HttpResponseBase]


def refusals(view: View) -> View:
    """Answer what is refused with its sentence."""

    @wraps(view)
    def answered(request: HttpRequest, **parameters: str) -> HttpResponseBase:
        try:
            return view(request, **parameters)
        except Refusal as refusal:
            later = {"Retry-After": "1"} if refusal.again else {}
            content = {"error": refusal.sentence}
            return JsonResponse(content, status=refusal.status, headers=later)

    return answered


@csrf_exempt
@require_POST
@refusals
def start_job(request: HttpRequest) -> HttpResponse:
    """Take an upload, and answer with the address of a job."""
    # Django has a bound of its own, DATA_UPLOAD_MAX_MEMORY_SIZE, which is higher.
    key = request.headers.get("Idempotency-Key")
    order = read_order(key, request.GET.dict(), request.body)
    work().begin(order)
    return _accepted(order.key)


@require_safe
@refusals
def job(request: HttpRequest, key: str) -> HttpResponse:
    """Answer with how far a job has come."""
    return JsonResponse(as_status(work().look(key)))


@require_safe
@refusals
def job_events(request: HttpRequest, key: str) -> HttpResponseBase:
    """Say all that happens to a job, until it is over or the client has left."""
    found = work().look(key)
    watcher = Watch(request.headers.get("Last-Event-ID"))
    events = _events_asgi if is_asgi(request) else _events_wsgi
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    return StreamingHttpResponse(events(found, watcher), headers=headers)


async def _events_asgi(found: Job, watcher: Watch) -> AsyncIterator[bytes]:
    while True:
        for each in watcher.news(found):
            yield each
        if found.is_over:
            return
        await asyncio.sleep(LOOK_EVERY)
        found = work().look(found.order.key)


def _events_wsgi(found: Job, watcher: Watch) -> Iterator[bytes]:
    while True:
        yield from watcher.news(found)
        if found.is_over:
            return
        time.sleep(LOOK_EVERY)
        found = work().look(found.order.key)


@require_safe
@refusals
def job_result(request: HttpRequest, key: str) -> HttpResponse:
    """Answer with what came of a job, or say why there is nothing."""
    return JsonResponse(result_of(work().look(key)))


@csrf_exempt
@require_POST
@refusals
def cancel_job(request: HttpRequest, key: str) -> HttpResponse:
    """Have a job end at its next step, and say where that can be seen."""
    return _accepted(work().cancel(key).order.key)


def _accepted(key: str) -> HttpResponse:
    address = {"Location": f"/jobs/{key}"}
    return JsonResponse({"id": key}, status=202, headers=address)
