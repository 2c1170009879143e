"""Behaviours: where a view runs, and what becomes of it when the client has left."""

from __future__ import annotations

from compare.behaviours.behaviour import Ablation, Behaviour, Elsewhere, Source
from compare.behaviours.words import answers, ask, instead, replace
from compare.contract.scenario import Client

LEAVES = Client(leaves_after_hearing=2)
HANDLER = "django/core/handlers/asgi.py"
ENDS = Elsewhere(
    "StreamingResponse listens for http.disconnect by itself.",
    "A task that waits for http.disconnect, and cancels: asgi_raw/lab/leaving.py.",
    raw_application="stopping",
)
IN_THREAD = Elsewhere(
    "It runs sync endpoints in threads by itself.", "await asyncio.to_thread(...)."
)
STOPPED = answers(json={"all_made": False})
MADE = answers(json={"all_made": True})

BEHAVIOURS = (
    Behaviour(
        "running/sync-view-has-a-thread",
        "A view that waits in the old way holds up only itself.",
        (ask("/lab/sync-place"),),
        raw=answers(json={"on_the_loop": True}),
        starlette=answers(json={"on_the_loop": False}),
        django=answers(json={"on_the_loop": False}),
        layer="handler",
        source=Source(
            "django/core/handlers/base.py", "BaseHandler._get_response_async"
        ),
        ablation=replace(
            "django.core.handlers.base.sync_to_async",
            "django_app.lab.without:threads",
            answers(json={"on_the_loop": True}),
            "call sync views on the loop",
        ),
        elsewhere=IN_THREAD,
    ),
    Behaviour(
        "running/async-view-on-wsgi",
        "The same async view runs under both interfaces, but under WSGI each gets a "
        "loop for itself, and shares it with nobody.",
        (ask("/lab/async-place"),),
        raw=answers(json={"on_the_loop": True}),
        starlette=answers(json={"on_the_loop": True}),
        django=answers(json={"on_the_loop": True}),
        layer="handler",
        source=Source("django/core/handlers/base.py", "BaseHandler._get_response"),
        ablation=instead(
            "/lab/sync-place",
            answers(json={"on_the_loop": False}),
            "ask a sync view",
            ("django-asgi", "django-wsgi"),
        ),
        elsewhere=Elsewhere("Not on WSGI at all.", "Not on WSGI at all."),
    ),
    Behaviour(
        "running/stream-ends-with-the-client",
        "A stream that nobody hears costs as much as one that somebody does.",
        (
            ask("/lab/async-stream", client=LEAVES, application="older"),
            ask("/lab/all-made", application="older"),
        ),
        raw=answers(json={"all_made": True}),
        starlette=STOPPED,
        django=STOPPED,
        layer="handler",
        source=Source(HANDLER, "ASGIHandler.listen_for_disconnect"),
        ablation=replace(
            "django.core.handlers.asgi.ASGIHandler.listen_for_disconnect",
            "django_app.lab.without:ears",
            MADE,
            "do not listen for http.disconnect",
        ),
        elsewhere=ENDS,
        wsgi=MADE,
        in_process_only="It plays a server as before version 2.4 of the specification, "
        "whose `send` does not raise when the client has gone.",
        note="Under WSGI an async iterator is run to its end before anything is sent.",
    ),
    Behaviour(
        "running/sync-stream-is-collected",
        "A stream from an ordinary generator is no stream under ASGI: it is run to its "
        "end, kept, and then sent.",
        (
            ask("/lab/sync-stream", client=LEAVES),
            ask("/lab/all-made"),
        ),
        raw=STOPPED,
        starlette=STOPPED,
        django=MADE,
        wsgi=STOPPED,
        layer="http",
        source=Source("django/http/response.py", "StreamingHttpResponse.__aiter__"),
        ablation=Ablation(
            "ask under WSGI, where an ordinary generator is the right one",
            STOPPED,
            on=("django-wsgi",),
        ),
        elsewhere=Elsewhere(
            "It takes each piece in a thread, and streams.", "Only async iterators."
        ),
        in_process_only="A client cannot wait for the end of what it has left.",
        note="A loss, not a gain, and with a warning; an endless stream would never "
        "begin.",
    ),
    Behaviour(
        "running/sync-stream-warns",
        "Who has a stream that does not stream should be told.",
        (ask("/lab/seen"), ask("/lab/sync-stream"), ask("/lab/seen")),
        raw=answers(404),
        starlette=answers(404),
        django=answers(mentions=("must consume synchronous iterators",)),
        wsgi=answers(json={"warnings": []}),
        layer="http",
        source=Source("django/http/response.py", "StreamingHttpResponse.__aiter__"),
        ablation=Ablation(
            "ask under WSGI, where an ordinary generator is the right one",
            answers(json={"warnings": []}),
            on=("django-wsgi",),
        ),
        elsewhere=Elsewhere("There is nothing to warn of.", "Nothing to warn of."),
    ),
    Behaviour(
        "running/file-is-collected",
        "A file is an ordinary iterator, too: under ASGI all of it is read before any "
        "of it is sent.",
        (ask("/lab/seen"), ask("/lab/whole-file"), ask("/lab/seen")),
        raw=answers(404),
        starlette=answers(404),
        django=answers(mentions=("must consume synchronous iterators",)),
        wsgi=answers(json={"warnings": []}),
        layer="http",
        source=Source("django/http/response.py", "FileResponse"),
        ablation=Ablation(
            "ask under WSGI, where an ordinary generator is the right one",
            answers(json={"warnings": []}),
            on=("django-wsgi",),
        ),
        elsewhere=Elsewhere(
            "FileResponse reads in threads, piece by piece, and knows ranges.",
            "asgi_raw/endpoints/files.py.",
        ),
        note="A loss, not a gain: a large file is in memory as a whole.",
    ),
    Behaviour(
        "running/upload-ends-with-the-client",
        "A client that leaves in the middle of an upload is no error.",
        (
            ask(
                "/lab/swallow",
                "POST",
                body=(b"one", b"two", b"three"),
                client=Client(leaves_after_sending=1),
            ),
        ),
        raw=answers(None, raises="KeyError"),
        starlette=answers(None, raises="ClientDisconnect"),
        django=answers(None, raises=""),
        wsgi=answers(None),
        layer="handler",
        source=Source(HANDLER, "ASGIHandler.read_body"),
        ablation=replace(
            "django.core.handlers.asgi.ASGIHandler.read_body",
            "django_app.lab.without:ears_for_uploads",
            answers(None, raises="KeyError"),
            "take every event for a piece of the body",
        ),
        elsewhere=Elsewhere(
            "Catch ClientDisconnect.",
            "Look at the type of each event: `read_piece` in asgi_raw/events.py.",
        ),
        in_process_only="A server does not tell its client what the application "
        "raised.",
    ),
    Behaviour(
        "running/signals-when-the-client-leaves",
        "What is opened for a request is closed after it: database connections hang "
        "on request_finished.",
        (
            ask("/lab/seen"),
            ask("/lab/async-stream", client=LEAVES),
            ask("/lab/seen"),
        ),
        raw=answers(404),
        starlette=answers(404),
        django=answers(json={"signals": {"request_finished": 2, "request_started": 2}}),
        layer="handler",
        source=Source("django/http/response.py", "HttpResponseBase.close"),
        ablation=replace(
            "django.http.response.HttpResponseBase.close",
            "django_app.lab.without:effect",
            answers(json={"signals": {"request_started": 2}}),
            "do not close responses",
        ),
        in_process_only="A client cannot wait for the end of what it has left.",
        elsewhere=Elsewhere("A try and a finally.", "A try and a finally."),
    ),
    Behaviour(
        "running/requests-do-not-share-a-thread",
        "A sync view that waits for another visitor must not keep that visitor out.",
        (ask("/lab/meet", at_once=2),),
        raw=answers(404),
        starlette=answers(404),
        django=answers(json={"met": True}),
        layer="handler",
        source=Source(HANDLER, "ASGIHandler.__call__"),
        ablation=replace(
            "django.core.handlers.asgi.ASGIHandler.__call__",
            "django_app.lab.without:own_threads",
            answers(json={"met": False}),
            "do without the ThreadSensitiveContext of each request",
        ),
        elsewhere=IN_THREAD,
        note="All sync code of one request runs in one thread, one request after the "
        "other only where they share the context: elsewhere, in one process, all of it "
        "would run in the same thread.",
    ),
)
