"""What Starlette does otherwise than the application by hand."""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

NAME = "starlette"

STARLETTE: tuple[KnownDifference, ...] = (
    KnownDifference(
        "*",
        NAME,
        "header?order",
        "Response",
        "Content-Length is put before Content-Type; the order of different fields "
        "means nothing (RFC 9110 section 5.3).",
        "starlette/responses.py: Response.init_headers",
    ),
    KnownDifference(
        "*/head",
        NAME,
        "events",
        "Response",
        "HEAD is answered as GET, body and all; it is the server that cuts it off.",
        "starlette/routing.py: Route.__init__ (HEAD is added to GET)",
    ),
    KnownDifference(
        "item/encoded_newline",
        NAME,
        "status",
        "Route",
        "The pattern of a route ends with $, which also matches before a newline at "
        "the end: `/items/42%0A` is `/items/42`.",
        "starlette/routing.py: compile_path",
    ),
    KnownDifference(
        "not_found/trailing_slash",
        NAME,
        "status",
        "Router",
        "A path without a route is redirected if it has one with the slash at its end "
        "taken away or added (redirect_slashes).",
        "starlette/routing.py: Router.app",
    ),
    KnownDifference(
        "headers/* cookies/set",
        NAME,
        "header?set-cookie",
        "Response.set_cookie",
        "A cookie is SameSite=lax unless something else is asked for.",
        "starlette/responses.py: Response.set_cookie",
    ),
    KnownDifference(
        "upload/truncated",
        NAME,
        "status",
        "MultiPartParser",
        "A form that breaks off is what has come of it until then, without an error.",
        "starlette/formparsers.py: MultiPartParser.parse",
    ),
    KnownDifference(
        "upload/no_boundary",
        NAME,
        "body",
        "Request.form",
        "The 400 is an HTTPException with the parser's own words.",
        "starlette/requests.py: Request._get_form",
    ),
    KnownDifference(
        "file/*",
        NAME,
        "header?etag",
        "FileResponse",
        "An ETag is made of time and size instead of the content; it is opaque.",
        "starlette/responses.py: FileResponse.set_stat_headers",
    ),
    KnownDifference(
        "file/if_none_match file/if_modified_since",
        NAME,
        "status",
        "FileResponse",
        "FileResponse sends validators and does not look at conditions; StaticFiles "
        "does.",
        "starlette/staticfiles.py: StaticFiles.is_not_modified",
    ),
    KnownDifference(
        "file/malformed_range file/backwards_range",
        NAME,
        "status",
        "FileResponse",
        "A Range that is not valid gets 400, where RFC 9110 section 14.2 would have it "
        "ignored.",
        "starlette/responses.py: FileResponse.__call__ (MalformedRangeHeader)",
    ),
    KnownDifference(
        "file/head_with_range",
        NAME,
        "status",
        "FileResponse",
        "A Range is looked at whatever the method is; RFC 9110 section 14.2 has it for "
        "GET alone.",
        "starlette/responses.py: FileResponse.__call__",
    ),
    KnownDifference(
        "file/range_past_the_end",
        NAME,
        "body pieces events",
        "FileResponse",
        "416 comes without a body.",
        "starlette/responses.py: FileResponse.__call__ (RangeNotSatisfiable)",
    ),
    KnownDifference(
        "lifespan/no_state_offered",
        NAME,
        "events message status",
        "Router.lifespan",
        "A lifespan that yields a state cannot start on a server that offers none.",
        "starlette/routing.py: Router.lifespan",
    ),
    KnownDifference(
        "lifespan/start_up_failed lifespan/no_state_offered",
        NAME,
        "message ending",
        "Router.lifespan",
        "The message of a failed start-up is the whole traceback, and the exception is "
        "raised again after it was sent.",
        "starlette/routing.py: Router.lifespan",
    ),
    KnownDifference(
        "lifespan/not_understood",
        NAME,
        "application",
        "Router.lifespan",
        "Starlette answers every lifespan; it has no application without one.",
        "starlette/routing.py: Router.lifespan",
    ),
    KnownDifference(
        "echo/leaves_in_the_middle",
        NAME,
        "ending events",
        "Request.stream",
        "An upload that breaks off raises ClientDisconnect out of the application, "
        "after a 500 that nobody gets.",
        "starlette/requests.py: Request.stream",
    ),
    KnownDifference(
        "drip/client_leaves",
        NAME,
        "ending events",
        "StreamingResponse",
        "When sending fails because the client has left, the OSError becomes a "
        "ClientDisconnect, which is raised out of the application.",
        "starlette/responses.py: StreamingResponse.__call__",
    ),
    KnownDifference(
        "poll/client_leaves",
        NAME,
        "ending events",
        "request_response",
        "A function has to return a response, even if it knows that nobody is there; "
        "so one is sent, and fails.",
        "starlette/routing.py: request_response",
    ),
)
