"""The endpoints of the table, in Django over ASGI and over WSGI."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIRequest
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    LOGGING_CONFIG=None,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="for a loopback only",
)
django.setup(set_prefix=False)


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello")


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    pieces = ("one", "two", "three")

    async def slowly() -> AsyncIterator[str]:
        for piece in pieces:
            yield piece

    def at_once() -> Iterator[str]:
        yield from pieces

    over_asgi = isinstance(request, ASGIRequest)
    return StreamingHttpResponse(slowly() if over_asgi else at_once())


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def file(request: HttpRequest) -> FileResponse:
    return FileResponse(Path(__file__).open("rb"), content_type="text/plain")


def error(request: HttpRequest) -> HttpResponse:
    raise ValueError("on purpose")


urlpatterns = [
    path("", hello),
    path("echo", echo),
    path("stream", stream),
    path("nothing", nothing),
    path("file", file),
    path("error", error),
]

asgi = get_asgi_application()
wsgi = get_wsgi_application()
