"""What a server does to an exchange with an ASGI application.

granian is written in Rust: places that end in .rs are in its repository (read at
2.8.1), or in that of hyper, which speaks HTTP for it.
"""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

GUNICORN = "gunicorn-asgi"
BY_HAND_OR_STARLETTE = "raw-asgi starlette"
"""Django joins such fields or leaves them out itself."""
HYPER = "hyper, src/proto/h1/role.rs: Server::encode_headers"

ASGI_SERVERS: tuple[KnownDifference, ...] = (
    KnownDifference(
        "*/unknown_method",
        "*",
        "status",
        "uvicorn with httptools",
        "The parser has a list of methods, and a request with another one is answered "
        "with 400 before the application is called.",
        "uvicorn/protocols/http/httptools_impl.py: HttpToolsProtocol.data_received",
        host="uvicorn",
        only="httptools>=0",
    ),
    # Header fields of a request.
    KnownDifference(
        "inspect/repeated_headers",
        BY_HAND_OR_STARLETTE,
        "body.headers body.x_headers",
        "daphne",
        "Twisted keeps the values of a field together under its name, so the order of "
        "different fields among each other is lost.",
        "daphne/http_protocol.py: WebRequest.process (getAllRawHeaders)",
        host="daphne",
    ),
    KnownDifference(
        "inspect/repeated_headers",
        BY_HAND_OR_STARLETTE,
        "body.headers body.x_headers",
        "granian",
        "Its map of header fields keeps the values of a field together under its name, "
        "so the order of different fields among each other is lost.",
        "granian, src/asgi/utils.rs: build_scope_common",
        host="granian",
    ),
    KnownDifference(
        "inspect/underscore_header",
        BY_HAND_OR_STARLETTE,
        "body.headers body.x_headers",
        "daphne",
        "A field with an underscore in its name is dropped, since in CGI it could not "
        "be told from one with a hyphen.",
        "daphne/http_protocol.py: WebRequest.process (CVE-2015-0219)",
        host="daphne",
    ),
    KnownDifference(
        "inspect/underscore_header",
        BY_HAND_OR_STARLETTE,
        "body.headers body.x_headers",
        "gunicorn",
        "A field with an underscore in its name is dropped, unless the setting "
        "header_map says otherwise.",
        "gunicorn/http/message.py: HeaderPolicy._apply_header_policy",
        host=GUNICORN,
    ),
    # Header fields of a response.
    KnownDifference(
        "status/no_content poll/time_out",
        "django-asgi",
        "header?content-length",
        "gunicorn",
        "The Content-Length that Django gives to 204 is taken away, as RFC 9110 "
        "section 8.6 wants it.",
        "gunicorn/asgi/protocol.py: ASGIProtocol._strip_body_framing_headers",
        host=GUNICORN,
    ),
    KnownDifference(
        "status/no_content status/not_modified poll/time_out file/if_none_match "
        "file/if_modified_since",
        "django-asgi",
        "header?content-length",
        "granian",
        "The Content-Length that Django gives to 204 and 304 is taken away.",
        HYPER + " (can_have_content_length)",
        host="granian",
    ),
    KnownDifference(
        "stream/no_pieces",
        "*",
        "header?content-length",
        "granian",
        "A stream that ends without a piece is known to be empty before anything has "
        "gone out, and gets a Content-Length of 0.",
        "granian, src/asgi/io.rs: ASGIHTTPProtocol::send; " + HYPER,
        host="granian",
    ),
    KnownDifference(
        "*",
        "starlette django-asgi",
        "header?order",
        "granian",
        "Where the body is empty, Content-Length is written anew, behind the others; "
        "the order of different fields means nothing (RFC 9110 section 5.3).",
        HYPER,
        host="granian",
    ),
    # Bodies and errors.
    KnownDifference(
        "error/after_the_start",
        "*",
        "ending",
        "daphne",
        "An exception in the middle of a response is answered with a second one, which "
        "is an error itself; the response is not broken off, and its client waits.",
        "daphne/http_protocol.py: WebRequest.handle_exception, WebRequest.handle_reply",
        host="daphne",
    ),
    KnownDifference(
        "upload/no_boundary",
        "*",
        "body header?*",
        "daphne",
        "Twisted parses a form before daphne sees it, and refuses it with a 400 of its "
        "own, without fields or body.",
        "twisted/web/http.py: Request.requestReceived",
        host="daphne",
    ),
    # Lifespan, and clients that leave.
    KnownDifference(
        "state/*",
        BY_HAND_OR_STARLETTE,
        "body.greeting body.visitors",
        "daphne",
        "It has no lifespan: nothing tells an application that it has started, and "
        "there is no state.",
        "daphne/server.py: Server.run",
        host="daphne",
    ),
    KnownDifference(
        "log/drip_stopped",
        "starlette",
        "body.log",
        "gunicorn",
        "It names version 2.4, in which sending to a client that has left raises "
        "OSError, and does nothing instead; Starlette listens for nothing else then, "
        "and sends to the end.",
        "gunicorn/asgi/protocol.py: ASGIProtocol._handle_http_request (send); "
        "starlette/responses.py: StreamingResponse.__call__",
        host=GUNICORN,
    ),
    # WebSocket.
    KnownDifference(
        "ws_echo/empty",
        BY_HAND_OR_STARLETTE,
        "messages ending",
        "daphne",
        "An empty message is not sent: it is asked for truth where it should be asked "
        "for None.",
        "daphne/ws_protocol.py: WebSocketProtocol.handle_reply",
        host="daphne",
    ),
    KnownDifference(
        "ws_close/code_and_reason",
        BY_HAND_OR_STARLETTE,
        "close?reason",
        "daphne",
        "The close code is sent, and the reason is not.",
        "daphne/ws_protocol.py: WebSocketProtocol.handle_reply",
        host="daphne",
    ),
    KnownDifference(
        "ws_deny/with_extension",
        BY_HAND_OR_STARLETTE,
        "status",
        "the server",
        "It does not offer the extension websocket.http.response, so 403 is all that "
        "can be said.",
        "daphne/ws_protocol.py: WebSocketProtocol.onConnect; "
        "gunicorn/asgi/protocol.py: ASGIProtocol._build_websocket_scope",
        host="daphne " + GUNICORN,
    ),
    KnownDifference(
        "ws_deny/with_extension",
        BY_HAND_OR_STARLETTE,
        "header?upgrade header?sec-websocket-accept",
        "granian",
        "A refusal still has the fields of the handshake that it refuses.",
        "granian, src/ws.rs: upgrade_intent, UpgradeData::send",
        host="granian",
    ),
    KnownDifference(
        "ws_*/*",
        "django-asgi",
        "status",
        "granian",
        "An exception before the handshake is answered counts as a refusal: 403, where "
        "others answer 500.",
        "granian, src/asgi/http.rs: handle_request_with_ws",
        host="granian",
    ),
)
