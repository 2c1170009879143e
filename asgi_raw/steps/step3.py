"""Step 3: method, path, query and header fields; and who adds which header.

    uvicorn asgi_raw.steps.step3:application
    curl -i -H 'Accept-Language: fr' 'http://127.0.0.1:8000/hello?name=Ada'

A server knows no routes: it calls the same application for every path and method. What
the client has asked for is in the scope (www, "HTTP Connection Scope"):

    method         "GET": a `str` in upper case
    path           "/café": decoded from percent-encoding and UTF-8, so a `str`
    raw_path       b"/caf%C3%A9": the same as it was sent, without the query; optional
    query_string   b"name=Ada": not decoded, since only the application knows how
    root_path      where we are mounted: a `str`, with which `path` begins
    headers        pairs of byte strings, in order; a name may occur more than once

    # produced: conversations
    A path that it knows:
    called with {'type': 'http', 'method': 'GET', 'path': '/hello', 'query_string':
                 b'name=Ada', 'headers': [..., (b'accept-language', b'fr')], ...}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'24')]}
    <- {'type': 'http.response.body', 'body': b'Hello, Ada! You read fr.'}
    returns; the client gets 200, 24 bytes

    The same by HEAD:
    called with {'type': 'http', 'method': 'HEAD', 'path': '/hello', 'query_string':
                 b'name=Ada', 'headers': [..., (b'accept-language', b'fr')], ...}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'24')]}
    <- {'type': 'http.response.body', 'body': b''}
    returns; the client gets 200, 0 bytes

    A method that the path has not:
    called with {'type': 'http', 'method': 'DELETE', 'path': '/hello', ...}
    <- {'type': 'http.response.start',
        'status': 405,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'18'),
                    (b'allow', b'GET, HEAD')]}
    <- {'type': 'http.response.body', 'body': b'Method Not Allowed'}
    returns; the client gets 405, 18 bytes

    Another path:
    called with {'type': 'http', 'method': 'GET', 'path': '/nowhere', ...}
    <- {'type': 'http.response.start',
        'status': 404,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'9')]}
    <- {'type': 'http.response.body', 'body': b'Not Found'}
    returns; the client gets 404, 9 bytes
    # end

Who adds which header to the response:

    content-type        the application. No server guesses it.
    content-length      the application, if it knows the length. Without it the server
                        marks the end in its own way: by the chunked coding in HTTP/1.1,
                        by closing the connection in HTTP/1.0, by a flag in HTTP/2; or
                        it counts a body that came in one event, as Granian does.
    transfer-encoding,  the server. It ignores a Transfer-Encoding of ours (www,
    connection          "Response Start").
    date, server        the server. Daphne sends no date; most can be told to send none.
    all others, such    the application.
    as set-cookie

The status is a number; the server knows its phrase. For HEAD the application sends the
headers of a GET and no body: a server should drop a body, and not every one does.

Picture: docs/steps/step3.svg.

What is missing: the response is sent at once. Step 4 sends one that takes time.
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl

from asgi_raw.events import Receive, Scope, Send


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Greet at one path, by one method, and say 404 or 405 to all others."""
    if scope["type"] != "http":
        raise ValueError(f"Expected a scope of type 'http', but got {scope['type']!r}.")
    # Good enough for one path; `routes.py` has the careful way.
    if scope["path"].removeprefix(scope.get("root_path", "")) != "/hello":
        await respond(scope, send, 404, "Not Found")
    elif scope["method"] not in ("GET", "HEAD"):
        # Whoever says 405 must say what is allowed (RFC 9110, 15.5.6).
        allow = (b"allow", b"GET, HEAD")
        await respond(scope, send, 405, "Method Not Allowed", [allow])
    else:
        query = dict(parse_qsl(scope["query_string"].decode("utf-8", "replace")))
        who = query.get("name", "world")
        language = header(scope, b"accept-language") or b"any language"
        text = f"Hello, {who}! You read {language.decode('latin-1')}."
        await respond(scope, send, 200, text)


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return a request header, or None. Several of one name are one, with commas."""
    # Most servers send names in lower case, but need not.
    values = [value for key, value in scope["headers"] if key.lower() == name]
    return b", ".join(values) if values else None


async def respond(
    scope: Scope,
    send: Send,
    status: int,
    text: str,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> None:
    """Send a whole response of plain text."""
    body = text.encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"%d" % len(body)),
                *headers,
            ],
        }
    )
    # A start needs at least one body event after it, even if the body is empty.
    body = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": body})
