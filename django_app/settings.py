"""What Django is told about this project: nearly as `startproject` makes it.

Each line that is not as generated says why. The password validators are left out, since
nobody signs in here.

Logging is left at its default, which with DEBUG off is silence: an exception in a view
becomes a record of the logger `django.request`, the only handler for it sends mail to
ADMINS, and there are none (DEFAULT_LOGGING in django/utils/log.py).
"""

import os
from pathlib import Path

from django_app.database import settings_of

BASE_DIR = Path(__file__).resolve().parent.parent

# From the environment, and with a default that is good enough for loopback: nothing
# here is signed that anyone would want to forge.
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "django-insecure-for-loopback-only")

# `startproject` has True. What is compared here is what people put on servers.
DEBUG = False

# With DEBUG off Django answers to no host that is not in this list. "testserver" is
# what Django's test client and our drivers call the server that is not there.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]


# From here on as generated, if no comment says otherwise.

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Not as generated: it has models.
    "django_app",
]

# A request passes these from top to bottom and its response from bottom to top. Under
# ASGI the way through each of them is async, but what it does to the request and to the
# response is not: each such step is a hop to a thread and back (`MiddlewareMixin` in
# django/utils/deprecation.py).
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "django_app.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

WSGI_APPLICATION = "django_app.wsgi.application"

# Generated is a file, BASE_DIR / "db.sqlite3". Here DATABASE_URL names the database;
# without it, it is a file of this process, which is gone with it.
DATABASES = {"default": settings_of(os.environ.get("DATABASE_URL", ""))}

# For Channels, which `startproject` does not know. redis-py 8 ends a connection that is
# silent for 5 s, and the layer waits for messages just as long: every idle WebSocket
# would be thrown out.
REDIS_URL = os.environ.get("REDIS_URL", "")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": None}],
            "prefix": "asgi-compare",
        },
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# Generated is the first, as a default that is not written down. When its server is
# away, a cache of ours has nothing; Django's own raises.
CACHE_URL = os.environ.get("CACHE_URL", "")
CACHES = {
    "default": {"BACKEND": "django_app.caches.ForgivingRedis", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "away": {"BACKEND": "django_app.caches.Away"},
}

LANGUAGE_CODE = "en-us"

TIME_ZONE = "UTC"

USE_I18N = True

USE_TZ = True

STATIC_URL = "static/"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
