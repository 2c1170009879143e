"""The pages, as Starlette's documentation would have them."""

import sqlite3
from secrets import token_hex

from starlette.datastructures import UploadFile
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import BaseRoute, Route

from asgi_compare.domain import SAMPLE

LONG = "All work and no play makes Jack a dull boy. " * 120


async def parameters(request: Request) -> JSONResponse:
    """Return how many query parameters there are, and what the first says."""
    values = request.query_params.multi_items()
    first = values[0][1] if values else ""
    return JSONResponse({"parameters": len(values), "first": first})


async def fields(request: Request) -> JSONResponse:
    """Return how many fields and files a form has, and where the files are kept."""
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
    """Return how long the body is."""
    return JSONResponse({"length": len(await request.body())})


async def guarded(request: Request) -> JSONResponse:
    """Take a form, wherever it comes from."""
    return JSONResponse({"taken": request.method})


async def method(request: Request) -> JSONResponse:
    """Answer the methods of the route."""
    return JSONResponse({"method": request.method})


async def address(request: Request) -> JSONResponse:
    """Return where the client thinks it is, and whether the way there is safe."""
    url = str(request.url.replace(path="/here", query=""))
    client = request.client.host if request.client else ""
    secure = request.url.scheme == "https"
    return JSONResponse({"url": url, "secure": secure, "client": client})


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
    """Return whether a row has this title; the title is pasted into the query."""
    title = request.query_params.get("title", "")
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE note (title)")
    database.execute("INSERT INTO note VALUES ('the first note')")
    found = database.execute(f"SELECT count(*) FROM note WHERE title = '{title}'")
    answer = JSONResponse({"found": found.fetchone()[0] > 0})
    database.close()
    return answer


async def download(request: Request) -> FileResponse:
    """Answer with a file of a folder, wherever the path leads from there."""
    return FileResponse(SAMPLE.parent / request.path_params["name"])


async def attachment(request: Request) -> FileResponse:
    """Answer with a file to be kept, under a name from the query."""
    return FileResponse(SAMPLE, filename=request.query_params.get("name", ""))


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
    Route("/lab/files/{name:path}", download),
    Route("/lab/attachment", attachment),
    Route("/lab/visits", visits),
]
