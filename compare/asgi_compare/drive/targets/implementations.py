"""The registry. Which implementations of the contract there are.

An implementation is one application behind one interface. A new one is one row here,
and a folder (CONTRIBUTING says how). To drive, judge and compare it needs no more; the
rows of `known_differences/` name it where it differs. What measures Django, and what
says how the applications differ on purpose, names those that it is about.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from asgi_compare.contract import CHAPTERS
from asgi_compare.contract.scenario import Scenario
from asgi_compare.drive.installed import missing_module
from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.model.transcript import Interface


@dataclass(frozen=True, slots=True)
class Implementation:
    """One application behind one interface."""

    name: str
    interface: Interface
    target: str
    """Where the application is, as `module:attribute`."""
    folder: str
    about: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Which attribute stands for one that a scenario asks for, where it is not named
    alike."""
    app_dir: str = str(APPLICATIONS)
    """The directory from which the target is imported."""
    modules: tuple[str, ...] = ()
    """What it needs besides the standard library."""
    for_chapters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What it needs besides for a chapter of the contract, by the chapter's name."""


CHAPTER_OF = {
    endpoint.name: name
    for name, chapter in CHAPTERS.items()
    for endpoint in chapter.ENDPOINTS
}
"""The chapter of each endpoint."""
POSTGRESQL = ("psycopg", "psycopg_pool")
"""The modules by which PostgreSQL is spoken to."""
BASELINE = "raw-asgi"
"""What all others are compared with."""

IMPLEMENTATIONS: dict[str, Implementation] = {
    row.name: row
    for row in (
        Implementation(
            "raw-asgi",
            "asgi",
            "asgi_raw.app:application",
            "asgi_raw",
            "By hand on ASGI, with the standard library.",
        ),
        Implementation(
            "raw-wsgi",
            "wsgi",
            "wsgi_app.app:application",
            "wsgi_app",
            "By hand on WSGI, with the standard library.",
        ),
        Implementation(
            "starlette",
            "asgi",
            "starlette_app.app:application",
            "starlette_app",
            "Starlette, as its documentation would have it.",
            modules=("starlette", "itsdangerous", "python_multipart"),
            for_chapters={"accounts": ("sqlalchemy", "aiosqlite")},
        ),
        Implementation(
            "django-asgi",
            "asgi",
            "django_app.asgi:application",
            "django_app",
            "Django with the middleware of startproject, through ASGI.",
            # Django's application is one without lifespan.
            attributes={"without_lifespan": "application"},
            modules=("django",),
        ),
        Implementation(
            "django-wsgi",
            "wsgi",
            "django_app.wsgi:application",
            "django_app",
            "The same Django, the same settings and urls, through WSGI.",
            modules=("django",),
        ),
    )
}


def lacking(implementation: Implementation) -> str | None:
    """Return what is not installed and how to add it; None if nothing is missing."""
    return missing_module(implementation.name, implementation.modules, "apps")


def lacking_for(implementation: Implementation, scenario: Scenario) -> str | None:
    """Return what a scenario needs that is not installed; None if nothing is missing.

    Accounts are in PostgreSQL where `DATABASE_URL` says so.
    """
    chapter = CHAPTER_OF.get(scenario.endpoint, "")
    modules = implementation.for_chapters.get(chapter, ())
    if chapter == "accounts" and os.environ.get("DATABASE_URL", "").startswith("p"):
        modules += POSTGRESQL
    name = f"The chapter {chapter!r} of {implementation.name}"
    return missing_module(name, modules, "realtime")
