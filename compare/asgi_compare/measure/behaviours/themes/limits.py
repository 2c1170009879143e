"""Behaviours: how much a client may ask for.

Whoever reads a request into memory without counting lets the client decide how much
memory that is. Numbers of things are limited as well: to take a form with a million
fields apart costs far more than to send it.
"""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import Behaviour, Elsewhere, Source
from asgi_compare.measure.behaviours.builders import answers, ask, change, post

MANY = 1001
THREE_MB = 3 << 20
BOUNDARY = "b0undary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: str, filename: str = "") -> str:
    """Write one part of a multipart form."""
    of_file = f'; filename="{filename}"' if filename else ""
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{of_file}'
        f"\r\n\r\n{content}\r\n"
    )


def multipart(*parts: str) -> str:
    """Write a whole multipart form."""
    return "".join(parts) + f"--{BOUNDARY}--\r\n"


FIELDS = Source("django/http/multipartparser.py", "MultiPartParser._parse")
BODY_LIMIT = Elsewhere(
    "None for bodies as such; `request.form` has limits of its own.",
    "A middleware that counts what comes in: raw_lab/limits.py.",
    raw_application="with_body_limit",
    outcome=answers(413),
)
FORM_LIMIT = Elsewhere(
    "request.form(max_fields=1000, max_files=1000); these are the defaults.",
    "parse_qsl(max_num_fields=1000).",
)
MEMORY = "DATA_UPLOAD_MAX_MEMORY_SIZE"
NUMBER = "DATA_UPLOAD_MAX_NUMBER_FIELDS"

BEHAVIOURS = (
    Behaviour(
        "limits/fields",
        "To take apart a form with very many fields costs the server much more than "
        "the client.",
        (post("/lab/fields", "&".join(f"f{n}=1" for n in range(MANY))),),
        raw=answers(200, json={"fields": MANY}),
        starlette=answers(400),
        django=answers(400),
        layer=NUMBER,
        source=Source("django/http/request.py", "QueryDict.__init__"),
        ablation=change(NUMBER, None, answers(200, json={"fields": MANY})),
        elsewhere=FORM_LIMIT,
    ),
    Behaviour(
        "limits/form-size",
        "A form is kept in memory, and memory is what there is least of.",
        (post("/lab/fields", "a=" + "x" * THREE_MB),),
        raw=answers(200, json={"fields": 1}),
        starlette=answers(400),
        django=answers(400),
        layer=MEMORY,
        source=Source("django/http/request.py", "HttpRequest._check_data_too_big"),
        ablation=change(MEMORY, None, answers(200, json={"fields": 1})),
        elsewhere=BODY_LIMIT,
        note="Starlette takes a megabyte for each field, Django 2.5 MiB for all.",
    ),
    Behaviour(
        "limits/body",
        "Whatever reads `request.body` would have all of it in memory.",
        (ask("/lab/body", "POST", body="x" * THREE_MB),),
        raw=answers(200, json={"length": THREE_MB}),
        starlette=answers(200, json={"length": THREE_MB}),
        django=answers(400),
        layer=MEMORY,
        source=Source("django/http/request.py", "HttpRequest.body"),
        ablation=change(MEMORY, None, answers(200, json={"length": THREE_MB})),
        elsewhere=BODY_LIMIT,
    ),
    Behaviour(
        "limits/body-without-length",
        "A chunked body says nothing of its length; whoever looks only at "
        "Content-Length takes any.",
        (ask("/lab/body", "POST", body="x" * THREE_MB, chunked=True),),
        raw=answers(200, json={"length": THREE_MB}),
        starlette=answers(200, json={"length": THREE_MB}),
        django=answers(400),
        wsgi=answers(200, json={"length": 0}),
        layer=MEMORY,
        source=Source("django/http/request.py", "HttpRequest.body"),
        ablation=change(MEMORY, None, answers(200, json={"length": THREE_MB})),
        elsewhere=BODY_LIMIT,
        note="Django on WSGI reads no more than Content-Length says: here, nothing.",
    ),
    Behaviour(
        "limits/lying-length",
        "A client may announce ten bytes and send three million.",
        (ask("/lab/body", "POST", body="x" * THREE_MB, content_length="10"),),
        raw=answers(200, json={"length": THREE_MB}),
        starlette=answers(200, json={"length": THREE_MB}),
        django=answers(400),
        wsgi=answers(200, json={"length": 10}),
        layer=MEMORY,
        source=Source("django/http/request.py", "HttpRequest.body"),
        ablation=change(MEMORY, None, answers(200, json={"length": THREE_MB})),
        elsewhere=BODY_LIMIT,
        in_process_only="A server takes ten bytes for the body, and the rest for the "
        "next request.",
    ),
    Behaviour(
        "limits/query-parameters",
        "A query is taken apart like a form, and comes with a plain link.",
        (ask("/lab/parameters?" + "&".join(["p"] * MANY)),),
        raw=answers(200, json={"parameters": MANY}),
        starlette=answers(200, json={"parameters": MANY}),
        django=answers(400),
        layer=NUMBER,
        source=Source("django/http/request.py", "QueryDict.__init__"),
        ablation=change(NUMBER, None, answers(200, json={"parameters": MANY})),
        elsewhere=Elsewhere(
            "Nothing limits them; a middleware can count the `&` in the query string.",
            "parse_qsl(max_num_fields=1000), or count the `&`.",
        ),
    ),
    Behaviour(
        "limits/multipart-fields",
        "Each part of a multipart form has a head of its own to be read.",
        (
            post(
                "/lab/fields",
                multipart(*(part(f"f{n}", "1") for n in range(MANY))),
                kind=MULTIPART,
            ),
        ),
        raw=answers(200, json={"fields": MANY}),
        starlette=answers(400),
        django=answers(400),
        layer=NUMBER,
        source=FIELDS,
        ablation=change(NUMBER, None, answers(200, json={"fields": MANY})),
        elsewhere=FORM_LIMIT,
    ),
    Behaviour(
        "limits/files",
        "Each file is an open file, and a process may have so many of them.",
        (
            post(
                "/lab/fields",
                multipart(*(part(f"f{n}", "1", "a.txt") for n in range(101))),
                kind=MULTIPART,
            ),
        ),
        raw=answers(200, json={"fields": 0}),
        starlette=answers(200, json={"fields": 0}),
        django=answers(400),
        layer="DATA_UPLOAD_MAX_NUMBER_FILES",
        source=FIELDS,
        ablation=change(
            "DATA_UPLOAD_MAX_NUMBER_FILES", None, answers(200, json={"fields": 0})
        ),
        elsewhere=FORM_LIMIT,
        note="100 files in Django, 1,000 in Starlette.",
    ),
    Behaviour(
        "limits/text-part",
        "A text in a multipart form is kept in memory, other than a file.",
        (post("/lab/fields", multipart(part("text", "x" * THREE_MB)), kind=MULTIPART),),
        raw=answers(200, json={"fields": 1}),
        starlette=answers(400),
        django=answers(400),
        layer=MEMORY,
        source=FIELDS,
        ablation=change(MEMORY, None, answers(200, json={"fields": 1})),
        elsewhere=FORM_LIMIT,
    ),
    Behaviour(
        "limits/file-to-disk",
        "A large file is kept on disk, so it may be larger than memory.",
        (
            post(
                "/lab/fields",
                multipart(part("file", "x" * THREE_MB, "large.bin")),
                kind=MULTIPART,
            ),
        ),
        raw=answers(200, json={"files": ["large.bin"]}),
        starlette=answers(200, json={"in_memory": [False]}),
        django=answers(200, json={"files": ["large.bin"], "in_memory": [False]}),
        layer="FILE_UPLOAD_MAX_MEMORY_SIZE",
        source=Source(
            "django/core/files/uploadhandler.py",
            "MemoryFileUploadHandler.handle_raw_input",
        ),
        ablation=change(
            "FILE_UPLOAD_MAX_MEMORY_SIZE", 1 << 30, answers(json={"in_memory": [True]})
        ),
        elsewhere=Elsewhere(
            "It does the same beyond a megabyte.",
            "A parser that writes parts to a file as they come.",
        ),
    ),
)
