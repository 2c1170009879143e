"""What a result depends on: the machine, the versions of everything, the date.

No number means anything without them, so every run carries them.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version

DISTRIBUTIONS = (
    "asgi-compare",
    "asgiref",
    "daphne",
    "django",
    "granian",
    "gunicorn",
    "h11",
    "httptools",
    "hypercorn",
    "starlette",
    "uvicorn",
    "uvloop",
    "waitress",
    "websockets",
)
"""Whose versions are named, if they are installed."""


def environment() -> dict[str, object]:
    """Describe where and when this is: all of it plain text and numbers."""
    return {
        "date": date(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(terse=True),
        "cpu": cpu(),
        "cores": os.cpu_count() or 1,
        "versions": versions(DISTRIBUTIONS),
    }


def date() -> str:
    """Return the date and time of now, as ISO 8601 with its offset."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions(distributions: Iterable[str]) -> dict[str, str]:
    """Return the versions of those that are installed."""
    return {name: found for name in distributions if (found := version_of(name))}


@cache  # it takes milliseconds, and nothing is installed meanwhile
def version_of(distribution: str) -> str:
    """Return the version of a distribution; empty if it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def cpu() -> str:
    """Return the processor's name, as the system knows it."""
    if sys.platform == "linux":
        try:
            with open("/proc/cpuinfo", encoding="utf-8") as lines:
                for line in lines:
                    if line.startswith("model name"):
                        return line.partition(":")[2].strip()
        except OSError:
            pass
    return platform.processor() or platform.machine()
