"""Messages through channel layers: bursts, idle receivers, and a Redis that goes."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from channels.layers import InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings

QUIET = 0.5
"""Seconds without a message after which no more is expected."""
settings.configure()


def host(url: str) -> dict[str, Any]:
    """Return how to reach Redis, without a limit of time on its socket."""
    return {"address": url, "socket_timeout": None}


LAYERS: dict[str, Callable[[str], Any]] = {
    "in memory": lambda url: InMemoryChannelLayer(),
    "Redis": lambda url: RedisChannelLayer(hosts=[host(url)]),
    "Redis pub/sub": lambda url: RedisPubSubChannelLayer(hosts=[host(url)]),
    "Redis, capacity=1000": lambda url: RedisChannelLayer(
        hosts=[host(url)], capacity=1000
    ),
}


class Records(logging.Handler):
    """Count what is logged."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count it."""
        self.count += record.levelno >= logging.INFO


def bursts(url: str, messages: int) -> dict[str, dict[str, int]]:
    """Return what became of a burst, for each layer."""
    return {
        name: asyncio.run(burst(make(url), messages)) for name, make in LAYERS.items()
    }


async def burst(layer: Any, messages: int) -> dict[str, int]:
    """Send a burst to a group of one, which reads afterwards."""
    records, errors = Records(), 0
    logging.getLogger().addHandler(records)
    logging.getLogger().setLevel(logging.INFO)
    channel = await layer.new_channel()
    await layer.group_add("group", channel)
    for number in range(messages):
        try:
            await layer.group_send("group", {"type": "message", "number": number})
        except Exception:
            errors += 1
    logging.getLogger().removeHandler(records)
    delivered = await received(layer, channel)
    await ended(layer)
    return {"delivered": len(delivered), "errors": errors, "logged": records.count}


async def received(layer: Any, channel: str) -> set[int]:
    """Return the numbers that arrive, until no more do."""
    numbers: set[int] = set()
    while True:
        try:
            message = await asyncio.wait_for(layer.receive(channel), QUIET)
        except TimeoutError:
            return numbers
        numbers.add(message["number"])


async def ended(layer: Any) -> None:
    """Close the connections of a layer."""
    for name in ("close_pools", "flush"):
        if close := getattr(layer, name, None):
            await close()
            return


def idle(url: str, seconds: float) -> dict[str, dict[str, float]]:
    """Return how often a receiver that gets nothing is thrown out."""

    async def waits(layer: Any) -> dict[str, float]:
        channel = await layer.new_channel()
        began = time.monotonic()
        out: list[float] = []
        while (left := began + seconds - time.monotonic()) > 0:
            receiving = asyncio.ensure_future(layer.receive(channel))
            done, _ = await asyncio.wait([receiving], timeout=left)
            if not done:
                receiving.cancel()
            elif receiving.exception():
                out.append(time.monotonic() - began)
        await asyncio.wait([receiving])
        await ended(layer)
        return {"thrown out": len(out), "first": out[0] if out else 0.0}

    async def both() -> dict[str, dict[str, float]]:
        default = waits(RedisChannelLayer(hosts=[url]))
        unlimited = waits(RedisChannelLayer(hosts=[host(url)]))
        first, second = await asyncio.gather(default, unlimited)
        return {"as it comes": first, "socket_timeout=None": second}

    return asyncio.run(both())


def interrupted(
    url: str, ready: str, messages: int, every: float
) -> dict[str, dict[str, int]]:
    """Return what arrives of numbered messages while Redis is started again.

    The file `ready` is made when it may be.
    """

    async def both() -> dict[str, dict[str, int]]:
        names = ("Redis", "Redis pub/sub")
        done = await asyncio.gather(
            *(through(LAYERS[name](url), ready, messages, every) for name in names)
        )
        return dict(zip(names, done, strict=True))

    return asyncio.run(both())


async def through(
    layer: Any, ready: str, messages: int, every: float
) -> dict[str, int]:
    """Return what arrives of one layer's messages; `ready` is made meanwhile."""
    seen: set[int] = set()
    errors = {"sending": 0, "receiving": 0}
    channel = await layer.new_channel()
    await layer.group_add("group", channel)

    async def receive() -> None:
        while True:
            try:
                seen.add((await layer.receive(channel))["number"])
            except Exception:
                errors["receiving"] += 1
                await asyncio.sleep(0.05)

    receiving = asyncio.create_task(receive())
    for number in range(messages):
        if number == messages // 10:
            Path(ready).touch()  # noqa: ASYNC240  once, and no request waits
        try:
            message = {"type": "message", "number": number}
            await asyncio.wait_for(layer.group_send("group", message), 2)
        except Exception:
            errors["sending"] += 1
        await asyncio.sleep(every)
    await asyncio.sleep(QUIET)
    receiving.cancel()
    await asyncio.gather(receiving, return_exceptions=True)
    last = messages - 1
    return {"lost": messages - len(seen), "last": int(last in seen)} | errors
