"""What happens inside one Django process: loops, threads, connections, transactions.

Each function that an experiment calls sets Django up anew: it needs a process for
itself.
"""

import asyncio
import contextvars
import tempfile
import threading
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from asgiref.local import Local
from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from asgi_compare.domain import Gauge
from asgi_compare.laboratory.within.by_hand import ask, configure

SEEN: list[Any] = []
"""What the views noted."""


@contextmanager
def started_threads() -> Iterator[list[str]]:
    """Collect the name of every thread that is started in the block."""
    names: list[str] = []
    start = threading.Thread.start

    def noted(self: threading.Thread) -> None:
        names.append(self.name)
        start(self)

    threading.Thread.start = noted  # type: ignore[method-assign]
    try:
        yield names
    finally:
        threading.Thread.start = start  # type: ignore[method-assign]


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database file, and remove it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield str(Path(folder, "db"))


# Loops


async def note_loop(request: HttpRequest) -> HttpResponse:
    """Note the loop and the thread of this view; keep the loop, so its id stays."""
    SEEN.append((asyncio.get_running_loop(), threading.get_ident()))
    return HttpResponse()


def loops(requests: int) -> dict[str, dict[str, int]]:
    """Return in how many loops and threads the async view ran that were not ours."""
    configure(__name__)
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory, override_settings

    def count(*ours: Any) -> dict[str, int]:
        loops = {loop for loop, _ in SEEN} - set(ours)
        others = {thread for _, thread in SEEN} - {threading.get_ident()}
        SEEN.clear()
        return {"loops": len(loops), "elsewhere": len(others) > 0}

    async def on_asgi() -> dict[str, int]:
        application = ASGIHandler()
        for _ in range(requests):
            await ask(application, "/loop")
        return count(asyncio.get_running_loop())

    found = {"ASGI": asyncio.run(on_asgi())}
    sync = "asgi_compare.laboratory.within.middleware.only_sync"
    with override_settings(MIDDLEWARE=[sync]):
        found["ASGI, behind a sync middleware"] = asyncio.run(on_asgi())
    application = WSGIHandler()
    for _ in range(requests):
        environ = RequestFactory().get("/loop").environ
        application(environ, lambda *_: None)  # type: ignore[arg-type]
    return found | {"WSGI": count()}


# Threads and connections


def query(request: HttpRequest) -> HttpResponse:
    """Ask the database for nothing."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    SEEN.append(connection.connection)
    return HttpResponse()


async def query_async(request: HttpRequest) -> HttpResponse:
    """Ask the database for nothing."""
    await sync_to_async(query)(request)
    return HttpResponse()


def is_open(connection: Any) -> bool:
    """Return whether a connection of sqlite3 can still be used."""
    import sqlite3

    try:
        # Whether it is this thread's is asked first; whether it is closed, before that.
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError as error:
        return "closed" not in str(error)
    return True


def threads_and_connections(requests: int) -> dict[str, dict[str, int]]:
    """Return threads started, connections opened and left open, by view and max age."""
    from django.db import connections

    with own_database() as file:
        configure(__name__, file)
        from django.core.handlers.asgi import ASGIHandler

        async def all_of(page: str) -> None:
            application = ASGIHandler()
            for _ in range(requests):
                await ask(application, page)

        found = {}
        for age in (0, 60):
            connections.settings["default"]["CONN_MAX_AGE"] = age
            for page, view in (("/query", "sync view"), ("/query-async", "async view")):
                with started_threads() as names:
                    asyncio.run(all_of(page))
                left = [each for each in SEEN if is_open(each)]
                found[f"{view}, CONN_MAX_AGE={age}"] = {
                    "threads": len(names),
                    "opened": len({id(each) for each in SEEN}),
                    "left": len(left),
                }
                SEEN.clear()
        return found


# Queries at the same time


def overlapping(queries: int) -> dict[str, dict[str, int]]:
    """Return how many queries ran at a time, by how they were asked for together."""
    with own_database() as file:
        configure(__name__, file)
        from django.db import connection, connections

        running, kept = Gauge(), []

        def slow() -> int:
            with connection.cursor() as cursor:  # this thread's connection
                kept.append(connection.connection)
                with running as now:
                    time.sleep(0.03)
                    cursor.execute("SELECT 1")
            return now

        def in_thread() -> int:
            try:
                return slow()
            finally:
                connections.close_all()

        sensitive = sync_to_async(slow)
        ways: dict[str, Callable[[], Awaitable[int]]] = {
            "sync_to_async, as all async methods of the ORM": sensitive,
            "sync_to_async(thread_sensitive=False)": sync_to_async(
                slow, thread_sensitive=False
            ),
            "asyncio.to_thread, which closes its connection": lambda: asyncio.to_thread(
                in_thread
            ),
        }

        async def together(way: Callable[[], Awaitable[int]]) -> dict[str, int]:
            async with ThreadSensitiveContext():  # as one request of Django
                at_once = await asyncio.gather(*(way() for _ in range(queries)))
                from django.core.signals import request_finished

                await request_finished.asend(sender=None)
            own = {id(each): each for each in kept}
            kept.clear()
            return {
                "at once": max(at_once),
                "opened": len(own),
                "left": sum(map(is_open, own.values())),
            }

        return {name: asyncio.run(together(way)) for name, way in ways.items()}


# Transactions


class Undone(Exception):
    """Make a transaction roll back."""


@asynccontextmanager
async def home_made_atomic() -> AsyncIterator[None]:
    """Open a transaction as many have written it: each step by `sync_to_async`."""
    from django.db import transaction

    block = transaction.atomic()
    await sync_to_async(block.__enter__)()
    try:
        yield
    except BaseException as error:
        await sync_to_async(block.__exit__)(type(error), error, error.__traceback__)
        raise
    await sync_to_async(block.__exit__)(None, None, None)


def transactions() -> dict[str, dict[str, int]]:
    """Return what is kept when one task rolls back while another one writes."""
    with own_database() as file:
        configure(__name__, file, INSTALLED_APPS=[], DEFAULT_AUTO_FIELD="")
        from django.db import connection, transaction

        def execute(sql: str) -> list[tuple[str]]:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if sql.startswith("SELECT") else []

        def write(who: str) -> None:
            execute(f"INSERT INTO written VALUES ('{who}')")

        First = Callable[[asyncio.Event, asyncio.Event], Awaitable[None]]

        async def by_steps(written: asyncio.Event, done: asyncio.Event) -> None:
            async with home_made_atomic():
                await sync_to_async(write)("first")
                written.set()
                await done.wait()
                raise Undone

        def whole() -> None:
            with transaction.atomic():
                write("first")
                raise Undone

        async def at_once(written: asyncio.Event, done: asyncio.Event) -> None:
            try:
                await sync_to_async(whole)()
            finally:
                written.set()

        async def other(written: asyncio.Event, done: asyncio.Event) -> None:
            await written.wait()
            await sync_to_async(write)("second")
            done.set()

        async def both(first: First) -> dict[str, int]:
            events = asyncio.Event(), asyncio.Event()
            async with ThreadSensitiveContext():
                await sync_to_async(execute)("DROP TABLE IF EXISTS written")
                await sync_to_async(execute)("CREATE TABLE written (who TEXT)")
                second = asyncio.create_task(other(*events))
                with suppress(Undone):
                    await first(*events)
                await second
                rows = await sync_to_async(execute)("SELECT who FROM written")
                await sync_to_async(lambda: connection.close())()  # the thread's
            names = [who for (who,) in rows]
            return {who: names.count(who) for who in ("first", "second")}

        return {
            "atomic(), each step by sync_to_async": asyncio.run(both(by_steps)),
            "one sync function with atomic()": asyncio.run(both(at_once)),
        }


# Variables of a context


VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE", default="")
SHARED = Local()
OF_A_THREAD = threading.local()


def set_all(value: str) -> None:
    """Set it in each kind of storage."""
    VARIABLE.set(value)
    SHARED.value = OF_A_THREAD.value = value


def get_all() -> dict[str, str]:
    """Return what each kind of storage has here."""
    return {
        "ContextVar": VARIABLE.get(),
        "asgiref.local.Local": getattr(SHARED, "value", ""),
        "threading.local": getattr(OF_A_THREAD, "value", ""),
    }


def variables() -> dict[str, dict[str, list[int]]]:
    """Return for each way and kind: was the value seen there, and one from there here?

    Both are 1 or 0.
    """

    async def async_part() -> dict[str, str]:
        seen = get_all()
        set_all("from there")
        return seen

    def sync_part() -> dict[str, str]:
        seen = get_all()
        set_all("from there")
        return seen

    async def in_executor() -> dict[str, str]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, sync_part)

    def from_sync() -> tuple[dict[str, str], dict[str, str]]:
        set_all("from here")
        return async_to_sync(async_part)(), get_all()

    async def to(way: Callable[[], Awaitable[dict[str, str]]]) -> Any:
        set_all("from here")
        return await way(), get_all()

    ways: dict[str, Callable[[], Awaitable[dict[str, str]]]] = {
        "sync_to_async": sync_to_async(sync_part),
        "sync_to_async(thread_sensitive=False)": sync_to_async(
            sync_part, thread_sensitive=False
        ),
        "asyncio.to_thread": lambda: asyncio.to_thread(sync_part),
        "loop.run_in_executor": in_executor,
        "create_task": lambda: asyncio.create_task(async_part()),
        "await": async_part,
    }

    def fresh(function: Callable[..., Any], *arguments: Any) -> Any:
        return contextvars.Context().run(function, *arguments)

    def run(way: Callable[[], Awaitable[dict[str, str]]]) -> Any:
        return asyncio.run(to(way))

    found = {name: fresh(run, way) for name, way in ways.items()}
    found["async_to_sync"] = fresh(from_sync)
    return {
        name: {
            kind: [int(there[kind] == "from here"), int(back[kind] == "from there")]
            for kind in there
        }
        for name, (there, back) in found.items()
    }


# Streams


PIECES = 5


def pieces() -> Iterator[bytes]:
    """Yield, and note that."""
    for number in range(PIECES):
        SEEN.append("made")
        yield b"%d" % number


async def pieces_async() -> AsyncIterator[bytes]:
    """Yield, and note that."""
    for piece in pieces():
        yield piece


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Stream from a sync generator."""
    return StreamingHttpResponse(pieces())


async def stream_async(request: HttpRequest) -> StreamingHttpResponse:
    """Stream from an async generator."""
    return StreamingHttpResponse(pieces_async())


def streams() -> dict[str, dict[str, int]]:
    """Return how many of the pieces were made before the first was sent; warnings."""
    configure(__name__)
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    async def by_asgi(page: str) -> None:
        application = ASGIHandler()

        async def noting(scope: Any, receive: Any, send: Any) -> None:
            async def sent(event: dict[str, Any]) -> None:
                if event.get("body"):
                    SEEN.append("sent")
                await send(event)

            await application(scope, receive, sent)  # type: ignore[arg-type]

        await ask(noting, page)

    def by_wsgi(page: str) -> None:
        environ = RequestFactory().get(page).environ
        for _ in WSGIHandler()(environ, lambda *_: None):  # type: ignore[arg-type]
            SEEN.append("sent")

    ways: dict[str, Callable[[], None]] = {
        "sync generator, ASGI": lambda: asyncio.run(by_asgi("/stream")),
        "async generator, ASGI": lambda: asyncio.run(by_asgi("/stream-async")),
        "sync generator, WSGI": lambda: by_wsgi("/stream"),
        "async generator, WSGI": lambda: by_wsgi("/stream-async"),
    }
    found = {}
    for name, way in ways.items():
        SEEN.clear()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            way()
        found[name] = {
            "before": SEEN.index("sent"),
            "pieces": SEEN.count("made"),
            "warnings": sum("StreamingHttpResponse" in str(w.message) for w in caught),
        }
    return found


# Clients that leave


def note_end(name: str) -> Any:
    """Note how a block ends."""

    @contextmanager
    def noting() -> Iterator[None]:
        SEEN.append("began")
        try:
            yield
            SEEN.append("went on to its end")
        except BaseException as error:
            SEEN.append(type(error).__name__)
            raise
        finally:
            SEEN.append("finally")

    return noting()


async def waiting(request: HttpRequest) -> HttpResponse:
    """Wait in a coroutine."""
    with note_end("waiting"):
        await asyncio.sleep(0.3)
    return HttpResponse()


def waiting_sync(request: HttpRequest) -> HttpResponse:
    """Wait in a thread."""
    with note_end("waiting"):
        time.sleep(0.3)
    return HttpResponse()


async def waiting_for_thread(request: HttpRequest) -> HttpResponse:
    """Wait for a thread, as every async method of the ORM does."""
    with note_end("waiting"):
        await sync_to_async(time.sleep)(0.3)
    return HttpResponse()


async def endless() -> AsyncIterator[bytes]:
    """Yield until somebody says that it is enough."""
    with note_end("waiting"):
        for _ in range(15):
            yield b"."
            await asyncio.sleep(0.02)


async def streaming(request: HttpRequest) -> StreamingHttpResponse:
    """Stream for a while."""
    return StreamingHttpResponse(endless())


LEAVING = {
    "async view that awaits": "/waiting",
    "async view that waits for a thread": "/waiting-for-thread",
    "sync view": "/waiting-sync",
    "async generator of a stream": "/streaming",
}


def leaving() -> dict[str, dict[str, Any]]:
    """Return for each kind of view how it ended when the client left in the middle."""
    configure(__name__)
    from django.core.handlers.asgi import ASGIHandler
    from django.core.signals import request_finished

    finished: list[object] = []
    request_finished.connect(lambda **_: finished.append(1), weak=False)

    async def leave(page: str) -> dict[str, Any]:
        gone = asyncio.Event()
        asking = asyncio.create_task(ask(ASGIHandler(), page, gone=gone))
        while "began" not in SEEN:
            await asyncio.sleep(0.005)
        gone.set()
        answer = (await asyncio.gather(asking, return_exceptions=True))[0]
        for _ in range(200):
            if "finally" in SEEN:
                break
            await asyncio.sleep(0.005)
        how = next((each for each in SEEN if each not in ("began", "finally")), "never")
        return {
            "how": how,
            "finally": SEEN.count("finally"),
            "finished": len(finished),
            "raised": int(isinstance(answer, BaseException)),
        }

    found = {}
    for name, page in LEAVING.items():
        SEEN.clear()
        finished.clear()
        found[name] = asyncio.run(leave(page))
    return found


urlpatterns = [
    path("loop", note_loop),
    path("query", query),
    path("query-async", query_async),
    path("stream", stream),
    path("stream-async", stream_async),
    path("waiting", waiting),
    path("waiting-sync", waiting_sync),
    path("waiting-for-thread", waiting_for_thread),
    path("streaming", streaming),
]
