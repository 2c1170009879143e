"""A Django around a middleware of Django's, and one without it.

Such a middleware takes `get_response` and is called with a request, so it is no
application by itself. It is put into a Django of its own, with nothing else in its
`MIDDLEWARE`; the layer taken out is the same Django with none. What is inside is a view
that does as it is told, as far as a view can.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from asgi_compare.drive.in_process.recorder import described
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.judge.middleware.acts.content import PIECES, STATUSES
from asgi_compare.judge.middleware.inside import Inside, Planned, Scene
from asgi_compare.judge.middleware.trial import Wrapping
from asgi_compare.model.transcript import Interface

HERE = __name__
START, BODY = "http.response.start", "http.response.body"
ACTS = ("streams", "raises", *STATUSES)
"""What a view can be told."""
NOT_OURS = (b"content-length",)
"""Fields that Django adds by itself."""

middleware: Any = None
"""The middleware; Django imports it from here by its name."""
scene = Scene()
"""What the view is told."""
urlpatterns: list[Any] = []


@dataclass(frozen=True, slots=True)
class Site:
    """A Django with the middleware, and one without."""

    layer: Any
    plain: Any


def site(target: Any, wrapping: Wrapping, interface: Interface, shared: Scene) -> Site:
    """Make both; raises `TargetError` if Django cannot be set up."""
    module = sys.modules[HERE]
    module.middleware, module.scene = target, shared  # type: ignore[attr-defined]
    try:
        return made(wrapping, interface)
    except Exception as error:
        raise TargetError(
            f"Expected a middleware that Django can load, but got "
            f"{described(error)}; give the settings that it needs with --kwargs."
        ) from error


def made(wrapping: Wrapping, interface: Interface) -> Site:
    """Set Django up, and make the two handlers."""
    conf = import_module("django.conf").settings
    if not conf.configured:
        conf.configure(
            **{
                "SECRET_KEY": "of a check",
                "ALLOWED_HOSTS": ["*"],
                "ROOT_URLCONF": HERE,
                "LOGGING_CONFIG": None,
                **wrapping.kwargs,
            }
        )
        import_module("django").setup()
    urls = import_module("django.urls")
    view = async_view if interface == "asgi" else sync_view
    urlpatterns[:] = [urls.re_path("", view)]
    name = "ASGIHandler" if interface == "asgi" else "WSGIHandler"
    handler = getattr(import_module(f"django.core.handlers.{interface}"), name)
    conf.MIDDLEWARE = [f"{HERE}.middleware"]
    layer = handler()
    conf.MIDDLEWARE = []
    return Site(layer, handler())


async def async_view(request: Any) -> Any:
    """Answer over ASGI."""
    return answer(request, streamed=later)


def sync_view(request: Any) -> Any:
    """Answer over WSGI."""
    return answer(request, streamed=now)


def answer(request: Any, streamed: Any) -> Any:
    """Do what the scene says, and write it down as if it were ASGI."""
    http = import_module("django.http")
    call = Inside(scene, {"type": "view"})
    call.finished = True
    if scene.act.startswith("raises"):
        call.failed(Planned())
        raise Planned
    if scene.act.startswith("streams"):
        sends(call, 200, [(b"content-type", b"text/plain")])
        return http.StreamingHttpResponse(streamed(call), content_type="text/plain")
    status, fields, body = STATUSES.get(scene.act, STATUSES["answers"])
    response = http.HttpResponse(body, status=status)
    for name, value in fields:
        if name == b"set-cookie":
            key, _, said = value.decode().partition("=")
            response.set_cookie(key, said)
        else:
            # In capitals, as Django names them: they cross as they are written.
            response[name.decode().title()] = value.decode()
    sends(call, status, [(n, v) for n, v in fields if n != b"set-cookie"])
    piece(call, body, False)
    return response


def sends(call: Inside, status: int, fields: list[tuple[bytes, bytes]]) -> None:
    """Write down that the response begins."""
    call.record("send", {"type": START, "status": status, "headers": fields})


def piece(call: Inside, body: bytes, more: bool) -> bytes:
    """Write down a piece of the body."""
    call.record("send", {"type": BODY, "body": body, "more_body": more})
    return body


async def later(call: Inside) -> AsyncIterator[bytes]:
    """Yield the pieces of a stream."""
    for each in PIECES:
        yield piece(call, each, True)
    piece(call, b"", False)


def now(call: Inside) -> Iterator[bytes]:
    """Yield the pieces of a stream."""
    for each in PIECES:
        yield piece(call, each, True)
    piece(call, b"", False)
