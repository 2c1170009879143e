"""What happens once, before the first request: replacements, tables, and a watch.

Both entries, `asgi.py` and `wsgi.py`, begin with it. The handler is made afterwards, so
that it finds what has been replaced.
"""

import os
from functools import cache
from importlib import import_module
from typing import Any

import django
from django.conf import settings


@cache
def prepare() -> None:
    """Set Django up as the settings of the laboratory say; a second call does nothing.

    The two entries may be in one process.
    """
    django.setup(set_prefix=False)
    if settings.LAB_ASYNC_UNSAFE:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    for path, value in settings.LAB_REPLACE.items():
        replace(path, value)
    from asgi_compare.laboratory.django_lab import database, watching

    if settings.LAB_WATCH:
        watching.begin()
    if settings.LAB_TABLES:
        database.make_tables()


def replace(path: str, value: object) -> None:
    """Put something else where the dotted path leads.

    The path may lead into a class: `django.http.request.HttpRequest.get_host`.
    """
    owner, name = owner_of(path)
    getattr(owner, name)  # what is replaced must be there
    setattr(owner, name, part(value))


def owner_of(path: str) -> tuple[Any, str]:
    """Return the module or class that has the last part of the path, and that part."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            owner: Any = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for inner in parts[length:-1]:
            owner = getattr(owner, inner)
        return owner, parts[-1]
    raise ImportError(f"Expected the dotted path of a part, but got {path!r}.")


def part(value: object) -> object:
    """Return the part that is named `module:attribute`; anything else is itself."""
    if not isinstance(value, str) or ":" not in value:
        return value
    module, _, name = value.partition(":")
    return getattr(import_module(module), name)
