"""The load client, against servers on real sockets."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from asgi_compare.measure.timing import load_client as load
from asgi_compare.measure.timing.load_client import Job, chunks_end, percentile

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\n\r\n"
)
CLOSING = b"HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handle: Handle) -> AsyncIterator[int]:
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


class Answering:
    """A server that answers every request alike, and counts them."""

    def __init__(self, answer: bytes, *, cut: int = 0, closes: bool = False) -> None:
        self.answer, self.cut, self.closes = answer, cut, closes
        self.requests: list[bytes] = []
        self.connections = 0

    async def __call__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        try:
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                at = self.cut or len(self.answer)
                writer.write(self.answer[:at])
                await writer.drain()
                if self.closes:
                    break
                if self.cut:
                    await asyncio.sleep(0)
                    writer.write(self.answer[at:])
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param(LENGTH, "200", id="content-length"),
        pytest.param(CHUNKED, "200", id="chunks"),
        pytest.param(EMPTY, "204", id="no-body"),
    ],
)
@pytest.mark.parametrize("cut", [0, 20, 50], ids=["whole", "in-the-head", "later"])
async def test_answers_are_counted_as_the_server_counts(
    answer: bytes, status: str, cut: int
) -> None:
    served = Answering(answer, cut=cut if cut < len(answer) else 0)
    async with serving(served) as port:
        came = await load.run(Job(port, "/", 0.1, connections=2))
    assert came["requests"] == len(served.requests) > 2
    assert came["statuses"] == {status: came["requests"]}
    assert (came["broken"], served.connections) == (0, 2)
    assert 0 < came["p50_us"] <= came["p99_us"]
    assert came["rps"] == pytest.approx(came["requests"] / came["seconds"])


async def test_request_goes_out_as_the_job_says() -> None:
    served = Answering(LENGTH)
    async with serving(served) as port:
        job = Job(port, "/a?b", 0.02, 1, "PUT", [("cookie", "a=1")])
        await load.run(job)
    assert served.requests[0] == (
        b"PUT /a?b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\ncookie: a=1\r\n\r\n" % port
    )


async def test_connection_that_the_server_closes_is_opened_again() -> None:
    served = Answering(CLOSING)
    async with serving(served) as port:
        came = await load.run(Job(port, "/", 0.1, connections=1))
    assert came["statuses"] == {"503": served.connections}
    assert served.connections > 1
    assert came["broken"] == 0


async def test_answer_that_breaks_off_is_noticed() -> None:
    served = Answering(LENGTH, cut=10, closes=True)
    async with serving(served) as port:
        came = await load.run(Job(port, "/", 0.05, connections=1))
    assert came["requests"] == 0
    assert came["broken"] == served.connections
    assert (came["p50_us"], came["p99_us"]) == (0, 0)


async def test_nobody_there_is_noticed() -> None:
    async with serving(Answering(LENGTH)) as port:
        pass
    came = await load.run(Job(port, "/", 0.05, connections=2))
    assert (came["requests"], came["broken"]) == (0, 2)


async def test_server_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(load, "LATE", 0.05)
    async with serving(Answering(b"")) as port:
        came = await load.run(Job(port, "/", 0.05, connections=1))
    assert came["requests"] == 0


def test_jobs_are_done_one_after_the_other() -> None:
    """The process reads a job a line, and answers each."""
    job = json.dumps({"port": 9, "target": "/", "seconds": 0.01, "connections": 1})
    done = subprocess.run(
        [sys.executable, "-m", "asgi_compare.measure.timing.load_client"],
        input=f"{job}\n{job}\n",
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["requests"] for answer in answers] == [0, 0]


def test_loop_is_there_without_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    loop = load.new_loop()
    assert isinstance(loop, asyncio.BaseEventLoop)
    loop.close()


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"0\r\n\r\n", 5),
        (b"2\r\nab\r\n0\r\n\r\nHTTP", 12),
        (b"2\r\nab\r\n0\r\n", -1),
        (b"2\r\na", -1),
        (b"2", -1),
    ],
)
def test_end_of_chunks_is_found(data: bytes, end: int) -> None:
    assert chunks_end(data) == end


def test_percentile_is_the_value_not_exceeded() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99)) == (50, 99)
    assert percentile([], 0.5) == 0
