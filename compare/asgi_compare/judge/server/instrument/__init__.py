"""The application that a server under test runs, and that tells what it saw.

    uvicorn asgi_compare.judge.server.instrument:asgi
    waitress-serve asgi_compare.judge.server.instrument:wsgi

A request says which case it belongs to by `wire/<name>~<number>`, in its path or in a
field `x-case`. The application plays the script of that case, act by act, and writes
down the `scope` or the `environ`, every event, and every exception that came out of
`send`. At the path `SEEN`, with the same `<name>~<number>`, it tells what it wrote
down, as JSON (see `asgi_compare.model.serialization.values`), and while a call is still
under way, too.

What is written down is kept in memory, of the last `KEPT` numbers. So one process must
answer all requests: a server is to be started with one worker.

The application never looks at who asks, and takes no word for a fact: it sends what the
script says, and lets an exception out of `send` go where it would go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from asgi_compare.drive.request_parts import Scope
from asgi_compare.drive.servers.nonce import Environ, StartResponse
from asgi_compare.drive.servers.nonce import Receive as Receives
from asgi_compare.drive.servers.nonce import Send as Sends
from asgi_compare.judge.server.acts import ANSWER, Receive
from asgi_compare.judge.server.instrument.asgi import CONTEXT, Play
from asgi_compare.judge.server.instrument.lifespan import play_lifespan, write_diary
from asgi_compare.judge.server.instrument.records import (
    SEEN,
    named,
    told,
    which,
    write_down,
)
from asgi_compare.judge.server.instrument.wsgi import play_wsgi


async def asgi(scope: Scope, receive: Receives, send: Sends) -> None:
    """Play the script of the case that the scope names."""
    if scope["type"] == "lifespan":
        return await play_lifespan(scope, receive, send)
    if scope["type"] == "http" and scope["path"].startswith(SEEN):
        return await _answer_seen(scope["path"], send)
    marks = [v.decode("latin-1") for k, v in scope["headers"] if k.lower() == b"x-case"]
    mark, script = which([*marks, scope["path"]])
    if scope["type"] != "websocket" and script[0] == Receive("websocket.connect"):
        script = ANSWER  # no WebSocket came of it, but a plain request
    record = write_down(mark, scope, wsgi=False)
    record.scope["asgi_compare"] = {"context": CONTEXT.get()}
    play = Play(record, receive, send, scope)
    try:
        for act in script:
            await play.act(act)
    except asyncio.CancelledError:
        record.ended = "cancelled"
        raise
    except BaseException as error:
        record.ended = f"raised {named(error)}"
        raise
    else:
        record.ended = "returned"
    finally:
        heard = [e[1].get("type") for e in record.events if e[0] == "receive" and e[1]]
        write_diary({"call": scope["type"], "heard": heard[-1:], "as": record.ended})
    if scope["type"] == "http" and scope["method"] == "GET":
        write_diary({"ended": "a response"})


async def _answer_seen(path: str, send: Sends) -> None:
    body = told(path)
    headers = [(b"content-length", b"%d" % len(body)), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Play the script of the case that the environ names."""
    path = str(environ.get("PATH_INFO", ""))
    if path.startswith(SEEN):
        body = told(path)
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]
    mark, script = which([str(environ.get("HTTP_X_CASE", "")), path])
    record = write_down(mark, environ, wsgi=True)
    return play_wsgi(record, environ, start_response, list(script))
