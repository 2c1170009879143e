"""The task of Django; a module of its own, since it wants the settings first."""

from importlib import import_module

from asgi_compare.laboratory.jobs.notes import work

try:
    task = import_module("django.tasks").task
except ImportError:  # before Django 6.0
    task = import_module("django_tasks").task


@task()  # type: ignore[untyped-decorator]
def job(key: str) -> None:
    """Do a job."""
    work("django-tasks-db", key)
