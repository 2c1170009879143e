"""Behaviours: which file is sent, which part of it, and under which name."""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Ablation,
    Behaviour,
    Elsewhere,
    Source,
    Take,
)
from asgi_compare.measure.behaviours.builders import (
    WHITENOISE,
    answers,
    ask,
    remove,
    replace,
)

WITH_WHITENOISE = {"LAB_ADD": [[1, WHITENOISE]], "WHITENOISE_USE_FINDERS": True}
"""Where its documentation puts it: after SecurityMiddleware, before all others."""
SERVES = Source("whitenoise/middleware.py", "WhiteNoiseMiddleware.serve")
STYLE = "/static/admin/css/base.css"
SAMPLE = "/lab/files/sample.txt"
LISTED = Elsewhere(
    "Mount('/static', StaticFiles(directory=...)).",
    "A list of files, made at the start: raw_lab/static.py.",
)
RANGES = Elsewhere(
    "FileResponse and StaticFiles know ranges.",
    "`requested_range` in asgi_raw/endpoints/files.py.",
)
BESIDE = "compared event by event"
OUTSIDE = answers(mentions=(BESIDE,))
"""The beginning of a file that is beside the folder, and not in it."""
PASTED = answers(
    headers={
        "content-disposition": 'attachment; filename="a"; filename="b.exe"',
    }
)

BEHAVIOURS = (
    Behaviour(
        "files/whitenoise",
        "Somebody has to send the files that never change; with this middleware it "
        "need not be another server.",
        (ask(STYLE),),
        raw=answers(404),
        starlette=answers(404),
        django=answers(
            headers={
                "content-type": 'text/css; charset="utf-8"',
                "cache-control": "max-age=60, public",
            }
        ),
        layer=WHITENOISE,
        source=Source("whitenoise/middleware.py", "WhiteNoiseMiddleware.__call__"),
        settings=WITH_WHITENOISE,
        ablation=remove(WHITENOISE, answers(404)),
        elsewhere=LISTED,
        needs="whitenoise",
        note="It comes before sessions and all the rest, so a file costs little. Under "
        "ASGI it is sync-only: it takes a thread, and the file goes through memory.",
    ),
    Behaviour(
        "files/whitenoise-not-modified",
        "A file that the visitor has already need not be sent again.",
        (
            ask(STYLE, takes=(Take("etag", "header", "etag"),)),
            ask(STYLE, if_none_match="{etag}"),
        ),
        raw=answers(404),
        starlette=answers(404),
        django=answers(304, body=b""),
        layer=WHITENOISE,
        source=SERVES,
        settings=WITH_WHITENOISE,
        ablation=remove(WHITENOISE, answers(404)),
        elsewhere=LISTED,
        needs="whitenoise",
    ),
    Behaviour(
        "files/whitenoise-range",
        "Films are watched from the middle, and downloads go on where they broke off.",
        (ask(STYLE, range="bytes=0-1"),),
        raw=answers(404),
        starlette=answers(404),
        django=answers(206, body=b"/*", headers={"content-length": "2"}),
        layer=WHITENOISE,
        source=SERVES,
        settings=WITH_WHITENOISE,
        ablation=remove(WHITENOISE, answers(404)),
        elsewhere=RANGES,
        needs="whitenoise",
    ),
    Behaviour(
        "files/no-ranges",
        "A client that asks for the end of a file gets all of it.",
        (ask(SAMPLE, range="bytes=0-3"),),
        raw=answers(200, absent=("content-range",)),
        starlette=answers(206, headers={"content-length": "4"}),
        django=answers(200, absent=("content-range",)),
        layer="http",
        source=Source("django/http/response.py", "FileResponse.set_headers"),
        ablation=Ablation(
            "add a middleware that cuts out the part that was asked for",
            answers(206, headers={"content-length": "4"}),
            {"LAB_ADD": ["asgi_compare.laboratory.django_lab.without.whole_files"]},
        ),
        elsewhere=RANGES,
        note="A loss, not a gain: FileResponse knows no ranges. A web server before it "
        "does, told by X-Sendfile or X-Accel-Redirect; WhiteNoise does for static "
        "files.",
    ),
    Behaviour(
        "files/path-outside",
        "A name from a client, joined to a folder, may lead out of it.",
        (ask("/lab/files/../__init__.py"),),
        raw=OUTSIDE,
        starlette=OUTSIDE,
        django=answers(400, hides=(BESIDE,)),
        layer="files",
        source=Source("django/utils/_os.py", "safe_join"),
        ablation=replace(
            "django.core.files.storage.filesystem.safe_join",
            "os.path:join",
            OUTSIDE,
            "join folder and name with os.path.join",
        ),
        elsewhere=Elsewhere(
            "StaticFiles looks where a path leads; FileResponse does not.",
            "Join nothing, but look into a list: raw_lab/static.py.",
            raw_application="with_files",
            outcome=answers(404),
        ),
        note="FileSystemStorage does it for whatever goes through a storage; a view "
        "that opens files by itself has to call safe_join.",
    ),
    Behaviour(
        "files/name-in-a-field",
        "A quotation mark in the name of a download ends the name, and what comes "
        "after it is up to whoever has given the name.",
        (ask("/lab/attachment?name=a%22;%20filename=%22b.exe"),),
        raw=PASTED,
        starlette=answers(
            headers={
                "content-disposition": "attachment; "
                "filename*=utf-8''a%22%3B%20filename%3D%22b.exe"
            }
        ),
        django=answers(
            headers={
                "content-disposition": r'attachment; filename="a\"; filename=\"b.exe"'
            }
        ),
        layer="http",
        source=Source("django/utils/http.py", "content_disposition_header"),
        ablation=replace(
            "django.http.response.content_disposition_header",
            "asgi_compare.laboratory.django_lab.without:disposition",
            PASTED,
            "paste the name into the field",
        ),
        elsewhere=Elsewhere(
            "FileResponse(filename=...) percent-encodes it.",
            "Write filename*=UTF-8'' and quote(name) (RFC 6266).",
        ),
    ),
)
