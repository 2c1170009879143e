"""The settings of `django_app`, and what the laboratory needs besides.

What is here can be changed by the environment variable `ASGI_COMPARE_LAB`; see
`overrides.py`. Settings whose names begin with LAB_ are ours, the others are Django's.
"""

import os

from asgi_compare.laboratory.django_lab.overrides import overridden
from django_app import settings as of_the_contract

# Everything that the contract's project says goes for this one as well.
globals().update(
    {name: value for name, value in vars(of_the_contract).items() if name.isupper()}
)

INSTALLED_APPS = [*of_the_contract.INSTALLED_APPS, "asgi_compare.laboratory.django_lab"]

ROOT_URLCONF = "asgi_compare.laboratory.django_lab.urls"

WSGI_APPLICATION = "asgi_compare.laboratory.django_lab.wsgi.application"

# A database in the memory of this process, which all its connections share, and which
# is gone with it. ":memory:" would be a database for each connection, and so for each
# thread. `vfs=memdb` is SQLite's own, from 3.36 on.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "file:/asgi-compare-lab?vfs=memdb",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
    }
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Mail is kept in a list, where `watching.py` counts it. There is nobody to get any,
# until ADMINS is set.
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Warnings and errors are kept, where `GET /lab/seen` tells of them. Django's own
# loggers stay as they are.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "kept": {
            "class": "asgi_compare.laboratory.django_lab.watching.Keeper",
            "level": "WARNING",
        }
    },
    "root": {"handlers": ["kept"]},
}

LANGUAGES = [("en", "English"), ("fr", "French")]

# The hashing of passwords is quick here, and watched.
PASSWORD_HASHERS = ["asgi_compare.laboratory.django_lab.hashing.WatchedHasher"]

LOGIN_URL = "/lab/login"

# `startproject` does not set it. collectstatic and WhiteNoise ask for it.
STATIC_ROOT = of_the_contract.BASE_DIR / "staticfiles"

LAB_ROUTES = 0
"""How many other routes are tried before the first of ours."""

LAB_TABLES = True
"""Whether tables and users are made at start-up. It takes a tenth of a second."""

LAB_WATCH = True
"""Whether signals and warnings are kept (see `watching.py`). A measurement leaves it
off: it connects receivers to the signals of every request."""

LAB_ASYNC_UNSAFE = False
"""Whether Django is to let sync queries pass in async views."""

LAB_REPLACE: dict[str, object] = {}
"""Parts of Django to be replaced, each by its dotted path, to see what they are for:
by another part, named `module:attribute`, or else by the value itself."""

globals().update(overridden(globals(), os.environ.get("ASGI_COMPARE_LAB", "")))
