"""Behaviours: answers that need not be made, or sent, again; and in which language."""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Ablation,
    Behaviour,
    Elsewhere,
    Source,
    Take,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import (
    CONDITIONAL,
    GZIP,
    LOCALE,
    answers,
    ask,
    instead,
    remove,
)

ADDED = {"LAB_ADD": [[2, GZIP], [3, CONDITIONAL], [4, LOCALE]]}
"""Three that startproject leaves out, in one configuration."""
WITH_A_NAME = "\x08\x08\0\0\0\0"
"""In the head of a gzip file: deflated, with a name, and without a time (RFC 1952)."""
RANDOM_BYTES = "django.middleware.gzip.GZipMiddleware.max_random_bytes"
FRENCH = "Ce champ est obligatoire."
ENGLISH = "This field is required."
ETAG = Elsewhere(
    "None for responses as such; FileResponse and StaticFiles have ETag.",
    "A middleware that names a response by its bytes: raw_lab/validators.py.",
    raw_application="with_etags",
)
PACKED = Elsewhere(
    "GZipMiddleware.",
    "A middleware that packs what is whole: raw_lab/validators.py.",
    starlette_application="with_gzip",
    raw_application="with_gzip",
    outcome=answers(headers={"content-encoding": "gzip", "vary": "Accept-Encoding"}),
)

BEHAVIOURS = (
    Behaviour(
        "caching/etag",
        "A name for the bytes lets a client ask whether they are still the same.",
        (ask("/lab/long"),),
        raw=answers(absent=("etag",)),
        starlette=answers(absent=("etag",)),
        django=answers(headers={"etag": '"11facd24df397fe4157549fb4dadf727"'}),
        layer=CONDITIONAL,
        source=Source("django/utils/cache.py", "set_response_etag"),
        settings=ADDED,
        ablation=remove(CONDITIONAL, answers(absent=("etag",))),
        elsewhere=Elsewhere(
            ETAG.starlette,
            ETAG.raw,
            raw_application="with_etags",
            outcome=answers(headers={"etag": '"e57d5d6b3b58aa0ec7dc3b70da06329a"'}),
        ),
    ),
    Behaviour(
        "caching/not-modified",
        "Whoever has a page already need not get it again.",
        (
            ask("/lab/long", takes=(Take("etag", "header", "etag"),)),
            ask("/lab/long", if_none_match="{etag}"),
        ),
        raw=answers(200),
        starlette=answers(200),
        django=answers(304, body=b""),
        layer=CONDITIONAL,
        source=Source(
            "django/middleware/http.py", "ConditionalGetMiddleware.process_response"
        ),
        settings=ADDED,
        ablation=remove(CONDITIONAL, answers(200)),
        elsewhere=ETAG,
        note="The view has run all the same: bytes are saved, and no work.",
    ),
    Behaviour(
        "caching/gzip",
        "Text says much again and again, and takes less room when that is said once.",
        (ask("/lab/long", accept_encoding="gzip"),),
        raw=answers(absent=("content-encoding",)),
        starlette=answers(absent=("content-encoding",)),
        django=answers(
            headers={
                "content-encoding": "gzip",
                "vary": "Accept-Encoding, Accept-Language",
            }
        ),
        layer=GZIP,
        source=Source("django/middleware/gzip.py", "GZipMiddleware.process_response"),
        settings=ADDED,
        ablation=remove(GZIP, answers(absent=("content-encoding",))),
        elsewhere=PACKED,
    ),
    Behaviour(
        "caching/gzip-with-random-length",
        "How well a page is packed tells what is in it, if one may ask often enough; "
        "some random bytes blur that.",
        (ask("/lab/long", accept_encoding="gzip"),),
        raw=answers(absent=("content-encoding",)),
        starlette=answers(absent=("content-encoding",)),
        django=answers(headers={"content-encoding": "gzip"}, mentions=(WITH_A_NAME,)),
        layer=GZIP,
        source=Source("django/utils/text.py", "compress_string"),
        settings=ADDED,
        ablation=Ablation(
            "set GZipMiddleware.max_random_bytes to 0",
            answers(headers={"content-encoding": "gzip"}, hides=(WITH_A_NAME,)),
            {
                "LAB_REPLACE": {RANDOM_BYTES: 0},
            },
        ),
        elsewhere=Elsewhere(
            "GZipMiddleware adds none.",
            "Put a file name of random length into the head of the gzip file.",
        ),
        note="The bytes are the name of a file, which gzip has room for in its head, "
        "and nobody looks at; there may be up to 99 of them.",
    ),
    Behaviour(
        "caching/language",
        "A visitor should be spoken to in a language that they know.",
        (ask("/lab/translated", accept_language="fr"),),
        raw=Unsupported("It knows one language."),
        starlette=Unsupported("It has no translations."),
        django=answers(
            json={"phrase": FRENCH},
            headers={"content-language": "fr", "vary": "Accept-Language"},
        ),
        layer=LOCALE,
        source=Source(
            "django/middleware/locale.py", "LocaleMiddleware.process_request"
        ),
        settings=ADDED,
        ablation=remove(
            LOCALE, answers(json={"phrase": ENGLISH}, absent=("content-language",))
        ),
        elsewhere=Elsewhere(
            "None comes with it; gettext of the standard library, and a context "
            "variable.",
            "Parse Accept-Language with its weights, and choose.",
        ),
    ),
    Behaviour(
        "caching/view",
        "A page that takes long to make, and is the same for all, is made once.",
        (
            ask("/lab/cached", takes=(Take("made", "json", "made"),)),
            ask("/lab/cached"),
        ),
        raw=answers(hides=("{made}",)),
        starlette=answers(hides=("{made}",)),
        django=answers(mentions=("{made}",), headers={"cache-control": "max-age=60"}),
        layer="views",
        source=Source("django/views/decorators/cache.py", "cache_page"),
        ablation=instead(
            "/lab/uncached",
            answers(hides=("{made}",), absent=("cache-control",)),
            "ask a view without it",
        ),
        elsewhere=Elsewhere(
            "A dict, or Redis, and Cache-Control by hand.", "The same."
        ),
    ),
    Behaviour(
        "caching/never",
        "What is personal must not be in a cache that others are served from.",
        (ask("/lab/never-cached"),),
        raw=Unsupported("It says of caches what one writes, and nothing else."),
        starlette=Unsupported("It says of caches what one writes, and nothing else."),
        django=answers(
            headers={
                "cache-control": (
                    "max-age=0, no-cache, no-store, must-revalidate, private"
                )
            }
        ),
        layer="views",
        source=Source("django/views/decorators/cache.py", "never_cache"),
        ablation=instead(
            "/lab/page", answers(absent=("cache-control",)), "ask a view without it"
        ),
        elsewhere=Elsewhere(
            "headers={'cache-control': 'no-store, private'}.", "The same."
        ),
    ),
)
