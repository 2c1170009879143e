"""Several processes with one broker: each is a hub of its own here."""

import asyncio
import json
import os
from secrets import token_hex

import pytest

from asgi_compare.contract.stories.editor import Page
from asgi_compare.domain.systems.editor import hub as operations
from asgi_compare.domain.systems.editor.hub import Hub
from asgi_compare.domain.systems.editor.protocol import Limits
from asgi_compare.domain.systems.editor.relay import COMPACT_AT, Client, Relay
from asgi_compare.domain.systems.rate import Rate
from asgi_raw.systems.ports import Broker, SharedText

LIMITS = Limits(rate=Rate(1e6, 1e6), silence=60.0)


@pytest.fixture
def document() -> str:
    return f"d-{token_hex(4)}"


class Typist:
    """A page that is connected to a hub, without an edge between."""

    def __init__(self, name: str, client: operations.Client, hub: Hub) -> None:
        self.page, self.client, self.hub = Page(name), client, hub
        self.task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while text := await self.client.take():
            for said in self.page.hear(json.loads(text)):
                await self.hub.receive(self.client, json.dumps(said))

    async def types(self, text: str, at: int) -> None:
        for said in self.page.do({"insert": text, "at": at}):
            await self.hub.receive(self.client, json.dumps(said))


async def until(holds: object, seconds: float = 10.0) -> None:
    assert callable(holds)
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


async def test_processes_that_race_come_to_one_order(
    redis_url: str, document: str
) -> None:
    """Each edit is done once, whoever was faster; a newcomer reads the same."""
    hubs = [Hub(lambda: Broker(redis_url), LIMITS) for _ in range(3)]
    typists = []
    for n, hub in enumerate(hubs):
        client = await hub.connect(f"user-{n}", document, None)
        assert isinstance(client, operations.Client)
        typists.append(Typist(f"user-{n}", client, hub))
    await until(lambda: all(t.page.position for t in typists))

    async def types_much(typist: Typist) -> None:
        for n in range(15):
            await typist.types(f"{typist.page.position}.", at=n)

    await asyncio.gather(*map(types_much, typists))
    views = [t.page for t in typists]
    await until(
        lambda: (
            all(v.view == views[0].view for v in views)
            and views[0].view["state"] == "synchronized"
        )
    )
    text = str(views[0].view["text"])
    assert text.count(".") == 45
    late = await hubs[0].connect("late", document, None)
    assert isinstance(late, operations.Client)
    assert json.loads(await late.take() or "")["text"] == text
    for typist in typists:
        await typist.hub.disconnect(typist.client)
        await typist.task
    await hubs[0].disconnect(late)
    await until(lambda: not any(hub._task for hub in hubs))


async def test_updates_are_kept_as_one_state_after_a_while(
    redis_url: str, document: str
) -> None:
    """A log that only grew would be read as a whole by each who comes."""
    from pycrdt import Doc, Text, create_update_message
    from redis.asyncio import Redis

    relays = [Relay(SharedText, lambda: Broker(redis_url), LIMITS) for _ in range(2)]
    one = await relays[0].connect("one", document)
    assert isinstance(one, Client)
    shared: Text = Text()
    doc = Doc({"text": shared})
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    redis = Redis.from_url(redis_url)
    most, kept = 0, 0
    while not kept < most:
        assert kept < 5 * COMPACT_AT
        shared += f"{most} "
        await relays[0].receive(one, create_update_message(updates.pop()))
        most = max(most, kept)
        kept = await redis.xlen(f"asgi-compare:editor:updates:{document}")
    await redis.aclose()
    assert most >= COMPACT_AT - 1

    two = await relays[1].connect("two", document)
    assert isinstance(two, Client)
    copy: Text = Text()
    copied = Doc({"text": copy})
    copied.apply_update(relays[1].rooms[document].document.update())
    assert str(copy) == str(shared)
    for relay, client in zip(relays, (one, two), strict=True):
        relay.disconnect(client)
    await until(lambda: not any(relay._task for relay in relays))


async def test_who_speaks_no_yjs_is_closed() -> None:
    bad: dict[str | bytes, int] = {
        "text": 1003,
        b"": 1003,
        b"\x00": 1003,
        b"\x00\x02\x05ab": 1003,
        b"\x00\x02\x02\xff\xff": 1003,
        b"\x01": 1003,
        b"\x00" * 70_000: 1009,
    }
    relay = Relay(SharedText)
    for said, code in bad.items():
        client = await relay.connect("one", "d")
        assert isinstance(client, Client)
        await relay.receive(client, said)
        assert client.ended
        assert (said, client.ended[0]) == (said, code)
        relay.disconnect(client)
    assert relay.rooms == {}


async def test_full_document_takes_no_more() -> None:
    from pycrdt import Doc, Text, create_update_message

    relay = Relay(SharedText, limits=Limits(shared_bytes=1_000))
    client = await relay.connect("one", "d")
    assert isinstance(client, Client)
    for _ in range(3):
        doc = Doc({"text": Text(os.urandom(200).hex())})
        await relay.receive(client, create_update_message(doc.get_update()))
    assert client.ended == (1009, "The document is full.")
    relay.disconnect(client)
