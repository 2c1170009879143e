"""The entry for ASGI servers: `django_app.asgi:application`.

As `startproject` makes it. Django's handler answers HTTP. Any other scope, that of the
lifespan or of a WebSocket, it refuses with a ValueError. The specification allows that:
a server that meets it at start-up goes on without a lifespan.

Where Channels is installed, it takes the WebSockets of the systems, and only those.
"""

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIRequest

# `startproject` has `setdefault`. What a user has set for a project of their own must
# not win here.
os.environ["DJANGO_SETTINGS_MODULE"] = "django_app.settings"


class Request(ASGIRequest):
    """A request that is routed to the async views, where a view has both."""

    urlconf = "django_app.urls_async"


handler = get_asgi_application()
handler.request_class = Request

application: Callable[..., Any] = handler

if find_spec("channels"):
    from django_app.systems.routing import with_systems

    application = with_systems(application)
