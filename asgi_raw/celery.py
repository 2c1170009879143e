"""Jobs done by workers of Celery, where `JOBS_BROKER_URL` names a Redis.

    celery -A asgi_raw worker

A worker is a process of its own. It outlives the server, there may be many, and they
may be elsewhere. The client knows no `await`: to send a message while the broker is
away takes most of a second, in which a loop would stand still. So threads call it.
"""

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from asgi_compare.domain.jobs import Desk, Order, Refusal

Found = TypeVar("Found")


app = Celery("asgi_raw", broker=os.environ["JOBS_BROKER_URL"])
# By default a message is acknowledged when it is taken, and a worker that is killed
# takes its job along. Acknowledged when the job is done, it is given to another worker,
# and so a job may be done twice.
app.conf.task_acks_late = os.environ.get("JOBS_ACKS", "late") == "late"
app.conf.task_reject_on_worker_lost = app.conf.task_acks_late
app.conf.task_default_queue = "asgi_raw"
app.conf.task_ignore_result = True  # what there is to know is in the store
app.conf.broker_connection_retry_on_startup = True
KEPT = 86_400
"""Seconds for which a job can be asked for."""


class InRedis:
    """The store of the jobs, in the Redis that has the messages as well."""

    def __init__(self) -> None:
        self._redis = Redis.from_url(str(app.conf.broker_url), decode_responses=True)

    def add(self, name: str, text: str) -> bool:
        """Keep a text, unless there is one of that name; return whether it is kept."""
        return bool(self._redis.set(f"asgi_raw {name}", text, nx=True, ex=KEPT))

    def get(self, name: str) -> str | None:
        """Return a text; None if there is none."""
        found = self._redis.get(f"asgi_raw {name}")
        return None if found is None else str(found)

    def put(self, name: str, text: str) -> None:
        """Keep a text in place of one that may be there."""
        self._redis.set(f"asgi_raw {name}", text, ex=KEPT)

    def remove(self, name: str) -> None:
        """Keep a text no more."""
        self._redis.delete(f"asgi_raw {name}")


DESK = Desk(InRedis())


@app.task(bind=True, name="asgi_raw.attempt", max_retries=None)  # type: ignore[untyped-decorator]
def attempt(task: Any, key: str) -> None:
    """Try to do a job once; if that failed, have the message come again later."""
    for pause in DESK.attempt(key):
        time.sleep(pause)
    if (later := DESK.retry_after(key)) is not None:
        raise task.retry(countdown=later)


def send(order: Order) -> None:
    """Enter a job and send the message; if that fails, there is no job.

    A server that dies between the two leaves a job that waits for ever. To write both
    in one transaction takes an outbox.
    """
    if DESK.enter(order):
        try:
            attempt.delay(order.key)
        except BaseException:
            DESK.forget(order.key)
            raise


def asked(question: Callable[..., Found], *arguments: Any) -> Found:
    """Ask something of the broker; if it is away, that is the answer."""
    try:
        return question(*arguments)
    except (RedisError, OperationalError) as error:
        raise Refusal(503, "The jobs are away; try again later.", again=True) from error
