"""ASGI by hand: the whole application, and nothing under it but the interface.

An ASGI server (uvicorn, hypercorn, ...) owns the sockets. For each connection it calls
the application once, as a coroutine with three arguments. A connection is one request,
one WebSocket, or the life of the server; not a socket, which may carry many requests.

    scope     a dict: what the server knows from the start
    receive   await it to get the next event: a dict with a "type"
    send      await it with an event: that is how one answers

There is nothing else. A coroutine is a function that can wait: at each `await` it may
be put aside until what it waits for is there, and meanwhile others run. So one thread
is enough for all connections, as long as nobody waits without an `await`. From one
`await` to the next, nobody else runs. What has to block, a file or an old library, goes
into another thread: `await asyncio.to_thread(...)`. `receive` and `send` must not be
called there.

A request and its response are one such call. The server tells the request's head (the
method, the path, the header fields) in the scope, and its body in "http.request"
events. The application answers with one "http.response.start" and one or more
"http.response.body" events; all but the last of them say `more_body`. So this is the
smallest that answers a request (a good one looks at the scope's type first, as step 1):

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"Hello, world!"})

Put it into a file `hello.py`: `uvicorn hello:application` serves it.

Begin with the eight steps in `steps/`. Each is a small file that runs by itself, has
one idea, and shows what crosses the interface. `docs/steps.md` has them with pictures.
Then read the application, which does with helpers what the steps write out:

    app.py            the entry: one call is one connection, of one of three protocols
    events.py         reading requests and writing responses, event by event
    routes.py         which endpoint a path belongs to, and which methods it has
    middleware.py     an application around an application: errors, and HEAD
    endpoints/        what the application does, chapter by chapter of the contract
        http.py         routes, methods and status codes
        fields.py       what can be seen of a request; header fields and cookies
        bodies.py       request bodies, forms and uploads (multipart: domain/)
        files.py        a file, with its validators and its ranges
        streaming.py    responses that take time, and clients that leave
        concurrency.py  waiting, working, and doing so many at once
        accounts.py     transfers in six ways, statements, reports
    websocket.py      the second protocol: messages both ways
    lifespan.py       the third one: start-up, shut-down, and the state between them
    database.py       SQLite in threads, or PostgreSQL with psycopg, for `accounts`
    systems/          whole systems, which put all of this to use: a chat

Look at any of it at work: `uvicorn asgi_raw.app:application` serves it, and
`asgi-compare trace raw-asgi /json` shows the events of one call.

Some things are not here because the server does them: TLS, HTTP/2, the chunked coding,
keeping connections alive, pings. Of the extensions that a server may offer there is one
(`ws_deny`); push, early hints, trailers and the sending of files by the server are left
to the rule book, `docs/rules/`.

What a server does when a call ends early, and which header fields it adds, stands where
it matters: in `app.py`, and at the top of `events.py`.

Only the standard library is used, and `asgi_compare.domain`, which is what the four
applications know in common; and psycopg, if `DATABASE_URL` names a PostgreSQL. Where a
line does what a specification asks for, the section stands beside it, and a test sees
to it that no section with a duty for an application is left out.

    ASGI         https://asgi.readthedocs.io/en/latest/specs/main.html
    www          .../specs/www.html: HTTP and WebSocket
    lifespan     .../specs/lifespan.html
    extensions   .../extensions.html
    RFC 9110     HTTP, whatever its version; RFC 9113 is HTTP/2
    RFC 6455     WebSocket
    RFC 6265     cookies
"""
