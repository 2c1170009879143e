"""Behaviours: forms and uploads that are not as they should be."""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Ablation,
    Behaviour,
    Elsewhere,
    Source,
)
from asgi_compare.measure.behaviours.builders import answers, ask, post, replace
from asgi_compare.measure.behaviours.themes.limits import MULTIPART, multipart, part

PARSER = "django/http/multipartparser.py"

BEHAVIOURS = (
    Behaviour(
        "uploads/name-with-a-path",
        "A file name is a text from the client; joined to a folder it may lead "
        "anywhere.",
        (
            post(
                "/lab/fields",
                multipart(part("file", "x", "../../etc/passwd")),
                kind=MULTIPART,
            ),
        ),
        raw=answers(json={"files": ["../../etc/passwd"]}),
        starlette=answers(json={"files": ["../../etc/passwd"]}),
        django=answers(json={"files": ["passwd"]}),
        layer="http",
        source=Source(PARSER, "MultiPartParser.sanitize_file_name"),
        ablation=Ablation(
            "leave the name as it came",
            answers(json={"files": ["../../etc/passwd"]}),
            {
                "LAB_REPLACE": {
                    "django.http.multipartparser.MultiPartParser.sanitize_file_name": (
                        "asgi_compare.laboratory.django_lab.without:name_check"
                    ),
                    "django.core.files.uploadedfile.UploadedFile.name": "",
                }
            },
        ),
        elsewhere=Elsewhere(
            "PurePath(file.filename).name, wherever a name is used.",
            "The same.",
        ),
        note="It is done twice: by the parser, and again when the name is set.",
    ),
    Behaviour(
        "uploads/control-characters-in-name",
        "What moves the cursor in a terminal, or ends a line, would do so again in "
        "every log and every header that the name gets into.",
        (
            post(
                "/lab/fields",
                multipart(part("file", "x", "a\tb.txt")),
                kind=MULTIPART,
            ),
        ),
        raw=answers(json={"files": ["a\tb.txt"]}),
        starlette=answers(json={"files": ["a\tb.txt"]}),
        django=answers(json={"files": ["ab.txt"]}),
        layer="http",
        source=Source(PARSER, "MultiPartParser.sanitize_file_name"),
        ablation=replace(
            "django.http.multipartparser.MultiPartParser.sanitize_file_name",
            "asgi_compare.laboratory.django_lab.without:name_check",
            answers(json={"files": ["a\tb.txt"]}),
            "leave the name as it came",
        ),
        elsewhere=Elsewhere(
            "''.join(c for c in file.filename if c.isprintable()).", "The same."
        ),
    ),
    Behaviour(
        "uploads/no-boundary",
        "Without a boundary there is nothing that the body could be taken apart by.",
        (post("/lab/fields", multipart(part("a", "1")), kind="multipart/form-data"),),
        raw=answers(500, raises="MalformedMultipart"),
        starlette=answers(400),
        django=answers(400, raises=""),
        layer="handler",
        source=Source("django/core/handlers/exception.py", "response_for_exception"),
        ablation=replace(
            "django.core.handlers.exception.MultiPartParserError",
            "builtins:KeyError",
            answers(500, raises=""),
            "do not tell this exception from others",
        ),
        elsewhere=Elsewhere(
            "It answers 400 by itself.",
            "Catch what the parser raises; asgi_raw/endpoints/bodies.py does.",
        ),
    ),
    Behaviour(
        "uploads/broken-off",
        "A form that ends in the middle is either an error or a form with less in it.",
        (
            post(
                "/lab/fields",
                multipart(part("a", "1"), part("b", "2"))[:-8],
                kind=MULTIPART,
            ),
        ),
        raw=answers(500, raises="MalformedMultipart"),
        starlette=answers(200, json={"fields": 1}),
        django=answers(200, json={"fields": 2}),
        layer="http",
        source=Source(PARSER, "MultiPartParser._parse"),
        ablation=replace(
            "django.http.multipartparser.MultiPartParser.parse",
            "asgi_compare.laboratory.django_lab.without:patience",
            answers(400),
            "ask for the last boundary before the form is taken apart",
        ),
        elsewhere=Elsewhere(
            "Nothing to do: it is as patient.",
            "By hand one decides: ours refuses (asgi_compare/domain/multipart.py).",
        ),
        note="Nobody is told that the form was not whole.",
    ),
    Behaviour(
        "uploads/multipart-without-length",
        "A chunked upload has no Content-Length; whoever reads as much as it says "
        "reads nothing, and loses the form without a word.",
        (
            ask(
                "/lab/fields",
                "POST",
                body=multipart(part("a", "1"), part("b", "2")),
                kind=MULTIPART,
                chunked=True,
            ),
        ),
        raw=answers(json={"fields": 2}),
        starlette=answers(json={"fields": 2}),
        django=answers(json={"fields": 0}),
        layer="http",
        source=Source(PARSER, "MultiPartParser.__init__"),
        ablation=Ablation(
            "add a middleware that measures the body and says so in CONTENT_LENGTH",
            answers(json={"fields": 2}),
            {
                "LAB_ADD": [
                    [0, "asgi_compare.laboratory.django_lab.without.unknown_length"]
                ]
            },
        ),
        elsewhere=Elsewhere("Nothing is lost.", "Nothing is lost."),
        note="A loss, not a gain: the price of reading no further than announced.",
    ),
    Behaviour(
        "uploads/invalid-form",
        "What a visitor has typed is seldom what was asked for, and should come back "
        "with a word of explanation.",
        (post("/lab/order", "email=nobody&pieces=-3"),),
        raw=answers(200, json={"ordered": -3}),
        starlette=answers(200, json={"ordered": -3}),
        django=answers(
            400,
            json={
                "errors": {
                    "email": ["Enter a valid email address."],
                    "pieces": ["Ensure this value is greater than or equal to 1."],
                }
            },
        ),
        layer="forms",
        source=Source("django/forms/forms.py", "BaseForm.full_clean"),
        ablation=replace(
            "django.forms.fields.Field.run_validators",
            "asgi_compare.laboratory.django_lab.without:effect",
            answers(200, json={"ordered": -3}),
            "do not run the validators",
        ),
        elsewhere=Elsewhere(
            "None comes with it; pydantic, or FastAPI around it.",
            "A function for each field.",
        ),
    ),
    Behaviour(
        "uploads/bytes-in-query",
        "Bytes that are not ASCII do not belong into a query, and clients send them.",
        (ask("/lab/parameters?a=\xff"),),
        raw=answers(200, json={"first": "\ufffd"}),
        starlette=answers(200, json={"first": "\xff"}),
        django=answers(400, body=b""),
        wsgi=answers(200, json={"first": "\xff"}),
        layer="handler",
        source=Source("django/core/handlers/asgi.py", "ASGIHandler.create_request"),
        ablation=Ablation(
            "decode the query as latin-1 before Django sees it",
            answers(200),
            application="with_ascii_query",
        ),
        elsewhere=Elsewhere(
            "It takes them for latin-1.",
            "By hand one decides; ours reads UTF-8, and marks what is none (U+FFFD).",
        ),
        in_process_only="Servers refuse such a request line, each in its own way.",
    ),
)
