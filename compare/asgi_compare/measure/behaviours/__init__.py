"""What a framework adds: behaviours, one file a theme.

A behaviour is an exchange whose outcome differs between implementations on purpose. It
is a record (`behaviour.py`), and each theme is a list of them:

    hosts.py       which host was asked for
    forgery.py     forms that others send
    fields.py      header fields on every response
    limits.py      how much may be asked for
    uploads.py     forms and uploads that are not as they should be
    paths.py       from a path and a method to a function
    files.py       which file, which part of it, and under which name
    response_safety.py  what may not get into an answer
    errors.py      what becomes of an exception
    caching.py     what need not be made, or sent, again
    sessions.py    sessions and messages
    auth.py        who somebody is, and what they may do
    database.py    the database
    execution.py   threads, streams, clients that leave
    protocols.py   what is not HTTP

Each says what comes of it with the application by hand, with Starlette, and with Django
through ASGI and through WSGI. And each is proved by ablation: the layer that is said to
be the cause is taken away, and then the outcome must be another one.

    observe.py     plays the steps of a behaviour, wherever that may be
    verdict.py     says whether the outcome is what it should be
    plans.py       with which implementation, with or without the layer
    observer.py    a child process for each configuration, and what is asked of it
    builders.py    what the rows say often

The applications that are asked are the laboratories in
`asgi_compare/laboratory/raw_lab`, `asgi_compare/laboratory/starlette_lab` and
`asgi_compare/laboratory/django_lab`.
"""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import Behaviour
from asgi_compare.measure.behaviours.themes import (
    auth,
    caching,
    database,
    errors,
    execution,
    fields,
    files,
    forgery,
    hosts,
    limits,
    paths,
    protocols,
    response_safety,
    sessions,
    uploads,
)

THEMES: dict[str, tuple[Behaviour, ...]] = {
    "hosts": hosts.BEHAVIOURS,
    "forgery": forgery.BEHAVIOURS,
    "fields": fields.BEHAVIOURS,
    "limits": limits.BEHAVIOURS,
    "uploads": uploads.BEHAVIOURS,
    "paths": paths.BEHAVIOURS,
    "files": files.BEHAVIOURS,
    "response-safety": response_safety.BEHAVIOURS,
    "errors": errors.BEHAVIOURS,
    "caching": caching.BEHAVIOURS,
    "sessions": sessions.BEHAVIOURS,
    "auth": auth.BEHAVIOURS,
    "database": database.BEHAVIOURS,
    "execution": execution.BEHAVIOURS,
    "protocols": protocols.BEHAVIOURS,
}
"""All behaviours, by theme."""

BEHAVIOURS: dict[str, Behaviour] = {
    behaviour.name: behaviour for theme in THEMES.values() for behaviour in theme
}
"""All behaviours, by name."""
