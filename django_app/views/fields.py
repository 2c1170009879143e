"""Chapter 2: what a view sees of a request, and header fields. All views are sync."""

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from django_app.views.http import TEXT


@csrf_exempt
def inspect(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer with the request as this view saw it, by the documented attributes alone.

    `META` has the names of CGI under both interfaces. What CGI has no name for, the raw
    path, is not told; and fields of the same name have become one. Under ASGI the scope
    is still there as `request.scope`, but the documentation does not promise it.
    """
    fields = [[name.lower(), value] for name, value in request.headers.items()]
    body = request.read()
    seen = {
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "raw_path": None,
        "root_path": request.META["SCRIPT_NAME"],
        "query_string": request.META["QUERY_STRING"],
        "headers": fields,
        "x_headers": [field for field in fields if field[0].startswith(("x-", "x_"))],
        "client": _address(request, "REMOTE_ADDR", "REMOTE_PORT"),
        "server": _address(request, "SERVER_NAME", "SERVER_PORT"),
        "http_version": _http_version(request),
        "body_length": len(body),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }
    return JsonResponse(seen)


def _address(
    request: HttpRequest, host: str, port: str
) -> list[str | int | None] | None:
    """Return `[host, port]`; the port is None where only the host is known."""
    if not request.META.get(host):
        return None
    number = request.META.get(port)
    return [request.META[host], int(number) if number else None]


def _http_version(request: HttpRequest) -> str | None:
    """Return the version without its `HTTP/`.

    An ASGI scope's does not get into META.
    """
    return request.META.get("SERVER_PROTOCOL", "").removeprefix("HTTP/") or None


@require_safe
def headers(request: HttpRequest) -> HttpResponse:
    """Answer with what should be repeated fields, and a value that is not ASCII.

    `response.headers` has each name once. RFC 9110 section 5.3 lets the values of a
    repeated field be joined by commas, so that is what is left to do. Set-Cookie must
    not be joined; cookies have a jar of their own.
    """
    response = HttpResponse("see the headers", content_type=TEXT)
    response.headers["X-Repeat"] = "one, two"
    response.headers["X-Latin"] = "café"
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """Answer with the cookies, and set the one that the query names."""
    response = JsonResponse({"cookies": request.COOKIES})
    if name := request.GET.get("set"):
        response.set_cookie(name, request.GET.get("to", ""))
    return response
