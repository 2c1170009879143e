"""What WSGI does not have, and what Django does not take of ASGI.

What a framework does otherwise within HTTP is in the file of its name.
"""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

WSGI = ("*-wsgi",)
ENVIRON = "PEP 3333, environ Variables"

DJANGO_HANDLER = "django/core/handlers/asgi.py: ASGIHandler.__call__"

INTERFACES: tuple[KnownDifference, ...] = (
    KnownDifference(
        scenario=("ws_*/*",),
        implementation=("django-asgi",),
        what=("status", "ending", "answer"),
        layer="ASGIHandler",
        why=(
            "Django takes HTTP alone and refuses a WebSocket with an exception; "
            "Channels is the package that adds it."
        ),
        source=DJANGO_HANDLER,
    ),
    KnownDifference(
        scenario=("lifespan/*", "state/*"),
        implementation=("django-asgi",),
        what=(
            "application",
            "events",
            "ending",
            "body.greeting",
            "body.visits",
            "body.visitors",
        ),
        layer="ASGIHandler",
        why=(
            "Django takes HTTP alone and refuses lifespan with an exception, so "
            "there is no start-up and no state."
        ),
        source=DJANGO_HANDLER,
    ),
    KnownDifference(
        scenario=("ws_*/*",),
        implementation=WSGI,
        what=("*",),
        layer="WSGI",
        why=(
            "WSGI is one request and one response: it has no WebSocket, and a "
            "handshake reaches the application as a GET request."
        ),
        source="PEP 3333, Specification Overview",
    ),
    KnownDifference(
        scenario=("lifespan/*", "state/*"),
        implementation=WSGI,
        what=("application", "answer", "body.greeting", "body.visits", "body.visitors"),
        layer="WSGI",
        why=(
            "WSGI has no lifespan: nothing tells an application that its server has "
            "started or is about to end."
        ),
        source="PEP 3333, Specification Overview",
    ),
    KnownDifference(
        scenario=("inspect/*",),
        implementation=WSGI,
        what=("body.raw_path",),
        layer="WSGI",
        why="PATH_INFO is decoded, and what it was before is not told.",
        source=ENVIRON,
    ),
    KnownDifference(
        scenario=("inspect/repeated_headers", "inspect/underscore_header"),
        implementation=("raw-wsgi",),
        what=("body.headers", "body.x_headers"),
        layer="WSGI",
        why=(
            "A request header is a variable HTTP_NAME, as in CGI: repeated ones are "
            "joined with a comma, and - and _ are the same."
        ),
        source="RFC 3875 section 4.1.18; " + ENVIRON,
    ),
    KnownDifference(
        scenario=("error/before_the_response",),
        implementation=("raw-wsgi",),
        what=("ending",),
        layer="WSGI",
        why=(
            "The error was handed to the server by start_response (exc_info), so it "
            "need not be raised again."
        ),
        source="PEP 3333, Error Handling",
    ),
    KnownDifference(
        scenario=("poll/client_leaves",),
        implementation=WSGI,
        what=("stops",),
        layer="WSGI",
        why="Nothing tells a WSGI application that its client has left while it waits.",
        source="PEP 3333, Specification Overview",
    ),
)
