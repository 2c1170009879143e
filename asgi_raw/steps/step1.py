"""Step 1: a server calls a function with three arguments, and gets two events back.

    uvicorn asgi_raw.steps.step1:application

A server owns the sockets and speaks HTTP. For each request it calls the application
once, even if several requests come over one socket (ASGI, "Applications"). The scope is
what the server knows by then: a dict, and always a new one. This is a whole one, for
`GET /`:

    # produced: scope
    {'type': 'http',
     'asgi': {'version': '3.0', 'spec_version': '2.5'},
     'http_version': '1.1',
     'method': 'GET',
     'scheme': 'http',
     'path': '/',
     'raw_path': b'/',
     'query_string': b'',
     'root_path': '',
     'headers': [(b'host', b'127.0.0.1:8000')],
     'client': ('127.0.0.1', 50000),
     'server': ('127.0.0.1', 8000),
     'extensions': {}}
    # end

A server may leave out `scheme`, `raw_path`, `root_path`, `client`, `server` and
`extensions`; one that keeps a state for us adds `state` (step 5). `version` is that of
the interface, `spec_version` that of its HTTP part: 2.0 if there is no `spec_version`
(www, "HTTP Connection Scope"). Byte strings and Unicode strings
are never mixed: what HTTP has as bytes stays bytes, and the path, which the server has
decoded, is a `str` (ASGI, "Strings and Unicode").

To answer, await `send` twice: once for the status and the headers, once for the body
(www, "Response Start" and "Response Body"). Both events are literal dicts here. ASGI is
these dicts, and nothing more: there is no base class and no library to import. The
first must have a `status`, and may go without `headers`; the second may go without a
`body`, which is empty then.

    # produced: conversations
    A request:
    called with {'type': 'http', 'method': 'GET', 'path': '/', ...}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'13')]}
    <- {'type': 'http.response.body', 'body': b'Hello, world!'}
    returns; the client gets 200, 13 bytes

    A lifespan, which it refuses:
    called with {'type': 'lifespan', 'state': {...}, ...}
    raises ValueError
    # end

The lifespan is the server's question whether we want to hear of its start and its end.
We do not, so we raise: the server goes on without it (lifespan, "Scope"). An
application that answers it with HTTP events by mistake is stopped by the server alone,
whose `send` raises.

Picture: docs/steps/step1.svg.

What is missing: it never looks at what the client sends. Step 2 reads the body of the
request.
"""

from collections.abc import Awaitable, Callable
from typing import Any

# The whole interface, as types. "Any" because each event has keys of its own.
Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Say hello over HTTP, and no to anything else."""
    if scope["type"] != "http":
        # Raise for what we do not speak (ASGI, "Protocol Specifications"). A return
        # would look like a call that was served and has ended.
        raise ValueError(f"Expected a scope of type 'http', but got {scope['type']!r}.")
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            # Names must be in lower case (www, "Response Start"). Any iterable of pairs
            # will do; pairs, because a name may come twice: two cookies are two pairs
            # named b"set-cookie".
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"13"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": b"Hello, world!"})
