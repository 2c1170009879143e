"""The table of trials: what the server and the client do, what the application does.

Each row is played with the layer and with the layer taken out. To these come all the
servers of the probes, with an application that answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from asgi_compare.contract.scenario import Client, Conversation, Lifetime, Request
from asgi_compare.judge.application.arrange import changed, fits
from asgi_compare.judge.application.probe import Asked, Probe, Server
from asgi_compare.judge.application.probes.all_probes import PROBES
from asgi_compare.judge.middleware import acts
from asgi_compare.judge.middleware.acts import wsgi as wsgi_acts
from asgi_compare.judge.middleware.acts.http import OWN
from asgi_compare.judge.middleware.trial import PLAIN, LayerTrial, Protocol
from asgi_compare.model.transcript import Interface

PATIENCE = 2.0
SHORT = 0.4
"""Seconds after which an application that waits is cancelled."""
LEAVES = Client(leaves_after=0.02)
LEAVES_WHILE_READING = Client(leaves_after_hearing=1)
ENCODINGS = ((b"accept-encoding", b"gzip, deflate, br, zstd"),)
NO_GZIP = ((b"accept-encoding", b"gzip;q=0, deflate;q=0, br;q=0, zstd;q=0, identity"),)
UPLOAD = tuple(b"[part %d]" % number for number in range(5))
REPEATED = ((b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-a", b"1"), (b"x-a", b"2"))
PROXY = (
    (b"x-forwarded-for", b"203.0.113.7, 198.51.100.2"),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-host", b"example.org"),
    (b"x-forwarded-port", b"443"),
    (b"x-forwarded-prefix", b"/api"),
    (b"x-real-ip", b"203.0.113.7"),
    (b"forwarded", b'for=203.0.113.7;proto=https;host="example.org"'),
    (b"x-request-id", b"3f2a"),
    (b"x-correlation-id", b"3f2a"),
    (b"traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    (b"x-http-method-override", b"PATCH"),
    (b"user-agent", b"Mozilla/5.0"),
    (b"accept-language", b"de, en;q=0.5"),
    (b"origin", b"https://example.org"),
    (b"referer", b"https://example.org/"),
    (b"if-none-match", b'"strong"'),
)
"""Fields that layers read, as a proxy and a browser send them."""
POST = Request("POST", body=UPLOAD)
NEEDED = ("plain", "echo")
"""Trials that tell whether the application inside is reached at all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One trial, before the user's path and fields are put into it."""

    name: str
    protocol: Protocol
    """`http` is for both interfaces, `wsgi` for that alone."""
    act: str
    plays: str
    """One sentence."""
    exchange: Any = field(default_factory=Request)
    server: Server = PLAIN
    deadline: float = PATIENCE


def offers(*names: str) -> Server:
    """Make a server that offers extensions."""
    return Server(extensions=names)


def get(**changes: Any) -> Request:
    """Make a request."""
    return Request(**changes)


STATES = tuple(
    Row(f"a response that {act}", "http", act, f"The application {act}.", get())
    for act in ("has no content", "has not changed", "redirects")
)
ROWS: tuple[Row, ...] = (
    Row(
        "plain",
        "http",
        "answers",
        "A plain request, and a plain answer.",
        get(headers=REPEATED),
    ),
    Row(
        "plain, again",
        "http",
        "answers",
        "The same request once more.",
        get(headers=REPEATED),
    ),
    Row(
        "head",
        "http",
        "answers",
        "The client asks for the head only.",
        get(method="HEAD"),
    ),
    Row(
        "head of a large answer",
        "http",
        "is compressible",
        "The client asks for the head of what could be compressed.",
        get(method="HEAD", headers=ENCODINGS),
    ),
    Row("echo", "http", "echoes", "The request has a body in five pieces.", POST),
    Row(
        "behind a proxy",
        "http",
        "echoes",
        "A proxy says who the client is, and a browser what it has.",
        replace(POST, headers=PROXY),
    ),
    Row(
        "behind a proxy, for something to read",
        "http",
        "is compressible",
        "As before, for an answer that the client has in its cache.",
        get(headers=PROXY),
    ),
    Row(
        "an upload that fails",
        "http",
        "raises",
        "The application raises when it has read the body.",
        POST,
    ),
    Row(
        "a slow upload",
        "http",
        "echoes",
        "The body of the request comes slowly.",
        replace(POST, client=Client(pause=0.01)),
    ),
    Row(
        "an answer without a look at the request",
        "http",
        "answers first",
        "The application answers before the body of the request has come.",
        POST,
    ),
    *STATES,
    Row(
        "compressible",
        "http",
        "is compressible",
        "The client takes every content coding.",
        get(headers=ENCODINGS),
    ),
    Row(
        "compressible, not asked for",
        "http",
        "is compressible",
        "The client refuses every content coding.",
        get(headers=NO_GZIP),
    ),
    Row(
        "encoded already",
        "http",
        "is encoded",
        "The answer has a content coding.",
        get(headers=ENCODINGS),
    ),
    Row(
        "a part",
        "http",
        "sends a part",
        "The answer is a part of the whole.",
        get(headers=(*ENCODINGS, (b"range", b"bytes=0-2047"))),
    ),
    Row(
        "a stream that is compressed",
        "http",
        "streams",
        "The answer comes in pieces, and the client takes every content coding.",
        get(headers=ENCODINGS),
    ),
    Row(
        "a stream",
        "http",
        "streams",
        "Each piece of the answer waits for the one before to come out.",
    ),
    Row(
        "a stream with empty pieces",
        "http",
        "streams empty pieces",
        "Every second piece of the answer is empty.",
    ),
    Row(
        "a slow reader",
        "http",
        "sends much",
        "The client is slow, and the application has much to say.",
        get(client=Client(reads_every=0.002)),
    ),
    Row(
        "a client that leaves, and is waited for",
        "http",
        "waits for the client to leave",
        "The client leaves; the application waits for that.",
        get(client=LEAVES),
        deadline=SHORT,
    ),
    Row(
        "a client that leaves, and is polled for",
        "http",
        "polls for the client to leave",
        "The client leaves; the application looks now and then.",
        get(client=LEAVES),
        deadline=SHORT,
    ),
    Row(
        "a client that leaves, and is looked for",
        "http",
        "glances for the client to leave",
        "The client leaves; the application looks now and then, and never waits.",
        get(client=LEAVES),
        deadline=SHORT,
    ),
    Row(
        "a client that leaves a stream that listens",
        "http",
        "streams and listens",
        "The client leaves in the middle of a stream, which listens for that.",
        get(client=LEAVES_WHILE_READING),
        deadline=SHORT,
    ),
    Row(
        "a client that leaves a stream",
        "http",
        "streams and does not listen",
        "The client leaves in the middle of a stream.",
        get(client=LEAVES_WHILE_READING),
        deadline=SHORT,
    ),
    Row(
        "a cancelled request",
        "http",
        "sleeps",
        "The server cancels the call.",
        deadline=0.15,
    ),
    Row("an exception", "http", "raises", "The application raises."),
    Row(
        "an exception in the middle",
        "http",
        "raises late",
        "The application raises when a part of the answer is sent.",
    ),
    Row(
        "few keys",
        "http",
        "says little",
        "The application leaves away all that has a default.",
    ),
    Row(
        "fields in another iterable",
        "http",
        "uses other iterables",
        "The application's fields are a tuple of lists.",
    ),
    Row(
        "two at once",
        "http",
        "answers two at once",
        "A second request is answered while the first one waits.",
    ),
    Row(
        "two in a row",
        "http",
        "answers two in a row",
        "A second request, with another query, comes after the first one.",
    ),
    *(
        Row(
            f"{kind} offered",
            "http",
            act,
            f"The server offers {kind}, and the application uses it.",
            get(headers=ENCODINGS),
            offers(kind),
        )
        for kind, act in (
            ("http.response.pathsend", "sends a path"),
            ("http.response.zerocopysend", "sends a file"),
            ("http.response.trailers", "sends trailers"),
            ("http.response.early_hint", "hints"),
            ("http.response.debug", "debugs"),
            ("http.response.push", "pushes"),
            (OWN, "notes"),
        )
    ),
    Row("starts late", "wsgi", "starts late", "start_response is called late."),
    Row("writes", "wsgi", "writes", "The application writes, and yields then."),
    Row(
        "begins again",
        "wsgi",
        "begins again",
        "An error takes the place of the answer.",
    ),
    Row(
        "begins again too late",
        "wsgi",
        "begins again too late",
        "An error is found when a part of the answer is sent.",
    ),
    Row("a file", "wsgi", "sends a file", "The server sends a file."),
    Row(
        "messages",
        "websocket",
        "echoes messages",
        "Messages of both kinds go both ways, and the client closes with a code.",
        Conversation(
            headers=REPEATED,
            subprotocols=("one", "two"),
            says=("text", b"bytes", "", "\u00e9\U0001f375"),
            code=4000,
            reason="done",
        ),
    ),
    Row(
        "a client that vanishes",
        "websocket",
        "echoes messages",
        "The client of a WebSocket vanishes.",
        Conversation(says=("text",), leaves="vanishes"),
    ),
    Row(
        "a close",
        "websocket",
        "closes",
        "The application closes, with a code and a reason.",
        Conversation(leaves="stays"),
    ),
    Row("a refusal", "websocket", "refuses", "It is refused.", Conversation()),
    Row(
        "a denial",
        "websocket",
        "denies",
        "It is refused with a response.",
        Conversation(),
        offers("websocket.http.response"),
    ),
    Row(
        "an exception in a WebSocket",
        "websocket",
        "raises",
        "The application raises when the socket is open.",
        Conversation(leaves="stays"),
    ),
    Row(
        "a cancelled WebSocket",
        "websocket",
        "sleeps",
        "The server cancels the call.",
        Conversation(leaves="stays"),
        deadline=0.15,
    ),
    *(
        Row(
            f"a lifespan that {act}",
            "lifespan",
            act,
            f"The application {act}.",
            Lifetime(),
            deadline=SHORT,
        )
        for act in (
            "lives",
            "refuses to start",
            "declines the lifespan",
            "raises at start-up",
            "fails to stop",
        )
    ),
    Row(
        "an unknown scope",
        "other",
        "answers",
        "The scope is of a type that nobody knows.",
        Request(),
        Server(sets={"type": "compare.unknown"}),
        deadline=SHORT,
    ),
)


def rows_for(outside: Interface, inside: Interface) -> Iterator[Row]:
    """Return the rows that make sense with a layer of these interfaces."""
    for row in (*ROWS, *probe_rows(outside)):
        if outside == "wsgi" and row.protocol not in ("http", "wsgi"):
            continue
        if inside == "wsgi" and row.protocol in ("websocket", "lifespan", "other"):
            continue
        if outside != inside and row.server.extensions:
            continue  # those of one interface mean nothing to the other
        if knows(inside, row) and knows(outside, row):
            yield row


def knows(interface: Interface, row: Row) -> bool:
    """Return whether the application inside has this act over an interface."""
    if interface == "wsgi":
        return row.act in wsgi_acts.ACTS
    table = acts.TABLES.get("http" if row.protocol == "wsgi" else row.protocol)
    return table is None or row.act in table


def probe_rows(outside: Interface) -> Iterator[Row]:
    """Make rows of the probes, with an application that answers, or echoes."""
    protocol = "wsgi" if outside == "wsgi" else "http"
    for probe in PROBES:
        if probe.protocol not in (protocol, "websocket") or is_elsewhere(probe):
            continue
        exchange: Request | Conversation = Request()
        act = "answers"
        if probe.protocol == "websocket":
            exchange, act = Conversation(says=("hello",)), "echoes messages"
        elif probe.needs == "body":
            exchange, act = Request("POST", body=(b"[part 0] and [part 1]",)), "echoes"
        if fits(probe, Asked("", exchange, ())):
            yield Row(
                probe.id,
                probe.protocol,
                act,
                probe.plays,
                changed(probe, exchange, 0),
                probe.server,
                SHORT,
            )


def is_elsewhere(probe: Probe) -> bool:
    """Return whether a probe looks for what the rows of our own look for better."""
    server = probe.server
    leftovers = getattr(server, "repeats", False) or getattr(server, "inherits", False)
    beside = getattr(server, "another", False) or getattr(server, "late", False)
    beside |= getattr(server, "adds_fields", False)
    again = probe.id.endswith(("/plain", "/again", "/afterwards"))
    again |= probe.needs == "validator"
    unsure = server.cancels or server.short_reads
    return again or unsure or leftovers or beside


def trial_of(row: Row, taken_out: bool, **rest: Any) -> LayerTrial:
    """Make a trial of a row."""
    return LayerTrial(
        "",
        row.name,
        row.plays,
        row.exchange,
        deadline=row.deadline,
        server=row.server,
        act=row.act,
        taken_out=taken_out,
        **rest,
    )
