"""Requests to one upstream, with a client made for each, and with one that is kept."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp
import httpx2


async def httpx2_each(url: str) -> None:
    """Make a client for one request."""
    async with httpx2.AsyncClient() as client:
        (await client.get(url)).raise_for_status()


async def aiohttp_each(url: str) -> None:
    """Make a session for one request."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        await response.read()


async def _httpx2_kept(url: str, count: int, at_once: int) -> float:
    async with httpx2.AsyncClient() as client:

        async def get(url: str) -> None:
            (await client.get(url)).raise_for_status()

        return await _timed(get, url, count, at_once)


async def _aiohttp_kept(url: str, count: int, at_once: int) -> float:
    async with aiohttp.ClientSession() as session:

        async def get(url: str) -> None:
            async with session.get(url) as response:
                await response.read()

        return await _timed(get, url, count, at_once)


async def _timed(
    get: Callable[[str], Awaitable[None]], url: str, count: int, at_once: int
) -> float:
    """Return the seconds that one of `count` requests takes, `at_once` at a time."""
    await get(url)
    limit = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with limit:
            await get(url)

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(count)))
    return (time.perf_counter() - began) / count


def time_all(url: str, count: int, at_once: int) -> dict[str, float]:
    """Return the seconds a request takes, by client and whether it is kept."""

    async def run() -> dict[str, float]:
        return {
            "httpx2, made for each": await _timed(httpx2_each, url, count, at_once),
            "httpx2, kept": await _httpx2_kept(url, count, at_once),
            "aiohttp, made for each": await _timed(aiohttp_each, url, count, at_once),
            "aiohttp, kept": await _aiohttp_kept(url, count, at_once),
        }

    return asyncio.run(run())
