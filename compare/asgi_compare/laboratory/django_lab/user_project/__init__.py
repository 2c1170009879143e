"""A user's own project, with some of its middleware taken away.

The settings are those that DJANGO_SETTINGS_MODULE names. Importing this module imports
nothing of the project; `about` does, and returns what there is to know, or in one
sentence why the settings cannot be used. `asgi` and `wsgi` then make an application
that keeps the middleware with the given numbers: `asgi("0,2,3")`. The application is
the one that ASGI_APPLICATION or WSGI_APPLICATION names, so its module is imported anew
each time; or else it is Django's own.

Two environment variables say more: ASGI_COMPARE_SERVICES is `memory` if the project is
to have its databases, caches and mail in the memory of this process (see `services.py`)
and nothing is to be written into its own; ASGI_COMPARE_LOGIN is the name of a user who
is to be signed in.
"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from typing import Any

from asgi_compare.laboratory.django_lab.user_project import services

IN_MEMORY = os.environ.get("ASGI_COMPARE_SERVICES", "memory") == "memory"
LOGIN = os.environ.get("ASGI_COMPARE_LOGIN", "")

MIDDLEWARE: list[str] = []
"""The whole setting, once `about` has been called."""


def about() -> dict[str, Any]:
    """Set the project up, and return what there is to be measured."""
    name = os.environ["DJANGO_SETTINGS_MODULE"]
    try:
        import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            return {
                "problem": f"Expected a settings module {name!r}, but there is no "
                f"module {error.name!r} in {sys.path[0]!r} or elsewhere on the path; "
                f"check --django-settings, or say with --app-dir where it is."
            }
        return {"problem": _raised(f"the settings {name!r}", error)}
    except Exception as error:
        return {"problem": _raised(f"the settings {name!r}", error)}
    import django
    from django.conf import settings

    try:
        if IN_MEMORY:
            services.into_memory(settings)
        django.setup(set_prefix=False)
        settings.ALLOWED_HOSTS = ["*"]  # so that it answers us
        if IN_MEMORY:
            services.make_tables(settings)
        cookie = services.signed_in(LOGIN, create=IN_MEMORY) if LOGIN else ""
        MIDDLEWARE[:] = settings.MIDDLEWARE
        return {
            "middleware": [_described(path) for path in MIDDLEWARE],
            "debug": bool(settings.DEBUG),
            "entries": {each: _entry(each) or "Django's own" for each in ENTRIES},
            "cookie": cookie,
        }
    except Exception as error:
        return {"problem": _raised(f"the project of {name!r}", error)}


ENTRIES = {
    "asgi": ("ASGI_APPLICATION", "django.core.asgi.get_asgi_application"),
    "wsgi": ("WSGI_APPLICATION", "django.core.wsgi.get_wsgi_application"),
}
"""For each interface, the setting that names the application, and what makes one."""


def asgi(kept: str) -> Any:
    """Make the ASGI application that keeps these middlewares."""
    return _application("asgi", kept)


def wsgi(kept: str) -> Any:
    """Make the WSGI application that keeps these middlewares."""
    return _application("wsgi", kept)


def _application(interface: str, kept: str) -> Any:
    from django.conf import settings

    numbers = [int(number) for number in kept.split(",") if number.strip()]
    settings.MIDDLEWARE = [MIDDLEWARE[number] for number in numbers]
    if path := _entry(interface):
        module, _, name = path.rpartition(".")
        sys.modules.pop(module, None)  # it makes its handler when it is imported
        return getattr(import_module(module), name)
    module, _, name = ENTRIES[interface][1].rpartition(".")
    return getattr(import_module(module), name)()


def _entry(interface: str) -> str:
    from django.conf import settings

    return getattr(settings, ENTRIES[interface][0], None) or ""


def _described(path: str) -> dict[str, Any]:
    """Return what a middleware says of itself, and whether Django would use it."""
    from django.core.exceptions import MiddlewareNotUsed
    from django.utils.module_loading import import_string

    middleware = import_string(path)
    unused = ""
    try:
        middleware(_get_response)
    except MiddlewareNotUsed as why:
        unused = str(why) or "it raised MiddlewareNotUsed"
    except Exception:  # one that is async only, perhaps; loading it will tell
        pass
    return {
        "path": path,
        "sync_only": not getattr(middleware, "async_capable", False),
        "unused": unused,
    }


def _get_response(request: object) -> None:
    """Stand for the rest of the project."""


def _raised(what: str, error: Exception) -> str:
    (*_, last) = traceback.extract_tb(error.__traceback__)
    said = " ".join(str(error).split())
    return (
        f"Expected to import {what}, but it raised {type(error).__name__}: {said} "
        f"({os.path.basename(last.filename)}:{last.lineno}); mend it, and try again."
    )
