"""Rules of WSGI on the iterable, on `write`, and on reading the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import received, sent, wsgi
from asgi_compare.judge.rules.engine.judge_wsgi import WsgiJudge
from asgi_compare.judge.rules.engine.rule import PEP, rule
from asgi_compare.judge.rules.engine.values import is_bytes, is_int, kind, shown
from asgi_compare.model.transcript import Ending

DETAILS = PEP + "specification-details"
STREAMS = PEP + "input-and-error-streams"
WRITE = PEP + "the-write-callable"
START = sent("start_response", status="200 OK", response_headers=[])
YIELD = sent("yield", body=b"hello")
RETURN = sent("return", iterable=True, len=1)
FINE = wsgi(START, RETURN, YIELD)
BYTES = "the value must be of type bytes under Python 3"


@rule(
    "wsgi/yield-not-bytes",
    "application",
    "must",
    "sent yield",
    quote=BYTES,
    link=PEP + "unicode-issues",
    statement="The iterable yields byte strings, of type bytes.",
    why="The server writes them to the socket as they are.",
    hint="Encode text; return `[body]`, for a str is an iterable of letters.",
    breaks=wsgi(START, sent("yield", body="hello")),
    keeps=wsgi(START, sent("yield", body=b"")),
)
@rule(
    "wsgi/write-not-bytes",
    "application",
    "must",
    "sent write",
    quote=BYTES,
    link=PEP + "unicode-issues",
    statement="`write` is called with a byte string, of type bytes.",
    why="The server writes it to the socket as it is.",
    hint="Encode text.",
    breaks=wsgi(START, sent("write", body="hello")),
    keeps=wsgi(START, sent("write", body=b"hello"), sent("return", iterable=True)),
)
def block_not_bytes(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    if not is_bytes(data := event.get("body")):
        yield f"Expected a block of type bytes, but got {kind(data)}, {shown(data)}"


@rule(
    "wsgi/body-before-start",
    "application",
    "must",
    ("sent yield", "sent write"),
    quote="the application must invoke the start_response() callable before the "
    "iterable yields its first body bytestring",
    link=DETAILS,
    statement="`start_response` is called before the first block, were it empty.",
    why="The status and the headers are in front of the content on the wire.",
    hint="Call it before the first `yield`.",
    breaks=wsgi(YIELD, START),
    keeps=wsgi(RETURN, START, YIELD),
)
def body_before_start(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    # An empty block is one, too: servers such as wsgiref's stop at it.
    if not judge.started:
        yield f"Expected 'start_response' before a block, but got {event['type']!r}"


@rule(
    "wsgi/no-start-response",
    "application",
    "must",
    "ended wsgi",
    quote="the application must invoke the start_response() callable",
    link=DETAILS,
    statement="An application that ends in good order has called `start_response`.",
    why="The server can only make up an error on its behalf.",
    hint="Call it on every path, also for an empty body.",
    breaks=wsgi(sent("return", iterable=True, len=0)),
    keeps=wsgi(START, sent("return", iterable=True, len=0)),
)
def no_start_response(judge: WsgiJudge, ending: Ending) -> Iterator[str]:
    if not judge.started and not judge.too_early:
        yield "Expected a call of start_response, but there was none"


@rule(
    "wsgi/not-iterable",
    "application",
    "must",
    "sent return",
    quote="the application object must always return an iterable yielding zero or more "
    "bytestrings",
    link=DETAILS,
    statement="The application returns an iterable, also if it has used `write`.",
    why="The server iterates over it.",
    hint="Return `[]` for nothing.",
    breaks=wsgi(START, sent("return", iterable=False)),
    keeps=FINE,
)
def not_iterable(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    if event.get("iterable") is False:
        yield "Expected the application to return an iterable, but it did not"


@rule(
    "wsgi/wrong-len",
    "application",
    "must",
    "ended wsgi",
    quote="If a call to len(iterable) succeeds, the server must be able to rely on the "
    "result being accurate",
    link=DETAILS,
    statement="`len()` of the iterable is the number of blocks that it yields.",
    why="For one block, a server takes its length for the Content-Length.",
    hint="Do not define `__len__` as the number of bytes.",
    breaks=wsgi(START, RETURN, YIELD, YIELD),
    keeps=FINE,
)
def wrong_len(judge: WsgiJudge, ending: Ending) -> Iterator[str]:
    claimed = judge.claimed_length
    # A server that has enough for Content-Length may stop early.
    enough = judge.response.length >= judge.response.most
    if claimed is None or claimed == judge.yields:
        return
    if claimed < judge.yields or not (enough or judge.broken_off):
        yield f"Expected {claimed} blocks as len() says, but got {judge.yields}"


@rule(
    "wsgi/write-while-iterating",
    "application",
    "must",
    "sent write",
    quote="Applications must not invoke write() from within their return iterable",
    link=WRITE,
    statement="`write` is called before the application returns, not while it yields.",
    why="What was yielded comes after all that was written.",
    hint="Yield the block instead.",
    breaks=wsgi(START, YIELD, sent("write", body=b"hello")),
    keeps=wsgi(START, sent("write", body=b"hello"), YIELD),
)
def write_while_iterating(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.iterating:
        yield "Expected no write() from within the iterable, but got one"


ENDLESS = ("read", "readline", "readlines", "iter")
"""Methods that may read on to the end of the input, where no size is given."""
READS = ("received wsgi.input.read", *(f"received wsgi.input.{m}" for m in ENDLESS[1:]))


@rule(
    "wsgi/read-past-length",
    "application",
    "should",
    READS,
    quote="The application should not attempt to read more data than is specified by "
    "the CONTENT_LENGTH variable",
    link=STREAMS,
    statement="No more is asked for than CONTENT_LENGTH has left: by `read(size)`, nor "
    "without a size.",
    why="A server need not stop there, and may wait for what never comes.",
    hint="Ask for `min(size, left)`; or look for `wsgi.input_terminated`.",
    breaks=wsgi(
        received("wsgi.input.read", size=100, body=b"a"),
        START,
        YIELD,
        environ={"CONTENT_LENGTH": "1"},
    ),
    keeps=wsgi(
        received("wsgi.input.read", size=1, body=b"a"),
        received("wsgi.input.read", size=0, body=b""),
        START,
        YIELD,
        environ={"CONTENT_LENGTH": "1"},
    ),
)
def read_past_length(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    size, length = event.get("size"), judge.scope.get("CONTENT_LENGTH")
    # A server with this promise ends the stream by itself.
    if judge.scope.get("wsgi.input_terminated") is True:
        return
    if isinstance(length, str) and length.isdecimal() and len(length) < 20:
        method = str(event["type"]).rpartition(".")[2]
        data = event.get("body")
        ends = method != "readline" or not (
            isinstance(data, bytes) and data.endswith(b"\n")
        )
        if ends and not (is_int(size) and size >= 0):
            yield f"Expected a size to be given, but got {method}() without one"
            return
        if method != "read" or not is_int(size):
            return
        left = max(0, int(length) - judge.bytes_read)
        if size > left:
            yield f"Expected to read {left} bytes at most, but got read({shown(size)})"


@rule(
    "wsgi/stream-closed",
    "application",
    "must",
    ("sent wsgi.input.close", "sent wsgi.errors.close"),
    quote="applications must not attempt to close these streams",
    link=STREAMS,
    statement="`wsgi.input` and `wsgi.errors` are not closed.",
    why="They are the server's, and may serve the next request.",
    hint="Wrap the stream if a library wants to close it.",
    breaks=wsgi(sent("wsgi.input.close"), START, YIELD),
    keeps=FINE,
)
def stream_closed(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    yield f"Expected the stream to stay open, but got {event['type']!r}"
