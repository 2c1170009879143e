"""ASGI by hand: the whole application, and nothing under it but the interface.

An ASGI server (uvicorn, hypercorn, ...) owns the sockets. For each connection it calls
the application once, as a coroutine with three arguments:

    scope     a dict: what the server knows from the start
    receive   await it to get the next event: a dict with a "type"
    send      await it with an event: that is how one answers

There is nothing else. An HTTP exchange is one such call. The server tells the request's
head in the scope and its body in "http.request" events; the application answers with
one "http.response.start" and one or more "http.response.body" events, of which the last
does not say more_body. So the smallest application that works is this:

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"Hello, world!"})

What it leaves out is what this package is about: other protocols, routes, methods,
bodies in pieces, clients that leave, errors. Read it in this order:

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

Standard library only. Where a line does what a specification asks for, the section
stands beside it: "ASGI" is https://asgi.readthedocs.io/en/latest/specs/main.html,
"www" and "lifespan" are its sub-specifications, RFC 9110 is the semantics of HTTP.
"""
