"""To which part of a request's variant a function belongs, by its module.

A table, looked up from top to bottom: the first prefix that fits names the group. It is
what the counts of functions and the colours of the picture go by.
"""

from __future__ import annotations

import sys
from functools import cache

OURS = "application"
LOOP = "asyncio"
THREADS = "threads"
LIBRARY = "standard library"
OTHER = "other packages"

GROUPS: tuple[tuple[str, str], ...] = (
    ("asgi_compare.domain", OURS),
    ("asgi_compare.measure.ladder.hello", OURS),
    ("asgi_compare", "server"),
    ("asgi_raw", OURS),
    ("wsgi_app", OURS),
    ("starlette_app", OURS),
    ("asgi_compare.laboratory.django_lab.bare", "handlers"),
    ("asgi_compare.laboratory.django_lab.native", "middleware"),
    ("django_app", OURS),
    ("starlette", "starlette"),
    ("django.core.handlers", "handlers"),
    ("django.core.asgi", "handlers"),
    ("django.core.wsgi", "handlers"),
    ("django.middleware", "middleware"),
    ("django.utils.deprecation", "middleware"),
    ("django.urls", "urls"),
    ("django.http", "http"),
    ("django.dispatch", "signals"),
    ("django.core.signals", "signals"),
    ("django.contrib.sessions", "sessions"),
    ("django.contrib.messages", "messages"),
    ("django.contrib.auth", "auth"),
    ("django.db", "database"),
    ("django.template", "templates"),
    ("django.core.cache", "cache"),
    ("django", "rest of Django"),
    ("asgiref", "asgiref"),
    ("asyncio", LOOP),
    ("selectors", LOOP),
    ("threading", THREADS),
    ("concurrent", THREADS),
)
"""Prefixes of module names, and the group that each of them is counted in."""

NAMES: tuple[str, ...] = (
    *dict.fromkeys(group for _, group in GROUPS),
    LIBRARY,
    OTHER,
)
"""All groups, each once, in the order of the table."""


@cache
def group_of(module: str) -> str:
    """Return the group of a module."""
    for prefix, group in GROUPS:
        if module == prefix or module.startswith(f"{prefix}."):
            return group
    top = module.partition(".")[0]
    return LIBRARY if top in sys.stdlib_module_names or top == "" else OTHER
