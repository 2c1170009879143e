"""Chapter 1: routes, methods and status codes."""

from collections.abc import Iterator
from wsgiref.types import StartResponse

from wsgi_app.environ import (
    TEXT,
    WITHOUT_BODY,
    Body,
    Environ,
    json_object,
    query,
    respond,
    status_line,
    text,
)

NO_CONTENT = WITHOUT_BODY | {205}
"""Of these, only 205 has a length to be told, and it is 0 (RFC 9110, 15.3.6)."""


def hello(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with 13 bytes of plain text."""
    return respond(start_response, b"Hello, world!")


def json_message(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with a JSON object."""
    return json_object(start_response, {"message": "Grüße, world!"})


def item(environ: Environ, start_response: StartResponse, item_id: str) -> Body:
    """Answer with the path parameter and the query parameters."""
    answer = {"item_id": int(item_id), "query": query(environ)}
    return json_object(start_response, answer)


def redirect(environ: Environ, start_response: StartResponse) -> Body:
    """Redirect to the first page."""
    return respond(start_response, b"", 302, [("location", "/")])


def status(environ: Environ, start_response: StartResponse, code: str) -> Body:
    """Answer with the status of the path, and with a body where one is allowed."""
    number = int(code) if len(code) == 3 else 0
    if not 200 <= number <= 599:
        # 1xx are interim responses: another one must follow (RFC 9110, 15.2), and
        # there is no second call of start_response for that.
        message = f"Expected a final status from 200 to 599, but got {code}."
        return text(start_response, message, status=400)
    if number in NO_CONTENT:
        return respond(start_response, b"", number, ())
    # Some have to come with a field of their own (RFC 9110, 15; 401 and 405 are two of
    # them). Only who has a reason to answer so knows what goes into it.
    return text(start_response, f"status {number}", number)


def only_post(environ: Environ, start_response: StartResponse) -> Body:
    """Answer POST; for other methods we are not even called."""
    return respond(start_response, b"posted")


def error(environ: Environ, start_response: StartResponse) -> Body:
    """Raise, before the response or in the middle of it."""
    if ("after", "start") in query(environ):
        start_response(status_line(200), [TEXT])
        return breaking_off()
    raise RuntimeError("this endpoint always fails")


def breaking_off() -> Iterator[bytes]:
    """Return one block, and raise where the second should be."""
    yield b"the beginning of"
    raise RuntimeError("this endpoint always fails")
