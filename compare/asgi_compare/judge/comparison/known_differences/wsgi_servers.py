"""What a server does to an exchange with a WSGI application.

uvicorn and hypercorn are ASGI servers, with a layer of their own for WSGI. granian is
written in Rust; places that end in .rs are in its repository (read at 2.8.1).
"""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

WSGI = "*-wsgi"
HYPERCORN = "hypercorn hypercorn-wsgi"
LAYERED = "uvicorn " + HYPERCORN
"""Servers that make an environ out of an ASGI scope."""
GUNICORN = "gunicorn-sync gunicorn-gthread"
EVERY_SERVER = f"{LAYERED} {GUNICORN} wsgiref waitress granian-wsgi"

UVICORN_ENVIRON = "uvicorn/middleware/wsgi.py: build_environ"
HYPERCORN_ENVIRON = "hypercorn/app_wrappers.py: _build_environ"
WSGIREF_ENVIRON = "wsgiref/simple_server.py: WSGIRequestHandler.get_environ"
GRANIAN_ENVIRON = "granian, src/wsgi/callbacks.rs: build_wsgi"

WSGI_SERVERS: tuple[KnownDifference, ...] = (
    # The environ.
    KnownDifference(
        "inspect/underscore_header",
        WSGI,
        "body.headers body.x_headers",
        "the environ",
        "X_Real_IP becomes the variable of X-Real-IP; our driver leaves such a field "
        "out, as gunicorn and waitress do, so that nobody can forge the other one.",
        f"{UVICORN_ENVIRON}; {HYPERCORN_ENVIRON}; {WSGIREF_ENVIRON}; {GRANIAN_ENVIRON}",
        host=f"{LAYERED} wsgiref granian-wsgi",
    ),
    KnownDifference(
        "cookies/two_cookie_fields",
        WSGI,
        "body.cookies",
        "the environ",
        "Two Cookie fields are joined by a comma, as any other field, which makes one "
        "cookie of two (RFC 9113 section 8.2.3 wants '; ').",
        f"{UVICORN_ENVIRON}; {HYPERCORN_ENVIRON}; {WSGIREF_ENVIRON}; "
        "gunicorn/http/wsgi.py: create; "
        "waitress/parser.py: HTTPRequestParser.parse_header",
        host=f"{LAYERED} {GUNICORN} wsgiref waitress",
    ),
    KnownDifference(
        "inspect/repeated_headers",
        WSGI,
        "body.headers body.x_headers",
        "waitress",
        "Repeated fields are joined by a comma and a blank; our driver, like the "
        "others, leaves the blank out, which means the same (RFC 9110 section 5.3).",
        "waitress/parser.py: HTTPRequestParser.parse_header",
        host="waitress",
    ),
    KnownDifference(
        "inspect/body",
        WSGI,
        "body.headers",
        "granian",
        "CONTENT_LENGTH comes first in the environ; the order of a dict's keys means "
        "nothing.",
        GRANIAN_ENVIRON,
        host="granian-wsgi",
    ),
    KnownDifference(
        "inspect/* echo/*",
        WSGI,
        "body.headers header?content-type",
        "wsgiref",
        "A request without Content-Type has the variable CONTENT_TYPE all the same, "
        "with text/plain, and one without Content-Length an empty CONTENT_LENGTH.",
        f"{WSGIREF_ENVIRON}; wsgiref/simple_server.py: WSGIServer.setup_environ",
        host="wsgiref",
    ),
    KnownDifference(
        "inspect/not_utf8_path",
        "django-wsgi",
        "body.path json?spelling",
        "the environ",
        "The path has been decoded as UTF-8 before it becomes PATH_INFO, and bytes "
        "that are not UTF-8 are lost by then.",
        f"{UVICORN_ENVIRON}; {HYPERCORN_ENVIRON}",
        host=LAYERED,
    ),
    # Bodies of requests.
    KnownDifference(
        "echo/no_content_length upload/no_content_length",
        "raw-wsgi",
        "body status",
        "the environ",
        "Neither CONTENT_LENGTH nor wsgi.input_terminated says where a chunked body "
        "ends, so it counts as empty.",
        f"{UVICORN_ENVIRON}; {HYPERCORN_ENVIRON}; {WSGIREF_ENVIRON}",
        host=f"{LAYERED} wsgiref",
    ),
    KnownDifference(
        "echo/no_content_length upload/no_content_length",
        "django-wsgi",
        "body body.fields body.files json?spelling",
        "waitress",
        "A chunked body is read to its end before the application is called, and gets "
        "the CONTENT_LENGTH that Django needs.",
        "waitress/parser.py: HTTPRequestParser.received",
        host="waitress",
    ),
    # start_response.
    KnownDifference(
        "error/after_the_start",
        "raw-wsgi",
        "complete body pieces",
        "start_response",
        "A second call with exc_info should raise when the header fields have gone out "
        "(PEP 3333, Error Handling), and does not: the response goes on, with the "
        "words for the error in it.",
        "uvicorn/middleware/wsgi.py: WSGIResponder.start_response; "
        "hypercorn/app_wrappers.py: WSGIWrapper.run_app; "
        "granian/wsgi.py: Response.__call__",
        host=f"{LAYERED} granian-wsgi",
    ),
    KnownDifference(
        "error/after_the_start",
        "django-wsgi",
        "complete",
        "granian",
        "A body that raises is ended like one that is complete, so its client cannot "
        "tell.",
        "granian, src/wsgi/io.rs: WSGIProtocol::response_iter",
        host="granian-wsgi",
    ),
    KnownDifference(
        "error/after_the_start",
        WSGI,
        "complete",
        "wsgiref",
        "It speaks HTTP/1.0, where a body without a length ends with the connection, "
        "whether it is complete or not.",
        "wsgiref/handlers.py: BaseHandler.send_preamble",
        host="wsgiref",
    ),
    KnownDifference(
        "headers/*",
        WSGI,
        "status",
        "start_response",
        "Header values are encoded as ASCII, and one that is not becomes an error; it "
        "should be latin-1 (PEP 3333, Unicode Issues).",
        "uvicorn/middleware/wsgi.py: WSGIResponder.start_response",
        host="uvicorn",
    ),
    KnownDifference(
        "headers/*",
        WSGI,
        "header?x-latin",
        "granian",
        "Header values are encoded as UTF-8; it should be latin-1 (PEP 3333, Unicode "
        "Issues).",
        "granian, src/conversion.rs: headers_from_py",
        host="granian-wsgi",
    ),
    KnownDifference(
        "stream/no_pieces file/if_none_match file/if_modified_since",
        WSGI,
        "status",
        "hypercorn",
        "The response is started with the first block of the body. Where there is "
        "none, as in a 304 of Django's, it never is, and the server answers 500.",
        "hypercorn/app_wrappers.py: WSGIWrapper.run_app; "
        "django/http/response.py: HttpResponseNotModified.content",
        host=HYPERCORN,
    ),
    # Header fields of responses.
    KnownDifference(
        "headers/* cookies/set",
        "django-wsgi",
        "header?set-cookie",
        "HTTP",
        "The blank that Django 5.2 leaves in front of the value is no part of it once "
        "it is on the wire (RFC 9110 section 5.5).",
        "django/core/handlers/wsgi.py: WSGIHandler.__call__",
        host=EVERY_SERVER,
        only="django<6",
    ),
    KnownDifference(
        "cookies/set",
        "django-wsgi",
        "answer",
        "h11",
        "Without httptools, uvicorn uses h11, which does not send the blank that "
        "Django 5.2 leaves in front of the value: it refuses the whole response.",
        "h11/_headers.py: normalize_and_validate",
        host="uvicorn",
        only="django<6 !httptools",
    ),
    KnownDifference(
        "status/no_content poll/time_out",
        "django-wsgi",
        "header?content-length",
        "gunicorn",
        "The Content-Length that Django gives to 204 is taken away, as RFC 9110 "
        "section 8.6 wants it.",
        "gunicorn/http/wsgi.py: Response.start_response",
        host=GUNICORN,
    ),
    KnownDifference(
        "status/no_content status/not_modified poll/time_out file/if_none_match "
        "file/if_modified_since",
        "django-wsgi",
        "header?content-length",
        "waitress",
        "The Content-Length that Django gives to 204 and 304 is taken away.",
        "waitress/task.py: Task.build_response_header",
        host="waitress",
    ),
    KnownDifference(
        "stream/no_pieces",
        WSGI,
        "header?content-length",
        "wsgiref",
        "A body without a block is known to be empty before anything has gone out, and "
        "gets a Content-Length of 0.",
        "wsgiref/handlers.py: BaseHandler.finish_content",
        host="wsgiref",
    ),
    KnownDifference(
        "*",
        WSGI,
        "header?order",
        "waitress",
        "Fields are sorted by name; the order of different fields means nothing (RFC "
        "9110 section 5.3).",
        "waitress/task.py: Task.build_response_header",
        host="waitress",
    ),
    # Clients that leave, and those that wait for one another.
    KnownDifference(
        "log/drip_stopped log/background_done",
        WSGI,
        "body.log",
        "uvicorn",
        "The body is never closed (PEP 3333, Specification Details): what should be "
        "done at its end is not, and a client that has left is not noticed.",
        "uvicorn/middleware/wsgi.py: WSGIResponder.wsgi",
        host="uvicorn",
    ),
    KnownDifference(
        "log/drip_stopped",
        WSGI,
        "body.log",
        "hypercorn",
        "What is sent to a client that has left is dropped without a word, so the body "
        "is asked for its blocks to the last one.",
        "hypercorn/app_wrappers.py: WSGIWrapper.run_app; "
        "hypercorn/protocol/http_stream.py: HTTPStream.app_send",
        host=HYPERCORN,
    ),
    KnownDifference(
        "poll/event_arrives",
        WSGI,
        "status",
        "the server",
        "One request at a time: the event that the first one waits for comes with the "
        "second, and that is served when the first is over.",
        "wsgiref/simple_server.py: WSGIServer; gunicorn/workers/sync.py: SyncWorker",
        host="wsgiref gunicorn-sync",
    ),
    # WebSocket.
    KnownDifference(
        "ws_*/*",
        WSGI,
        "status",
        "hypercorn",
        "A handshake is refused with 403 before it gets to the application.",
        "hypercorn/app_wrappers.py: WSGIWrapper.__call__",
        host=HYPERCORN,
    ),
    KnownDifference(
        "ws_*/*",
        WSGI,
        "answer",
        "wsgiref",
        "It answers in HTTP/1.0, which is no answer to a handshake (RFC 6455 section "
        "4.1).",
        "wsgiref/handlers.py: BaseHandler.send_preamble",
        host="wsgiref",
    ),
)
