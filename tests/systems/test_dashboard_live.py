"""The dashboard on real servers, and behind middleware that holds streams back."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest

from asgi_compare.contract.stories import STORIES
from asgi_compare.contract.story import Transport
from asgi_compare.drive.servers.supervisor import start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.stories.in_process import AsgiPlace
from asgi_compare.drive.stories.live import LivePlace
from asgi_compare.drive.stories.play import Stage, play
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tests.places import ROOT
from tests.systems.live import failures
from tests.systems.wrapped import base_http

NAMES = [name for name in STORIES if name.startswith("dashboard/")]
QUICK = ("snapshot_first", "leaves", "leaves_at_once", "foreign_origin")
BY_DEFAULT = ("django_wsgi_gzip",)
WRAPPED = {
    name: replace(
        IMPLEMENTATIONS[implementation],
        name=name,
        target=f"tests.systems.wrapped:{name}",
        app_dir=str(ROOT),
    )
    for name, implementation in {
        "base_http": "starlette",
        "raw_gzip": "raw-asgi",
        "starlette_gzip": "starlette",
        "django_gzip": "django-asgi",
        "django_wsgi_gzip": "django-wsgi",
    }.items()
}


def transports(name: str, interface: str) -> list[Transport]:
    story = STORIES[name]
    there = story.system.transports[interface]  # type: ignore[index]
    return [each for each in there if each in story.by]


@pytest.mark.parametrize("name", QUICK)
async def test_stories_are_kept_behind_base_http_middleware(name: str) -> None:
    """It passes a leaving on, though not as the server says it."""
    story = STORIES[f"dashboard/{name}"]
    for transport in transports(story.name, "asgi"):
        place = AsgiPlace(base_http)
        await place.open()
        try:
            played = await play(story, Stage([place]), transport)
        finally:
            await place.close()
        assert played.reason == ""


@pytest.mark.slow
@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_all_stories_are_kept_behind_base_http_middleware(server: str) -> None:
    assert failures(WRAPPED["base_http"], server, NAMES) == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in BY_DEFAULT else pytest.mark.slow)
        for name in WRAPPED
    ],
)
async def test_compressing_middleware_holds_nothing_back(name: str) -> None:
    """Each event is there as soon as it is sent, whatever it is encoded in."""
    row = WRAPPED[name]
    with start(
        SERVERS["uvicorn" if row.interface == "asgi" else "gunicorn-gthread"],
        row.target,
        interface=row.interface,
        app_dir=row.app_dir,
    ) as running:
        place = LivePlace(running.host, running.port, "server")
        await report(place, 1)
        target = f"/systems/dashboard/events?board=b&token={await token(place)}"
        async with place.stream(target, (("accept-encoding", "gzip"),)) as stream:
            pieces = aiter(stream)
            assert await within(2.0, pieces, b'"a":1')
            await report(place, 2)
            assert await within(2.0, pieces, b'"a":2')


async def token(place: LivePlace) -> str:
    got = await place.request("POST", "/systems/dashboard/token", (), b'{"user":"one"}')
    return str(json.loads(got.body)["token"])


async def report(place: LivePlace, value: float) -> None:
    fields = (("authorization", f"Bearer {await token(place)}"),)
    body = json.dumps({"board": "b", "figures": {"a": value}}).encode()
    got = await place.request("POST", "/systems/dashboard/figures", fields, body)
    assert got.status == 204


async def within(seconds: float, pieces: AsyncIterator[bytes], wanted: bytes) -> bool:
    """Return whether it can be read by then; a stream that is compressed, inflated."""
    text, inflate = b"", None
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for piece in pieces:
                if piece.startswith(b"\x1f\x8b"):
                    inflate = zlib.decompressobj(31)
                text += inflate.decompress(piece) if inflate else piece
                if wanted in text:
                    return True
    return False
