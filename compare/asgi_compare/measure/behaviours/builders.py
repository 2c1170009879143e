"""Short words for what the rows of a theme say often.

They make the records of `behaviour.py`, so that a row of a theme fits on a screen. They
do not know any behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping

from asgi_compare.contract.scenario import PATIENT, Client, Expected, Headers, Request
from asgi_compare.measure.behaviours.behaviour import (
    DJANGO_ASGI,
    DJANGO_WSGI,
    Ablation,
    Outcome,
    Step,
    Take,
)

SECURITY = "django.middleware.security.SecurityMiddleware"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
AUTH = "django.contrib.auth.middleware.AuthenticationMiddleware"
MESSAGES = "django.contrib.messages.middleware.MessageMiddleware"
FRAMES = "django.middleware.clickjacking.XFrameOptionsMiddleware"
GZIP = "django.middleware.gzip.GZipMiddleware"
CONDITIONAL = "django.middleware.http.ConditionalGetMiddleware"
LOCALE = "django.middleware.locale.LocaleMiddleware"
POLICY = "django.middleware.csp.ContentSecurityPolicyMiddleware"
WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
LOGIN_REQUIRED = "django.contrib.auth.middleware.LoginRequiredMiddleware"

FORM = "application/x-www-form-urlencoded"
FORWARDED = {"SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"]}
"""Settings under which Django believes X-Forwarded-Proto."""
BOTH = (DJANGO_ASGI, DJANGO_WSGI)


def ask(
    target: str,
    method: str = "GET",
    *,
    body: str | bytes | tuple[bytes, ...] = b"",
    kind: str = "",
    chunked: bool = False,
    client: Client = PATIENT,
    takes: tuple[Take, ...] = (),
    application: str = "application",
    at_once: int = 1,
    more: Headers = (),
    **headers: str,
) -> Step:
    """Ask something; header fields with `_` for `-`, and `more` as they are."""
    request = Request(
        method,
        target.encode("latin-1"),
        fields_of(headers, kind) + more,
        pieces_of(body),
        chunked,
        client=client,
    )
    return Step(request, takes, application=application, at_once=at_once)


def post(target: str, body: str = "", *, kind: str = FORM, **headers: str) -> Step:
    """Send a form that was filled in on a page."""
    fields = fields_of(headers, kind)
    return Step(Request("POST", target.encode(), fields, pieces_of(body)))


def fields_of(headers: Mapping[str, str], kind: str) -> Headers:
    """Write header fields as they stand on the wire."""
    given = {"content_type": kind, **headers} if kind else headers
    return tuple(
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, value in given.items()
    )


def pieces_of(body: str | bytes | tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return a body in the pieces in which it is sent."""
    if isinstance(body, tuple):
        return body
    whole = body.encode() if isinstance(body, str) else body
    return (whole,) if whole else ()


def answers(
    status: int | None = 200,
    *,
    json: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    absent: tuple[str, ...] = (),
    body: bytes | None = None,
    complete: bool = True,
    cookies: Mapping[str, str | None] | None = None,
    mentions: tuple[str, ...] = (),
    hides: tuple[str, ...] = (),
    raises: str | None = None,
) -> Outcome:
    """Return what comes of it."""
    expected = Expected(
        status,
        tuple((n.encode(), v.encode("latin-1")) for n, v in (headers or {}).items()),
        tuple(name.encode() for name in absent),
        body,
        json,
        complete=complete,
    )
    return Outcome(expected, cookies or {}, mentions, hides, raises)


def remove(
    middleware: str, without: Outcome, on: tuple[str, ...] = (DJANGO_ASGI,)
) -> Ablation:
    """Take a middleware out."""
    what = f"remove {middleware.rpartition('.')[2]} from MIDDLEWARE"
    return Ablation(what, without, {"LAB_REMOVE": [middleware]}, on=on)


def change(
    setting: str, value: object, without: Outcome, on: tuple[str, ...] = (DJANGO_ASGI,)
) -> Ablation:
    """Return a setting another value."""
    return Ablation(f"set {setting} to {value!r}", without, {setting: value}, on=on)


def replace(
    path: str,
    by: object,
    without: Outcome,
    what: str,
    on: tuple[str, ...] = (DJANGO_ASGI,),
    *,
    besides: Mapping[str, object] | None = None,
    target: str = "",
) -> Ablation:
    """Put something else in the place of a part of the framework.

    It may take replacing other parts as well, or asking in another way.
    """
    settings = {"LAB_REPLACE": {path: by, **(besides or {})}}
    return Ablation(what, without, settings, target.encode() or None, on=on)


def instead(
    target: str, without: Outcome, what: str, on: tuple[str, ...] = (DJANGO_ASGI,)
) -> Ablation:
    """Ask a page that does the same without the layer."""
    return Ablation(what, without, target=target.encode(), on=on)
