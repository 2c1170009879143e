"""What WSGI does not have, and what Django does not take of ASGI.

What a framework does otherwise within HTTP is in the file of its name.
"""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

WSGI = "*-wsgi"
ENVIRON = "PEP 3333, environ Variables"

DJANGO_HANDLER = "django/core/handlers/asgi.py: ASGIHandler.__call__"

INTERFACES: tuple[KnownDifference, ...] = (
    KnownDifference(
        "ws_*/*",
        "django-asgi",
        "status ending answer",
        "ASGIHandler",
        "Django takes HTTP alone and refuses a WebSocket with an exception; Channels "
        "is the package that adds it.",
        DJANGO_HANDLER,
    ),
    KnownDifference(
        "lifespan/* state/*",
        "django-asgi",
        "application events ending body.greeting body.visits body.visitors",
        "ASGIHandler",
        "Django takes HTTP alone and refuses lifespan with an exception, so there is "
        "no start-up and no state.",
        DJANGO_HANDLER,
    ),
    KnownDifference(
        "ws_*/*",
        WSGI,
        "*",
        "WSGI",
        "WSGI is one request and one response: it has no WebSocket, and a handshake "
        "reaches the application as a GET request.",
        "PEP 3333, Specification Overview",
    ),
    KnownDifference(
        "lifespan/* state/*",
        WSGI,
        "application answer body.greeting body.visits body.visitors",
        "WSGI",
        "WSGI has no lifespan: nothing tells an application that its server has "
        "started or is about to end.",
        "PEP 3333, Specification Overview",
    ),
    KnownDifference(
        "inspect/*",
        WSGI,
        "body.raw_path",
        "WSGI",
        "PATH_INFO is decoded, and what it was before is not told.",
        ENVIRON,
    ),
    KnownDifference(
        "inspect/repeated_headers inspect/underscore_header",
        "raw-wsgi",
        "body.headers body.x_headers",
        "WSGI",
        "A request header is a variable HTTP_NAME, as in CGI: repeated ones are joined "
        "with a comma, and - and _ are the same.",
        "RFC 3875 section 4.1.18; " + ENVIRON,
    ),
    KnownDifference(
        "error/before_the_response",
        "raw-wsgi",
        "ending",
        "WSGI",
        "The error was handed to the server by start_response (exc_info), so it need "
        "not be raised again.",
        "PEP 3333, Error Handling",
    ),
    KnownDifference(
        "poll/client_leaves",
        WSGI,
        "stops",
        "WSGI",
        "Nothing tells a WSGI application that its client has left while it waits.",
        "PEP 3333, Specification Overview",
    ),
)
