"""Behaviours: sessions: what is remembered of a visitor."""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Behaviour,
    Elsewhere,
    Source,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import (
    MESSAGES,
    SESSIONS,
    answers,
    ask,
    change,
    instead,
    replace,
)

SESSION = "django/contrib/sessions/middleware.py"
BY_HAND = Unsupported("There are no sessions until somebody writes them.")
OPT_IN = answers(500, raises="AssertionError: SessionMiddleware must be installed")
FORGETFUL = answers(200, json={"visits": 1})
SIGNED = Elsewhere(
    "SessionMiddleware: all of it in a signed cookie.",
    "A middleware with a signed cookie: raw_lab/sessions.py.",
    starlette_application="with_sessions",
    raw_application="with_sessions",
)
REMEMBERED = Source(SESSION, "SessionMiddleware.process_response")
ATTRIBUTES = "HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax"

BEHAVIOURS = (
    Behaviour(
        "sessions/remembered",
        "HTTP knows no visitors: each request is the first one.",
        (ask("/lab/visits"), ask("/lab/visits")),
        raw=FORGETFUL,
        starlette=OPT_IN,
        django=answers(json={"visits": 2}),
        layer=SESSIONS,
        source=REMEMBERED,
        ablation=replace(
            "django.contrib.sessions.middleware.SessionMiddleware.process_response",
            "asgi_compare.laboratory.django_lab.without:second_thoughts",
            FORGETFUL,
            "do not save the session",
        ),
        elsewhere=SIGNED,
    ),
    Behaviour(
        "sessions/session-cookie",
        "Scripts must not read it, forms of other sites must not send it, and it "
        "lasts two weeks.",
        (ask("/lab/visits"),),
        raw=answers(200, absent=("set-cookie",)),
        starlette=OPT_IN,
        django=answers(cookies={"sessionid": ATTRIBUTES}),
        layer="SESSION_COOKIE_HTTPONLY",
        source=REMEMBERED,
        ablation=change(
            "SESSION_COOKIE_HTTPONLY",
            False,
            answers(cookies={"sessionid": ATTRIBUTES.removeprefix("HttpOnly; ")}),
        ),
        elsewhere=Elsewhere(
            SIGNED.starlette,
            SIGNED.raw,
            starlette_application="with_sessions",
            raw_application="with_sessions",
            outcome=answers(mentions=("visits",)),
        ),
        note="Not Secure: SESSION_COOKIE_SECURE is off until one turns it on.",
    ),
    Behaviour(
        "sessions/session-varies",
        "A shared cache must not give one visitor's page to another.",
        (ask("/lab/visits"),),
        raw=answers(absent=("vary",)),
        starlette=OPT_IN,
        django=answers(headers={"vary": "Cookie"}),
        layer=SESSIONS,
        source=REMEMBERED,
        ablation=replace(
            "django.contrib.sessions.middleware.patch_vary_headers",
            "asgi_compare.laboratory.django_lab.without:effect",
            answers(absent=("vary",)),
            "do not add to Vary",
        ),
        elsewhere=SIGNED,
    ),
    Behaviour(
        "sessions/no-cookie-without-need",
        "Whoever only looks gets no cookie, and needs no banner for it.",
        (ask("/lab/look"),),
        raw=BY_HAND,
        starlette=Unsupported("It has no sessions without SessionMiddleware."),
        django=answers(json={"visits": 0}, cookies={"sessionid": None}),
        layer=SESSIONS,
        source=REMEMBERED,
        ablation=instead(
            "/lab/visits",
            answers(cookies={"sessionid": ATTRIBUTES}),
            "ask a view that writes into the session",
        ),
        elsewhere=Elsewhere(
            "SessionMiddleware does the same.", "Compare before and after."
        ),
    ),
    Behaviour(
        "sessions/forged-session",
        "A cookie is in the visitor's hands: it may come back changed.",
        (ask("/lab/visits", cookie="sessionid=abcdefghijklmnopqrstuvwxyz012345"),),
        raw=FORGETFUL,
        starlette=OPT_IN,
        django=answers(json={"visits": 1}, cookies={"sessionid": ATTRIBUTES}),
        layer="sessions",
        source=Source("django/contrib/sessions/backends/db.py", "SessionStore.load"),
        ablation=replace(
            "django.contrib.sessions.backends.db.SessionStore.load",
            "asgi_compare.laboratory.django_lab.without:doubt",
            answers(json={"visits": 42}),
            "believe whatever key comes",
        ),
        elsewhere=Elsewhere(
            "SessionMiddleware looks at the signature.",
            "Look at the signature, in constant time: raw_lab/sessions.py.",
            starlette_application="with_sessions",
            raw_application="with_sessions",
            outcome=FORGETFUL,
        ),
    ),
    Behaviour(
        "sessions/forged-signed-session",
        "With sessions in cookies, the signature is all that stands between a visitor "
        "and being somebody else.",
        (ask("/lab/visits", cookie="sessionid=eyJ2aXNpdHMiOjQxfQ:1uMkQK:forged"),),
        raw=FORGETFUL,
        starlette=OPT_IN,
        django=FORGETFUL,
        layer="sessions",
        source=Source(
            "django/contrib/sessions/backends/signed_cookies.py", "SessionStore.load"
        ),
        settings={"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"},
        ablation=replace(
            "django.core.signing.TimestampSigner.unsign",
            "asgi_compare.laboratory.django_lab.without:signature",
            answers(json={"visits": 42}),
            "do not look at the signature",
        ),
        elsewhere=Elsewhere(
            "SessionMiddleware looks at it.",
            "hmac.compare_digest: raw_lab/sessions.py.",
            starlette_application="with_sessions",
            raw_application="with_sessions",
        ),
    ),
    Behaviour(
        "sessions/message",
        "After a form is saved the visitor is sent to another page, which should say "
        "so once.",
        (ask("/lab/leave-message"), ask("/lab/messages")),
        raw=BY_HAND,
        starlette=Unsupported("It has no messages; a list in the session would do."),
        django=answers(json={"messages": ["saved"]}),
        layer=MESSAGES,
        source=Source("django/contrib/messages/api.py", "add_message"),
        ablation=replace(
            "django.contrib.messages.middleware.MessageMiddleware.process_response",
            "asgi_compare.laboratory.django_lab.without:second_thoughts",
            answers(json={"messages": []}),
            "do not keep what was not read",
        ),
        elsewhere=Elsewhere("A list in request.session.", "A list in the session."),
    ),
    Behaviour(
        "sessions/message-once",
        "A message that was read is gone.",
        (ask("/lab/leave-message"), ask("/lab/messages"), ask("/lab/messages")),
        raw=BY_HAND,
        starlette=Unsupported("It has no messages; a list in the session would do."),
        django=answers(json={"messages": []}),
        layer=MESSAGES,
        source=Source("django/contrib/messages/storage/base.py", "BaseStorage.update"),
        ablation=replace(
            "django.contrib.messages.middleware.MessageMiddleware.process_response",
            "asgi_compare.laboratory.django_lab.without:forgetting",
            answers(json={"messages": ["saved"]}),
            "keep messages that were read",
        ),
        elsewhere=Elsewhere("session.pop('messages').", "The same."),
    ),
)
