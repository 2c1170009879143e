"""Step 2: the body of a request comes in pieces, and `receive` gives the next one.

    uvicorn asgi_raw.steps.step2:application
    curl --data 'Hello, world!' http://127.0.0.1:8000/

The scope has the head of the request. The body may be long and slow, so it follows in
"http.request" events, and `more_body` says whether another one comes (www, "Request").
Where one piece ends is the server's choice and means nothing: the chunked coding is
undone, and a JSON document may be cut anywhere, even inside a character of UTF-8.

    # produced: conversations
    A body in two pieces:
    called with {'type': 'http', 'method': 'POST', 'path': '/', ...}
    -> {'type': 'http.request', 'body': b'Hello, ', 'more_body': True}
    -> {'type': 'http.request', 'body': b'world!', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'8')]}
    <- {'type': 'http.response.body', 'body': b'13 bytes'}
    returns; the client gets 200, 8 bytes

    No body:
    called with {'type': 'http', 'method': 'GET', 'path': '/', ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'7')]}
    <- {'type': 'http.response.body', 'body': b'0 bytes'}
    returns; the client gets 200, 7 bytes

    A client that leaves between two pieces:
    called with {'type': 'http', 'method': 'POST', 'path': '/', ...}
    -> {'type': 'http.request', 'body': b'Hello, ', 'more_body': True}
    the client leaves
    -> {'type': 'http.disconnect'}
    returns; the client gets nothing
    # end

Three things to see:

* A request without a body has one event all the same. An application should not start
  its work before `more_body` is False (www, "Request"). Steps 1, 3 and 5 leave that
  out, to be short; the server throws away what nobody has read.
* A client may leave in the middle. Then comes "http.disconnect", and what has come so
  far is half a request. Never take it for a whole one.
* `receive` waits until there is something to give. If you do not call it, most servers
  soon stop reading from the client, so nobody can fill their memory. To a client that
  asks by `Expect: 100-continue` the server sends "100 Continue"; uvicorn does so when
  you first call `receive`.

No event tells how long the body will be. A Content-Length in the headers does, if the
client sent one; a body in chunks has none. If you keep the body, set a limit (step 7).

Picture: docs/steps/step2.svg.

What is missing: every method and every path gets the same answer. Step 3 looks at the
scope.
"""

from asgi_raw.events import Receive, Scope, Send


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the number of bytes in the body."""
    if scope["type"] != "http":
        raise ValueError(f"Expected a scope of type 'http', but got {scope['type']!r}.")
    size = 0
    more_body = True
    while more_body:
        event = await receive()
        if event["type"] == "http.disconnect":
            return  # The client has left: there is nobody to answer.
        # Both keys are optional: no body is an empty one, no `more_body` is False.
        size += len(event.get("body", b""))
        more_body = event.get("more_body", False)
    body = b"%d bytes" % size
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"%d" % len(body)),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
