"""The server that begins jobs: `/begin/WAY?key=KEY`, for each way in `WAYS`.

`how=rollback` begins it within a transaction that rolls back; with `how=alone` it waits
for something that nobody else holds, as one does that waits for a callback. `/collect`
collects what nobody holds, and then tells all who still listen. `/pause` answers with
the longest pause of the loop since it was last asked.
"""

import asyncio
import gc
import os
import threading
import time
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from asgi_compare.laboratory.jobs.notes import FOLDER, LONG, note, work

TICK = 0.005
Begin = Callable[[str, bool], Awaitable[BackgroundTask | None]]
"""Begin a job by its key; whether it waits for something that nobody else holds."""


class RolledBack(Exception):
    """The end of a transaction that fails."""


class Told:
    """What a job waits for; it is told as long as somebody holds it."""

    def __init__(self) -> None:
        self.future = asyncio.get_running_loop().create_future()


LISTENING: "weakref.WeakSet[Told]" = weakref.WeakSet()
PAUSE = {"longest": 0.0}
TRANSACTIONS = ThreadPoolExecutor(1, "transactions")
"""One at a time, and not in the threads that `asyncio.to_thread` needs meanwhile."""


async def task(way: str, key: str, alone: bool) -> None:
    """Do a job on the loop."""
    note(way, key, "begun")
    if alone:
        told = Told()
        LISTENING.add(told)
        await told.future
    else:
        await asyncio.sleep(LONG)
    note(way, key, "finished")


async def by_background_task(key: str, alone: bool) -> BackgroundTask:
    """Return what the response brings with it."""
    return BackgroundTask(task, "background-task", key, alone)


async def by_create_task(key: str, alone: bool) -> None:
    """Create a task, and drop it, as one should not."""
    asyncio.create_task(task("create-task", key, alone))  # noqa: RUF006


async def by_task_group(key: str, alone: bool) -> None:
    """Create a task in the group of the lifespan."""
    GROUP[0].create_task(task("task-group", key, alone))


async def by_thread(key: str, alone: bool) -> None:
    """Start a thread, and drop it."""
    threading.Thread(target=work, args=("thread", key, LONG)).start()


async def by_celery_early(key: str, alone: bool) -> None:
    """Send a message, as everybody writes it, and hold up the loop meanwhile."""
    from asgi_compare.laboratory.jobs.by_celery import job_early

    job_early.delay(key)


async def by_celery_late(key: str, alone: bool) -> None:
    """Send a message from another thread."""
    from asgi_compare.laboratory.jobs.by_celery import job_late

    await asyncio.to_thread(job_late.delay, key)


async def by_celery_on_commit(key: str, alone: bool) -> None:
    """Send a message when the transaction has been committed."""
    from django.db import transaction

    from asgi_compare.laboratory.jobs.by_celery import job_early

    marked = f"celery-on-commit:{key}"
    transaction.on_commit(lambda: job_early.delay(marked))


async def by_taskiq(key: str, alone: bool) -> None:
    """Send a message without holding up the loop."""
    from asgi_compare.laboratory.jobs.by_taskiq import job

    await job.kiq(key)


async def by_django(key: str, alone: bool) -> None:
    """Write a row."""
    from asgi_compare.laboratory.jobs.django_job import job

    if asyncio.get_running_loop() is LOOP[0]:
        await job.aenqueue(key=key)
    else:
        job.enqueue(key=key)


WAYS: dict[str, Begin] = {
    "background-task": by_background_task,
    "create-task": by_create_task,
    "task-group": by_task_group,
    "thread": by_thread,
    "celery-early": by_celery_early,
    "celery-late": by_celery_late,
    "celery-on-commit": by_celery_on_commit,
    "taskiq": by_taskiq,
    "django-tasks-db": by_django,
}
QUEUES = {"celery": "by_celery", "taskiq_redis": "by_taskiq"}
"""Our modules, by what they need; ASGI_COMPARE_QUEUES names those to be imported."""
GROUP: list[asyncio.TaskGroup] = []
LOOP: list[asyncio.AbstractEventLoop] = []


async def begin(request: Request) -> Response:
    """Begin a job; 503 if it cannot be begun, 500 if its transaction fails."""
    way, key = WAYS[request.path_params["way"]], request.query_params["key"]
    how = request.query_params.get("how", "")
    try:
        if how == "rollback":
            await asyncio.wrap_future(TRANSACTIONS.submit(rolled_back, way, key))
        later = await way(key, how == "alone")
    except RolledBack:
        return JSONResponse({"error": "rolled back"}, 500)
    except Exception as error:
        return JSONResponse({"error": repr(error)}, 503)
    return JSONResponse({"begun": key}, 202, background=later)


def rolled_back(way: Begin, key: str) -> None:
    """Begin a job within a transaction, which then fails."""
    from django.db import transaction

    with transaction.atomic():
        begun: Any = way(key, False)
        if way in ON_THREAD:  # it must have the connection of this thread
            _drive(begun)
        else:
            asyncio.run_coroutine_threadsafe(begun, LOOP[0]).result()
        raise RolledBack


ON_THREAD = (by_django, by_celery_on_commit)


def _drive(begun: Any) -> None:
    """Run a coroutine that awaits nothing here."""
    try:
        begun.send(None)
    except StopIteration:
        return


async def collect(request: Request) -> Response:
    """Collect what nobody holds, and tell all others."""
    gc.collect()
    heard = list(LISTENING)
    for told in heard:
        told.future.set_result(None)
    return JSONResponse({"told": len(heard)})


async def pause(request: Request) -> Response:
    """Answer with the longest pause of the loop."""
    longest, PAUSE["longest"] = PAUSE["longest"], 0.0
    return JSONResponse({"seconds": longest})


async def watch_loop() -> None:
    """Notice when the loop has not come round for long."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(TICK)
        late = time.perf_counter() - before - TICK
        PAUSE["longest"] = max(PAUSE["longest"], late)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the group, and at the end wait for all that is in it."""
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        await asyncio.to_thread(prepare_database)
    for module in os.environ.get("ASGI_COMPARE_QUEUES", "").split():
        if module in QUEUES:  # now, and not while the pause is measured
            import_module(f"{__package__}.{QUEUES[module]}")
    LOOP.append(asyncio.get_running_loop())
    watching = asyncio.create_task(watch_loop())
    async with asyncio.TaskGroup() as group:
        GROUP.append(group)
        yield
    watching.cancel()


def prepare_database() -> None:
    """Set Django up, and make its table if there is none."""
    import django
    from django.core.management import call_command

    django.setup()
    if not (FOLDER / "jobs.sqlite3").exists():
        call_command("migrate", verbosity=0)


application = Starlette(
    routes=[
        Route("/begin/{way}", begin, methods=["POST"]),
        Route("/collect", collect, methods=["POST"]),
        Route("/pause", pause),
    ],
    lifespan=lifespan,
)
