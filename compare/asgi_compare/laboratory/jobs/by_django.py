"""Settings for Django's tasks, in a table, with the worker of django-tasks-db.

Before Django 6.0 the tasks are those of the package django-tasks.
"""

from importlib.util import find_spec

from asgi_compare.laboratory.jobs.notes import FOLDER

SECRET_KEY = "for loopback only"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "jobs.sqlite3",
        # Its worker locks the whole file for each look.
        "OPTIONS": {"timeout": 10, "transaction_mode": "IMMEDIATE"},
    }
}
_OWN = bool(find_spec("django.tasks"))
_APPS = ["django_tasks_db"] if _OWN else ["django_tasks", "django_tasks_db"]
# Where something is not installed, the rest of the laboratory does without.
INSTALLED_APPS = _APPS if all(map(find_spec, _APPS)) else []
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
