"""Somebody's own project, with the first so many of its middleware.

Nothing here is of the laboratory: the settings are those that DJANGO_SETTINGS_MODULE
names, as they are. The variable ASGI_COMPARE_KEEP says how many middlewares stay; the
others, which are further inside, are left out. All hosts are allowed, because whoever
asks calls it 127.0.0.1.

`asgi` and `wsgi` are the two applications; `about` says what there is to be peeled.
"""

import os
from typing import Any

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

KEEP = int(os.environ.get("ASGI_COMPARE_KEEP", "-1"))
"""How many middlewares stay; all of them if negative."""

django.setup(set_prefix=False)
WHOLE = list(settings.MIDDLEWARE)
settings.ALLOWED_HOSTS = ["*"]
if KEEP >= 0:
    settings.MIDDLEWARE = WHOLE[:KEEP]

asgi = get_asgi_application()
wsgi = get_wsgi_application()


def about() -> dict[str, Any]:
    """Return what there is to be peeled, and what else matters for what it costs."""
    return {"middleware": WHOLE, "debug": bool(settings.DEBUG)}
