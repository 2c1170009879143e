"""The same queries by Django's async methods, and by django-async-backend.

The one calls a sync connection in a thread; the other has asyncio connections of
psycopg, and a manager of its own. Both ask the same PostgreSQL.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import django
from asgiref.sync import sync_to_async
from django.conf import settings

from asgi_compare.laboratory.waits.orm import counting_hops

WARM_UP = 20
Method = Callable[[], Awaitable[object]]


def compare(url: str, queries: int) -> dict[str, dict[str, dict[str, float]]]:
    """Return hops and microseconds of each method, by who asks the database."""
    parts = urlsplit(url)
    settings.configure(
        INSTALLED_APPS=["django_async_backend"],
        DATABASES={
            "default": {
                "ENGINE": "django_async_backend.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "USER": parts.username,
                "PASSWORD": parts.password,
                "HOST": parts.hostname,
                "PORT": parts.port,
            }
        },
    )
    django.setup()
    return asyncio.run(_both(queries))


async def _both(queries: int) -> dict[str, dict[str, dict[str, float]]]:
    from django.db import connection, models
    from django_async_backend.db import async_connections
    from django_async_backend.db.models.base import AsyncModelMixin

    class Note(AsyncModelMixin, models.Model):  # type: ignore[misc,unused-ignore]
        text: Any = models.CharField(max_length=20)

        class Meta:
            app_label = "notes"

    def create_table() -> None:
        with connection.schema_editor() as editor:
            editor.create_model(Note)

    await sync_to_async(create_table)()
    try:
        return {
            who: await _timed(_methods(manager), queries)
            for who, manager in (
                ("Django", Note.objects),
                ("django-async-backend", Note.async_objects),
            )
        }
    finally:
        await async_connections["default"].close()
        # Looked up in the thread: each has a connection of its own.
        await sync_to_async(lambda: connection.close())()


def _methods(manager: Any) -> dict[str, Method]:
    """Return the methods by their names; the first makes the row that others find."""

    async def listed() -> list[object]:
        return [each async for each in manager.all()[:10]]

    return {
        "acreate": lambda: manager.acreate(text="a note"),
        "afirst": manager.afirst,
        "acount": manager.acount,
        "async for": listed,
    }


async def _timed(
    methods: dict[str, Method], queries: int
) -> dict[str, dict[str, float]]:
    found = {}
    for name, method in methods.items():
        for _ in range(WARM_UP):
            await method()
        with counting_hops() as hops:
            await method()
        began = time.perf_counter()
        for _ in range(queries):
            await method()
        seconds = (time.perf_counter() - began) / queries
        found[name] = {"hops": len(hops), "seconds": seconds}
    return found
