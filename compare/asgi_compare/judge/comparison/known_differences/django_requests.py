"""What Django makes of a request: its query, header fields, cookies, body and forms."""

from asgi_compare.judge.comparison.known_differences.django import ASGI, BOTH, WSGI
from asgi_compare.judge.comparison.known_differences.row import KnownDifference

DJANGO_REQUESTS = (
    # Query strings and forms.
    KnownDifference(
        "item/interleaved_query form/interleaved",
        BOTH,
        "body.query body.form",
        "QueryDict",
        "Values are kept in a list under each name, so the order of different names "
        "among each other is lost.",
        "django/utils/datastructures.py: MultiValueDict.appendlist",
    ),
    # What a view sees.
    KnownDifference(
        "inspect/*",
        ASGI,
        "body.raw_path",
        "HttpRequest",
        "The documented attributes of a request do not tell the raw path.",
        "django/core/handlers/asgi.py: ASGIRequest.__init__",
    ),
    KnownDifference(
        "inspect/*",
        ASGI,
        "body.http_version",
        "ASGIRequest",
        "META has no SERVER_PROTOCOL under ASGI.",
        "django/core/handlers/asgi.py: ASGIRequest.__init__",
    ),
    KnownDifference(
        "inspect/underscore_header",
        ASGI,
        "body.headers body.x_headers",
        "ASGIRequest",
        "A field with an underscore in its name is left out: in META it could not be "
        "told from one with a hyphen.",
        "django/core/handlers/asgi.py: ASGIRequest.__init__",
    ),
    KnownDifference(
        "inspect/repeated_headers",
        ASGI,
        "body.headers body.x_headers",
        "ASGIRequest",
        "Fields of the same name are joined by a comma, as in CGI.",
        "django/core/handlers/asgi.py: ASGIRequest.__init__",
    ),
    KnownDifference(
        "inspect/*",
        WSGI,
        "body.headers body.x_headers",
        "WSGI",
        "The environ has one variable for a field name, in which case and underscores "
        "are lost, and repeated fields are joined.",
        "PEP 3333, 'environ Variables'; django/http/request.py: HttpHeaders",
    ),
    KnownDifference(
        "inspect/not_utf8_path",
        WSGI,
        "body.path",
        "WSGIRequest",
        "Bytes of the path that are not UTF-8 are percent-encoded again.",
        "django/core/handlers/wsgi.py: get_path_info",
    ),
    KnownDifference(
        "cookies/two_cookie_fields",
        ASGI,
        "body.cookies",
        "ASGIRequest",
        "Django 5.2 joins two Cookie fields with a comma, as any other field, and so "
        "makes one cookie of two.",
        "django/core/handlers/asgi.py: ASGIRequest.__init__",
        only="django<6",
    ),
    # Bodies.
    KnownDifference(
        "echo/no_content_length",
        WSGI,
        "body pieces",
        "WSGIRequest",
        "Without a Content-Length the body counts as empty, whatever the server says "
        "of its end.",
        "django/core/handlers/wsgi.py: WSGIRequest.__init__",
    ),
    KnownDifference(
        "upload/no_content_length",
        BOTH,
        "body.fields body.files",
        "MultiPartParser",
        "Without a Content-Length the form counts as empty, and nothing says so.",
        "django/http/multipartparser.py: MultiPartParser._parse",
    ),
    KnownDifference(
        "upload/truncated",
        BOTH,
        "status",
        "MultiPartParser",
        "A form that breaks off is a form with what has arrived.",
        "django/http/multipartparser.py: MultiPartParser._parse",
    ),
    KnownDifference(
        "upload/no_boundary stream/bad_number",
        BOTH,
        "body header?content-type",
        "django.core.handlers",
        "A mistake of the client's is raised as an exception, and the answer to that "
        "is Django's own page for 400.",
        "django/core/handlers/exception.py: response_for_exception",
    ),
    KnownDifference(
        "echo/ten_mebibytes",
        ASGI,
        "pieces events",
        "ASGIHandler",
        "A body is sent in events of 64 KiB.",
        "django/core/handlers/asgi.py: ASGIHandler.chunk_bytes",
    ),
)
