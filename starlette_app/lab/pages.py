"""The pages, as Starlette's documentation would have them."""

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from secrets import token_hex
from time import sleep

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route

LONG = "All work and no play makes Jack a dull boy. " * 120
PIECES = 40
MADE: list[int] = []


def on_a_loop() -> bool:
    """Say whether this thread runs an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def parameters(request: Request) -> JSONResponse:
    """Say how many query parameters there are, and what the first says."""
    values = request.query_params.multi_items()
    first = values[0][1] if values else ""
    return JSONResponse({"parameters": len(values), "first": first})


async def fields(request: Request) -> JSONResponse:
    """Say how many fields and files a form has, and where the files are kept."""
    async with request.form() as form:
        values = [value for _, value in form.multi_items()]
        files = [value for value in values if isinstance(value, UploadFile)]
        return JSONResponse(
            {
                "fields": len(values) - len(files),
                "files": [file.filename for file in files],
                "in_memory": [file._in_memory for file in files],
            }
        )


async def body(request: Request) -> JSONResponse:
    """Say how long the body is."""
    return JSONResponse({"length": len(await request.body())})


async def guarded(request: Request) -> JSONResponse:
    """Take a form, wherever it comes from."""
    return JSONResponse({"taken": request.method})


async def method(request: Request) -> JSONResponse:
    """Answer the methods of the route."""
    return JSONResponse({"method": request.method})


async def address(request: Request) -> JSONResponse:
    """Say where the client thinks it is, and whether the way there is safe."""
    url = str(request.url.replace(path="/here", query=""))
    return JSONResponse({"url": url, "secure": request.url.scheme == "https"})


async def order(request: Request) -> JSONResponse:
    """Take an order; what is valid, Starlette leaves to others."""
    async with request.form() as form:
        return JSONResponse({"ordered": int(str(form["pieces"]))})


async def field(request: Request) -> PlainTextResponse:
    """Answer with a header field whose value came from the query."""
    value = request.query_params.get("value", "")
    return PlainTextResponse("ok", headers={"x-value": value})


async def go(request: Request) -> RedirectResponse:
    """Redirect to where the query says."""
    return RedirectResponse(request.query_params.get("to", "/"), status_code=302)


async def cookie(request: Request) -> PlainTextResponse:
    """Set a cookie to what the query says."""
    response = PlainTextResponse("ok")
    response.set_cookie("pref", request.query_params.get("value", "1"))
    return response


async def page(request: Request) -> Response:
    """Answer with a page, and say nothing about what it is."""
    return Response("<h1>a page</h1>")


async def slash(request: Request) -> PlainTextResponse:
    """Answer under a path that ends with a slash."""
    return PlainTextResponse("under a slash")


async def long(request: Request) -> PlainTextResponse:
    """Answer with 5,280 bytes that say the same again and again."""
    return PlainTextResponse(LONG)


async def greeting(request: Request) -> HTMLResponse:
    """Put a name from the query into a page, without a template engine."""
    return HTMLResponse(f"<h1>{request.query_params.get('name', '')}</h1>")


async def made(request: Request) -> JSONResponse:
    """Answer with something that is another one with each call."""
    return JSONResponse({"made": token_hex()})


class Shelf(HTTPEndpoint):
    """An endpoint with a function for each method that it answers."""

    async def get(self, request: Request) -> JSONResponse:
        """Answer GET."""
        return JSONResponse({"method": "GET"})


async def fail(request: Request) -> Response:
    """Raise, with a secret in a local variable."""
    password = "the-" + "password"
    raise RuntimeError(f"this page always fails, with {len(password)} letters")


async def rows(request: Request) -> JSONResponse:
    """Say whether a row has this title; the title is pasted into the query."""
    title = request.query_params.get("title", "")
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE note (title)")
    database.execute("INSERT INTO note VALUES ('the first note')")
    found = database.execute(f"SELECT count(*) FROM note WHERE title = '{title}'")
    answer = JSONResponse({"found": found.fetchone()[0] > 0})
    database.close()
    return answer


def sync_place(request: Request) -> JSONResponse:
    """Say whether a sync endpoint runs on an event loop."""
    return JSONResponse({"on_the_loop": on_a_loop()})


async def async_place(request: Request) -> JSONResponse:
    """Say whether an async endpoint runs on an event loop."""
    return JSONResponse({"on_the_loop": on_a_loop()})


def checked() -> bool:
    """Hash a password, and say whether that was on an event loop."""
    hashlib.pbkdf2_hmac("sha256", b"lovelace", b"salt", 1000)
    return on_a_loop()


async def password(request: Request) -> JSONResponse:
    """Check a password, where the endpoint runs."""
    return JSONResponse({"good": True, "hashes": 1, "on_the_loop": checked()})


async def password_elsewhere(request: Request) -> JSONResponse:
    """Check a password in a thread."""
    there = await run_in_threadpool(checked)
    return JSONResponse({"good": True, "hashes": 1, "on_the_loop": there})


async def async_stream(request: Request) -> StreamingResponse:
    """Stream from an async generator."""
    MADE.clear()
    return StreamingResponse(pieces_async())


async def sync_stream(request: Request) -> StreamingResponse:
    """Stream from an ordinary generator, which Starlette runs in threads."""
    MADE.clear()
    return StreamingResponse(pieces())


async def pieces_async() -> AsyncIterator[bytes]:
    """Make forty pieces."""
    for each in range(PIECES):
        MADE.append(each)
        yield b"%d\n" % each
        await asyncio.sleep(0.01)


def pieces() -> Iterator[bytes]:
    """Make forty pieces."""
    for each in range(PIECES):
        MADE.append(each)
        yield b"%d\n" % each
        sleep(0.01)


async def all_made(request: Request) -> JSONResponse:
    """Say whether all pieces of the last stream were made."""
    return JSONResponse({"all_made": len(MADE) == PIECES})


async def swallow(request: Request) -> JSONResponse:
    """Read an upload to its end."""
    return JSONResponse({"length": sum([len(each) async for each in request.stream()])})


async def visits(request: Request) -> JSONResponse:
    """Count the visits of this visitor; without the middleware there is no session."""
    request.session["visits"] = request.session.get("visits", 0) + 1
    return JSONResponse({"visits": request.session["visits"]})


pages: list[BaseRoute] = [
    Route("/lab/parameters", parameters),
    Route("/lab/fields", fields, methods=["POST"]),
    Route("/lab/body", body, methods=["POST"]),
    Route("/lab/guarded", guarded, methods=["POST"]),
    Route("/lab/only-get", method),
    Route("/lab/any", method),
    Route("/lab/shelf", Shelf),
    Route("/lab/address", address),
    Route("/lab/order", order, methods=["POST"]),
    Route("/lab/field", field),
    Route("/lab/go", go),
    Route("/lab/go-safely", go),
    Route("/lab/cookie", cookie),
    Route("/lab/page", page),
    Route("/lab/slash/", slash, methods=["GET", "POST"]),
    Route("/lab/long", long),
    Route("/lab/greeting", greeting),
    Route("/lab/cached", made),
    Route("/lab/fail", fail),
    Route("/lab/rows", rows),
    Route("/lab/sync-place", sync_place),
    Route("/lab/async-place", async_place),
    Route("/lab/hash-async", password),
    Route("/lab/hash-sync", password_elsewhere),
    Route("/lab/async-stream", async_stream),
    Route("/lab/sync-stream", sync_stream),
    Route("/lab/all-made", all_made),
    Route("/lab/swallow", swallow, methods=["POST"]),
    Route("/lab/visits", visits),
]
