"""The entry for WSGI servers: `django_app.wsgi:application`.

As `startproject` makes it: the same settings, routes and views as in `asgi.py`.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_app.settings")

application = get_wsgi_application()
