"""Behaviours: header fields that are put on every response.

A browser is told what it may do with a page: show it in a frame, guess what it is,
tell others where it came from. Nobody misses these fields until somebody else does.
"""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Behaviour,
    Elsewhere,
    Outcome,
    Source,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import (
    COMMON,
    FORWARDED,
    FRAMES,
    POLICY,
    SECURITY,
    answers,
    ask,
    change,
    instead,
    remove,
)

CAREFUL = Elsewhere(
    "None comes with it; packages such as `secure` write the fields.",
    "A middleware that adds fields to the start of a response: raw_lab/fields.py.",
    raw_application="with_careful_fields",
)
NOTHING_TO_EXEMPT = Unsupported("Without the field there is nothing to exempt from.")
SOURCE = Source("django/middleware/security.py", "SecurityMiddleware.process_response")


def has(name: str, value: str, status: int = 200) -> Outcome:
    """Say that a field is there."""
    return answers(status, headers={name: value})


def lacks(name: str, status: int = 200) -> Outcome:
    """Say that a field is not there."""
    return answers(status, absent=(name,))


def field(
    case: str, why: str, name: str, value: str, middleware: str, source: Source
) -> Behaviour:
    """Make the behaviour of a middleware that adds one field to every response."""
    return Behaviour(
        f"fields/{case}",
        why,
        (ask("/"),),
        raw=lacks(name),
        starlette=lacks(name),
        django=has(name, value),
        layer=middleware,
        source=source,
        ablation=remove(middleware, lacks(name)),
        elsewhere=CAREFUL,
    )


BEHAVIOURS = (
    field(
        "no-frames",
        "A page in somebody's invisible frame gets clicks that were meant for another.",
        "x-frame-options",
        "DENY",
        FRAMES,
        Source(
            "django/middleware/clickjacking.py",
            "XFrameOptionsMiddleware.process_response",
        ),
    ),
    Behaviour(
        "fields/frames-allowed",
        "Some pages are made to be shown in frames, and can say so themselves.",
        (ask("/lab/framed"),),
        raw=NOTHING_TO_EXEMPT,
        starlette=NOTHING_TO_EXEMPT,
        django=answers(body=b"framed", absent=("x-frame-options",)),
        layer="views",
        source=Source(
            "django/views/decorators/clickjacking.py", "xframe_options_exempt"
        ),
        ablation=instead(
            "/lab/slash/", has("x-frame-options", "DENY"), "ask a view without it"
        ),
        elsewhere=Elsewhere(
            "Whoever writes the middleware writes the exception to it.",
            "An endpoint that sets the field itself is left alone.",
        ),
    ),
    field(
        "nosniff",
        "A browser that guesses takes a text that was uploaded for a script.",
        "x-content-type-options",
        "nosniff",
        SECURITY,
        SOURCE,
    ),
    field(
        "referrer",
        "Addresses of pages hold secrets, and other sites need not see them.",
        "referrer-policy",
        "same-origin",
        SECURITY,
        SOURCE,
    ),
    field(
        "opener",
        "A window that we opened, or that opened us, can reach into ours.",
        "cross-origin-opener-policy",
        "same-origin",
        SECURITY,
        SOURCE,
    ),
    Behaviour(
        "fields/on-errors-too",
        "Pages for errors are pages as well, and often echo what was asked.",
        (ask("/no-such-page"),),
        raw=lacks("x-content-type-options", 404),
        starlette=lacks("x-content-type-options", 404),
        django=has("x-content-type-options", "nosniff", 404),
        layer=SECURITY,
        source=SOURCE,
        ablation=remove(SECURITY, lacks("x-content-type-options", 404)),
        elsewhere=CAREFUL,
    ),
    Behaviour(
        "fields/hsts",
        "Who has come by https once should never again come by http.",
        (ask("/", x_forwarded_proto="https"),),
        raw=lacks("strict-transport-security"),
        starlette=lacks("strict-transport-security"),
        django=has("strict-transport-security", "max-age=3600"),
        layer="SECURE_HSTS_SECONDS",
        source=SOURCE,
        settings={**FORWARDED, "SECURE_HSTS_SECONDS": 3600},
        ablation=change("SECURE_HSTS_SECONDS", 0, lacks("strict-transport-security")),
        elsewhere=CAREFUL,
    ),
    Behaviour(
        "fields/hsts-on-https-only",
        "Over http the field means nothing, and a browser has to ignore it.",
        (ask("/"),),
        raw=lacks("strict-transport-security"),
        starlette=lacks("strict-transport-security"),
        django=lacks("strict-transport-security"),
        layer=SECURITY,
        source=SOURCE,
        settings={"SECURE_HSTS_SECONDS": 3600},
        ablation=change(
            "SECURE_PROXY_SSL_HEADER",
            ["HTTP_HOST", "127.0.0.1:8000"],
            has("strict-transport-security", "max-age=3600"),
        ),
        elsewhere=CAREFUL,
        in_process_only="Its ablation knows the port of our own driver.",
        note="The ablation makes Django take the same request for one over https.",
    ),
    Behaviour(
        "fields/https-redirect",
        "A page that was asked for by http is better not answered by http.",
        (ask("/json?a=1"),),
        raw=answers(200),
        starlette=answers(200),
        django=answers(301, headers={"location": "https://<host>/json?a=1"}),
        layer="SECURE_SSL_REDIRECT",
        source=Source(
            "django/middleware/security.py", "SecurityMiddleware.process_request"
        ),
        settings={"SECURE_SSL_REDIRECT": True},
        ablation=change("SECURE_SSL_REDIRECT", False, answers(200)),
        elsewhere=Elsewhere(
            "HTTPSRedirectMiddleware; it answers 307, which keeps the method.",
            "A middleware of a dozen lines: raw_lab/guards.py.",
            raw_application="with_https_redirect",
        ),
    ),
    Behaviour(
        "fields/content-policy",
        "If markup gets into a page after all, the browser still runs no script that "
        "is not ours.",
        (ask("/"),),
        raw=lacks("content-security-policy"),
        starlette=lacks("content-security-policy"),
        django=has("content-security-policy", "default-src 'self'"),
        layer=POLICY,
        source=Source(
            "django/middleware/csp.py",
            "ContentSecurityPolicyMiddleware.process_response",
        ),
        settings={"LAB_ADD": [POLICY], "SECURE_CSP": {"default-src": ["'self'"]}},
        ablation=remove(POLICY, lacks("content-security-policy")),
        elsewhere=Elsewhere(
            "None comes with it; packages such as `secure` write the field.",
            "One more field: raw_lab/fields.py.",
            raw_application="with_content_policy",
        ),
        since="6.0",
        note="From Django 6.0 on, and django-csp before. It makes a nonce for each "
        "response as well, for the few scripts that stand in a page.",
    ),
    Behaviour(
        "fields/content-length",
        "A client that knows the length can tell a whole page from a broken one, and "
        "keep the connection.",
        (ask("/lab/page"),),
        raw=lacks("content-length"),
        starlette=has("content-length", "15"),
        django=has("content-length", "15"),
        layer=COMMON,
        source=Source(
            "django/middleware/common.py", "CommonMiddleware.process_response"
        ),
        ablation=remove(COMMON, lacks("content-length")),
        elsewhere=Elsewhere(
            "Its responses have it by themselves.",
            "Send it with the start of the response: `respond` in asgi_raw/events.py.",
        ),
        in_process_only="A server adds framing of its own.",
    ),
    Behaviour(
        "fields/content-type",
        "Without a type and a charset a browser guesses both.",
        (ask("/lab/page"),),
        raw=lacks("content-type"),
        starlette=lacks("content-type"),
        django=has("content-type", "text/html; charset=utf-8"),
        layer="DEFAULT_CHARSET",
        source=Source("django/http/response.py", "HttpResponseBase.__init__"),
        ablation=change(
            "DEFAULT_CHARSET",
            "latin-1",
            has("content-type", "text/html; charset=latin-1"),
        ),
        elsewhere=Elsewhere(
            "HTMLResponse and PlainTextResponse have them; Response has none.",
            "Send it with the start of the response.",
        ),
    ),
)
