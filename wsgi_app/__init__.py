"""WSGI by hand: the whole application, and nothing under it but the interface.

A WSGI server (gunicorn, waitress, wsgiref in the standard library, ...) owns the
sockets. For each request it calls the application once, as a function with two
arguments:

    environ         a dict: the request's head, in the variables that CGI gave to
                    scripts, and "wsgi.input", a file from which its body is read
    start_response  a function: call it once, with the status and the header fields

What the application returns is the response's body: any iterable of byte strings. The
server sends each of them before it asks for the next. When it is done, or when it gives
up, it calls `close()` on the iterable, if there is one. That is all. So the smallest
application that works is this:

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"Hello, world!"]

Where ASGI has events, WSGI has calls and returns, and three things follow from that.
The call lasts as long as the request does, and holds a thread all the while: whoever
waits, waits with the whole thread. The body is pulled by the server, so an application
cannot send and listen at the same time: that the client has left it learns by `close()`
and no earlier. And one call is one request: there is no place for messages both ways
(so no WebSocket), and none for a start before the first request (so no lifespan).

Strings are "native": Unicode strings in which every character stands for one byte.
What a path says must be turned into bytes again, and these be decoded as what they are
(PEP 3333, "A Note On String Types" and "Unicode Issues"). Read it in this order:

    app.py            the entry: one call is one request
    environ.py        reading requests and writing responses
    routes.py         which endpoint a path belongs to, and which methods it has
    middleware.py     an application around an application: errors, and HEAD
    endpoints/        what the application does, chapter by chapter of the contract
        http.py         routes, methods and status codes
        fields.py       what can be seen of a request; header fields and cookies
        bodies.py       request bodies, forms and uploads (multipart: domain/)
        files.py        a file, with its validators and its ranges
        streaming.py    responses that take time, and clients that leave
        lifespan.py     the state that nobody has put anything into
        concurrency.py  waiting, working, and doing so many at once
        accounts.py     transfers in six ways, statements, reports
    database.py       SQLite, or PostgreSQL with psycopg, for `accounts`

There is no `websocket.py`. Look at it at work: `gunicorn wsgi_app.app:application`
serves it, and `asgi-compare trace raw-wsgi /json` shows the calls of one request.

Only the standard library is used, and `asgi_compare.domain`, which is what the four
applications know in common. Where a line does what a specification asks for, the
section stands beside it: "PEP" is PEP 3333, https://peps.python.org/pep-3333/, and the
RFCs are those of `asgi_raw`.
"""
