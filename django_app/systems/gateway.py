"""A gateway: one request in, one or several out, and one answer back.

Read it beside `asgi_raw/systems/gateway.py`. The views that wait are async. Under ASGI
Django cancels them when the client leaves, before the answer and in it. Under WSGI it
makes a loop for each such view, which is of no use here: they call threads then, as
`wsgi_app/systems/gateway.py` does.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http.cookies import Morsel
from time import monotonic
from weakref import WeakKeyDictionary

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from asgi_compare.domain.systems.gateway import (
    TOO_LONG,
    Deadline,
    Gate,
    Refusal,
    loop,
    read_settings,
    threads,
    to_client,
    to_upstream,
)
from asgi_compare.domain.systems.gateway.loop import Asked, Client
from asgi_compare.domain.systems.pages import GATEWAY, HEADERS
from django_app.streams import is_asgi
from django_app.systems import upstreams

GATE = Gate(read_settings(os.environ))
POOL = ThreadPoolExecutor(32)
CLIENTS: WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = WeakKeyDictionary()
thread_client = cache(upstreams.ThreadClient)


def client() -> Client:
    """Return the HTTP client of this event loop."""
    running = asyncio.get_running_loop()
    if running not in CLIENTS:
        CLIENTS[running] = upstreams.client()
    return CLIENTS[running]


@require_safe
def gateway_page(request: HttpRequest) -> HttpResponseBase:
    """Answer with the page."""
    return HttpResponse(GATEWAY.read_bytes(), headers=HEADERS)


@require_safe
@never_cache
def gateway_status(request: HttpRequest) -> JsonResponse:
    """Answer with the state of each breaker, and how many requests are open."""
    return JsonResponse(GATE.state(monotonic()))


@require_safe
async def gateway_fan(request: HttpRequest) -> JsonResponse:
    """Ask several upstreams at once, and answer with what has come in time."""
    if refusal := GATE.admit(caller(request), monotonic()):
        return refused(refusal)
    wanted = request.GET.get("path", "json")
    urls = {name: GATE.address(name, wanted) for name in request.GET.getlist("of")}
    found = {name: url for name, url in urls.items() if isinstance(url, str)}
    if len(found) < len(urls) or not found:
        return refused(Refusal(400, "Expected `of` to name upstreams."))
    required = request.GET.getlist("required")
    if is_asgi(request):
        merged = await loop.fan_out(GATE, client(), found, required)
    else:
        merged = threads.fan_out(GATE, thread_client(), POOL, found, required)
    return JsonResponse(dict(merged.document), status=merged.status)


@csrf_exempt
async def gateway_pass(request: HttpRequest, name: str, rest: str) -> HttpResponseBase:
    """Pass a request on to an upstream, and its answer back, piece by piece."""
    if refusal := GATE.admit(caller(request), monotonic()):
        return refused(refusal)
    url = GATE.address(name, rest, request.META.get("QUERY_STRING", ""))
    if isinstance(url, Refusal):
        return refused(url)
    body = request.read(GATE.settings.longest_body + 1)
    if len(body) > GATE.settings.longest_body:
        return refused(TOO_LONG)
    fields = [
        (k.lower().encode("latin-1"), v.encode("latin-1"))
        for k, v in request.headers.items()
        if v or k.lower() not in ("content-type", "content-length")
    ]
    asked = Asked(str(request.method), url, to_upstream(fields), body)
    answer: loop.Answer | threads.Answer | Refusal
    if is_asgi(request):
        http = client()  # to make the first one takes some time
        deadline = Deadline(monotonic() + GATE.settings.deadline)
        answer = await loop.open_answer(GATE, http, name, asked, deadline)
        if not isinstance(answer, Refusal):
            close_after_task(answer)
    else:
        client_here = thread_client()
        deadline = Deadline(monotonic() + GATE.settings.deadline)
        answer = threads.open_answer(GATE, client_here, name, asked, deadline)
    return refused(answer) if isinstance(answer, Refusal) else passed_on(answer)


def close_after_task(answer: loop.Answer) -> None:
    """Close it when the task of this request ends, however it does.

    To close it in the generator would not do: if the client leaves while a middleware
    has the response, Django drops it, and the generator never begins.
    """
    task = asyncio.current_task()
    assert task
    closing: set[asyncio.Task[None]] = set()

    def close(_: object) -> None:
        closing.add(asyncio.get_running_loop().create_task(answer.close()))

    task.add_done_callback(close)


def passed_on(answer: loop.Answer | threads.Answer) -> StreamingHttpResponse:
    """Return a response that passes an answer on."""
    response = StreamingHttpResponse(answer.pieces(), status=answer.status)
    del response.headers["Content-Type"]
    if isinstance(answer, threads.Answer):
        response._resource_closers.append(answer.close)  # type: ignore[attr-defined]
    for number, (name, value) in enumerate(to_client(answer.fields)):
        field, text = name.decode("latin-1"), value.decode("latin-1")
        if field == "set-cookie":
            response.cookies[str(number)] = AsItCame(text)
        elif field in response.headers:
            # Django keeps a field once; all but cookies may be joined.
            response.headers[field] += f", {text}"
        else:
            response.headers[field] = text
    return response


class AsItCame(Morsel[str]):
    """A cookie that another server has set.

    Django has a place for several of them, and no other for several Set-Cookie fields.
    To parse it would lose what Python does not know.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def output(self, attrs: object = None, header: str = "Set-Cookie:") -> str:
        """Return it unchanged."""
        return f"{header} {self._text}".lstrip()

    def OutputString(self, attrs: object = None) -> str:
        """Return it unchanged; the newest Django asks for it by this name."""
        return self._text


def caller(request: HttpRequest) -> str:
    """Return by what the rate of a client is counted: its key, or its address."""
    return request.headers.get("X-Api-Key") or request.META.get("REMOTE_ADDR", "")


def refused(refusal: Refusal) -> JsonResponse:
    """Return an answer in place of an upstream's."""
    content = {"error": refusal.sentence}
    return JsonResponse(content, status=refusal.status, headers=refusal.fields)


urlpatterns = [
    path("systems/gateway/", gateway_page),
    path("systems/gateway/status", gateway_status),
    path("systems/gateway/fan", gateway_fan),
    re_path(
        r"^systems/gateway/pass/(?P<name>[\w-]{1,32})/(?P<rest>[\s\S]*)$", gateway_pass
    ),
]
