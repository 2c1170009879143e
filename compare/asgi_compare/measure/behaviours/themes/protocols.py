"""Behaviours: protocols other than HTTP, which a server may ask for all the same."""

from __future__ import annotations

from asgi_compare.contract.scenario import (
    Conversation,
    ExpectedConversation,
    ExpectedLifetime,
    Lifetime,
)
from asgi_compare.measure.behaviours.behaviour import (
    DJANGO_ASGI,
    Ablation,
    Behaviour,
    Elsewhere,
    Outcome,
    Source,
    Step,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import answers, ask, replace

CALL = Source("django/core/handlers/asgi.py", "ASGIHandler.__call__")
NOT_IN_WSGI = Unsupported("WSGI knows HTTP and nothing else.")
ONLY_HTTP = "ValueError: Django can only handle ASGI/HTTP connections, not "
STARTED = (
    "lifespan.startup",
    "lifespan.startup.complete",
    "lifespan.shutdown",
    "lifespan.shutdown.complete",
)
COMPLETE = Outcome(ExpectedLifetime(STARTED))
ECHO = Conversation(b"/ws/echo", says=("hello",))
ECHOED = Outcome(ExpectedConversation(hears=("hello",)))

BEHAVIOURS = (
    Behaviour(
        "protocols/lifespan",
        "A server asks whether the application wants to start something first; an "
        "exception is a no.",
        (Step(Lifetime()),),
        raw=COMPLETE,
        starlette=COMPLETE,
        django=Outcome(ExpectedLifetime((), raises=True), raises=ONLY_HTTP),
        wsgi=NOT_IN_WSGI,
        layer="handler",
        source=CALL,
        ablation=Ablation(
            "put twelve lines before it that answer the lifespan",
            COMPLETE,
            application="with_lifespan",
            on=(DJANGO_ASGI,),
        ),
        elsewhere=Elsewhere(
            "Starlette(lifespan=...).", "A coroutine: asgi_raw/lifespan.py."
        ),
        in_process_only="No client can ask for a lifespan.",
        note="Servers go on without it, but nothing can be started there: pools and "
        "clients are made at the first request, or in AppConfig.ready.",
    ),
    Behaviour(
        "protocols/websocket",
        "A page that wants a WebSocket gets an error, which says nothing of why.",
        (Step(ECHO),),
        raw=ECHOED,
        starlette=ECHOED,
        django=Outcome(ExpectedConversation(500), raises=ONLY_HTTP),
        wsgi=NOT_IN_WSGI,
        layer="handler",
        source=CALL,
        ablation=Ablation(
            "put an application before it that answers WebSockets, as Channels does",
            ECHOED,
            application="with_websocket",
            on=(DJANGO_ASGI,),
        ),
        elsewhere=Elsewhere("WebSocketRoute.", "A coroutine: asgi_raw/websocket.py."),
    ),
    Behaviour(
        "protocols/of-tomorrow",
        "The specification asks an application to raise when it is called with a "
        "protocol that it does not know.",
        (ask("/", application="of_tomorrow"),),
        raw=answers(500, raises="ValueError: Expected a scope of type"),
        starlette=answers(500, raises="AssertionError"),
        django=answers(500, raises=ONLY_HTTP + "tomorrow"),
        wsgi=NOT_IN_WSGI,
        layer="handler",
        source=CALL,
        ablation=replace(
            "django.core.handlers.asgi.ASGIHandler.__call__",
            "asgi_compare.laboratory.django_lab.without:scope_check",
            answers(200, body=b"Hello, world!", raises=""),
            "do not look at the type of the scope",
        ),
        elsewhere=Elsewhere(
            "It asserts; with `python -O` it does not.",
            "The last branch of asgi_raw/app.py.",
        ),
        in_process_only="No server has a protocol of tomorrow.",
    ),
)
