"""The middleware of `startproject`, and some more, made async-native.

Django's own middleware runs under ASGI, but most of it is written to be called without
`await`: two methods, `process_request` and `process_response`. `MiddlewareMixin` calls
each of them by `sync_to_async`, in a thread, because it cannot know whether they block.
That is a hop to the thread and back for each method, with every request.

Most of these methods do not block: they look at header fields and set others. So here
the same classes call the same methods in place. Where one may block after all (a
session that has to be saved), it hops as before, but only then.

This is an experiment. It answers what a Django without hops would cost, and says
nothing about subclasses, other session engines, or caches behind a network.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponseBase
from django.middleware import (
    cache,
    clickjacking,
    common,
    csrf,
    gzip,
    http,
    locale,
    security,
)


class InPlace:
    """What takes the place of the async half of Django's `MiddlewareMixin`."""

    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]

    def may_block(self, request: HttpRequest) -> bool:
        """Return whether there is something in this request to wait for."""
        return False

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        this: Any = self
        response = None
        if hasattr(this, "process_request"):
            response = this.process_request(request)
        response = response or await self.get_response(request)
        if not hasattr(this, "process_response"):
            return response
        if self.may_block(request):
            response = await sync_to_async(this.process_response)(request, response)
        else:
            response = this.process_response(request, response)
        return response  # type: ignore[no-any-return]


class SecurityMiddleware(InPlace, security.SecurityMiddleware):  # type: ignore[misc]
    """Security, in place."""


class SessionMiddleware(InPlace, sessions.SessionMiddleware):  # type: ignore[misc]
    """Sessions, in place unless one has to be saved."""

    def may_block(self, request: HttpRequest) -> bool:
        """Return whether the session will be saved."""
        return request.session.modified or settings.SESSION_SAVE_EVERY_REQUEST


class CommonMiddleware(InPlace, common.CommonMiddleware):  # type: ignore[misc]
    """Common, in place."""


class CsrfViewMiddleware(InPlace, csrf.CsrfViewMiddleware):  # type: ignore[misc]
    """CSRF, in place; the secret has to be in a cookie, not in the session."""

    async def process_view(  # type: ignore[override]
        self, request: HttpRequest, *view: Any
    ) -> HttpResponseBase | None:
        """Check the token. A coroutine, so that Django does not put it in a thread."""
        return super().process_view(request, *view)


class AuthenticationMiddleware(InPlace, auth.AuthenticationMiddleware):  # type: ignore[misc]
    """Authentication, in place: who it is, nobody asks until `request.user` is."""


class MessageMiddleware(InPlace, messages.MessageMiddleware):  # type: ignore[misc]
    """Messages, in place unless there are some, which may go into the session."""

    def may_block(self, request: HttpRequest) -> bool:
        """Return whether messages were read or written."""
        storage: Any = getattr(request, "_messages", None)
        return storage is not None and (storage.used or storage.added_new)


class XFrameOptionsMiddleware(  # type: ignore[misc]
    InPlace, clickjacking.XFrameOptionsMiddleware
):
    """Clickjacking, in place."""


class GZipMiddleware(InPlace, gzip.GZipMiddleware):  # type: ignore[misc]
    """GZip, in place: it computes, and the event loop waits meanwhile."""


class ConditionalGetMiddleware(  # type: ignore[misc]
    InPlace, http.ConditionalGetMiddleware
):
    """Conditional GET, in place."""


class LocaleMiddleware(InPlace, locale.LocaleMiddleware):  # type: ignore[misc]
    """Locale, in place."""


class UpdateCacheMiddleware(InPlace, cache.UpdateCacheMiddleware):  # type: ignore[misc]
    """Cache, in place; the cache has to be in memory."""


class FetchFromCacheMiddleware(  # type: ignore[misc]
    InPlace, cache.FetchFromCacheMiddleware
):
    """Cache, in place; the cache has to be in memory."""
