"""Counting: what one request does, exactly."""

import asyncio
import cProfile
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from asgi_compare.contract.scenario import Request
from asgi_compare.measure.timing.calls import Watch, size_of
from asgi_compare.measure.timing.configuration import Entry
from asgi_compare.measure.timing.figures import Call, Counts
from asgi_compare.measure.timing.smallest_server import server
from asgi_compare.model.transcript import Interface

START = {"type": "http.response.start", "status": 200, "headers": [(b"a", b"bc")]}
BODY = {"type": "http.response.body", "body": b"hello"}

Observe = Callable[..., tuple[Counts, Call]]


@pytest.fixture
def observe() -> Iterator[Observe]:
    """Put one request to an application, and give what it did."""
    with closing(asyncio.new_event_loop()) as loop:

        def observed(
            application: Any, interface: Interface = "asgi"
        ) -> tuple[Counts, Call]:
            entry = Entry(interface, "", Request())
            watch = Watch()
            answer = server(application, entry, loop).once(watch)
            return watch.counts(answer), watch.tree()

        yield observed
        loop.run_until_complete(loop.shutdown_default_executor())


def ours(tree: Call) -> list[str]:
    """The names of the functions of this file, outermost first."""
    return [
        call.name.rpartition("<locals>.")[2]
        for call in tree.walk()
        if call.module == __name__
    ]


def found(tree: Call, name: str) -> Call:
    return next(call for call in tree.walk() if call.name.endswith(name))


async def respond(send: Any) -> None:
    await send(START)
    await send(BODY)


def test_plain_application_makes_no_hop(observe: Observe) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await respond(send)

    counts, tree = observe(application)
    assert (counts.hops, counts.hops_back, counts.threads, counts.tasks) == (0, 0, 0, 0)
    assert (counts.status, counts.events, counts.body_bytes) == (200, 3, 5)
    assert counts.header_bytes == len(b"a: bc\r\n")
    assert counts.calls == 2
    assert counts.functions == {"other packages": 2}
    assert ours(tree) == ["application", "respond"]


def test_hop_is_counted_and_its_work_stands_below_it(observe: Observe) -> None:
    def work() -> int:
        return threading.get_ident()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        assert await sync_to_async(work, thread_sensitive=False)() != (
            threading.get_ident()
        )
        await sync_to_async(work, thread_sensitive=False)()
        await respond(send)

    counts, tree = observe(application)
    assert (counts.hops, counts.hops_back) == (2, 0)
    hop = found(tree, "SyncToAsync.__call__")
    assert hop.thread == 0
    assert found(hop, "work").thread != 0
    assert ours(tree).count("work") == 2


def test_hop_back_starts_a_thread_with_a_loop(observe: Observe) -> None:
    """async_to_sync in a thread without a loop runs a new loop in a new thread."""

    async def view() -> bytes:
        await asyncio.sleep(0)
        return b"hello"

    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("a", "bc")])
        yield async_to_sync(view)()

    counts, tree = observe(application, "wsgi")
    assert (counts.hops, counts.hops_back, counts.threads) == (0, 1, 1)
    assert (counts.status, counts.events, counts.body_bytes) == (200, 2, 5)
    assert found(found(tree, "AsyncToSync.__call__"), "view").thread != 0


def test_task_stands_below_who_created_it(observe: Observe) -> None:
    async def inner() -> None:
        await asyncio.sleep(0)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        async def creates() -> None:
            await asyncio.create_task(inner())

        await creates()
        await respond(send)

    counts, tree = observe(application)
    assert counts.tasks == 1
    assert found(found(tree, "creates"), "inner").thread == 0


def test_coroutine_that_waits_is_one_call(observe: Observe) -> None:
    async def waits() -> None:
        for _ in range(3):
            await asyncio.sleep(0)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await waits()
        await respond(send)

    _, tree = observe(application)
    assert ours(tree).count("waits") == 1


def test_comprehension_is_no_call(observe: Observe) -> None:
    def number(n: int) -> int:
        return n

    async def application(scope: Any, receive: Any, send: Any) -> None:
        assert sum(number(n) for n in range(3)) == 3
        assert [number(n) for n in range(2)] == [0, 1]
        await respond(send)

    counts, tree = observe(application)
    assert ours(tree) == ["application", *["number"] * 5, "respond"]
    assert counts.calls == 7


def test_method_call_is_named_after_the_class_of_its_object(observe: Observe) -> None:
    class Base:
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await respond(send)

    class Mine(Base):
        pass

    _, tree = observe(Mine())
    assert ours(tree) == ["Mine.__call__", "respond"]


def test_tree_adds_up(observe: Observe) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await sync_to_async(threading.get_ident, thread_sensitive=False)()
        await respond(send)

    _, tree = observe(application)
    assert tree.calls == sum(1 for _ in tree.walk())
    assert all(c.calls == 1 + sum(i.calls for i in c.inner) for c in tree.walk())


def test_queries_in_threads_that_were_there_before_are_counted() -> None:
    """`asyncio.to_thread`, and sync_to_async that is not thread-sensitive."""
    names: dict[str, Any] = {"__name__": "django.db.backends.utils"}
    code = (
        "class CursorWrapper:\n"
        "    def execute(self, sql):\n"
        "        pass\n"
        "def work():\n"
        "    CursorWrapper().execute('SELECT 1')\n"
    )
    exec(code, names)
    work = names["work"]

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.to_thread(work)
        await sync_to_async(work, thread_sensitive=False)()
        await respond(send)

    with closing(asyncio.new_event_loop()) as loop:
        served = server(application, Entry("asgi", "", Request()), loop)
        served.batch(2)  # which starts the threads
        watch = Watch()
        counts = watch.counts(served.once(watch))
        served.batch(1)
        loop.run_until_complete(loop.shutdown_default_executor())
    assert counts.queries == 2
    # A pool starts one more if the first has not yet said that it is idle.
    assert counts.threads in (0, 1)
    assert counts.sql == {"SELECT 1": 2}
    assert not counts.cut_short


@pytest.mark.parametrize("in_thread", [False, True])
def test_profiler_of_the_application_is_noticed(
    observe: Observe, in_thread: bool
) -> None:
    def profile() -> None:
        before = sys.getprofile()
        sys.setprofile(lambda *_: None)
        sys.setprofile(before)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if in_thread:
            await sync_to_async(profile, thread_sensitive=False)()
        else:
            profile()
        await respond(send)

    counts, _ = observe(application)
    assert counts.cut_short
    assert counts.status == 200


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="From 3.12 on, cProfile is not in the way."
)
def test_cprofile_is_noticed(observe: Observe) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        profile = cProfile.Profile()
        profile.enable()
        await respond(send)
        profile.disable()

    assert observe(application)[0].cut_short


def test_nothing_listens_afterwards(observe: Observe) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        assert sys.getprofile() is not None
        await respond(send)

    observe(application)
    assert sys.getprofile() is None
    assert threading.getprofile() is None


def test_fields_have_the_size_that_they_have_on_the_wire() -> None:
    assert size_of(((b"content-type", b"text/plain"), (b"a", b""))) == len(
        b"content-type: text/plain\r\na: \r\n"
    )
