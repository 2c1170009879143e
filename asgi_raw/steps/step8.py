"""Step 8: the whole. Where the application of this package does what.

    uvicorn asgi_raw.steps.step8:application
    asgi-compare check asgi_raw.steps.step8:application

It is the application of `asgi_raw/app.py`. What the steps wrote out is a function here,
written once:

    step   idea                       where
    1      one call, three protocols  app.py: application
    2      the body, in pieces        events.py: body_pieces, read_body
    3      method, path, headers      routes.py: dispatch; events.py: header, respond
    4      the client that leaves     events.py: watch; endpoints/streaming.py
    5      start-up and state         lifespan.py
    6      WebSocket                  websocket.py
    7      middleware                 middleware.py: errors, head

Some things are new:

* `errors` answers 500 in words of ours, if an endpoint raises before its response has
  begun, and raises again, so that the server can log it.
* `head` answers HEAD with the start that GET would have, and drops the body events.
* What a server offers beyond the specification stands in `scope["extensions"]`, by
  name. Use what is there, and nothing else (ASGI, "Extensions"): `ws_deny` does.
* What came with a later version of the specification must not be used on an older
  server: compare with what `events.spec_version` returns (www, "Spec Versions").

    # produced: conversations
    A request:
    called with {'type': 'http', 'method': 'GET', 'path': '/items/42', 'query_string':
                 b'color=blue', ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': ((b'content-type', b'application/json'), (b'content-length', b'41'))}
    <- {'type': 'http.response.body',
        'body': b'{"item_id":42,"query":[["color","blue"]]}'}
    returns; the client gets 200, 41 bytes

    The same by HEAD:
    called with {'type': 'http', 'method': 'HEAD', 'path': '/items/42', 'query_string':
                 b'color=blue', ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': ((b'content-type', b'application/json'), (b'content-length', b'41'))}
    <- {'type': 'http.response.body', 'body': b''}
    returns; the client gets 200, 0 bytes

    An endpoint that raises:
    called with {'type': 'http', 'method': 'GET', 'path': '/error', ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 500,
        'headers': ((b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'21'))}
    <- {'type': 'http.response.body', 'body': b'Internal Server Error'}
    raises RuntimeError; the client gets 500, 21 bytes

    A life with a request:
    called with {'type': 'lifespan', 'state': {...}, ...}
    -> {'type': 'lifespan.startup'}
    <- {'type': 'lifespan.startup.complete'}
    called with {'type': 'http', 'method': 'GET', 'path': '/state', 'state': {...}, ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': ((b'content-type', b'application/json'), (b'content-length', b'58'))}
    <- {'type': 'http.response.body',
        'body': b'{"greeting":"hello from start-up","visits":0,"visitors":0}'}
    returns; the client gets 200, 58 bytes
    -> {'type': 'lifespan.shutdown'}
    <- {'type': 'lifespan.shutdown.complete'}
    returns

    A WebSocket:
    called with {'type': 'websocket', 'path': '/ws/echo', ...}
    -> {'type': 'websocket.connect'}
    <- {'type': 'websocket.accept'}
    -> {'type': 'websocket.receive', 'text': 'hello'}
    <- {'type': 'websocket.send', 'text': 'hello'}
    the client leaves
    -> {'type': 'websocket.disconnect', 'code': 1000, 'reason': ''}
    returns; the client gets 101, 1 message
    # end

Picture: docs/steps/step8.svg.

Read on in `asgi_raw/app.py`.
"""

from asgi_raw.app import application

__all__ = ["application"]
