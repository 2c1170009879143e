"""The entry for WSGI servers, and a variation."""

import os

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

# `startproject` has `setdefault`. What a user has set for a project of their own must
# not win here.
os.environ["DJANGO_SETTINGS_MODULE"] = "asgi_compare.laboratory.django_lab.settings"

from asgi_compare.laboratory.django_lab.preparation import prepare

prepare()
application = get_wsgi_application()

older = application
"""What makes a difference under ASGI makes none here."""

with_static_files = StaticFilesHandler(application)
"""The same, with the static files of all apps: what `runserver` does."""
