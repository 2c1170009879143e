"""Behaviours: the database: what is safe, what is whole, and where it runs."""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Ablation,
    Behaviour,
    Elsewhere,
    Source,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import answers, ask, instead, replace

NO_ORM = Unsupported("It has no ORM, and no transactions but those of the driver.")
ATOMIC = {"DATABASES": {"default": {"ATOMIC_REQUESTS": True}}}
NOT_ATOMIC = {"DATABASES": {"default": {"ATOMIC_REQUESTS": False}}}
BY_HAND = Elsewhere(
    "SQLAlchemy, with `async with session.begin()` around a page.",
    "`with connection:` of sqlite3, in a thread.",
)
UNSAFE = "SynchronousOnlyOperation: You cannot call this from an async context"

BEHAVIOURS = (
    Behaviour(
        "database/values-are-not-queries",
        "What a visitor has typed is a value; pasted into a query it is a piece of it.",
        (ask("/lab/rows?title=x'%20OR%20'1'='1"),),
        raw=answers(json={"found": True}),
        starlette=answers(json={"found": True}),
        django=answers(json={"found": False}),
        layer="orm",
        source=Source("django/db/models/sql/compiler.py", "SQLCompiler.execute_sql"),
        ablation=instead(
            "/lab/pasted?title=x'%20OR%20'1'='1",
            answers(json={"found": True}),
            "paste the value into the query",
        ),
        elsewhere=Elsewhere(
            "Placeholders: execute('... WHERE title = ?', [title]).", "The same."
        ),
        note="A driver keeps values apart as well, if it is asked to; the pages of the "
        "others paste, as too many examples do. An ORM makes the safe way the short "
        "one.",
    ),
    Behaviour(
        "database/request-as-a-transaction",
        "A request that fails in the middle should leave nothing half done.",
        (
            ask("/lab/write-and-fail?title=half", "POST"),
            ask("/lab/rows?title=half"),
        ),
        raw=NO_ORM,
        starlette=NO_ORM,
        django=answers(json={"found": False}),
        layer="ATOMIC_REQUESTS",
        source=Source("django/core/handlers/base.py", "BaseHandler.make_view_atomic"),
        settings=ATOMIC,
        ablation=Ablation(
            "set ATOMIC_REQUESTS to False", answers(json={"found": True}), NOT_ATOMIC
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "database/no-such-transaction-in-async-views",
        "With ATOMIC_REQUESTS on, async views do not work at all.",
        (ask("/async/hello"),),
        raw=NO_ORM,
        starlette=NO_ORM,
        django=answers(500),
        layer="ATOMIC_REQUESTS",
        source=Source("django/core/handlers/base.py", "BaseHandler.make_view_atomic"),
        settings=ATOMIC,
        ablation=Ablation("set ATOMIC_REQUESTS to False", answers(200), NOT_ATOMIC),
        elsewhere=BY_HAND,
        note="RuntimeError: You cannot use ATOMIC_REQUESTS with async views. On WSGI "
        "as well.",
    ),
    Behaviour(
        "database/part-as-a-transaction",
        "Two writes that belong together happen both, or none does.",
        (ask("/lab/write-two?title=two", "POST"),),
        raw=NO_ORM,
        starlette=NO_ORM,
        django=answers(json={"found": False}),
        layer="orm",
        source=Source("django/db/transaction.py", "Atomic.__exit__"),
        ablation=instead(
            "/lab/write-one?title=one",
            answers(json={"found": True}),
            "write without a transaction",
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "database/no-transaction-in-async-views",
        "A transaction belongs to a connection, and a connection to a thread; an async "
        "view does not know which thread its next query runs in.",
        (ask("/lab/seen"), ask("/lab/async-transaction")),
        raw=NO_ORM,
        starlette=NO_ORM,
        django=answers(500),
        layer="orm",
        source=Source("django/db/transaction.py", "Atomic.__enter__"),
        ablation=instead(
            "/lab/wrapped-transaction",
            answers(json={"first": "the first note"}),
            "put the transaction into a sync function, as the documentation says",
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "database/no-query-without-await",
        "A query in an async view would hold up everybody else.",
        (ask("/lab/sync-query"),),
        raw=NO_ORM,
        starlette=NO_ORM,
        django=answers(500),
        layer="orm",
        source=Source("django/utils/asyncio.py", "async_unsafe"),
        ablation=Ablation(
            "set the environment variable DJANGO_ALLOW_ASYNC_UNSAFE",
            answers(json={"first": "the first note"}),
            {"LAB_ASYNC_UNSAFE": True},
        ),
        elsewhere=BY_HAND,
        note="SynchronousOnlyOperation. Nothing of the kind guards sqlite3 by hand: "
        "the loop simply waits.",
    ),
    Behaviour(
        "database/awaited-query-runs-in-a-thread",
        "The async methods of the ORM wait for a thread, in which the sync ones run.",
        (ask("/lab/where-queries-run"),),
        raw=NO_ORM,
        starlette=NO_ORM,
        django=answers(json={"query_on_the_loop": False}),
        layer="orm",
        source=Source("django/db/models/query.py", "QuerySet.aget"),
        ablation=replace(
            "django.db.models.query.sync_to_async",
            "asgi_compare.laboratory.django_lab.without:threads",
            answers(500),
            "do not use a thread",
        ),
        elsewhere=Elsewhere(
            "An async driver, such as asyncpg, under SQLAlchemy.",
            "An async driver; for SQLite a thread as well.",
        ),
        note="So an async query costs a hop to a thread and back, and no more of them "
        "run at once than threads allow.",
    ),
)
