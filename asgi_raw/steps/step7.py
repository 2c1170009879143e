"""Step 7: middleware is an application that calls another one.

    uvicorn asgi_raw.steps.step7:application
    curl -i -H 'Accept-Language: fr' http://127.0.0.1:8000/

To the server it is the application, and to the application inside it is the server
(ASGI, "Middleware"). It can put its own thing in the place of each argument:

    scope      a copy with something added or changed. Never change the one you got:
               it belongs to the server, and to the middleware around you.
    receive    a function that awaits the real one, and looks at what came
    send       a function that looks at an event before it awaits the real one

It hands on what it does not know: other types of scope (without that, the lifespan and
every WebSocket would be lost), other events, and keys that came with a later version.
Whoever adds a key to the scope gives it a name that nobody else will have.

    # produced: conversations
    A request in French:
    called with {'type': 'http', 'method': 'GET', 'path': '/', 'headers': [...,
                 (b'accept-language', b'fr')], ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'9'),
                    (b'content-language', b'fr')]}
    <- {'type': 'http.response.body', 'body': b'Bonjour !'}
    returns; the client gets 200, 9 bytes

    A body that is too long:
    called with {'type': 'http', 'method': 'POST', 'path': '/', ...}
    -> {'type': 'http.request', 'body': b'xxxxxxxxxxxx', 'more_body': True}
    -> {'type': 'http.request', 'body': b'xxxxxxxxxxxx', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 413,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'38'),
                    (b'content-language', b'en')]}
    <- {'type': 'http.response.body', 'body': b'Expected at most 16 bytes, but got 24.'}
    returns; the client gets 413, 38 bytes
    # end

The order matters: `language(limited(hello))` has `language` outside. It sees the
request first and the response last, so the 413 of `limited` has its header too.

A middleware that needs the whole body has to keep it, and to give `app` a `receive`
that plays it again and then goes on with the real one, as `replayed` does below.
Otherwise the application waits for a body that is gone, or never hears of
"http.disconnect". Most middleware need not keep it: they count, or look, and hand on
piece by piece.

A middleware that changes the body of a response changes what its headers say of it. It
holds the start back until it knows the new length, or leaves Content-Length out; an
ETag and a Content-Range are no longer true; the answer to HEAD has no body, yet the
headers of one. And the middleware gives `app` a copy of `scope["extensions"]` without
what would go around it, such as the sending of files by the server
("http.response.pathsend").

Picture: docs/steps/step7.svg.

What is missing is no longer ASGI, but an application. Step 8 shows where this package
does what.
"""

from asgi_raw.events import Application, Event, Receive, Scope, Send, header

GREETINGS = {"en": b"Hello!", "fr": b"Bonjour !"}
TEXT = (b"content-type", b"text/plain; charset=utf-8")


class TooLarge(Exception):
    """The request has a longer body than we take."""


def language(app: Application) -> Application:
    """Tell the application the client's language, and the client the answer's."""

    async def with_language(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        wanted = (header(scope, b"accept-language") or b"").decode("latin-1")
        chosen = wanted if wanted in GREETINGS else "en"

        async def labelled(event: Event) -> None:
            if event["type"] == "http.response.start":
                label = (b"content-language", chosen.encode())
                event = {**event, "headers": [*event.get("headers", ()), label]}
            await send(event)

        await app({**scope, "step7.language": chosen}, receive, labelled)

    return with_language


def limited(app: Application, most: int = 16) -> Application:
    """Answer 413 if the body of the request has more bytes than `most`."""

    async def with_limit(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        size, started = 0, False

        async def counted() -> Event:
            nonlocal size
            event = await receive()
            size += len(event.get("body", b""))
            if size > most:
                raise TooLarge(f"Expected at most {most} bytes, but got {size}.")
            return event

        async def watched(event: Event) -> None:
            nonlocal started
            started = started or event["type"] == "http.response.start"
            await send(event)

        try:
            await app(scope, counted, watched)
        except TooLarge as error:
            if started:
                raise  # There is no second start; the server breaks the response off.
            await respond(send, 413, str(error).encode())

    return with_limit


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` for `app` that begins with a body that has been read."""
    given = False

    async def again() -> Event:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Greet in the language that somebody has put into the scope."""
    if scope["type"] != "http":
        raise ValueError(f"Expected a scope of type 'http', but got {scope['type']!r}.")
    event = await receive()
    while event.get("more_body", False):
        event = await receive()
    if event["type"] == "http.request":  # The other one is "http.disconnect".
        await respond(send, 200, GREETINGS[scope["step7.language"]])


async def respond(send: Send, status: int, body: bytes) -> None:
    """Send a whole response."""
    length = (b"content-length", b"%d" % len(body))
    headers = [TEXT, length]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


application = language(limited(hello))
