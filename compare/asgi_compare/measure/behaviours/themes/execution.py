"""Behaviours: where a view runs, and what becomes of it when the client has left."""

from __future__ import annotations

from asgi_compare.contract.scenario import Client
from asgi_compare.measure.behaviours.behaviour import (
    Behaviour,
    Elsewhere,
    Source,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import answers, ask, change, replace

LEAVES = Client(leaves_after_hearing=2)
HANDLER = "django/core/handlers/asgi.py"
LISTENING = "django.core.handlers.asgi.ASGIHandler.listen_for_disconnect"
ENDS = Elsewhere(
    "StreamingResponse listens for http.disconnect by itself.",
    "A task that waits for http.disconnect, and cancels: raw_lab/leaving.py.",
    raw_application="stopping",
)
IN_THREAD = Elsewhere(
    "It runs sync endpoints in threads by itself.", "await asyncio.to_thread(...)."
)
NO_WARNING = Unsupported("It streams, so there is nothing to warn of.")
NO_SIGNALS = Unsupported("It has no signals, and nothing hangs on them.")
ITERATION = "django.http.response.StreamingHttpResponse.__aiter__"
ONE_BY_ONE = "asgi_compare.laboratory.django_lab.without:one_by_one"
IN_TURN = "take each piece in a thread, when it is its turn"
NOT_WARNED = answers(json={"warnings": []})
STOPPED = answers(json={"all_made": False})
MADE = answers(json={"all_made": True})

BEHAVIOURS = (
    Behaviour(
        "execution/sync-view-has-a-thread",
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
            "asgi_compare.laboratory.django_lab.without:threads",
            answers(json={"on_the_loop": True}),
            "call sync views on the loop",
        ),
        elsewhere=IN_THREAD,
    ),
    Behaviour(
        "execution/async-view-on-wsgi",
        "The same async view runs under both interfaces, but under WSGI each request "
        "gets a loop for itself, and shares it with nobody.",
        (ask("/lab/async-place"),),
        raw=answers(json={"on_the_loop": True}),
        starlette=answers(json={"on_the_loop": True}),
        django=answers(json={"on_the_loop": True}),
        layer="handler",
        source=Source("django/core/handlers/base.py", "BaseHandler._get_response"),
        ablation=replace(
            "django.core.handlers.base.async_to_sync",
            "asgi_compare.laboratory.django_lab.without:change",
            answers(500),
            "call it as if it were an ordinary function",
            ("django-wsgi",),
        ),
        elsewhere=Elsewhere("It is not for WSGI.", "asyncio.run, in each request."),
    ),
    Behaviour(
        "execution/stream-ends-with-the-client",
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
            LISTENING,
            "asgi_compare.laboratory.django_lab.without:ears",
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
        "execution/sync-stream-is-collected",
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
        ablation=replace(ITERATION, ONE_BY_ONE, STOPPED, IN_TURN),
        elsewhere=Elsewhere(
            "It takes each piece in a thread, and streams.", "Only async iterators."
        ),
        in_process_only="A client cannot wait for the end of what it has left.",
        note="A loss, not a gain, and with a warning; an endless stream would never "
        "begin.",
    ),
    Behaviour(
        "execution/sync-stream-warns",
        "Whoever has a stream that does not stream should be told.",
        (ask("/lab/seen"), ask("/lab/sync-stream"), ask("/lab/seen")),
        raw=NO_WARNING,
        starlette=NO_WARNING,
        django=answers(mentions=("must consume synchronous iterators",)),
        wsgi=NOT_WARNED,
        layer="http",
        source=Source("django/http/response.py", "StreamingHttpResponse.__aiter__"),
        ablation=replace(
            ITERATION, ONE_BY_ONE, answers(json={"warnings": []}), IN_TURN
        ),
        elsewhere=Elsewhere("There is nothing to warn of.", "Nothing to warn of."),
    ),
    Behaviour(
        "execution/file-is-collected",
        "A file is an ordinary iterator, too: under ASGI all of it is read before any "
        "of it is sent.",
        (ask("/lab/seen"), ask("/lab/whole-file"), ask("/lab/seen")),
        raw=NO_WARNING,
        starlette=NO_WARNING,
        django=answers(mentions=("must consume synchronous iterators",)),
        wsgi=NOT_WARNED,
        layer="http",
        source=Source("django/http/response.py", "FileResponse"),
        ablation=replace(
            ITERATION, ONE_BY_ONE, answers(json={"warnings": []}), IN_TURN
        ),
        elsewhere=Elsewhere(
            "FileResponse reads in threads, piece by piece, and knows ranges.",
            "asgi_raw/endpoints/files.py.",
        ),
        note="A loss, not a gain: a large file is in memory as a whole.",
    ),
    Behaviour(
        "execution/upload-ends-with-the-client",
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
            "asgi_compare.laboratory.django_lab.without:ears_for_uploads",
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
        "execution/whole-body-first",
        "Under ASGI nothing of Django is called before the body is there, all of it: "
        "no view can refuse an upload by its first fields, or hand it on as it comes.",
        (
            ask("/lab/was-called"),
            ask(
                "/lab/early",
                "POST",
                body=(b"one", b"two", b"three"),
                client=Client(leaves_after_sending=1),
            ),
            ask("/lab/was-called"),
        ),
        raw=answers(json={"called": True}),
        starlette=answers(json={"called": True}),
        django=answers(json={"called": False}),
        wsgi=answers(json={"called": True}),
        layer="handler",
        source=Source(HANDLER, "ASGIHandler.handle"),
        ablation=replace(
            "django.core.handlers.asgi.ASGIHandler.read_body",
            "asgi_compare.laboratory.django_lab.without:body",
            answers(json={"called": True}),
            "do not read the body first",
            # which would take a piece of the body for a mistake
            besides={LISTENING: "asgi_compare.laboratory.django_lab.without:ears"},
        ),
        elsewhere=Elsewhere(
            "request.stream() gives the pieces as they come.",
            "receive gives them: `body_pieces` in asgi_raw/events.py.",
        ),
        in_process_only="A client cannot wait for what becomes of what it has left.",
        note="A loss, not a gain. Beyond 2.5 MiB (FILE_UPLOAD_MAX_MEMORY_SIZE) the "
        "body goes to disk, whatever its size: limits are looked at after that. The "
        "server, or a proxy before it, has to limit it.",
    ),
    Behaviour(
        "execution/signals-when-the-client-leaves",
        "What is opened for a request is closed after it: database connections hang "
        "on request_finished.",
        (
            ask("/lab/seen"),
            ask("/lab/async-stream", client=LEAVES),
            ask("/lab/seen"),
        ),
        raw=NO_SIGNALS,
        starlette=NO_SIGNALS,
        django=answers(json={"signals": {"request_finished": 2, "request_started": 2}}),
        layer="handler",
        source=Source("django/http/response.py", "HttpResponseBase.close"),
        ablation=replace(
            "django.http.response.HttpResponseBase.close",
            "asgi_compare.laboratory.django_lab.without:effect",
            answers(json={"signals": {"request_started": 2}}),
            "do not close responses",
        ),
        in_process_only="A client cannot wait for the end of what it has left.",
        elsewhere=Elsewhere("A try and a finally.", "A try and a finally."),
    ),
    Behaviour(
        "execution/task-before-the-answer",
        "What a visitor need not wait for should be done after the answer; the backend "
        "that comes with Django does it before.",
        (ask("/lab/task"),),
        raw=answers(json={"done_before_the_answer": False}),
        starlette=answers(json={"done_before_the_answer": False}),
        django=answers(json={"done_before_the_answer": True}),
        layer="TASKS",
        source=Source("django/tasks/backends/immediate.py", "ImmediateBackend.enqueue"),
        ablation=change(
            "TASKS",
            {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}},
            answers(json={"done_before_the_answer": False}),
        ),
        elsewhere=Elsewhere(
            "JSONResponse(..., background=BackgroundTask(function)).",
            "Go on after the last event: `background` in asgi_raw/endpoints.",
        ),
        since="6.0",
        note="A loss, not a gain: this backend is for development. A worker of its own "
        "takes another one, or Celery.",
    ),
    Behaviour(
        "execution/requests-do-not-share-a-thread",
        "A sync view that waits for another visitor must not keep that visitor out.",
        (ask("/lab/meet", at_once=2),),
        raw=Unsupported("Nothing by hand runs in a thread by itself."),
        starlette=answers(json={"met": True}),
        django=answers(json={"met": True}),
        layer="handler",
        source=Source(HANDLER, "ASGIHandler.__call__"),
        ablation=replace(
            "django.core.handlers.asgi.ASGIHandler.__call__",
            "asgi_compare.laboratory.django_lab.without:own_threads",
            answers(json={"met": False}),
            "do without the ThreadSensitiveContext of each request",
            # Nobody will come, so there is no need to wait long.
            target="/lab/meet?seconds=0.3",
        ),
        elsewhere=IN_THREAD,
        note="All sync code of one request runs in the same thread, which is its own. "
        "Outside of a request (in a script, in a consumer of Channels) all of it "
        "shares one thread of the process.",
    ),
)
