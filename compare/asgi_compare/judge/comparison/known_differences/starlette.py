"""What Starlette does otherwise than the application by hand."""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

NAME = ("starlette",)

STARLETTE: tuple[KnownDifference, ...] = (
    KnownDifference(
        scenario=("*",),
        implementation=NAME,
        what=("header:order",),
        layer="Response",
        why=(
            "Content-Length is put before Content-Type; the order of different fields "
            "means nothing (RFC 9110 section 5.3)."
        ),
        source="starlette/responses.py: Response.init_headers",
    ),
    KnownDifference(
        scenario=("*/head",),
        implementation=NAME,
        what=("events",),
        layer="Response",
        why="HEAD is answered as GET, body and all; it is the server that cuts it off.",
        source="starlette/routing.py: Route.__init__ (HEAD is added to GET)",
    ),
    KnownDifference(
        scenario=("item/encoded_newline",),
        implementation=NAME,
        what=("status",),
        layer="Route",
        why=(
            "The pattern of a route ends with $, which also matches before a newline "
            "at the end: `/items/42%0A` is `/items/42`."
        ),
        source="starlette/routing.py: compile_path",
    ),
    KnownDifference(
        scenario=("not_found/trailing_slash",),
        implementation=NAME,
        what=("status",),
        layer="Router",
        why=(
            "A path without a route is redirected if it has one with the slash at "
            "its end taken away or added (redirect_slashes)."
        ),
        source="starlette/routing.py: Router.app",
    ),
    KnownDifference(
        scenario=("headers/*", "cookies/set"),
        implementation=NAME,
        what=("header:set-cookie",),
        layer="Response.set_cookie",
        why="A cookie is SameSite=lax unless something else is asked for.",
        source="starlette/responses.py: Response.set_cookie",
    ),
    KnownDifference(
        scenario=("upload/truncated",),
        implementation=NAME,
        what=("status",),
        layer="MultiPartParser",
        why=(
            "A form that breaks off is what has come of it until then, without an "
            "error."
        ),
        source="starlette/formparsers.py: MultiPartParser.parse",
    ),
    KnownDifference(
        scenario=("upload/no_boundary",),
        implementation=NAME,
        what=("body",),
        layer="Request.form",
        why="The 400 is an HTTPException with the parser's own words.",
        source="starlette/requests.py: Request._get_form",
    ),
    KnownDifference(
        scenario=("file/*",),
        implementation=NAME,
        what=("header:etag",),
        layer="FileResponse",
        why="An ETag is made of time and size instead of the content; it is opaque.",
        source="starlette/responses.py: FileResponse.set_stat_headers",
    ),
    KnownDifference(
        scenario=("file/if_none_match", "file/if_modified_since"),
        implementation=NAME,
        what=("status",),
        layer="FileResponse",
        why=(
            "FileResponse sends validators and does not look at conditions; "
            "StaticFiles does."
        ),
        source="starlette/staticfiles.py: StaticFiles.is_not_modified",
    ),
    KnownDifference(
        scenario=("file/malformed_range", "file/backwards_range"),
        implementation=NAME,
        what=("status",),
        layer="FileResponse",
        why=(
            "A Range that is not valid gets 400, where RFC 9110 section 14.2 would "
            "have it ignored."
        ),
        source="starlette/responses.py: FileResponse.__call__ (MalformedRangeHeader)",
    ),
    KnownDifference(
        scenario=("file/head_with_range",),
        implementation=NAME,
        what=("status",),
        layer="FileResponse",
        why=(
            "A Range is looked at whatever the method is; RFC 9110 section 14.2 has "
            "it for GET alone."
        ),
        source="starlette/responses.py: FileResponse.__call__",
    ),
    KnownDifference(
        scenario=("file/range_past_the_end",),
        implementation=NAME,
        what=("body", "pieces", "events"),
        layer="FileResponse",
        why="416 comes without a body.",
        source="starlette/responses.py: FileResponse.__call__ (RangeNotSatisfiable)",
    ),
    KnownDifference(
        scenario=("lifespan/no_state_offered",),
        implementation=NAME,
        what=("events", "message", "status"),
        layer="Router.lifespan",
        why="A lifespan that yields a state cannot start on a server that offers none.",
        source="starlette/routing.py: Router.lifespan",
    ),
    KnownDifference(
        scenario=("lifespan/start_up_failed", "lifespan/no_state_offered"),
        implementation=NAME,
        what=("message", "ending"),
        layer="Router.lifespan",
        why=(
            "The message of a failed start-up is the whole traceback, and the "
            "exception is raised again after it was sent."
        ),
        source="starlette/routing.py: Router.lifespan",
    ),
    KnownDifference(
        scenario=("lifespan/not_understood",),
        implementation=NAME,
        what=("application",),
        layer="Router.lifespan",
        why="Starlette answers every lifespan; it has no application without one.",
        source="starlette/routing.py: Router.lifespan",
    ),
    KnownDifference(
        scenario=("echo/leaves_in_the_middle",),
        implementation=NAME,
        what=("ending", "events"),
        layer="Request.stream",
        why=(
            "An upload that breaks off raises ClientDisconnect out of the application, "
            "after a 500 that nobody gets."
        ),
        source="starlette/requests.py: Request.stream",
    ),
    KnownDifference(
        scenario=("drip/client_leaves", "job_events/client_leaves"),
        implementation=NAME,
        what=("ending", "events"),
        layer="StreamingResponse",
        why=(
            "When sending fails because the client has left, the OSError becomes a "
            "ClientDisconnect, which is raised out of the application."
        ),
        source="starlette/responses.py: StreamingResponse.__call__",
    ),
    KnownDifference(
        scenario=("poll/client_leaves",),
        implementation=NAME,
        what=("ending", "events"),
        layer="request_response",
        why=(
            "A function has to return a response, even if it knows that nobody is "
            "there; so one is sent, and fails."
        ),
        source="starlette/routing.py: request_response",
    ),
)
