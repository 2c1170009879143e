"""Responses that take time, and clients that leave.

Here the difference between the interfaces is largest: an ASGI application can wait for
the client to leave while it sends, and a WSGI application learns of it when the server
closes its iterable, if the server has noticed at all.
"""

from asgi_compare.contract.scenario import Client, Endpoint, Expected, Request, Scenario

EVENT_STREAM = (b"content-type", b"text/event-stream")

ENDPOINTS = (
    Endpoint(
        "stream",
        ("GET", "HEAD"),
        "/stream",
        "Answers with `pieces` pieces of `size` bytes each, one after the other.",
    ),
    Endpoint(
        "events",
        ("GET", "HEAD"),
        "/events",
        "Answers with three server-sent events, from the one after Last-Event-ID on.",
    ),
    Endpoint(
        "drip",
        ("GET", "HEAD"),
        "/drip",
        "Sends a line every 10 ms, 200 times or until the client has left.",
    ),
    Endpoint(
        "poll",
        ("GET", "HEAD"),
        "/poll",
        "Waits for the next event of `topic`; after `timeout` seconds, 204.",
    ),
    Endpoint(
        "announce",
        ("POST",),
        "/announce",
        "Publishes its body as an event of `topic`, and says how many got it.",
    ),
    Endpoint(
        "log",
        ("GET", "HEAD"),
        "/log",
        "Answers with what was written down about `id`, line by line.",
    ),
)

STREAMS = (
    Scenario(
        "stream",
        "three_pieces",
        "Each piece goes out by itself: three events, or three chunks.",
        Request(target=b"/stream?pieces=3&size=10"),
        Expected(body=b"a" * 10 + b"b" * 10 + b"c" * 10, pieces=(10, 10, 10)),
    ),
    Scenario(
        "stream",
        "no_pieces",
        "A stream may be empty.",
        Request(target=b"/stream?pieces=0&size=10"),
        Expected(body=b"", pieces=()),
    ),
    Scenario(
        "stream",
        "hundred_pieces",
        "A hundred pieces stay a hundred pieces.",
        Request(target=b"/stream?pieces=100&size=100"),
        Expected(pieces=(100,) * 100),
    ),
    Scenario(
        "stream",
        "slow_reader",
        "A client that reads slowly makes `send` wait: that is back-pressure.",
        Request(target=b"/stream?pieces=5&size=10", client=Client(reads_every=0.02)),
        Expected(pieces=(10,) * 5),
    ),
    Scenario(
        "stream",
        "head",
        "HEAD of a stream, whose length nobody knows.",
        Request("HEAD", b"/stream?pieces=3&size=10"),
        Expected(body=b""),
    ),
    Scenario(
        "stream",
        "bad_number",
        "A query parameter that is no number is the client's mistake: 400.",
        Request(target=b"/stream?pieces=many"),
        Expected(status=400),
    ),
    Scenario(
        "events",
        "from_the_start",
        "Three server-sent events, each with its id; the first one with retry.",
        Request(target=b"/events"),
        Expected(
            headers=(EVENT_STREAM, (b"cache-control", b"no-store")),
            body=(
                b"retry: 1000\nid: 1\ndata: event 1\n\n"
                b"id: 2\ndata: event 2\n\n"
                b"id: 3\ndata: event 3\n\n"
            ),
            pieces=(33, 21, 21),
        ),
    ),
    Scenario(
        "events",
        "after_the_second",
        "A client that comes back names the last event it has, and gets the rest.",
        Request(target=b"/events", headers=((b"last-event-id", b"2"),)),
        Expected(body=b"retry: 1000\nid: 3\ndata: event 3\n\n"),
    ),
)

LEAVING = (
    Scenario(
        "drip",
        "client_leaves",
        "The client leaves after three lines: does the application stop?",
        Request(target=b"/drip?id=leaves", client=Client(leaves_after_hearing=3)),
        Expected(stops=True),
    ),
    Scenario(
        "log",
        "drip_stopped",
        "What the application itself wrote down when its client had left.",
        Request(target=b"/log?id=drip-stopped"),
        Expected(json={"log": ["stopped"]}),
        before=(
            Request(
                target=b"/drip?id=drip-stopped", client=Client(leaves_after_hearing=3)
            ),
        ),
        eventually=True,
        deadline=10,
    ),
    Scenario(
        "poll",
        "event_arrives",
        "Somebody else's request ends the waiting.",
        Request(target=b"/poll?topic=arrives&timeout=2"),
        Expected(json={"event": "ping"}),
        meanwhile=(Request("POST", b"/announce?topic=arrives", body=(b"ping",)),),
    ),
    Scenario(
        "poll",
        "time_out",
        "Nothing has happened: 204, and the client may ask again.",
        Request(target=b"/poll?topic=nobody&timeout=0.05"),
        Expected(status=204, body=b""),
    ),
    Scenario(
        "poll",
        "client_leaves",
        "The client leaves while the application waits: does it stop waiting?",
        Request(
            target=b"/poll?topic=nobody&timeout=1.2", client=Client(leaves_after=0.05)
        ),
        Expected(status=None, stops=True),
    ),
    Scenario(
        "announce",
        "nobody_listens",
        "An event that nobody waits for is gone.",
        Request("POST", b"/announce?topic=nobody-listens", body=(b"ping",)),
        Expected(json={"delivered": 0}),
    ),
)

SCENARIOS = (*STREAMS, *LEAVING)
