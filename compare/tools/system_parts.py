"""The generated parts of `docs/systems/`: tables out of `docs/systems.json`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from asgi_compare.contract.stories import STORIES, SYSTEMS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.measure.experiments.experiment import Observation, Observations
from asgi_compare.measure.systems import (
    broadcast,
    layers,
    lines,
    memory,
    messages,
    stories,
)
from asgi_compare.measure.systems.rooms import ROOMS

FILE = Path(__file__).parents[2] / "docs" / "systems.json"
NOTHING = "–"
LAYERS = {
    "ours, in memory": "the chat's hub, in memory",
    "in memory": "`InMemoryChannelLayer`",
    "ours, on Streams": "the chat's hub, on Redis Streams",
    "Redis": "`RedisChannelLayer`",
    "Redis pub/sub": "`RedisPubSubChannelLayer`",
}
NAMES = {
    "asgi_raw": "by hand, ASGI",
    "raw-asgi": "by hand, ASGI",
    "wsgi_app": "by hand, WSGI",
    "starlette_app": "Starlette",
    "starlette": "Starlette",
    "django_app": "Django, both",
    "raw-wsgi": "by hand, WSGI",
    "django-asgi": "Django with Channels",
    "django-wsgi": "Django, WSGI",
    broadcast.LIMIT: "the limit: bare `transport.write`",
    messages.OWN: "an echo by hand: the server's own",
}


def stored() -> dict[str, Any]:
    """Return what was measured."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def found(name: str) -> Observations:
    """Return the observations of a measurement."""
    return Observations(tuple(Observation(**row) for row in stored()["figures"][name]))


def value(rows: Observations, measure: str, **case: str) -> float | None:
    """Return the one number of a case; None if it was not measured."""
    values = rows.values(measure, **case)
    return values[0] if values else None


def scaled(number: float | None, factor: float = 1.0, digits: int = 0) -> str:
    """Write a number, or a dash."""
    return NOTHING if number is None else f"{number * factor:,.{digits}f}"


def table(
    name: str, heading: Iterable[str], rows: Iterable[Iterable[str]], words: str = ""
) -> str:
    """Make a table, and say how its figures are made anew."""
    return (
        f"{docs_table(heading, rows)}\n{words}Measured by "
        f"`python -m tools.systems_page measure {name}`.\n"
    )


def docs_table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Make a table whose columns are numbers, but for the first."""
    heading = tuple(heading)
    lines_ = [heading, ("---", *("---:" for _ in heading[1:])), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines_)


def of_lines(system: str) -> str:
    """Make the table of lines of code of a system; they are counted now."""
    counts = lines.count(system)
    heading = ("", *(NAMES[folder] for folder in counts))
    return (
        docs_table(heading, [("lines of code", *map(str, counts.values()))])
        + "\nWithout blank lines, comments and docstrings, and without what is in "
        "`domain/`.\nCounted by `make docs`.\n"
    )


def of_messages() -> str:
    """Make the table of what a message and a connection cost."""
    counted, weighed = found("messages"), found("memory")
    own = value(weighed, memory.KIB, by=messages.OWN) or 0.0

    def row(name: str) -> tuple[str, ...]:
        weight = value(weighed, memory.KIB, by=name)
        above = None if weight is None or name == messages.OWN else weight - own
        return (
            NAMES[name],
            scaled(value(counted, messages.EVENTS, by=name)),
            scaled(value(counted, messages.HOPS, by=name)),
            scaled(value(counted, messages.CPU, by=name), 1e6),
            scaled(value(counted, messages.HEARD, by=name), 1e6),
            scaled(weight, digits=1),
            scaled(above, digits=1),
        )

    heading = (
        "",
        "events a message",
        "hops to a thread",
        "µs of CPU a message",
        "µs until it is heard",
        "KiB a connection",
        "above the server's own",
    )
    words = f"{versions()}\n"
    return table("messages memory", heading, map(row, (messages.OWN, *ROOMS)), words)


def of_story(system: str) -> str:
    """Make the table of what one story of a system takes."""
    rows = found("stories")
    story, told = stories.CHOSEN[system]
    names = NAMES | {"django-asgi": "Django, ASGI"}  # not all of it is Channels
    listed = [(names[name], name, system) for name in IMPLEMENTATIONS]
    if system == "gateway":
        listed = [(f"{title}: httpx2", name, each) for title, name, each in listed]
        listed += [
            (f"{names[name]}: {stories.AIOHTTP}", name, f"{system} {stories.AIOHTTP}")
            for name, row in IMPLEMENTATIONS.items()
            if row.interface == "asgi"
        ]

    def row(title: str, name: str, played: str) -> tuple[str, ...]:
        return (
            title,
            *(
                scaled(value(rows, measure, by=name, system=played))
                for measure in (stories.EVENTS, stories.THREADED)
            ),
            scaled(value(rows, stories.CPU, by=name, system=played), 1e3, 1),
        )

    websocket = "websocket" in STORIES[story].system.transports["asgi"]
    how = f"by WebSocket, under WSGI by {told}, " if websocket else ""
    words = textwrap.fill(
        f"`{story}` {how}in one process and without a server; the times are medians of "
        f"{stored()['effort']['rounds']}, with the participants in them.",
        88,
        break_on_hyphens=False,
    )
    heading = ("", "events", "calls to a thread", "ms of CPU")
    return table("stories", heading, (row(*each) for each in listed), f"{words}\n")


def of_broadcast() -> str:
    """Make the table of a message to many."""
    rows = found("broadcast")

    def row(count: str, name: str) -> tuple[str, ...]:
        p50, p99, last = (
            value(rows, measure, to=count, by=name)
            for measure in (broadcast.P50, broadcast.P99, broadcast.LAST)
        )
        limit = value(rows, broadcast.LAST, to=count, by=broadcast.LIMIT)
        times = last / limit if last and limit else None
        return (
            NAMES[name],
            f"{int(count):,}",
            *(scaled(each, 1e3) for each in (p50, p99, last)),
            scaled(times, digits=1),
            scaled(value(rows, broadcast.UNHEARD, to=count, by=name)),
        )

    heading = (
        "",
        "connections",
        "p50, ms",
        "p99, ms",
        "until the last, ms",
        "times the limit",
        "not heard",
    )
    counts = rows.of(broadcast.LAST).cases("to")
    names = rows.of(broadcast.LAST).cases("by")
    made = (row(count, name) for count in counts for name in names)
    return table("broadcast", heading, made)


def of_layers() -> str:
    """Make the table of what carries messages between processes."""
    rows = found("layers")

    def row(layer: str) -> tuple[str, ...]:
        return (
            LAYERS[layer],
            scaled(value(rows, layers.ONE, layer=layer), 1e6),
            scaled(value(rows, layers.LAST, layer=layer), 1e3),
            *(
                scaled(value(rows, measure, layer=layer))
                for measure in (layers.BURST, layers.RESTART, layers.KILL)
            ),
        )

    effort = stored()["effort"]
    heading = (
        "",
        "µs to one",
        f"ms until the last of {effort['receivers']:,}",
        f"lost: burst of {effort['burst']} to one who does not read",
        f"lost of {layers.MESSAGES}: broker restarts",
        f"lost of {layers.MESSAGES}: worker killed",
    )
    return table("layers", heading, map(row, LAYERS))


def versions() -> str:
    """Return what the figures hold for."""
    found_: Mapping[str, str] = stored()["versions"]
    listed = ", ".join(f"{name} {version}" for name, version in found_.items())
    said = f"With CPython {stored()['python']}, {listed}, on two cores."
    return textwrap.fill(said, 88)


PARTS: dict[str, Callable[[], str]] = {
    **{f"{system}-lines": partial(of_lines, system) for system in SYSTEMS},
    **{f"{system}-story": partial(of_story, system) for system in SYSTEMS},
    "chat-messages": of_messages,
    "chat-broadcast": of_broadcast,
    "chat-layers": of_layers,
}
