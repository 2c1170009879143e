"""What a rung gains: the behaviours that its layer causes.

Behaviours name their layer, and prove it by ablation (see
`asgi_compare.measure.behaviours`). Rungs name theirs. This module puts the two
together. Not every layer of a behaviour has a rung of its own: a setting belongs to the
layer that obeys it, and some layers come along with a rung that is named after
something else. `BESIDES` says which.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from asgi_compare.measure.ladder.ladder import AUTH, COMMON, CSRF, SECURITY, SESSIONS
from asgi_compare.measure.ladder.rung import Rung

BESIDES: dict[str, tuple[str, ...]] = {
    "handler": (
        "http",
        "views",
        "log",
        "ADMINS",
        "DEBUG",
        "DEFAULT_CHARSET",
        "files",
        "DATA_UPLOAD_MAX_MEMORY_SIZE",
        "DATA_UPLOAD_MAX_NUMBER_FIELDS",
        "DATA_UPLOAD_MAX_NUMBER_FILES",
        "FILE_UPLOAD_MAX_MEMORY_SIZE",
        "SECURE_PROXY_SSL_HEADER",
        "TASKS",
        "USE_X_FORWARDED_HOST",
    ),
    SECURITY: (
        "SECURE_HSTS_SECONDS",
        "SECURE_SSL_REDIRECT",
        "django.middleware.csp.ContentSecurityPolicyMiddleware",
    ),
    SESSIONS: ("SESSION_COOKIE_HTTPONLY", "sessions"),
    COMMON: ("ALLOWED_HOSTS", "PREPEND_WWW"),
    CSRF: ("CSRF_TRUSTED_ORIGINS",),
    AUTH: ("auth", "django.contrib.auth.middleware.LoginRequiredMiddleware"),
    "startproject": ("admin", "staticfiles"),
    "templates": ("forms",),
}
"""Layers of behaviours that come along with the layer of a rung."""


class HasLayer(Protocol):
    """What is entry of a behaviour here."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def layer(self) -> str:
        """The layer that causes it."""


def gains_of(
    rungs: Iterable[Rung], behaviours: Iterable[HasLayer]
) -> dict[str, list[str]]:
    """Return the names of the behaviours that come with each rung."""
    known = list(behaviours)
    return {
        rung.name: [each.name for each in known if each.layer in layers_of(rung)]
        for rung in rungs
    }


def layers_of(rung: Rung) -> set[str]:
    """Return the layers that a rung brings, as behaviours name them."""
    besides = (BESIDES.get(name, ()) for name in (rung.layer, rung.name))
    return {rung.layer, *(each for group in besides for each in group)} - {""}
