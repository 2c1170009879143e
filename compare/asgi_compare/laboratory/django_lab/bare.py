"""Django's handler with less in it, for some rungs of the ladder.

`sync_only` is a middleware that does nothing. Each of the other functions takes the
place of one part of Django, by the setting LAB_REPLACE:

    resolve_request  of BaseHandler: no URL resolver, two views in a table
    in_place         of `sync_to_async` in django.core.handlers.asgi, where it closes
                     the response of every request in a thread
    tell_in_place    of `request_started.asend`, which tells the receivers of that
                     signal in a thread, with every request

The last two are the hops that every request to Django on ASGI makes, whatever its
settings and its view are. They are there because receivers and closers may block; one
that Django connects itself, `close_old_connections`, may talk to a database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from django.core.signals import request_started
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from asgi_compare.laboratory.django_lab.views.ladder import hello_async, hello_sync

VIEWS: dict[str, ResolverMatch] = {
    "/async/hello": ResolverMatch(hello_async, (), {}),
    "/sync/hello": ResolverMatch(hello_sync, (), {}),
}


def resolve_request(handler: object, request: HttpRequest) -> ResolverMatch:
    """Find the view in a table of two."""
    match = VIEWS[request.path_info]
    request.resolver_match = match
    return match


def in_place(call: Callable[..., Any], **_: Any) -> Callable[..., Awaitable[Any]]:
    """Make something awaitable without a thread: it is called where it is awaited."""

    @wraps(call)
    async def called(*args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs)

    return called


async def tell_in_place(sender: Any, **named: Any) -> Any:
    """Tell the receivers that a request has begun, one after the other, right here."""
    return request_started.send(sender, **named)


def sync_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware that does nothing, and cannot be async.

    Django runs it in a thread, and with it all that is outside of it, in a single hop
    (load_middleware in django/core/handlers/base.py). Put innermost, it spares all
    other middleware its hops; the view then costs one hop back to the event loop.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware
