"""What a server does to an exchange with an ASGI application.

granian is written in Rust: places that end in .rs are in its repository (read at
2.8.1), or in that of hyper, which speaks HTTP for it.
"""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

GUNICORN = ("gunicorn-asgi",)
BY_HAND_OR_STARLETTE = ("raw-asgi", "starlette")
"""Django joins such fields or leaves them out itself."""
HYPER = "hyper, src/proto/h1/role.rs: Server::encode_headers"

ASGI_SERVERS: tuple[KnownDifference, ...] = (
    KnownDifference(
        scenario=("*/unknown_method",),
        implementation=("*",),
        what=("status",),
        layer="uvicorn with httptools",
        why=(
            "The parser has a list of methods, and a request with another one is "
            "answered with 400 before the application is called."
        ),
        source=(
            "uvicorn/protocols/http/httptools_impl.py: HttpToolsProtocol.data_received"
        ),
        host=("uvicorn",),
        only=("httptools>=0",),
    ),
    # Header fields of a request.
    KnownDifference(
        scenario=("inspect/repeated_headers",),
        implementation=BY_HAND_OR_STARLETTE,
        what=("body.headers", "body.x_headers"),
        layer="daphne",
        why=(
            "Twisted keeps the values of a field together under its name, so the "
            "order of different fields among each other is lost."
        ),
        source="daphne/http_protocol.py: WebRequest.process (getAllRawHeaders)",
        host=("daphne",),
    ),
    KnownDifference(
        scenario=("inspect/repeated_headers",),
        implementation=BY_HAND_OR_STARLETTE,
        what=("body.headers", "body.x_headers"),
        layer="granian",
        why=(
            "Its map of header fields keeps the values of a field together under its "
            "name, so the order of different fields among each other is lost."
        ),
        source="granian, src/asgi/utils.rs: build_scope_common",
        host=("granian",),
    ),
    KnownDifference(
        scenario=("inspect/underscore_header",),
        implementation=BY_HAND_OR_STARLETTE,
        what=("body.headers", "body.x_headers"),
        layer="daphne",
        why=(
            "A field with an underscore in its name is dropped, since in CGI it "
            "could not be told from one with a hyphen."
        ),
        source="daphne/http_protocol.py: WebRequest.process (CVE-2015-0219)",
        host=("daphne",),
    ),
    KnownDifference(
        scenario=("inspect/underscore_header",),
        implementation=BY_HAND_OR_STARLETTE,
        what=("body.headers", "body.x_headers"),
        layer="gunicorn",
        why=(
            "A field with an underscore in its name is dropped, unless the setting "
            "header_map says otherwise."
        ),
        source="gunicorn/http/message.py: HeaderPolicy._apply_header_policy",
        host=GUNICORN,
    ),
    # Header fields of a response.
    KnownDifference(
        scenario=("status/no_content", "poll/time_out"),
        implementation=("django-asgi",),
        what=("header:content-length",),
        layer="gunicorn",
        why=(
            "The Content-Length that Django gives to 204 is taken away, as RFC 9110 "
            "section 8.6 wants it."
        ),
        source="gunicorn/asgi/protocol.py: ASGIProtocol._strip_body_framing_headers",
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
        implementation=("django-asgi",),
        what=("header:content-length",),
        layer="granian",
        why="The Content-Length that Django gives to 204 and 304 is taken away.",
        source=HYPER + " (can_have_content_length)",
        host=("granian",),
    ),
    KnownDifference(
        scenario=("stream/no_pieces",),
        implementation=("*",),
        what=("header:content-length",),
        layer="granian",
        why=(
            "A stream that ends without a piece is known to be empty before anything "
            "has gone out, and gets a Content-Length of 0."
        ),
        source="granian, src/asgi/io.rs: ASGIHTTPProtocol::send; " + HYPER,
        host=("granian",),
    ),
    KnownDifference(
        scenario=("*",),
        implementation=("starlette", "django-asgi"),
        what=("header:order",),
        layer="granian",
        why=(
            "Where the body is empty, Content-Length is written anew, behind the "
            "others; the order of different fields means nothing (RFC 9110 section "
            "5.3)."
        ),
        source=HYPER,
        host=("granian",),
    ),
    # Bodies and errors.
    KnownDifference(
        scenario=("error/after_the_start",),
        implementation=("*",),
        what=("ending",),
        layer="daphne",
        why=(
            "An exception in the middle of a response is answered with a second one, "
            "which is an error itself; the response is not broken off, and its "
            "client waits."
        ),
        source=(
            "daphne/http_protocol.py: WebRequest.handle_exception, "
            "WebRequest.handle_reply"
        ),
        host=("daphne",),
    ),
    KnownDifference(
        scenario=("upload/no_boundary",),
        implementation=("*",),
        what=("body", "header:*"),
        layer="daphne",
        why=(
            "Twisted parses a form before daphne sees it, and refuses it with a 400 "
            "of its own, without fields or body."
        ),
        source="twisted/web/http.py: Request.requestReceived",
        host=("daphne",),
    ),
    # Lifespan, and clients that leave.
    KnownDifference(
        scenario=("state/*",),
        implementation=BY_HAND_OR_STARLETTE,
        what=("body.greeting", "body.visitors"),
        layer="daphne",
        why=(
            "It has no lifespan: nothing tells an application that it has started, and "
            "there is no state."
        ),
        source="daphne/server.py: Server.run",
        host=("daphne",),
    ),
    KnownDifference(
        scenario=("log/drip_stopped",),
        implementation=("starlette",),
        what=("body.log",),
        layer="gunicorn",
        why=(
            "It names version 2.4, in which sending to a client that has left raises "
            "OSError, and does nothing instead; Starlette listens for nothing else "
            "then, and sends to the end."
        ),
        source=(
            "gunicorn/asgi/protocol.py: ASGIProtocol._handle_http_request (send); "
            "starlette/responses.py: StreamingResponse.__call__"
        ),
        host=GUNICORN,
    ),
    # WebSocket.
    KnownDifference(
        scenario=("ws_echo/empty",),
        implementation=BY_HAND_OR_STARLETTE,
        what=("messages", "ending"),
        layer="daphne",
        why=(
            "An empty message is not sent: it is asked for truth where it should be "
            "asked for None."
        ),
        source="daphne/ws_protocol.py: WebSocketProtocol.handle_reply",
        host=("daphne",),
    ),
    KnownDifference(
        scenario=("ws_close/code_and_reason",),
        implementation=BY_HAND_OR_STARLETTE,
        what=("close:reason",),
        layer="daphne",
        why="The close code is sent, and the reason is not.",
        source="daphne/ws_protocol.py: WebSocketProtocol.handle_reply",
        host=("daphne",),
    ),
    KnownDifference(
        scenario=("ws_deny/with_extension",),
        implementation=BY_HAND_OR_STARLETTE,
        what=("status",),
        layer="the server",
        why=(
            "It does not offer the extension websocket.http.response, so 403 is all "
            "that can be said."
        ),
        source=(
            "daphne/ws_protocol.py: WebSocketProtocol.onConnect; "
            "gunicorn/asgi/protocol.py: ASGIProtocol._build_websocket_scope"
        ),
        host=("daphne", *GUNICORN),
    ),
    KnownDifference(
        scenario=("ws_deny/with_extension",),
        implementation=BY_HAND_OR_STARLETTE,
        what=("header:upgrade", "header:sec-websocket-accept"),
        layer="granian",
        why="A refusal still has the fields of the handshake that it refuses.",
        source="granian, src/ws.rs: upgrade_intent, UpgradeData::send",
        host=("granian",),
    ),
    KnownDifference(
        scenario=("ws_*/*",),
        implementation=("django-asgi",),
        what=("status",),
        layer="granian",
        why=(
            "An exception before the handshake is answered counts as a refusal: 403, "
            "where others answer 500."
        ),
        source="granian, src/asgi/http.rs: handle_request_with_ws",
        host=("granian",),
    ),
)
