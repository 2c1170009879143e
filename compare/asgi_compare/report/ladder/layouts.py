"""Which columns (see `columns.py`) stand together in a sheet, and what is said of them.

A remark is made only if what it explains is there: a sign in a cell, or a column.
"""

from __future__ import annotations

from dataclasses import dataclass

from asgi_compare.report.ladder.columns import SHOWN_GROUPS


@dataclass(frozen=True, slots=True)
class Layout:
    """One sheet of numbers."""

    name: str
    short: str
    title: str
    note: str
    keys: tuple[str, ...]
    remarks: dict[str, str]
    """What is said if there is such a sign in a cell, or such a column."""


OFF = {
    "±": "After ± stands how far off the quartiles of the two let it be: where that is "
    "more than the number itself, the difference is not measurable."
}
QUARTILES = {"–": "Behind each median stand its quartiles."}
GAINS = {
    "behaviours": "Behaviours are those that the layer causes: there with it, and gone "
    "without it."
}
HOPS = {
    "hops": "A hop is a call of sync_to_async: from the event loop to a thread and "
    "back."
}
ON_GUNICORN = {"requests/s WSGI": "WSGI is on gunicorn with four threads."}
DIFFERENCE = "The difference to the rung below; µs are microseconds in process."
NOT_TIMED = (
    "Not timed, and the same each time (calls of functions vary a little with how "
    "threads take turns)."
)


def _functions(variant: str, title: str) -> Layout:
    return Layout(
        f"functions-{variant}",
        f"Functions, {title}",
        f"Counted: Python functions that one request calls, {title}",
        "By the layer that they are of. They vary a little with how threads take "
        "turns.",
        tuple(f"in-{group or 'others'}-{variant}" for group in (*SHOWN_GROUPS, "")),
        {},
    )


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "glance",
        "At a glance",
        "At a glance: one request on each rung",
        "Medians of one request; µs are microseconds in process, without a server.",
        (
            *("gains", "hops-async", "middle-us-async", "middle-us-wsgi"),
            *("rps-async", "rps-wsgi"),
        ),
        {
            **GAINS,
            **HOPS,
            "requests/s async": "Requests/s are those of one worker on one core, async "
            "views on uvicorn.",
            **ON_GUNICORN,
        },
    ),
    Layout(
        "added",
        "What each rung adds",
        "What each rung adds to the one below it",
        DIFFERENCE,
        (
            *("gains", "adds-hops-async", "adds-queries-async"),
            *("adds-header-bytes-async", "adds-us-async", "adds-us-wsgi"),
        ),
        {**GAINS, **OFF},
    ),
    Layout(
        "counted",
        "Counted",
        "Counted: what one request does",
        NOT_TIMED,
        (
            *("hops-async", "hops-sync", "hops-wsgi", "hops-native"),
            *("threads-async", "tasks-async", "queries-async"),
            *("calls-async", "calls-wsgi", "header-bytes-async"),
        ),
        HOPS,
    ),
    _functions("async", "async view on ASGI"),
    _functions("wsgi", "WSGI"),
    Layout(
        "us",
        "Microseconds",
        "In process: microseconds for one request",
        "Medians. Nothing but the application: no server, no socket.",
        ("us-async", "us-sync", "us-wsgi", "us-native", "us-no_thread_hops"),
        QUARTILES,
    ),
    Layout(
        "times",
        "Times raw ASGI",
        "In process: how many times as long as raw ASGI",
        "Against raw ASGI in the same rounds; medians.",
        (
            *("times-async", "times-sync", "times-wsgi"),
            *("times-native", "times-no_thread_hops"),
        ),
        QUARTILES,
    ),
    Layout(
        "served",
        "On servers",
        "On servers: requests a second, CPU time of the server, and latency",
        "One worker on one core, the client on another, eight connections; ASGI on "
        "uvicorn. CPU µs are microseconds of the server's CPU time for one request; "
        "p99 is the 99th percentile in this closed loop. Medians.",
        (
            *("rps-async", "cpu-us-async", "p99-us-async"),
            *("rps-sync", "cpu-us-sync", "p99-us-sync"),
            *("rps-wsgi", "cpu-us-wsgi", "p99-us-wsgi"),
        ),
        ON_GUNICORN,
    ),
    Layout(
        "cpu-times",
        "CPU time on servers",
        "On servers: how many times the CPU time of raw ASGI",
        "CPU time is the steadier number on a machine that is not quiet. In the same "
        "rounds; medians.",
        ("cpu-times-async", "cpu-times-sync", "cpu-times-wsgi"),
        QUARTILES,
    ),
    Layout(
        "share",
        "Share of raw ASGI",
        "On servers: requests a second, as a share of raw ASGI's",
        "In the same rounds; medians.",
        ("share-async", "share-sync", "share-wsgi"),
        QUARTILES,
    ),
    Layout(
        "weight",
        "The process",
        "The process, before its first request",
        "Measured once. The import is that of the application with all that it needs. "
        "Memory is that of the whole process, interpreter and instruments included: "
        "the rows by hand are there to be subtracted.",
        ("import-ms", "modules", "resident-kb"),
        {},
    ),
)
"""The sheets of the ladder."""

PROJECT_LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "glance",
        "At a glance",
        "At a glance: one request, with more and more of the middleware",
        "Medians of one request; µs are microseconds in process, without a server.",
        (
            *("status-asgi", "status-wsgi", "hops-asgi"),
            *("middle-us-asgi", "middle-cpu-us-asgi"),
            *("middle-us-wsgi", "middle-cpu-us-wsgi"),
        ),
        HOPS,
    ),
    Layout(
        "added",
        "What each middleware costs",
        "What each middleware costs",
        f"{DIFFERENCE} The share is that of the CPU time of the whole request.",
        (
            *("adds-hops-asgi", "adds-queries-asgi", "adds-header-bytes-asgi"),
            *("adds-us-asgi", "adds-cpu-us-asgi", "cpu-share-asgi"),
            *("adds-us-wsgi", "adds-cpu-us-wsgi", "cpu-share-wsgi"),
        ),
        OFF,
    ),
    Layout(
        "counted",
        "Counted",
        "Counted: what one request does",
        NOT_TIMED,
        (
            *("hops-asgi", "threads-asgi", "tasks-asgi"),
            *("queries-asgi", "queries-wsgi", "calls-asgi", "calls-wsgi"),
        ),
        HOPS,
    ),
    Layout(
        "us",
        "Microseconds",
        "In process: microseconds for one request",
        "Medians. Nothing but the application: no server, no socket.",
        ("us-asgi", "us-wsgi"),
        QUARTILES,
    ),
)
"""The sheets of a user's project. All of its rungs are in one process."""
