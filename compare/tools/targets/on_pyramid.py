"""The endpoints of the table, in Pyramid."""

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import FileResponse, Response


def hello(request: Request) -> Response:
    return Response("Hello")


def echo(request: Request) -> Response:
    return Response(request.body)


def stream(request: Request) -> Response:
    return Response(app_iter=iter((b"one", b"two", b"three")))


def nothing(request: Request) -> Response:
    return Response(status=204)


def file(request: Request) -> Response:
    return FileResponse(__file__, request, content_type="text/plain")


def error(request: Request) -> Response:
    raise ValueError("on purpose")


VIEWS = {
    "/": hello,
    "/echo": echo,
    "/stream": stream,
    "/nothing": nothing,
    "/file": file,
    "/error": error,
}

with Configurator() as config:
    for pattern, view in VIEWS.items():
        config.add_route(view.__name__, pattern)
        config.add_view(view, route_name=view.__name__)
    application = config.make_wsgi_app()
