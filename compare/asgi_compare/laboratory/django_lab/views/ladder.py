"""The views of the ladder of layers: the same few things, each async and sync.

The two of a pair do the same in the same order, and answer with the same bytes. What
differs is how they wait: the async one uses the methods of Django that begin with "a".
"""

from __future__ import annotations

import asyncio
import time

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_page
from django.views.decorators.csrf import csrf_exempt

from asgi_compare.laboratory.django_lab.models import Note

TEXT = "text/plain; charset=utf-8"
PAGE = {
    "title": "Ten rows",
    "rows": [{"number": n, "text": f"row {n} <of ten>"} for n in range(10)],
}


def hello_sync(request: HttpRequest) -> HttpResponse:
    """Answer with 13 bytes."""
    return HttpResponse("Hello, world!", content_type=TEXT)


async def hello_async(request: HttpRequest) -> HttpResponse:
    """Answer with 13 bytes."""
    return HttpResponse("Hello, world!", content_type=TEXT)


WAIT = 0.01
"""Seconds that something else takes: another service, say."""


def wait_sync(request: HttpRequest) -> HttpResponse:
    """Wait, and hold a thread meanwhile."""
    time.sleep(WAIT)
    return hello_sync(request)


async def wait_async(request: HttpRequest) -> HttpResponse:
    """Wait, and let others run meanwhile."""
    await asyncio.sleep(WAIT)
    return await hello_async(request)


def other(request: HttpRequest, item_id: int) -> HttpResponse:
    """Answer under a route that is only there to be tried before the others."""
    return HttpResponse(str(item_id), content_type=TEXT)


def template_sync(request: HttpRequest) -> HttpResponse:
    """Render a template with ten rows."""
    return render(request, "lab/page.html", PAGE)


async def template_async(request: HttpRequest) -> HttpResponse:
    """Render a template with ten rows; there is no async way to do that."""
    return render(request, "lab/page.html", PAGE)


def session_sync(request: HttpRequest) -> HttpResponse:
    """Read a number from the session, and write the next one."""
    number = request.session.get("visits", 0) + 1
    request.session["visits"] = number
    return JsonResponse({"visits": number})


async def session_async(request: HttpRequest) -> HttpResponse:
    """Read a number from the session, and write the next one."""
    number = await request.session.aget("visits", 0) + 1
    await request.session.aset("visits", number)
    return JsonResponse({"visits": number})


def user_sync(request: HttpRequest) -> HttpResponse:
    """Return who asks."""
    return JsonResponse({"user": request.user.get_username()})


async def user_async(request: HttpRequest) -> HttpResponse:
    """Return who asks."""
    user = await request.auser()
    name = "" if isinstance(user, AnonymousUser) else user.get_username()
    return JsonResponse({"user": name})


def get_sync(request: HttpRequest) -> HttpResponse:
    """Get one row."""
    return JsonResponse({"title": Note.objects.get(pk=1).title})


async def get_async(request: HttpRequest) -> HttpResponse:
    """Get one row."""
    note = await Note.objects.aget(pk=1)
    return JsonResponse({"title": note.title})


@csrf_exempt
def create_sync(request: HttpRequest) -> HttpResponse:
    """Create one row."""
    note = Note.objects.create(title="another note")
    return JsonResponse({"created": note.pk > 0})


@csrf_exempt
async def create_async(request: HttpRequest) -> HttpResponse:
    """Create one row."""
    note = await Note.objects.acreate(title="another note")
    return JsonResponse({"created": note.pk > 0})


cached_sync = cache_page(60)(template_sync)
"""The page, from the cache if it is there; there is no async way to do that."""
