"""The entry for ASGI servers, with variations."""

import os

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

# `startproject` has `setdefault`. What a user has set for a project of their own must
# not win here.
os.environ["DJANGO_SETTINGS_MODULE"] = "asgi_compare.laboratory.django_lab.settings"

from asgi_compare.laboratory.django_lab import fronts
from asgi_compare.laboratory.django_lab.preparation import prepare

prepare()
application = get_asgi_application()

# The same with something before it. What that shows, says
# `compare/asgi_compare/measure/behaviours/`.

with_static_files = ASGIStaticFilesHandler(application)
"""The static files of all apps: what `runserver` does."""

with_lifespan = fronts.with_lifespan(application)
with_websocket = fronts.with_websocket(application)
older = fronts.older(application)
of_tomorrow = fronts.changing_scope(application, fronts.tomorrow)
with_ascii_query = fronts.changing_scope(application, fronts.ascii_query)
with_one_cookie_field = fronts.changing_scope(application, fronts.one_cookie_field)
with_first_fields = fronts.changing_scope(application, fronts.first_fields)
with_hyphens = fronts.changing_scope(application, fronts.hyphens)
