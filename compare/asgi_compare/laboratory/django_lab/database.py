"""The tables, made without migrations, and two users to sign in as.

A database in memory lives as long as one connection to it is open. Django opens and
closes its own with every request, so one is kept here.
"""

import sqlite3

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command

from asgi_compare.laboratory.django_lab.models import Note

NAME, PASSWORD = "ada", "lovelace"
"""Somebody who may do nothing special."""
STAFF = "grace"
"""Somebody who may do everything; the password is the same."""

_kept_open: list[sqlite3.Connection] = []


def make_tables() -> None:
    """Make all tables, two users, and one note."""
    name = str(settings.DATABASES["default"]["NAME"])
    if "vfs=memdb" in name:
        _kept_open.append(sqlite3.connect(name, uri=True, check_same_thread=False))
    settings.MIGRATION_MODULES = {
        label.rpartition(".")[2]: None for label in settings.INSTALLED_APPS
    }
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    # Made once for both: it is slow, and that is what it is for.
    password = make_password(PASSWORD)
    User.objects.create(username=NAME, password=password)
    User.objects.create(
        username=STAFF, password=password, is_staff=True, is_superuser=True
    )
    Note.objects.create(title="the first note")
