"""Chapter 1: routes, methods and status codes. All views here are sync."""

from collections.abc import Iterator

from django import shortcuts
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    JsonResponse,
    QueryDict,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from django_app.streams import streamed

TEXT = "text/plain; charset=utf-8"
"""Django's own default is HTML."""


def pairs(parameters: QueryDict) -> list[list[str]]:
    """Return names and values as they came, as far as Django still knows.

    A QueryDict keeps a list of values under each name. So values of one name stay in
    order, and the order of different names among each other is lost.
    """
    return [[name, value] for name, values in parameters.lists() for value in values]


@require_safe
def hello(request: HttpRequest) -> HttpResponse:
    """Answer with 13 bytes of plain text; the middleware adds their number."""
    return HttpResponse("Hello, world!", content_type=TEXT)


@require_safe
def json_message(request: HttpRequest) -> HttpResponse:
    """Answer with JSON, which Django writes in ASCII, with escapes."""
    return JsonResponse({"message": "Grüße, world!"})


@require_safe
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Answer with the path parameter and the query parameters."""
    return JsonResponse({"item_id": item_id, "query": pairs(request.GET)})


@require_safe
def redirect(request: HttpRequest) -> HttpResponse:
    """Redirect to `/`."""
    return shortcuts.redirect("/")


@require_safe
def status(request: HttpRequest, code: int) -> HttpResponse:
    """Answer with the status of the path."""
    if not 200 <= code <= 599:
        return HttpResponseBadRequest(
            f"Expected a final status from 200 to 599, but got {code}.",
            content_type=TEXT,
        )
    if code in (204, 205, 304):
        # RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5: no content. The middleware adds a
        # Content-Length of 0, which is right for 205 alone, and the response class its
        # content type.
        return HttpResponse(status=code)
    return HttpResponse(f"status {code}", content_type=TEXT, status=code)


@csrf_exempt
@require_POST
def only_post(request: HttpRequest) -> HttpResponse:
    """Answer POST and nothing else."""
    return HttpResponse("posted", content_type=TEXT)


@require_safe
def error(request: HttpRequest) -> HttpResponseBase:
    """Raise: at once, or with `?after=start` in the middle of the response."""
    if request.GET.get("after") == "start":
        return streamed(request, _beginning(), TEXT)
    raise RuntimeError("this endpoint always fails")


def _beginning() -> Iterator[bytes]:
    yield b"the beginning of"
    raise RuntimeError("this endpoint always fails")
