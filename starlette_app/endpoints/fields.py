"""Chapter 2: what can be seen of a request; header fields and cookies."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse


async def inspect(request: Request) -> JSONResponse:
    """Answer with the request as we see it."""
    body = await request.body()
    # A request is also a mapping: `request["path"]` is the scope's.
    raw_path: bytes | None = request.get("raw_path")
    fields = request.headers.items()  # All of them in order, decoded as latin-1.
    return JSONResponse(
        {
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request["path"],
            "raw_path": None if raw_path is None else raw_path.decode("latin-1"),
            "root_path": request.get("root_path", ""),
            "query_string": request["query_string"].decode("latin-1"),
            "headers": fields,
            "x_headers": [pair for pair in fields if pair[0].startswith(("x-", "x_"))],
            "client": request.client,
            "server": request.get("server"),
            "http_version": request["http_version"],
            "body_length": len(body),
            "body_sha256": sha256(body).hexdigest(),
        }
    )


async def headers(request: Request) -> PlainTextResponse:
    """Answer with repeated header fields and with a value that is not ASCII."""
    # Values are encoded as latin-1.
    response = PlainTextResponse("see the headers", headers={"x-latin": "café"})
    # To set an item replaces a field; to append adds one more of the same name.
    response.headers.append("x-repeat", "one")
    response.headers.append("x-repeat", "two")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


async def cookies(request: Request) -> JSONResponse:
    """Answer with the cookies that came, and set the one that the query names."""
    response = JSONResponse({"cookies": request.cookies})
    wanted = request.query_params
    if "set" in wanted:
        response.set_cookie(wanted["set"], wanted.get("to", ""))
    return response
