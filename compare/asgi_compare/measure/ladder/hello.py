"""The smallest application there is on ASGI, for what is measured beside it.

It has no routes, no middleware and no errors, and it does not even read the request.
Nobody would serve it; but many a benchmark has it below the line of its shares, and a
share is the smaller, the quicker the thing is that stands there. `asgi_raw`, which the
ladder is measured beside, does all that the contract asks for, and so takes longer.
"""

from typing import Any


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer with 13 bytes, whatever was entry."""
    # What raises in the lifespan scope says that it does not support it (ASGI,
    # "Lifespan Protocol").
    assert scope["type"] == "http"
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"13"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": b"Hello, world!"})
