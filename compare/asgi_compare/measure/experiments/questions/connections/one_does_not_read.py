"""One of a room does not read: what do the others get?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving, get, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import until
from asgi_compare.measure.load.records import HOST

PAGES = "asgi_compare.laboratory.waits.fanout:asgi"
WAYS = {
    "/await": "await each in turn",
    "/gather": "gather",
    "/drop": "a queue each, drop the oldest",
    "/close": "a queue each, close(1013)",
}
MESSAGES, READERS = 200, 3
PATIENCE = 4.0
GOT = "messages that reach the others"
CODE = "close code of the one that does not read"


def run(effort: Effort) -> Iterator[Observation]:
    """Send to a room in each way."""
    with serve(PAGES, "uvicorn") as serving:
        for page, way in WAYS.items():
            fewest, code = sent(serving, page)
            yield Observation(GOT, fewest, "", {"way": way})
            yield Observation(CODE, code, "", {"way": way})


def sent(serving: Serving, page: str) -> tuple[int, int]:
    """Return what the reader with the fewest got, and how the other one was closed."""
    url = f"ws://{HOST}:{serving.port}{page}"
    counts = [0] * READERS
    with ExitStack() as stack:

        def enter() -> ClientConnection:
            # Without compression: it would make next to nothing of the messages.
            member = connect(
                url, proxy=None, compression=None, max_queue=4, close_timeout=0.2
            )
            return stack.enter_context(member)

        def reading(number: int, member: ClientConnection) -> None:
            with suppress(WebSocketException, OSError):
                while True:
                    member.recv()
                    counts[number] += 1

        silent = enter()
        readers = [
            threading.Thread(target=reading, args=(number, enter()), daemon=True)
            for number in range(READERS)
        ]
        for reader in readers:
            reader.start()
        get(serving, page)
        until(lambda: min(counts) == MESSAGES, PATIENCE)
        fewest = min(counts)
        return fewest, code_of(silent)


def code_of(member: ClientConnection) -> int:
    """Read what has come after all; return the close code, 0 if it is still open."""
    try:
        while True:
            member.recv(0.5)
    except ConnectionClosed as error:
        return error.rcvd.code if error.rcvd else 1006
    except (TimeoutError, OSError):
        return 0


def read(found: Observations) -> Answer:
    """See in which ways the others get everything."""
    got = {
        way: values[0]
        for way in found.cases("way")
        if (values := found.values(GOT, way=way))
    }
    if not got:
        return not_answered("No room was sent to.")
    rows = [
        (
            way,
            found.interval(GOT, way=way),
            {0: "still open"}.get(
                code := round(sum(found.values(CODE, way=way))), code
            ),
        )
        for way in got
    ]
    stopped = [way for way, count in got.items() if count < MESSAGES / 2]
    told = "; ".join(f"{way}: {count:.0f}" for way, count in got.items())
    return Answer(
        "it depends" if 0 < len(stopped) < len(got) else "yes" if stopped else "no",
        f"Of {MESSAGES} messages, so many reach those who do read: {told}.",
        (Table.of(("sent by", GOT, CODE), rows),),
        turning_point="A send waits as soon as the buffers on the way are full, a few "
        "MB here: small messages hide it for long. gather waits for the slowest as "
        "well. With a queue for each, a full queue is a decision: drop, or let go.",
    )


EXPERIMENT = Experiment(
    name="one-does-not-read",
    topic="Connections",
    question="One client does not read: do the others have to wait?",
    sources=(
        Source("https://github.com/aio-libs/aiohttp/issues/1367"),
        Source("https://github.com/django/channels_redis/issues/83"),
    ),
    conditions=f"uvicorn; {READERS} clients that read and one that does not; "
    f"{MESSAGES} messages of 64 KiB, not compressed.",
    measured=f"Messages that each reader has after {PATIENCE:g} s at most, and how the "
    "one that does not read is closed.",
    decided_by="Yes if the others get less than half in each way, it depends if in "
    "some.",
    refuted_by="More than half in each way.",
    run=run,
    read=read,
    needs=("uvicorn",),
)
