"""Behaviours: forms that a page of somebody else sends in the visitor's name.

A browser sends cookies along with a form, whichever site the form is on. So a page
elsewhere can order in the name of whoever looks at it, unless the application asks for
something that only its own pages know.
"""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Behaviour,
    Elsewhere,
    Source,
    Take,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import (
    CSRF,
    FORWARDED,
    answers,
    ask,
    change,
    post,
    remove,
    replace,
)

SECRET = "abcdefghijklmnopqrstuvwxyzABCDEF"
"""32 letters: what Django takes for the secret in the cookie."""
COOKIE = f"csrftoken={SECRET}"
TOKEN = f"csrfmiddlewaretoken={SECRET}"
TAKEN = answers(200, json={"taken": "POST"})
REFUSED = answers(403)
BY_ORIGIN = Elsewhere(
    "None comes with it; a middleware that looks at Origin and Sec-Fetch-Site is the "
    "same dozen lines as by hand.",
    "A middleware that compares Origin with Host: raw_lab/guards.py.",
    raw_application="with_origin_check",
)
BY_TOKEN = Elsewhere(
    "None comes with it; asgi-csrf and starlette-csrf are packages for it.",
    "A cookie with a random value, and a field that repeats it: some forty lines.",
)
NO_TOKEN = Unsupported("It has no tokens until somebody writes them.")
CHECK = "CsrfViewMiddleware._check_token"
FILE = "django/middleware/csrf.py"

BEHAVIOURS = (
    Behaviour(
        "forgery/no-token",
        "A form without the token may come from any page in the world.",
        (post("/lab/guarded", "a=1"),),
        raw=TAKEN,
        starlette=TAKEN,
        django=REFUSED,
        layer=CSRF,
        source=Source(FILE, "CsrfViewMiddleware.process_view"),
        ablation=remove(CSRF, TAKEN),
        elsewhere=BY_TOKEN,
    ),
    Behaviour(
        "forgery/token-without-cookie",
        "The token must match the cookie: somebody else's token is no good.",
        (post("/lab/guarded", TOKEN),),
        raw=TAKEN,
        starlette=TAKEN,
        django=REFUSED,
        layer=CSRF,
        source=Source(FILE, CHECK),
        ablation=remove(CSRF, TAKEN),
        elsewhere=BY_TOKEN,
    ),
    Behaviour(
        "forgery/wrong-token",
        "A guess is not good enough.",
        (post("/lab/guarded", "csrfmiddlewaretoken=" + SECRET[::-1], cookie=COOKIE),),
        raw=TAKEN,
        starlette=TAKEN,
        django=REFUSED,
        layer=CSRF,
        source=Source(FILE, "_does_token_match"),
        ablation=replace(
            "django.middleware.csrf._does_token_match",
            "asgi_compare.laboratory.django_lab.without:comparison",
            TAKEN,
            "take any token for the right one",
        ),
        elsewhere=BY_TOKEN,
    ),
    Behaviour(
        "forgery/token-of-a-page",
        "A visitor who has been on a page of ours can send its form.",
        (
            ask("/lab/token", takes=(Take("token", "json", "token"),)),
            post("/lab/guarded", "csrfmiddlewaretoken={token}"),
        ),
        raw=TAKEN,
        starlette=TAKEN,
        django=TAKEN,
        layer=CSRF,
        source=Source(FILE, "get_token"),
        ablation=replace(
            "django.middleware.csrf.CsrfViewMiddleware._set_csrf_cookie",
            "asgi_compare.laboratory.django_lab.without:effect",
            REFUSED,
            "do not set the cookie",
        ),
        elsewhere=BY_TOKEN,
    ),
    Behaviour(
        "forgery/foreign-origin",
        "A token may leak; the Origin field is written by the browser itself.",
        (
            post(
                "/lab/guarded",
                TOKEN,
                cookie=COOKIE,
                origin="https://evil.example",
            ),
        ),
        raw=TAKEN,
        starlette=TAKEN,
        django=REFUSED,
        layer=CSRF,
        source=Source(FILE, "CsrfViewMiddleware._origin_verified"),
        ablation=replace(
            "django.middleware.csrf.CsrfViewMiddleware._origin_verified",
            "asgi_compare.laboratory.django_lab.without:comparison",
            TAKEN,
            "take any Origin for ours",
        ),
        elsewhere=BY_ORIGIN,
    ),
    Behaviour(
        "forgery/trusted-origin",
        "A form on another site of ours has to be let in.",
        (
            post(
                "/lab/guarded",
                TOKEN,
                cookie=COOKIE,
                origin="https://shop.example",
            ),
        ),
        raw=TAKEN,
        starlette=TAKEN,
        django=TAKEN,
        layer="CSRF_TRUSTED_ORIGINS",
        source=Source(FILE, "CsrfViewMiddleware.allowed_origins_exact"),
        settings={"CSRF_TRUSTED_ORIGINS": ["https://shop.example"]},
        ablation=change("CSRF_TRUSTED_ORIGINS", [], REFUSED),
        elsewhere=Elsewhere(
            "A set of origins, given to the middleware that compares them.",
            "One more line in `is_our_own`: raw_lab/guards.py.",
        ),
    ),
    Behaviour(
        "forgery/https-without-referer",
        "Somebody on the way can set the cookie by http, and so knows the token; over "
        "https, where there is no Origin, the Referer has to be ours.",
        (post("/lab/guarded", TOKEN, cookie=COOKIE, x_forwarded_proto="https"),),
        raw=TAKEN,
        starlette=TAKEN,
        django=REFUSED,
        layer=CSRF,
        source=Source(FILE, "CsrfViewMiddleware._check_referer"),
        settings=FORWARDED,
        ablation=replace(
            "django.middleware.csrf.CsrfViewMiddleware._check_referer",
            "asgi_compare.laboratory.django_lab.without:effect",
            TAKEN,
            "do not look at the Referer",
        ),
        elsewhere=BY_TOKEN,
    ),
    Behaviour(
        "forgery/before-the-method",
        "The guard comes before the view, so a method that the view would refuse with "
        "405 is refused with 403.",
        (ask("/lab/only-get", "DELETE"),),
        raw=answers(200, json={"method": "DELETE"}),
        starlette=answers(405, headers={"allow": "GET, HEAD"}),
        django=answers(403, absent=("allow",)),
        layer=CSRF,
        source=Source(FILE, "CsrfViewMiddleware.process_view"),
        ablation=remove(CSRF, answers(405, headers={"allow": "GET"})),
        elsewhere=Elsewhere(
            "Its router answers 405 with Allow before any guard of an endpoint.",
            "The table of routes has to know the methods: asgi_raw/routes.py.",
        ),
    ),
    Behaviour(
        "forgery/token-masked",
        "A token that is the same in each page can be guessed from how well the page "
        "is compressed.",
        (ask("/lab/token"),),
        raw=NO_TOKEN,
        starlette=NO_TOKEN,
        django=answers(200, json={"masked_anew": True}),
        layer=CSRF,
        source=Source(FILE, "_mask_cipher_secret"),
        ablation=replace(
            "django.middleware.csrf._mask_cipher_secret",
            "asgi_compare.laboratory.django_lab.without:masking",
            answers(200, json={"masked_anew": False}),
            "give the secret as it is",
        ),
        elsewhere=BY_TOKEN,
    ),
    Behaviour(
        "forgery/cookie",
        "The cookie must be there for a year, go along with links from elsewhere, and "
        "scripts may read it; caches are told that the page is personal.",
        (ask("/lab/token"),),
        raw=NO_TOKEN,
        starlette=NO_TOKEN,
        django=answers(
            200,
            headers={"vary": "Cookie"},
            cookies={"csrftoken": "Max-Age=31449600; Path=/; SameSite=Lax"},
        ),
        layer=CSRF,
        source=Source(FILE, "CsrfViewMiddleware._set_csrf_cookie"),
        ablation=remove(CSRF, answers(200, cookies={"csrftoken": None})),
        elsewhere=BY_TOKEN,
    ),
)
