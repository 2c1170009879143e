"""The services of a user's project, replaced by such as live in this process.

So a measurement writes nothing into the user's databases, caches and mailboxes. What
the project's code reaches by itself (another service, a client of Redis that it made)
is not replaced: nobody can know of it.
"""

from __future__ import annotations

import os
import sqlite3
from typing import Any

KEPT = ("ATOMIC_REQUESTS", "AUTOCOMMIT", "CONN_MAX_AGE")
"""What a database in memory keeps of the settings: it matters for what a request
costs."""

_open: list[sqlite3.Connection] = []


def into_memory(settings: Any) -> None:
    """Change the settings, before Django is set up."""
    settings.DATABASES = {
        alias: {
            "ENGINE": "django.db.backends.sqlite3",
            # One database for all threads; ":memory:" would be one for each.
            "NAME": f"file:/asgi-compare-{os.getpid()}-{alias}?vfs=memdb",
            **{key: database[key] for key in KEPT if key in database},
        }
        for alias, database in (settings.DATABASES or {"default": {}}).items()
    }
    settings.CACHES = {
        alias: {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": alias,
        }
        for alias in settings.CACHES
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    if settings.SESSION_ENGINE == "django.contrib.sessions.backends.file":
        settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    if "default" in getattr(settings, "STORAGES", {}):
        memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
        settings.STORAGES = {**settings.STORAGES, "default": memory}
    if hasattr(settings, "CHANNEL_LAYERS"):
        layer = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
        settings.CHANNEL_LAYERS = dict.fromkeys(settings.CHANNEL_LAYERS, layer)


def make_tables(settings: Any) -> None:
    """Make all tables from the models as they are now, without migrations."""
    from django.apps import apps
    from django.core.management import call_command

    settings.MIGRATION_MODULES = {each.label: None for each in apps.get_app_configs()}
    for alias, database in settings.DATABASES.items():
        # A database in memory lives as long as one connection to it is open.
        name = database["NAME"]
        _open.append(sqlite3.connect(name, uri=True, check_same_thread=False))
        call_command(
            "migrate",
            database=alias,
            run_syncdb=True,
            verbosity=0,
            interactive=False,
            skip_checks=True,
        )


def signed_in(name: str, *, create: bool) -> str:
    """Return the cookies of a user who has signed in.

    With `create`, there is nobody yet, and the user is made, with all permissions.
    """
    from django.contrib.auth import get_user_model
    from django.test import Client

    model: Any = get_user_model()
    if create:
        user = model(**{model.USERNAME_FIELD: name})
        for permission in ("is_active", "is_staff", "is_superuser"):
            if hasattr(user, permission):
                setattr(user, permission, True)
        user.set_unusable_password()
        user.save()
    else:
        user = model._default_manager.get_by_natural_key(name)
    client = Client()
    client.force_login(user)
    return "; ".join(f"{key}={each.value}" for key, each in client.cookies.items())
