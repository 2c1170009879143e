"""The entry for WSGI servers: `django_app.wsgi:application`.

As `startproject` makes it: the same settings, routes and views as in `asgi.py`.
"""

import os

from django.core.wsgi import get_wsgi_application

# `startproject` has `setdefault`. What a user has set for a project of their own must
# not win here.
os.environ["DJANGO_SETTINGS_MODULE"] = "django_app.settings"

application = get_wsgi_application()
