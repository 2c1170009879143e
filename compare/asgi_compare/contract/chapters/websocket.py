"""WebSocket conversations.

Neither WSGI nor Django has them: there, each of these is *unsupported*.
"""

from asgi_compare.contract.scenario import (
    Conversation,
    Endpoint,
    Scenario,
)
from asgi_compare.contract.scenario import ExpectedConversation as Expected

ENDPOINTS = (
    Endpoint("ws_echo", ("WS",), "/ws/echo", "Sends every message back."),
    Endpoint(
        "ws_subprotocol",
        ("WS",),
        "/ws/subprotocol",
        "Takes the best of the subprotocols offered, says which, and closes.",
    ),
    Endpoint(
        "ws_close",
        ("WS",),
        "/ws/close",
        "Closes with `code` and `reason` when it gets its first message.",
    ),
    Endpoint("ws_reject", ("WS",), "/ws/reject", "Closes before it accepts."),
    Endpoint(
        "ws_deny",
        ("WS",),
        "/ws/deny",
        "Refuses with a response of its own, where the server offers to send one.",
    ),
    Endpoint(
        "ws_late",
        ("WS",),
        "/ws/late",
        "Goes on sending when its client has left, and then ends quietly.",
    ),
)


def _echo(case: str, shows: str, *messages: str | bytes) -> Scenario:
    conversation = Conversation(b"/ws/echo", says=messages)
    return Scenario("ws_echo", case, shows, conversation, Expected(hears=messages))


ECHO = (
    _echo("text", "A text message stays a text message.", "Grüße"),
    _echo("binary", "A binary message stays a binary message.", b"\x00\xff"),
    _echo("empty", "An empty message is a message, of either kind.", "", b""),
    _echo("one_mebibyte", "A message of 1 MiB comes back whole.", b"x" * (1 << 20)),
    _echo(
        "thousand_messages",
        "A thousand messages in a row keep their order.",
        *(f"message {n}" for n in range(1000)),
    ),
    Scenario(
        "ws_echo",
        "client_closes",
        "The client's close code reaches the application.",
        Conversation(b"/ws/echo", says=("bye",), code=4002, reason="enough"),
        Expected(hears=("bye",)),
    ),
    Scenario(
        "ws_echo",
        "client_vanishes",
        "The connection is lost without a close frame; the application must end.",
        Conversation(b"/ws/echo", says=("still here",), leaves="vanishes"),
        Expected(hears=("still here",)),
    ),
)

OTHERS = (
    Scenario(
        "ws_subprotocol",
        "best_of_two",
        "The application chooses, and the handshake says what it chose.",
        Conversation(
            b"/ws/subprotocol", subprotocols=("chat.v1", "chat.v2"), leaves="stays"
        ),
        Expected(subprotocol="chat.v2", hears=("chat.v2",), code=1000),
    ),
    Scenario(
        "ws_subprotocol",
        "none_offered",
        "A client that offers none gets none.",
        Conversation(b"/ws/subprotocol", leaves="stays"),
        Expected(subprotocol=None, hears=("none",), code=1000),
    ),
    Scenario(
        "ws_close",
        "code_and_reason",
        "The application closes with a code and a reason of its own.",
        Conversation(
            b"/ws/close?code=4001&reason=later", says=("close",), leaves="stays"
        ),
        Expected(code=4001, reason="later"),
    ),
    Scenario(
        "ws_close",
        "default_code",
        "Without a code, 1000.",
        Conversation(b"/ws/close", says=("close",), leaves="stays"),
        Expected(code=1000),
    ),
    Scenario(
        "ws_reject",
        "before_accept",
        "Closing before accepting refuses the handshake with 403.",
        Conversation(b"/ws/reject", leaves="stays"),
        Expected(status=403),
    ),
    Scenario(
        "ws_deny",
        "with_extension",
        "With the denial response extension the refusal is any response.",
        Conversation(b"/ws/deny", leaves="stays"),
        Expected(
            status=401,
            headers=((b"www-authenticate", b"Bearer"),),
            body=b"sign in first",
        ),
    ),
    Scenario(
        "ws_deny",
        "without_extension",
        "Without the extension, 403 is all that can be said.",
        Conversation(b"/ws/deny", leaves="stays", denial=False),
        Expected(status=403),
    ),
    Scenario(
        "ws_late",
        "sends_after_disconnect",
        "Sending to a client that has left raises OSError, or does nothing.",
        Conversation(b"/ws/late", says=("hello",), leaves="vanishes"),
        Expected(hears=("hello",)),
    ),
)

SCENARIOS = (*ECHO, *OTHERS)
