"""The second protocol: messages both ways, as long as the connection lasts.

A `WebSocket` knows the state it is in. It receives "websocket.connect" by itself when
it is accepted, raises `WebSocketDisconnect` where the client has left, and refuses to
send what may not be sent now.
"""

import re
from contextlib import suppress

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

KNOWN_SUBPROTOCOLS = ("chat.v2", "chat.v1")
"""The best one first."""
CLOSE_CODE = re.compile(r"1000|[34][0-9]{3}")
"""What an application may close with (RFC 6455, 7.4); Starlette takes any number."""


async def ws_echo(websocket: WebSocket) -> None:
    """Send every message back."""
    await websocket.accept()
    # `receive_text` and `receive_bytes` want to know beforehand which kind will come.
    # For both kinds one goes one step down, to the events.
    while (event := await websocket.receive())["type"] == "websocket.receive":
        if event.get("text") is not None:
            await websocket.send_text(event["text"])
        else:
            await websocket.send_bytes(event["bytes"])


async def ws_subprotocol(websocket: WebSocket) -> None:
    """Take the best of the subprotocols offered, say which, and close."""
    offered = websocket["subprotocols"]
    chosen = next((name for name in KNOWN_SUBPROTOCOLS if name in offered), None)
    await websocket.accept(subprotocol=chosen)
    await websocket.send_text(chosen or "none")
    await websocket.close()


async def ws_close(websocket: WebSocket) -> None:
    """Close with the code and the reason of the query when the first message comes."""
    code = websocket.query_params.get("code", "1000")
    if not CLOSE_CODE.fullmatch(code):
        return await websocket.close()
    await websocket.accept()
    await websocket.receive()
    await websocket.close(int(code), websocket.query_params.get("reason"))


async def ws_reject(websocket: WebSocket) -> None:
    """Close before accepting: the server answers the handshake with 403."""
    await websocket.close()


async def ws_deny(websocket: WebSocket) -> None:
    """Refuse with a response of our own, where the server offers to send one."""
    if "websocket.http.response" not in websocket.get("extensions", {}):
        # Without it `send_denial_response` raises.
        return await websocket.close()
    challenge = {"www-authenticate": "Bearer"}
    await websocket.send_denial_response(
        PlainTextResponse("sign in first", status_code=401, headers=challenge)
    )


async def ws_late(websocket: WebSocket) -> None:
    """Go on sending when the client has left, and then end quietly."""
    await websocket.accept()
    async for message in websocket.iter_text():
        await websocket.send_text(message)
    # What Starlette makes of the server's OSError.
    with suppress(WebSocketDisconnect):
        await websocket.send_text("too late")
