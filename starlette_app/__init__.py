"""The same application in Starlette: what a thin framework takes over, and what not.

Starlette is an ASGI application that calls yours. It takes scope, `receive` and `send`
and hands out a request; you give it a response. Read each file here beside the one of
the same name in `asgi_raw`: what is missing is what Starlette does.

    app.py          `Starlette(...)` tells the three protocols apart, and wraps the
                    routes into two middlewares of its own
    routes.py       paths with parameters that are converted, methods, 404, 405; and
                    redirects to the path with or without a slash at its end
    middleware.py   nothing to write: answers to errors and to `HTTPException` come with
                    the framework
    endpoints/      no events any more: `Request` reads them, and `Response` sends them
        http.py         JSON, redirects, exceptions that are answers
        fields.py       header fields and cookies, with the attributes of a careful one
        bodies.py       bodies as a stream or whole; forms and uploads are parsed (by
                        python-multipart), large files go to disk
        files.py        type, length, validators and ranges; that a client may have the
                        file already (If-None-Match) is not looked at
        streaming.py    a generator becomes a stream, and is stopped when its client has
                        left; other waiting has to look for that itself
        concurrency.py  an endpoint written with `def` runs in a thread of a pool
        accounts.py     transfers in six ways, statements, reports, with SQLAlchemy
    websocket.py    a connection with a state, which knows what may be sent when
    lifespan.py     start-up and shut-down are the two halves of one context manager
    database.py     tables as objects, engines and sessions, for `accounts`
    systems/        whole systems, which put all of this to use: a chat

What stays the same is how it runs: one coroutine a connection, in one thread, and
whoever blocks it blocks all. There is no `events.py`, and no `multipart.py`.
"""
