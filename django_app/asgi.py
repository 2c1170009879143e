"""The entry for ASGI servers: `django_app.asgi:application`.

As `startproject` makes it. Django's handler answers HTTP. Any other scope, that of the
lifespan or of a WebSocket, it refuses with a ValueError. The specification allows that:
a server that meets it at start-up goes on without a lifespan.
"""

import os

from django.core.asgi import get_asgi_application

# `startproject` has `setdefault`. What a user has set for a project of their own must
# not win here.
os.environ["DJANGO_SETTINGS_MODULE"] = "django_app.settings"

application = get_asgi_application()
