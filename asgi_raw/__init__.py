"""ASGI by hand: the whole application, and nothing under it but the interface.

An ASGI server (uvicorn, hypercorn, ...) owns the sockets. For each connection it calls
the application once, as a coroutine with three arguments:

    scope     a dict: what the server knows from the start
    receive   await it to get the next event: a dict with a "type"
    send      await it with an event: that is how one answers

There is nothing else. A coroutine is a function that can wait: at each `await` it may
be put aside until what it waits for is there, and meanwhile others run. So one thread
is enough for all connections, as long as nobody waits without an `await`.

A request and its response are one such call. The server tells the request's head (the
method, the path, the header fields) in the scope, and its body in "http.request"
events. The application answers with one "http.response.start" and one or more
"http.response.body" events; all but the last of them say `more_body`. So the smallest
application that works is this:

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"Hello, world!"})

Put into a file `hello.py`, it is served by `uvicorn hello:application`. What it leaves
out is what this package is about: other protocols, routes, methods, bodies in pieces,
clients that leave, errors. Read it in this order:

    app.py            the entry: one call is one connection, of one of three protocols
    events.py         reading requests and writing responses, event by event
    routes.py         which endpoint a path belongs to, and which methods it has
    middleware.py     an application around an application: errors, and HEAD
    endpoints/        what the application does, chapter by chapter of the contract
        http.py         routes, methods and status codes
        fields.py       what can be seen of a request; header fields and cookies
        bodies.py       request bodies, forms and uploads (with multipart.py)
        files.py        a file, with its validators and its ranges
        streaming.py    responses that take time, and clients that leave
        concurrency.py  waiting, working, and doing so many at once
    websocket.py      the second protocol: messages both ways
    lifespan.py       the third one: start-up, shut-down, and the state between them

Look at any of it at work: `uvicorn asgi_raw.app:application` serves it, and
`asgi-compare trace raw-asgi /json` shows the events of one call.

Some things are not here because the server does them: TLS, HTTP/2, the chunked coding,
keeping connections alive, pings. Of the extensions that a server may offer there is one
(`ws_deny`); push, early hints, trailers and the sending of files by the server are left
to the rule book, `docs/rules/`.

Only the standard library is used, and `compare.domain`, which is what the four
applications know in common. Where a line does what a specification asks for, the
section stands beside it, and a test sees to it that no section with a duty for an
application is left out.

    ASGI         https://asgi.readthedocs.io/en/latest/specs/main.html
    www          .../specs/www.html: HTTP and WebSocket
    lifespan     .../specs/lifespan.html
    extensions   .../extensions.html
    RFC 9110     HTTP, whatever its version; RFC 9113 is HTTP/2
    RFC 6455     WebSocket
    RFC 6265     cookies
    RFC 7578     forms with files; RFC 2046 has the boundaries
"""
