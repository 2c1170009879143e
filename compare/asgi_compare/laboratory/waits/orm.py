"""Where Django's async methods do their work: on the event loop, or in a thread."""

import asyncio
import os
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django
from asgiref.sync import SyncToAsync
from django.conf import settings


@contextmanager
def counting_hops() -> Iterator[list[object]]:
    """Collect every call of `sync_to_async` in the block."""
    seen: list[object] = []
    original = SyncToAsync.__call__

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(self)
        return original(self, *args, **kwargs)

    SyncToAsync.__call__ = counted  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        SyncToAsync.__call__ = original  # type: ignore[method-assign]


def where_it_runs() -> dict[str, dict[str, int]]:
    """Return hops, and queries in another thread, of each async method."""
    with tempfile.TemporaryDirectory() as folder:
        settings.configure(
            INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
            DATABASES={
                "default": {
                    "ENGINE": "django.db.backends.sqlite3",
                    "NAME": os.path.join(folder, "db"),
                }
            },
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        )
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return asyncio.run(_all())


async def _all() -> dict[str, dict[str, int]]:
    from django.contrib.auth.models import User
    from django.core.cache import cache
    from django.db import connection

    here, elsewhere = threading.get_ident(), [0]

    def note(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        elsewhere[0] += threading.get_ident() != here
        return execute(sql, params, many, context)

    def watch() -> None:
        connection.execute_wrappers.append(note)

    from asgiref.sync import sync_to_async

    # A connection belongs to a thread: the one that the async methods run in.
    await sync_to_async(watch)()

    async def listed() -> list[User]:
        return [user async for user in User.objects.all()]

    methods: dict[str, Callable[[], Awaitable[object]]] = {
        "acreate": lambda: User.objects.acreate(username="somebody"),
        "aget": lambda: User.objects.aget(username="somebody"),
        "acount": lambda: User.objects.acount(),
        "async for": listed,
        "cache.aset": lambda: cache.aset("key", 1),
        "cache.aget": lambda: cache.aget("key"),
    }
    found = {}
    for name, method in methods.items():
        elsewhere[0] = 0
        with counting_hops() as hops:
            await method()
        found[name] = {"hops": len(hops), "elsewhere": elsewhere[0]}
    return found
