"""Chapter 1: routes, methods and status codes."""

from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)


async def hello(request: Request) -> PlainTextResponse:
    """Answer with 13 bytes of plain text."""
    return PlainTextResponse("Hello, world!")


async def json_message(request: Request) -> JSONResponse:
    """Answer with a JSON object."""
    return JSONResponse({"message": "Grüße, world!"})


async def item(request: Request) -> JSONResponse:
    """Answer with the path parameter and the query parameters."""
    query = request.query_params.multi_items()
    return JSONResponse({"item_id": request.path_params["item_id"], "query": query})


async def redirect(request: Request) -> RedirectResponse:
    """Redirect to the first page."""
    # It would be 307 otherwise, which keeps the method.
    return RedirectResponse("/", status_code=302)


async def status(request: Request) -> Response:
    """Answer with the status of the path, and with a body where one is allowed."""
    code: int = request.path_params["code"]
    if not 200 <= code <= 599:
        # An exception that is an answer: ExceptionMiddleware makes a response of it.
        raise HTTPException(
            400, f"Expected a final status from 200 to 599, but got {code}."
        )
    if code in (204, 205, 304):
        return Response(status_code=code)
    return PlainTextResponse(f"status {code}", status_code=code)


async def only_post(request: Request) -> PlainTextResponse:
    """Answer POST; for other methods we are not even called."""
    return PlainTextResponse("posted")


async def error(request: Request) -> StreamingResponse:
    """Raise, before the response or in the middle of it."""
    if request.query_params.get("after") == "start":
        return StreamingResponse(breaking_off(), media_type="text/plain")
    raise RuntimeError("this endpoint always fails")


async def breaking_off() -> AsyncIterator[bytes]:
    """Return one piece, and raise where the second should be."""
    yield b"the beginning of"
    raise RuntimeError("this endpoint always fails")
