"""Behaviours: what becomes of an exception, and who hears of it."""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Ablation,
    Behaviour,
    Elsewhere,
    Outcome,
    Settings,
    Source,
    Step,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import answers, ask, change, replace

EXCEPTION = "django/core/handlers/exception.py"
MAILS = {"ADMINS": [["Ada", "ada@testserver"]]}
NOT_WATCHED = Unsupported(
    "It logs nothing by itself; what it raises, the server may log."
)
AFTER_FAILURE = (ask("/lab/seen"), ask("/lab/fail"), ask("/lab/seen"))
FAILED = "django.request ERROR Internal Server Error: /lab/fail"
NOT_LOGGED = Ablation(
    "do not log responses",
    answers(json={"records": []}),
    {
        "LAB_REPLACE": dict.fromkeys(
            (
                "django.core.handlers.base.log_response",
                "django.core.handlers.exception.log_response",
            ),
            "asgi_compare.laboratory.django_lab.without:effect",
        )
    },
)
SECRET = "django-insecure-for-loopback-only"


def mapped(case: str, why: str, page: str, status: int, name: str) -> Behaviour:
    """Make the behaviour of an exception that becomes an answer of its own."""
    return Behaviour(
        f"errors/{case}",
        why,
        (ask(page),),
        raw=Unsupported("No exception is more to it than any other."),
        starlette=Unsupported("It knows one for this, HTTPException, and no other."),
        django=answers(status, raises=""),
        layer="handler",
        source=Source(EXCEPTION, "response_for_exception"),
        ablation=replace(
            f"django.core.handlers.exception.{name}",
            "builtins:KeyError",
            answers(500, raises=""),
            f"do not tell {name} from other exceptions",
        ),
        elsewhere=Elsewhere(
            f"raise HTTPException({status}).",
            "An exception of one's own, and a branch in the middleware that catches "
            "it: asgi_raw/middleware.py.",
        ),
    )


def watched(
    case: str,
    why: str,
    steps: tuple[Step, ...],
    django: Outcome,
    layer: str,
    source: Source,
    ablation: Ablation,
    settings: Settings | None = None,
    in_process_only: str = "",
) -> Behaviour:
    """Make a behaviour that only those inside of Django can see."""
    return Behaviour(
        f"errors/{case}",
        why,
        steps,
        raw=NOT_WATCHED,
        starlette=NOT_WATCHED,
        django=django,
        layer=layer,
        source=source,
        ablation=ablation,
        elsewhere=Elsewhere(
            "A middleware with `logging`, or a service that has one, such as Sentry.",
            "The same: asgi_raw/middleware.py is the place.",
        ),
        settings=settings or {},
        in_process_only=in_process_only,
    )


BEHAVIOURS = (
    Behaviour(
        "errors/answered",
        "A visitor gets a page even then, and no word of what went wrong.",
        (ask("/lab/fail"),),
        raw=answers(500, raises="RuntimeError: this page always fails"),
        starlette=answers(500, raises="RuntimeError: this page always fails"),
        django=answers(500, mentions=("Server Error (500)",), raises=""),
        layer="handler",
        source=Source(EXCEPTION, "convert_exception_to_response"),
        ablation=replace(
            "django.core.handlers.exception.response_for_exception",
            "asgi_compare.laboratory.django_lab.without:answer_to_exceptions",
            answers(500, raises="RuntimeError: this view always fails"),
            "let exceptions out",
        ),
        elsewhere=Elsewhere(
            "It answers 500 as well, and raises the exception again for the server.",
            "A middleware that catches: asgi_raw/middleware.py.",
            raw_application="with_errors",
            outcome=answers(
                500,
                body=b"Internal Server Error",
                raises="RuntimeError: this page always fails",
            ),
        ),
        note="The raw pages only raise; the 500 is the server's.",
    ),
    Behaviour(
        "errors/nothing-leaks",
        "A traceback tells a stranger where the weak points are.",
        (ask("/lab/fail"),),
        raw=answers(500, hides=("Traceback", "always fails")),
        starlette=answers(500, hides=("Traceback", "always fails")),
        django=answers(500, hides=("Traceback", "always fails", "views/answers.py")),
        layer="DEBUG",
        source=Source("django/views/debug.py", "technical_500_response"),
        ablation=Ablation(
            "set DEBUG to True",
            answers(500, mentions=("Traceback", "always fails", "a-plain-")),
            {"DEBUG": True},
        ),
        elsewhere=Elsewhere(
            "Starlette(debug=True) shows the traceback as well; never on a server.",
            "Never send str(error).",
        ),
        note="With DEBUG on: 60 kB of source, local variables and settings.",
    ),
    Behaviour(
        "errors/settings-masked",
        "The page with all settings is made for developers, but it is sent in mails "
        "and shown around.",
        (ask("/lab/fail"),),
        raw=answers(500, hides=(SECRET,)),
        starlette=answers(500, hides=(SECRET,)),
        django=answers(500, mentions=("SECRET_KEY",), hides=(SECRET,)),
        layer="views",
        source=Source(
            "django/views/debug.py", "SafeExceptionReporterFilter.cleanse_setting"
        ),
        settings={"DEBUG": True},
        ablation=replace(
            "django.views.debug.SafeExceptionReporterFilter.cleanse_setting",
            "asgi_compare.laboratory.django_lab.without:cleansing",
            answers(500, mentions=(SECRET,)),
            "show settings as they are",
        ),
        elsewhere=Elsewhere(
            "Its debug page shows no settings, since it knows none.", "Nothing shown."
        ),
    ),
    mapped(
        "permission-denied",
        "Deep inside of a view there is no response yet, but an exception goes "
        "through.",
        "/lab/forbid",
        403,
        "PermissionDenied",
    ),
    mapped(
        "not-found",
        "A row that is not there is a page that is not there.",
        "/lab/miss",
        404,
        "Http404",
    ),
    mapped(
        "suspicious",
        "What looks forged is the client's fault, and nobody should be called at "
        "night for it.",
        "/lab/suspect",
        400,
        "SuspiciousOperation",
    ),
    watched(
        "logged",
        "An error that nobody reads of will stay.",
        AFTER_FAILURE,
        answers(json={"records": [FAILED]}),
        "log",
        Source("django/utils/log.py", "log_response"),
        NOT_LOGGED,
    ),
    watched(
        "missing-pages-logged",
        "Many of them mean that a link is broken, or that somebody is looking for a "
        "way in.",
        (ask("/lab/seen"), ask("/no-such-page"), ask("/lab/seen")),
        answers(json={"records": ["django.request WARNING Not Found: /no-such-page"]}),
        "log",
        Source("django/utils/log.py", "log_response"),
        NOT_LOGGED,
    ),
    watched(
        "mailed",
        "Somebody should know before the visitors call.",
        AFTER_FAILURE,
        answers(
            json={
                "mails": [
                    "[Django] ERROR (EXTERNAL IP): Internal Server Error: /lab/fail"
                ]
            }
        ),
        "ADMINS",
        Source("django/utils/log.py", "AdminEmailHandler.emit"),
        change("ADMINS", [], answers(json={"mails": []})),
        MAILS,
    ),
    watched(
        "signalled",
        "A service that collects errors has to be told of them.",
        AFTER_FAILURE,
        answers(
            json={
                "signals": {
                    "got_request_exception": 1,
                    "request_finished": 2,
                    "request_started": 2,
                }
            }
        ),
        "handler",
        Source(EXCEPTION, "response_for_exception"),
        replace(
            "django.core.handlers.exception.signals.got_request_exception.send",
            "asgi_compare.laboratory.django_lab.without:effect",
            answers(json={"signals": {"request_finished": 2, "request_started": 2}}),
            "do not send the signal",
        ),
        in_process_only="A server may answer before it closes the response, which is "
        "when request_finished is sent.",
    ),
)
