"""Chapter 5: responses that take time, and clients that leave.

`poll` is async, since it waits. The other views are sync: they do no more than set up a
stream, and leave the waiting to its iterator, which has to be an async one under ASGI
and an ordinary one under WSGI (see `streams.py`).

That a client has left is learned in two ways. Under ASGI Django listens for
`http.disconnect` while it answers, and cancels what is waiting. Under WSGI the server
closes the response, and with it the iterator; a view that waits is told nothing.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator

from django.core.exceptions import BadRequest
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from asgi_compare.domain import Board, Ledger
from django_app.streams import is_asgi, streamed
from django_app.views.http import TEXT

BOARD = Board()
LEDGER = Ledger()

NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
"""What a number may look like: float() takes "nan", "1_0" and "inf" as well."""
EVENT_ID = re.compile(r"[0-9]{1,9}")
"""What an id of ours looks like; int() takes more, and fails at what is too long."""
TICKS = 200
PAUSE = 0.01
"""Seconds between two ticks of `drip`."""


def number(request: HttpRequest, name: str, default: float) -> float:
    """Return a query parameter as a number; Django answers 400 if it is none."""
    value = request.GET.get(name, str(default))
    if not NUMBER.fullmatch(value):
        raise BadRequest(f"Expected a number for {name!r}, but got {value!r}.")
    return float(value)


@require_safe
def stream(request: HttpRequest) -> HttpResponseBase:
    """Answer with `pieces` pieces of `size` bytes each."""
    pieces, size = int(number(request, "pieces", 3)), int(number(request, "size", 10))
    letters = (bytes([ord("a") + i % 26]) * size for i in range(pieces))
    return streamed(request, letters, TEXT)


@require_safe
def events(request: HttpRequest) -> HttpResponseBase:
    """Answer with server-sent events, from the one after Last-Event-ID on."""
    seen = request.headers.get("Last-Event-ID", "")
    # Not one of ours: from the start.
    last = int(seen) if EVENT_ID.fullmatch(seen) else 0
    response = streamed(request, _events(last + 1), "text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    return response


def _events(first: int) -> Iterator[bytes]:
    retry = "retry: 1000\n"
    for number in range(first, 4):
        yield f"{retry}id: {number}\ndata: event {number}\n\n".encode()
        retry = ""


@require_safe
def drip(request: HttpRequest) -> HttpResponseBase:
    """Send a line every 10 ms, and write down whether the client stayed to the end."""
    page = request.GET.get("id", "")
    LEDGER.open(page)
    ticks = _ticks_asgi(page) if is_asgi(request) else _ticks_wsgi(page)
    return StreamingHttpResponse(ticks, content_type=TEXT)


async def _ticks_asgi(page: str) -> AsyncIterator[bytes]:
    ending = "stopped"
    try:
        for tick in range(TICKS):
            yield b"tick %d\n" % tick
            await asyncio.sleep(PAUSE)
        ending = "ran to its end"
    finally:  # reached by CancelledError, if the client leaves
        LEDGER.write(page, ending)


def _ticks_wsgi(page: str) -> Iterator[bytes]:
    ending = "stopped"
    try:
        for tick in range(TICKS):
            yield b"tick %d\n" % tick
            time.sleep(PAUSE)
        ending = "ran to its end"
    finally:  # reached by GeneratorExit, if the server closes the response
        LEDGER.write(page, ending)


@require_safe
async def poll(request: HttpRequest) -> HttpResponse:
    """Wait for the next event of `topic`; after `timeout` seconds, answer 204.

    Under WSGI the waiting is done in a loop that Django makes for this view, and holds
    the server's thread until it is over.
    """
    topic = request.GET.get("topic", "")
    timeout = number(request, "timeout", 1)
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[str] = asyncio.Queue()

    def deliver(event: str) -> None:
        # `announce` calls this in its own thread, and a queue belongs to its loop.
        loop.call_soon_threadsafe(arrived.put_nowait, event)

    unsubscribe = BOARD.subscribe(topic, deliver)
    try:
        async with asyncio.timeout(timeout):
            return JsonResponse({"event": await arrived.get()})
    except TimeoutError:
        return HttpResponse(status=204)
    finally:
        unsubscribe()


@csrf_exempt
@require_POST
def announce(request: HttpRequest) -> HttpResponse:
    """Publish the body as an event of `topic`, and say how many got it."""
    topic, event = request.GET.get("topic", ""), request.body.decode("utf-8", "replace")
    return JsonResponse({"delivered": BOARD.publish(topic, event)})


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Answer with what was written down about `id`."""
    return JsonResponse({"log": LEDGER.read(request.GET.get("id", ""))})
