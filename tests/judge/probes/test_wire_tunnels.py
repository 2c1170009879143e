"""WebSocket on HTTP/2: on a server that speaks it, and with the client alone."""

import asyncio
from collections.abc import Awaitable, Callable

import h2.config
import h2.connection
import h2.events
import h2.settings
import pytest

from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.judge.server.case import Stream
from asgi_compare.judge.server.chapters import CASES, CHAPTER_OF
from asgi_compare.judge.server.chapters.http2.websocket import CONNECT, TALK
from asgi_compare.judge.server.client.frames import CLOSE, TEXT, frame, frames
from asgi_compare.judge.server.client.http2 import NO_TUNNELS, speak
from asgi_compare.judge.server.host import Host
from asgi_compare.judge.server.observed import Call, Connection, Observed
from asgi_compare.judge.server.runner import Wish, run_host
from asgi_compare.judge.server.verdict import judge

CHAPTER = [case for case in CASES.values() if CHAPTER_OF[case.id].startswith("WebS")]
OF_TUNNELS = [case for case in CHAPTER if case.streams]


def test_hypercorn_speaks_it() -> None:
    """But for the end of the stream, which it leaves out after a client's close."""
    cases = tuple(case for case in OF_TUNNELS if not case.name.endswith("-end"))
    host = Host("hypercorn", "asgi", SERVERS["hypercorn"])
    table = asyncio.run(run_host(host, Wish(cases, patience=3.0)))
    assert {r.case: r.verdict for r in table.results} == {
        case.id: "pass" for case in cases
    }


class Tunnel(asyncio.Protocol):
    """Says yes to each request, and sends back what comes on its stream."""

    offers = True
    ends = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        side = h2.config.H2Configuration(client_side=False, header_encoding=None)
        self.parser = h2.connection.H2Connection(side)
        offer = {h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL: int(self.offers)}
        self.parser.local_settings = h2.settings.Settings(
            client=False, initial_values=offer
        )
        self.parser.initiate_connection()
        self.flush()

    def data_received(self, data: bytes) -> None:
        for event in self.parser.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                self.parser.send_headers(event.stream_id, [(":status", "200")])
            elif isinstance(event, h2.events.DataReceived):
                self.answer(event.stream_id, event.data)
        self.flush()

    def answer(self, number: int, data: bytes) -> None:
        for each in frames(data):
            last = self.ends and each.opcode == CLOSE
            back = frame(each.opcode, each.payload, masked=False)
            self.parser.send_data(number, back, end_stream=last)

    def flush(self) -> None:
        self.transport.write(self.parser.data_to_send())


class Endless(Tunnel):
    ends = False


class Without(Tunnel):
    offers = False


class Leaving(Tunnel):
    def answer(self, number: int, data: bytes) -> None:
        self.transport.close()


Speaks = Callable[[type[Tunnel]], Awaitable[Connection]]


@pytest.fixture
def spoken() -> Speaks:
    """Speak with a server of this kind."""

    async def with_a(kind: type[Tunnel]) -> Connection:
        loop = asyncio.get_running_loop()
        async with await loop.create_server(kind, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            streams = (Stream(CONNECT, tunnel=TALK),)
            return await speak("127.0.0.1", port, streams, lambda data: data, 1.0)

    return with_a


def verdict(case: str, seen: Connection) -> str:
    call = Call({"type": "websocket"}, ended="returned")
    return judge(
        CASES[f"wire/{case}"], "here", Observed("asgi", (seen,), (call,))
    ).verdict


async def test_frames_are_sent_one_after_the_other(spoken: Speaks) -> None:
    seen = await spoken(Tunnel)
    [answer] = seen.answers
    assert [(f.opcode, f.code) for f in frames(answer.body)][1] == (CLOSE, 1000)
    assert next(frames(answer.body))[:2] == (TEXT, b"hello")
    assert answer.complete
    assert verdict("websocket-on-http2-end", seen) == "pass"


async def test_stream_that_is_not_ended_is_warned_of(spoken: Speaks) -> None:
    seen = await spoken(Endless)
    assert not seen.answers[0].complete
    assert verdict("websocket-on-http2-end", seen) == "warn"


async def test_server_without_the_offer_is_unsupported(spoken: Speaks) -> None:
    seen = await spoken(Without)
    assert (seen.problem, seen.answers) == (NO_TUNNELS, [])
    assert verdict("websocket-on-http2", seen) == "unsupported"


async def test_server_that_leaves_is_not_waited_for(spoken: Speaks) -> None:
    seen = await spoken(Leaving)
    assert seen.ended == "closed"
    assert seen.answers[0].body == b""
