"""Chapter 1: routes, methods and status codes."""

from asgi_raw.events import (
    TEXT,
    WITHOUT_BODY,
    Receive,
    Scope,
    Send,
    json_object,
    piece,
    query,
    respond,
    start,
    text,
)

NO_CONTENT = WITHOUT_BODY | {205}
"""Of these, only 205 has a length to be told, and it is 0 (RFC 9110, 15.3.6)."""


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with 13 bytes of plain text."""
    await respond(send, b"Hello, world!")


async def json_message(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a JSON object."""
    await json_object(send, {"message": "Grüße, world!"})


async def item(scope: Scope, receive: Receive, send: Send, item_id: str) -> None:
    """Answer with the path parameter and the query parameters."""
    await json_object(send, {"item_id": int(item_id), "query": query(scope)})


async def redirect(scope: Scope, receive: Receive, send: Send) -> None:
    """Redirect to the first page."""
    await respond(send, b"", 302, [(b"location", b"/")])


async def status(scope: Scope, receive: Receive, send: Send, code: str) -> None:
    """Answer with the status of the path, and with a body where one is allowed."""
    number = int(code) if len(code) == 3 else 0
    if not 200 <= number <= 599:
        # 1xx are interim responses: another one must follow (RFC 9110, 15.2).
        message = f"Expected a final status from 200 to 599, but got {code}."
        return await text(send, message, status=400)
    if number in NO_CONTENT:
        return await respond(send, b"", number, ())
    # Some have to come with a field of their own (RFC 9110, 15; 401 and 405 are two of
    # them). Only who has a reason to answer so knows what goes into it.
    await text(send, f"status {number}", number)


async def only_post(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer POST; for other methods we are not even called."""
    await respond(send, b"posted")


async def error(scope: Scope, receive: Receive, send: Send) -> None:
    """Raise, before the response or in the middle of it."""
    if ("after", "start") in query(scope):
        await start(send, 200, [TEXT])
        await piece(send, b"the beginning of")
    raise RuntimeError("this endpoint always fails")
