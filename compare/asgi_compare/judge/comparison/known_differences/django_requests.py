"""What Django makes of a request: its query, header fields, cookies, body and forms."""

from asgi_compare.judge.comparison.known_differences.django import ASGI, BOTH, WSGI
from asgi_compare.judge.comparison.known_differences.row import KnownDifference

DJANGO_REQUESTS = (
    # Query strings and forms.
    KnownDifference(
        scenario=("item/interleaved_query", "form/interleaved"),
        implementation=BOTH,
        what=("body.query", "body.form"),
        layer="QueryDict",
        why=(
            "Values are kept in a list under each name, so the order of different "
            "names among each other is lost."
        ),
        source="django/utils/datastructures.py: MultiValueDict.appendlist",
    ),
    # What a view sees.
    KnownDifference(
        scenario=("inspect/*",),
        implementation=ASGI,
        what=("body.raw_path",),
        layer="HttpRequest",
        why="The documented attributes of a request do not tell the raw path.",
        source="django/core/handlers/asgi.py: ASGIRequest.__init__",
    ),
    KnownDifference(
        scenario=("inspect/*",),
        implementation=ASGI,
        what=("body.http_version",),
        layer="ASGIRequest",
        why="META has no SERVER_PROTOCOL under ASGI.",
        source="django/core/handlers/asgi.py: ASGIRequest.__init__",
    ),
    KnownDifference(
        scenario=("inspect/underscore_header",),
        implementation=ASGI,
        what=("body.headers", "body.x_headers"),
        layer="ASGIRequest",
        why=(
            "A field with an underscore in its name is left out: in META it could "
            "not be told from one with a hyphen."
        ),
        source="django/core/handlers/asgi.py: ASGIRequest.__init__",
    ),
    KnownDifference(
        scenario=("inspect/repeated_headers",),
        implementation=ASGI,
        what=("body.headers", "body.x_headers"),
        layer="ASGIRequest",
        why="Fields of the same name are joined by a comma, as in CGI.",
        source="django/core/handlers/asgi.py: ASGIRequest.__init__",
    ),
    KnownDifference(
        scenario=("inspect/*",),
        implementation=WSGI,
        what=("body.headers", "body.x_headers"),
        layer="WSGI",
        why=(
            "The environ has one variable for a field name, in which case and "
            "underscores are lost, and repeated fields are joined."
        ),
        source="PEP 3333, 'environ Variables'; django/http/request.py: HttpHeaders",
    ),
    KnownDifference(
        scenario=("inspect/not_utf8_path",),
        implementation=WSGI,
        what=("body.path",),
        layer="WSGIRequest",
        why="Bytes of the path that are not UTF-8 are percent-encoded again.",
        source="django/core/handlers/wsgi.py: get_path_info",
    ),
    KnownDifference(
        scenario=("cookies/two_cookie_fields",),
        implementation=ASGI,
        what=("body.cookies",),
        layer="ASGIRequest",
        why=(
            "Django 5.2 joins two Cookie fields with a comma, as any other field, "
            "and so makes one cookie of two."
        ),
        source="django/core/handlers/asgi.py: ASGIRequest.__init__",
        only=("django<6",),
    ),
    # Bodies.
    KnownDifference(
        scenario=("echo/no_content_length",),
        implementation=WSGI,
        what=("body", "pieces"),
        layer="WSGIRequest",
        why=(
            "Without a Content-Length the body counts as empty, whatever the server "
            "says of its end."
        ),
        source="django/core/handlers/wsgi.py: WSGIRequest.__init__",
    ),
    KnownDifference(
        scenario=("upload/no_content_length",),
        implementation=BOTH,
        what=("body.fields", "body.files"),
        layer="MultiPartParser",
        why="Without a Content-Length the form counts as empty, and nothing says so.",
        source="django/http/multipartparser.py: MultiPartParser._parse",
    ),
    KnownDifference(
        scenario=("upload/truncated",),
        implementation=BOTH,
        what=("status",),
        layer="MultiPartParser",
        why="A form that breaks off is a form with what has arrived.",
        source="django/http/multipartparser.py: MultiPartParser._parse",
    ),
    KnownDifference(
        scenario=("upload/no_boundary", "stream/bad_number"),
        implementation=BOTH,
        what=("body", "header:content-type"),
        layer="django.core.handlers",
        why=(
            "A mistake of the client's is raised as an exception, and the answer to "
            "that is Django's own page for 400."
        ),
        source="django/core/handlers/exception.py: response_for_exception",
    ),
    KnownDifference(
        scenario=("echo/ten_mebibytes",),
        implementation=ASGI,
        what=("pieces", "events"),
        layer="ASGIHandler",
        why="A body is sent in events of 64 KiB.",
        source="django/core/handlers/asgi.py: ASGIHandler.chunk_bytes",
    ),
)
