"""The file into which every job writes: `way key begun` and `way key finished`."""

import os
import time
from pathlib import Path

FOLDER = Path(os.environ.get("ASGI_COMPARE_JOBS", "."))
SECONDS = float(os.environ.get("ASGI_COMPARE_JOB_SECONDS", "0.2"))
LONG = 10 * SECONDS
"""One that is begun in the server: there all are done at the same time."""
URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")


def note(way: str, key: str, what: str) -> None:
    """Write a line; short ones of several processes do not mix."""
    with (FOLDER / "notes").open("a") as file:
        file.write(f"{way} {key} {what}\n")


def work(way: str, key: str, seconds: float = SECONDS) -> None:
    """Do a job, and wait on this thread."""
    note(way, key, "begun")
    time.sleep(seconds)
    note(way, key, "finished")
