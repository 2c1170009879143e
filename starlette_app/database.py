"""The database of `accounts`: PostgreSQL where `DATABASE_URL` names one, else SQLite.

SQLAlchemy knows both. An engine is a pool of connections, and belongs to one event
loop: so there is one for each lifespan, made when it is first needed and disposed of at
shut-down. A session is what one request does with one connection of it.
"""

import os
import time
from contextlib import AsyncExitStack
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, ForeignKey, Identity, NullPool, event, text
from sqlalchemy.ext.asyncio import (
    AsyncAttrs,
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from starlette.requests import Request

from asgi_compare.domain.accounts import (
    POSTGRESQL,
    SQLITE,
    Dialect,
    dialect_of,
    embedded_file,
    make_folder,
)

POOL = 4
"""Connections to PostgreSQL that are kept open at most."""
PATIENCE = 2
"""Seconds that it may take to connect."""
TURN = 10
"""Seconds to wait until one of them comes free."""


class Base(AsyncAttrs, DeclarativeBase):
    """What is mapped to the tables; an attribute that must be loaded is awaited."""


class Account(Base):
    """An account; `entries` are loaded when they are asked for."""

    __tablename__ = "accounts"
    owner: Mapped[str] = mapped_column(primary_key=True)
    balance: Mapped[int]
    version: Mapped[int]
    entries: Mapped[list["Entry"]] = relationship(order_by="Entry.number")


class Entry(Base):
    """One change of a balance."""

    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("accounts.owner"))
    number: Mapped[int]
    amount: Mapped[int]
    other: Mapped[str]


NO_LIFESPAN = AsyncExitStack()
"""For a server without lifespan: nobody would close what is kept open."""
_engines: WeakKeyDictionary[AsyncExitStack, AsyncEngine] = WeakKeyDictionary()
_prepared: WeakKeyDictionary[AsyncEngine, bool] = WeakKeyDictionary()


async def engine_of(request: Request) -> AsyncEngine:
    """Return the engine of the request's lifespan, to a database with its tables."""
    closing = getattr(request.state, "closing", NO_LIFESPAN)
    if closing not in _engines:
        _engines[closing] = make_engine(keeps_open=closing is not NO_LIFESPAN)
        closing.push_async_callback(_engines[closing].dispose)
    engine = _engines[closing]
    if engine not in _prepared:
        await prepare(engine)
        _prepared[engine] = True
    return engine


def make_engine(*, keeps_open: bool) -> AsyncEngine:
    """Make an engine; it connects when it is first asked."""
    url = os.environ.get("DATABASE_URL", "")
    if dialect_of(url) is POSTGRESQL:
        _, _, rest = url.partition(":")
        pool: dict[str, Any] = {"poolclass": NullPool}
        if keeps_open:
            pool = {"pool_size": POOL, "max_overflow": 0, "pool_timeout": TURN}
        return create_async_engine(
            f"postgresql+psycopg:{rest}",
            connect_args={"connect_timeout": PATIENCE},
            # One may have died while nobody used it: ask before lending.
            pool_pre_ping=True,
            **pool,
        )
    file = url.removeprefix("sqlite:///") or embedded_file()
    make_folder(file)
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", poolclass=NullPool)
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _: object) -> None:
    """Have nothing begun but by `_begin`, and set what each connection needs."""
    connection.isolation_level = None
    connection.create_function("sleep", 1, time.sleep)
    cursor = connection.cursor()
    for statement in SQLITE.settings:
        cursor.execute(statement)
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin as the session's options say: sqlite3 would begin at the first write."""
    how = connection.get_execution_options().get("begin", SQLITE.begin)
    connection.exec_driver_sql(how)


def dialect_in_use() -> Dialect:
    """Return what is special about this database."""
    return dialect_of(os.environ.get("DATABASE_URL", ""))


def session_of(
    engine: AsyncEngine, *, writing: bool = False, serializable: bool = False
) -> AsyncSession:
    """Return a session whose transactions begin in this way."""
    dialect = dialect_in_use()
    if dialect is POSTGRESQL:
        options = {"isolation_level": "SERIALIZABLE"} if serializable else {}
    elif serializable:
        options = {"begin": dialect.begin_serializable}
    else:
        options = {"begin": dialect.begin_writing if writing else dialect.begin}
    # What was read stays readable after a commit, as an ordinary object would.
    return AsyncSession(engine.execution_options(**options), expire_on_commit=False)


async def prepare(engine: AsyncEngine) -> None:
    """Make the tables, if there are none."""
    dialect = dialect_in_use()
    async with session_of(engine) as session:
        if (await session.execute(text(dialect.find))).first():
            return
    async with session_of(engine, writing=True) as session, session.begin():
        for statement in dialect.make:
            await session.execute(text(statement))
