"""Celery: a job is acknowledged when it is taken (the default), or when it is done.

What a dead worker had not acknowledged is given to another one when it has been
invisible for long enough: an hour by default, and looked for every hundred seconds.
Here it is three seconds, and looked for every second.
"""

from typing import Any
from urllib.parse import urlsplit

from celery import Celery

from asgi_compare.laboratory.jobs.notes import URL, work

VISIBILITY = 3


def _app(name: str, database: int, **settings: Any) -> Celery:
    # kombu shares connections by their URL, so each has a database of its own.
    url = urlsplit(URL)._replace(path=f"/{database}").geturl()
    app = Celery(name, broker=url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        broker_transport_options={
            "visibility_timeout": VISIBILITY,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
        },
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
        **settings,
    )
    return app


early = _app("celery-early", 1)
late = _app("celery-late", 2, task_acks_late=True, task_reject_on_worker_lost=True)


@early.task(name="early", shared=False)  # type: ignore[untyped-decorator]
def job_early(key: str) -> None:
    """Do a job; its key may say in which other way it was begun."""
    way, _, plain = key.rpartition(":")
    work(way or "celery-early", plain)


@late.task(name="late", shared=False)  # type: ignore[untyped-decorator]
def job_late(key: str) -> None:
    """Do a job."""
    work("celery-late", key)
