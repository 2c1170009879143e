"""What a server does to an exchange with a WSGI application.

uvicorn and hypercorn are ASGI servers, with a layer of their own for WSGI. granian is
written in Rust; places that end in .rs are in its repository (read at 2.8.1).
"""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

WSGI = ("*-wsgi",)
HYPERCORN = ("hypercorn", "hypercorn-wsgi")
LAYERED = ("uvicorn", *HYPERCORN)
"""Servers that make an environ out of an ASGI scope."""
GUNICORN = ("gunicorn-sync", "gunicorn-gthread")
EVERY_SERVER = (
    *LAYERED,
    *GUNICORN,
    "wsgiref",
    "waitress",
    "granian-wsgi",
)

UVICORN_ENVIRON = "uvicorn/middleware/wsgi.py: build_environ"
HYPERCORN_ENVIRON = "hypercorn/app_wrappers.py: _build_environ"
WSGIREF_ENVIRON = "wsgiref/simple_server.py: WSGIRequestHandler.get_environ"
GRANIAN_ENVIRON = "granian, src/wsgi/callbacks.rs: build_wsgi"

WSGI_SERVERS: tuple[KnownDifference, ...] = (
    # The environ.
    KnownDifference(
        scenario=("inspect/underscore_header",),
        implementation=WSGI,
        what=("body.headers", "body.x_headers"),
        layer="the environ",
        why=(
            "X_Real_IP becomes the variable of X-Real-IP; our driver leaves such a "
            "field out, as gunicorn and waitress do, so that nobody can forge the "
            "other one."
        ),
        source=(
            f"{UVICORN_ENVIRON}; {HYPERCORN_ENVIRON}; "
            f"{WSGIREF_ENVIRON}; {GRANIAN_ENVIRON}"
        ),
        host=(
            *LAYERED,
            "wsgiref",
            "granian-wsgi",
        ),
    ),
    KnownDifference(
        scenario=("cookies/two_cookie_fields",),
        implementation=WSGI,
        what=("body.cookies",),
        layer="the environ",
        why=(
            "Two Cookie fields are joined by a comma, as any other field, which "
            "makes one cookie of two (RFC 9113 section 8.2.3 wants '; ')."
        ),
        source=(
            f"{UVICORN_ENVIRON}; {HYPERCORN_ENVIRON}; {WSGIREF_ENVIRON}; "
            "gunicorn/http/wsgi.py: create; "
            "waitress/parser.py: HTTPRequestParser.parse_header"
        ),
        host=(
            *LAYERED,
            *GUNICORN,
            "wsgiref",
            "waitress",
        ),
    ),
    KnownDifference(
        scenario=("inspect/repeated_headers",),
        implementation=WSGI,
        what=("body.headers", "body.x_headers"),
        layer="waitress",
        why=(
            "Repeated fields are joined by a comma and a blank; our driver, like the "
            "others, leaves the blank out, which means the same (RFC 9110 section 5.3)."
        ),
        source="waitress/parser.py: HTTPRequestParser.parse_header",
        host=("waitress",),
    ),
    KnownDifference(
        scenario=("inspect/body",),
        implementation=WSGI,
        what=("body.headers",),
        layer="granian",
        why=(
            "CONTENT_LENGTH comes first in the environ; the order of a dict's keys "
            "means nothing."
        ),
        source=GRANIAN_ENVIRON,
        host=("granian-wsgi",),
    ),
    KnownDifference(
        scenario=("inspect/*", "echo/*"),
        implementation=WSGI,
        what=("body.headers", "header:content-type"),
        layer="wsgiref",
        why=(
            "A request without Content-Type has the variable CONTENT_TYPE all the "
            "same, with text/plain, and one without Content-Length an empty "
            "CONTENT_LENGTH."
        ),
        source=f"{WSGIREF_ENVIRON}; wsgiref/simple_server.py: WSGIServer.setup_environ",
        host=("wsgiref",),
    ),
    KnownDifference(
        scenario=("inspect/not_utf8_path",),
        implementation=("django-wsgi",),
        what=("body.path", "json:spelling"),
        layer="the environ",
        why=(
            "The path has been decoded as UTF-8 before it becomes PATH_INFO, and bytes "
            "that are not UTF-8 are lost by then."
        ),
        source=f"{UVICORN_ENVIRON}; {HYPERCORN_ENVIRON}",
        host=LAYERED,
    ),
    # Bodies of requests.
    KnownDifference(
        scenario=("echo/no_content_length", "upload/no_content_length"),
        implementation=("raw-wsgi",),
        what=("body", "status"),
        layer="the environ",
        why=(
            "Neither CONTENT_LENGTH nor wsgi.input_terminated says where a chunked "
            "body ends, so it counts as empty."
        ),
        source=f"{UVICORN_ENVIRON}; {HYPERCORN_ENVIRON}; {WSGIREF_ENVIRON}",
        host=(
            *LAYERED,
            "wsgiref",
        ),
    ),
    KnownDifference(
        scenario=("echo/no_content_length", "upload/no_content_length"),
        implementation=("django-wsgi",),
        what=("body", "body.fields", "body.files", "json:spelling"),
        layer="waitress",
        why=(
            "A chunked body is read to its end before the application is called, and "
            "gets the CONTENT_LENGTH that Django needs."
        ),
        source="waitress/parser.py: HTTPRequestParser.received",
        host=("waitress",),
    ),
    # start_response.
    KnownDifference(
        scenario=("error/after_the_start",),
        implementation=("raw-wsgi",),
        what=("complete", "body", "pieces"),
        layer="start_response",
        why=(
            "A second call with exc_info should raise when the header fields have "
            "gone out (PEP 3333, Error Handling), and does not: the response goes "
            "on, with the words for the error in it."
        ),
        source=(
            "uvicorn/middleware/wsgi.py: WSGIResponder.start_response; "
            "hypercorn/app_wrappers.py: WSGIWrapper.run_app; "
            "granian/wsgi.py: Response.__call__"
        ),
        host=(
            *LAYERED,
            "granian-wsgi",
        ),
    ),
    KnownDifference(
        scenario=("error/after_the_start",),
        implementation=("django-wsgi",),
        what=("complete",),
        layer="granian",
        why=(
            "A body that raises is ended like one that is complete, so its client "
            "cannot tell."
        ),
        source="granian, src/wsgi/io.rs: WSGIProtocol::response_iter",
        host=("granian-wsgi",),
    ),
    KnownDifference(
        scenario=("error/after_the_start",),
        implementation=WSGI,
        what=("complete",),
        layer="wsgiref",
        why=(
            "It speaks HTTP/1.0, where a body without a length ends with the "
            "connection, whether it is complete or not."
        ),
        source="wsgiref/handlers.py: BaseHandler.send_preamble",
        host=("wsgiref",),
    ),
    KnownDifference(
        scenario=("headers/*",),
        implementation=WSGI,
        what=("status",),
        layer="start_response",
        why=(
            "Header values are encoded as ASCII, and one that is not becomes an "
            "error; it should be latin-1 (PEP 3333, Unicode Issues)."
        ),
        source="uvicorn/middleware/wsgi.py: WSGIResponder.start_response",
        host=("uvicorn",),
    ),
    KnownDifference(
        scenario=("headers/*",),
        implementation=WSGI,
        what=("header:x-latin",),
        layer="granian",
        why=(
            "Header values are encoded as UTF-8; it should be latin-1 (PEP 3333, "
            "Unicode Issues)."
        ),
        source="granian, src/conversion.rs: headers_from_py",
        host=("granian-wsgi",),
    ),
    KnownDifference(
        scenario=(
            "stream/no_pieces",
            "file/if_none_match",
            "file/if_modified_since",
            "article/known",
        ),
        implementation=WSGI,
        what=("status",),
        layer="hypercorn",
        why=(
            "The response is started with the first block of the body. Where there is "
            "none, as in a 304 of Django's, it never is, and the server answers 500."
        ),
        source=(
            "hypercorn/app_wrappers.py: WSGIWrapper.run_app; "
            "django/http/response.py: HttpResponseNotModified.content"
        ),
        host=HYPERCORN,
    ),
    # Header fields of responses.
    KnownDifference(
        scenario=("headers/*", "cookies/set"),
        implementation=("django-wsgi",),
        what=("header:set-cookie",),
        layer="HTTP",
        why=(
            "The blank that Django 5.2 leaves in front of the value is no part of it "
            "once it is on the wire (RFC 9110 section 5.5)."
        ),
        source="django/core/handlers/wsgi.py: WSGIHandler.__call__",
        host=EVERY_SERVER,
        only=("django<6",),
    ),
    KnownDifference(
        scenario=("cookies/set",),
        implementation=("django-wsgi",),
        what=("answer",),
        layer="h11",
        why=(
            "Without httptools, uvicorn uses h11, which does not send the blank that "
            "Django 5.2 leaves in front of the value: it refuses the whole response."
        ),
        source="h11/_headers.py: normalize_and_validate",
        host=("uvicorn",),
        only=("django<6", "!httptools"),
    ),
    KnownDifference(
        scenario=("status/no_content", "poll/time_out"),
        implementation=("django-wsgi",),
        what=("header:content-length",),
        layer="gunicorn",
        why=(
            "The Content-Length that Django gives to 204 is taken away, as RFC 9110 "
            "section 8.6 wants it."
        ),
        source="gunicorn/http/wsgi.py: Response.start_response",
        host=GUNICORN,
    ),
    KnownDifference(
        scenario=(
            "status/no_content",
            "status/not_modified",
            "poll/time_out",
            "file/if_none_match",
            "file/if_modified_since",
            "article/known",
        ),
        implementation=("django-wsgi",),
        what=("header:content-length",),
        layer="waitress",
        why="The Content-Length that Django gives to 204 and 304 is taken away.",
        source="waitress/task.py: Task.build_response_header",
        host=("waitress",),
    ),
    KnownDifference(
        scenario=("stream/no_pieces",),
        implementation=WSGI,
        what=("header:content-length",),
        layer="wsgiref",
        why=(
            "A body without a block is known to be empty before anything has gone "
            "out, and gets a Content-Length of 0."
        ),
        source="wsgiref/handlers.py: BaseHandler.finish_content",
        host=("wsgiref",),
    ),
    KnownDifference(
        scenario=("*",),
        implementation=WSGI,
        what=("header:order",),
        layer="waitress",
        why=(
            "Fields are sorted by name; the order of different fields means nothing "
            "(RFC 9110 section 5.3)."
        ),
        source="waitress/task.py: Task.build_response_header",
        host=("waitress",),
    ),
    # Clients that leave, and those that wait for one another.
    KnownDifference(
        scenario=("log/drip_stopped", "log/background_done"),
        implementation=WSGI,
        what=("body.log",),
        layer="uvicorn",
        why=(
            "The body is never closed (PEP 3333, Specification Details): what should "
            "be done at its end is not, and a client that has left is not noticed."
        ),
        source="uvicorn/middleware/wsgi.py: WSGIResponder.wsgi",
        host=("uvicorn",),
    ),
    KnownDifference(
        scenario=("log/drip_stopped",),
        implementation=WSGI,
        what=("body.log",),
        layer="hypercorn",
        why=(
            "What is sent to a client that has left is dropped without a word, so "
            "the body is asked for its blocks to the last one."
        ),
        source=(
            "hypercorn/app_wrappers.py: WSGIWrapper.run_app; "
            "hypercorn/protocol/http_stream.py: HTTPStream.app_send"
        ),
        host=HYPERCORN,
    ),
    KnownDifference(
        scenario=("poll/event_arrives",),
        implementation=WSGI,
        what=("status",),
        layer="the server",
        why=(
            "One request at a time: the event that the first one waits for comes "
            "with the second, and that is served when the first is over."
        ),
        source=(
            "wsgiref/simple_server.py: WSGIServer; gunicorn/workers/sync.py: SyncWorker"
        ),
        host=("wsgiref", "gunicorn-sync"),
    ),
    # WebSocket.
    KnownDifference(
        scenario=("ws_*/*",),
        implementation=WSGI,
        what=("status",),
        layer="hypercorn",
        why="A handshake is refused with 403 before it gets to the application.",
        source="hypercorn/app_wrappers.py: WSGIWrapper.__call__",
        host=HYPERCORN,
    ),
    KnownDifference(
        scenario=("ws_*/*",),
        implementation=WSGI,
        what=("answer",),
        layer="wsgiref",
        why=(
            "It answers in HTTP/1.0, which is no answer to a handshake (RFC 6455 "
            "section 4.1)."
        ),
        source="wsgiref/handlers.py: BaseHandler.send_preamble",
        host=("wsgiref",),
    ),
)
