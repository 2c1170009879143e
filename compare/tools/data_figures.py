"""What happens to money, and to a cache, when many come: the figures of `docs/data.md`.

Each application runs on a real server, ASGI on uvicorn and WSGI on waitress, and is
asked over sockets. Whether anything was lost is read off the books: a balance must be
what the account was opened with, and every transfer that was answered with 200.
"""

from __future__ import annotations

import asyncio
import json
import platform
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from typing import Any, TypeVar

from asgi_compare.contract.scenario import Client, Request
from asgi_compare.domain.accounts import WAYS
from asgi_compare.drive.live.http import exchange
from asgi_compare.drive.servers.supervisor import start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.services import empty_database
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS

SERVER_OF = {"asgi": "uvicorn", "wsgi": "waitress"}
DEADLINE = 30.0
"""Seconds that one exchange may take."""
CROWD = 50
WAIT = 0.01
"""Seconds between reading and writing, so that others come in between."""
MUCH = 100_000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client got; status 0 if it did not wait for an answer, or got none."""

    status: int
    content: Mapping[str, Any]
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class Bank:
    """An application on a server."""

    name: str
    host: str
    port: int

    async def ask(
        self, target: str, method: str = "POST", leaves_after: float | None = None
    ) -> Answer:
        """Put a request below `/accounts/`, or to a target that begins with `/`."""
        client = Client(leaves_after=leaves_after)
        path = target if target.startswith("/") else f"/accounts/{target}"
        request = Request(method, path.encode(), client=client)
        transcript = await exchange(self.host, self.port, request, deadline=DEADLINE)
        if (response := transcript.response) is None:
            return Answer(0, {})
        later = b"".join(response.header(b"retry-after")).decode()
        body = response.body if isinstance(response.body, bytes) else b""
        is_json = response.header(b"content-type") == [b"application/json"]
        content = json.loads(body) if is_json and body else {}
        return Answer(response.status, content, later)

    async def open(self, *owners: str, amount: int = MUCH) -> None:
        """Open accounts; raise if that is refused."""
        for owner in owners:
            answer = await self.ask(f"open?owner={owner}&amount={amount}")
            if answer.status != 201:
                raise RuntimeError(f"{self.name} opens no account: {answer}.")

    async def balance(self, owner: str) -> tuple[int, bool]:
        """Return a balance, and whether the entries prove it."""
        content = (await self.ask(f"balance?owner={owner}", "GET")).content
        return content["balance"], content["proved"]


@contextmanager
def serve(
    implementation: str, database: str, environment: Mapping[str, str] | None = None
) -> Iterator[Bank]:
    """Serve an application with the database of a URL; empty for a file of its own."""
    row = IMPLEMENTATIONS[implementation]
    running = start(
        SERVERS[SERVER_OF[row.interface]],
        row.target,
        interface=row.interface,
        app_dir=row.app_dir,
        environment={"DATABASE_URL": database, **(environment or {})},
        deadline=30.0,
    )
    try:
        yield Bank(implementation, running.host, running.port)
    finally:
        running.stop()


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer that somebody asks for."""

    source: str
    target: str
    amount: int
    wait: float = 0.0
    in_order: bool = True

    def asked(self, way: str, prefix: str) -> str:
        """Return it as it is put to a bank; names of accounts begin with `prefix`."""
        return (
            f"transfer?way={way}&source={prefix}{self.source}"
            f"&target={prefix}{self.target}&amount={self.amount}"
            f"&wait={self.wait}&in_order={int(self.in_order)}"
        )


def prefix_of(bank: Bank, way: str) -> str:
    """Return how the names of accounts begin that no other bank or way has."""
    return f"{bank.name}-{way.replace('_', '-')}-"


async def at_once(awaited: Iterable[Awaitable[Result]]) -> list[Result]:
    """Await all of them at the same time."""
    return list(await asyncio.gather(*awaited))


async def all_at_once(
    bank: Bank, way: str, moves: Sequence[Move], opened: Mapping[str, int]
) -> tuple[list[Answer], list[str]]:
    """Open accounts, make all moves at once, and return what is wrong in the books."""
    prefix = prefix_of(bank, way)
    await at_once(bank.open(prefix + o, amount=n) for o, n in opened.items())
    answers = await at_once(bank.ask(move.asked(way, prefix)) for move in moves)
    due = Counter(opened)
    for move, answer in zip(moves, answers, strict=True):
        if answer.status == 200:
            due[move.source] -= move.amount
            due[move.target] += move.amount
    wrong = []
    for owner in opened:
        held, proved = await bank.balance(prefix + owner)
        if held != due[owner]:
            wrong.append(f"{owner} has {held}, and {due[owner]} are due")
        if not proved:
            wrong.append(f"{owner} has {held}, and its entries say otherwise")
    return answers, wrong


@dataclass(frozen=True, slots=True)
class Fifty:
    """What came of fifty transfers at once, from one account to another."""

    implementation: str
    database: str
    way: str
    confirmed: int
    """Answered with 200."""
    told: int
    """Told to try again later, with 503."""
    lost: int
    """Confirmed, and not in the balance."""
    tries: int
    """How often those that were confirmed were tried, all together."""
    seconds: float


async def fifty(bank: Bank, database: str, way: str, crowd: int = CROWD) -> Fifty:
    """Make fifty transfers of one cent at once, or as many as `crowd` says."""
    prefix = prefix_of(bank, way)
    await bank.open(f"{prefix}from", f"{prefix}to")
    began = time.perf_counter()
    asked = Move("from", "to", amount=1, wait=WAIT).asked(way, prefix)
    answers = await at_once(bank.ask(asked) for _ in range(crowd))
    elapsed = time.perf_counter() - began
    confirmed = [a for a in answers if a.status == 200]
    held, _ = await bank.balance(f"{prefix}from")
    return Fifty(
        bank.name,
        database,
        way,
        confirmed=len(confirmed),
        told=sum(a.status == 503 for a in answers),
        lost=len(confirmed) - (MUCH - held),
        tries=sum(a.content["tries"] for a in confirmed),
        seconds=round(elapsed, 2),
    )


def fifties(bank: Bank, database: str) -> list[Fifty]:
    """Make fifty transfers at once in each way."""
    return [asyncio.run(fifty(bank, database, way)) for way in WAYS]


@dataclass(frozen=True, slots=True)
class Left:
    """What came of transfers whose clients left while the transfer waited."""

    implementation: str
    way: str
    whole: int
    not_at_all: int
    half: int


async def leave(bank: Bank, way: str, clients: int = 8) -> Left:
    """Have clients leave in the middle of a transfer, each with accounts of its own."""
    prefix = prefix_of(bank, way)
    pairs = [(f"{prefix}{n}-a", f"{prefix}{n}-b") for n in range(clients)]
    await at_once(bank.open(*pair, amount=100) for pair in pairs)
    moves = [Move(*pair, amount=30, wait=0.3) for pair in pairs]
    await at_once(bank.ask(move.asked(way, ""), leaves_after=0.15) for move in moves)
    states = await settled(bank, pairs)
    return Left(
        bank.name,
        way,
        whole=states.count((70, 130)),
        not_at_all=states.count((100, 100)),
        half=sum(state not in ((70, 130), (100, 100)) for state in states),
    )


async def settled(bank: Bank, pairs: Sequence[tuple[str, str]]) -> list[Any]:
    """Return the balances of pairs when they have not changed for a second."""
    before: list[Any] = []
    since = time.monotonic()
    while True:
        held = await at_once(bank.balance(owner) for pair in pairs for owner in pair)
        now = [(held[n][0], held[n + 1][0]) for n in range(0, len(held), 2)]
        if now != before:
            before, since = now, time.monotonic()
        elif time.monotonic() - since > 1:
            return now
        await asyncio.sleep(0.5)


@dataclass(frozen=True, slots=True)
class Connections:
    """How many connections to PostgreSQL an application had."""

    implementation: str
    setting: str
    during: int
    """The most that were seen while 100 requests were answered, 20 at a time."""
    after: int
    """When all had been answered."""
    failed: int
    """Requests that did not get 200."""


async def connections(bank: Bank, setting: str, admin: str, name: str) -> Connections:
    """Count the connections to the database `name` during and after 100 requests."""
    import psycopg

    gate, most, failed = asyncio.Semaphore(20), 0, 0

    async def one() -> None:
        nonlocal failed
        async with gate:
            answer = await bank.ask("slow-query?seconds=0.02", "GET")
            failed += answer.status != 200

    async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as watcher:

        async def count() -> int:
            cursor = await watcher.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            row = await cursor.fetchone()
            return int(row[0]) if row else 0

        asking = asyncio.gather(*(one() for _ in range(100)))
        while not asking.done():
            most = max(most, await count())
            await asyncio.wait({asking}, timeout=0.01)
        # A server may still be closing what the last requests had.
        after, since = await count(), time.monotonic()
        while time.monotonic() - since < 0.5:
            await asyncio.sleep(0.05)
            if (now := await count()) != after:
                after, since = now, time.monotonic()
    return Connections(bank.name, setting, most, after, failed)


@dataclass(frozen=True, slots=True)
class Queries:
    """Fifty queries at once, each of which sleeps 0.1 s in PostgreSQL."""

    implementation: str
    setting: str
    seconds: float
    answered: int


async def queries(bank: Bank, setting: str) -> Queries:
    """Ask for fifty slow queries at once, after one that warms up."""
    await bank.ask("slow-query?seconds=0", "GET")
    began = time.perf_counter()
    asked = (bank.ask("slow-query?seconds=0.1", "GET") for _ in range(CROWD))
    answers = await at_once(asked)
    elapsed = round(time.perf_counter() - began, 2)
    return Queries(bank.name, setting, elapsed, sum(a.status == 200 for a in answers))


@dataclass(frozen=True, slots=True)
class Made:
    """How often a page was made that fifty asked for at once, and nobody before."""

    implementation: str
    cache: str
    made: int
    seconds: float


async def stampede(bank: Bank, cache: str) -> Made:
    """Have fifty ask for a page that takes 0.1 s to make."""
    began = time.perf_counter()
    asked = "/article?id=fifty&seconds=0.1"
    answers = await at_once(bank.ask(asked, "GET") for _ in range(CROWD))
    elapsed = round(time.perf_counter() - began, 2)
    pages = {answer.content["made"] for answer in answers}
    return Made(bank.name, cache, len(pages), elapsed)


SETTINGS: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("raw-asgi", "a pool of 4", {}),
    ("raw-wsgi", "a pool of 4", {}),
    ("starlette", "a pool of 4", {}),
    *(
        (name, setting, environment)
        for name in ("django-asgi", "django-wsgi")
        for setting, environment in (
            ("`CONN_MAX_AGE` 0", {}),
            ("`CONN_MAX_AGE` 60", {"DATABASE_MAX_AGE": "60"}),
            ("a pool of 4", {"DATABASE_POOL": "4"}),
        )
    ),
)
"""Which application, how it keeps connections, and by which variables."""
LEAVING = ("naive", "row_lock", "conditional")
"""Ways that are left in the middle."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the page tells of."""

    python: str
    versions: Mapping[str, str]
    fifties: Sequence[Fifty]
    left: Sequence[Left]
    connections: Sequence[Connections]
    queries: Sequence[Queries]
    made: Sequence[Made]


def measure(server: str, broker: str, say: Callable[[str], None]) -> Figures:
    """Measure all of it, with the PostgreSQL at `server` and the Redis at `broker`."""
    came: list[Fifty] = []
    left: list[Left] = []
    kept: list[Connections] = []
    asked: list[Queries] = []
    made: list[Made] = []
    for name in IMPLEMENTATIONS:
        say(f"{name}: fifty at once, and clients that leave")
        with serve(name, "") as bank:
            came += fifties(bank, "SQLite")
        with empty_database(server) as url, serve(name, url) as bank:
            came += fifties(bank, "PostgreSQL")
            left += [asyncio.run(leave(bank, way)) for way in LEAVING]
    for name, setting, environment in SETTINGS:
        say(f"{name}: connections with {setting.replace('`', '')}")
        with empty_database(server) as url, serve(name, url, environment) as bank:
            database = url.rpartition("/")[2]
            asked.append(asyncio.run(queries(bank, setting)))
            kept.append(asyncio.run(connections(bank, setting, server, database)))
    for name in IMPLEMENTATIONS:
        say(f"{name}: fifty ask for a page")
        for cache, url in (("in memory", ""), ("Redis", broker)):
            with serve(name, "", {"CACHE_URL": url}) as bank:
                made.append(asyncio.run(stampede(bank, cache)))
    names = ("Django", "SQLAlchemy", "psycopg", "psycopg-pool", "aiosqlite", "uvicorn")
    versions = {name: metadata.version(name) for name in (*names, "waitress")}
    return Figures(platform.python_version(), versions, came, left, kept, asked, made)
