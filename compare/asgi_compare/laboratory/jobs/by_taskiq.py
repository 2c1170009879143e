"""Taskiq on Redis Streams: what a dead worker held is taken over when it is idle.

By default after ten minutes; here after two seconds.
"""

import asyncio

from taskiq_redis import RedisStreamBroker

from asgi_compare.laboratory.jobs.notes import SECONDS, URL, note

QUEUE = "taskiq-jobs"
broker = RedisStreamBroker(
    URL,
    QUEUE,
    consumer_id="0",
    idle_timeout=2000,
    unacknowledged_lock_timeout=5,
    xread_block=500,
    xread_count=2,  # what is read ahead is idle, too
)


@broker.task(task_name="job")
async def job(key: str) -> None:
    """Do a job, and wait on the loop."""
    note("taskiq", key, "begun")
    await asyncio.sleep(SECONDS)
    note("taskiq", key, "finished")
