"""The entry for ASGI servers: `django_app.asgi:application`.

As `startproject` makes it. Django's handler answers HTTP. Any other scope, that of the
lifespan or of a WebSocket, it refuses with a ValueError. The specification allows that:
a server that meets it at start-up goes on without a lifespan.
"""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_app.settings")

application = get_asgi_application()
