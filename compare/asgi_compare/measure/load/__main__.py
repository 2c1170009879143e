"""The process of the load client: one load from the command line, or many from a pipe.

Without an address it reads loads as JSON, one a line, and answers each with one line.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import sys
from contextlib import suppress
from dataclasses import asdict
from urllib.parse import urlsplit

from asgi_compare.measure.load import http_client, stream_client
from asgi_compare.measure.load.loop import new_loop
from asgi_compare.measure.load.records import (
    HOST,
    HttpLoad,
    HttpResult,
    Load,
    Result,
    StreamLoad,
    load_of,
)


async def put(load: Load) -> Result:
    """Put a load on its server."""
    if isinstance(load, StreamLoad):
        return await stream_client.listen(load)
    return await http_client.put(load)


def parse(arguments: list[str]) -> Load | None:
    """Return the load that the arguments describe; None for loads from a pipe."""
    parser = argparse.ArgumentParser(
        prog="python -m asgi_compare.measure.load",
        description="Put load on a server on this machine, and print what came of it.",
    )
    parser.add_argument("url", nargs="?", help="http://127.0.0.1:8000/, or ws://...")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rate", type=float, default=0.0, help="Open loop: a second.")
    parser.add_argument("--poisson", action="store_true", help="Arrivals of a crowd.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-keep-alive", action="store_true")
    parser.add_argument("--sse", action="store_true", help="Listen to event streams.")
    parser.add_argument("--opens-a-second", type=float, default=1000.0)
    parser.add_argument("--patience", type=float, default=5.0)
    parser.add_argument("--slow", type=int, default=0, help="So many stop reading.")
    parser.add_argument("--send-every", type=float, default=0.0, help="WebSocket echo.")
    asked = parser.parse_args(arguments)
    if asked.url is None:
        return None
    url = urlsplit(asked.url)
    if url.hostname not in (HOST, "localhost") or url.port is None:
        parser.error(
            f"Expected an address such as http://{HOST}:8000/, but got "
            f"{asked.url!r}; load goes to this machine only."
        )
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    if asked.sse or url.scheme == "ws":
        return StreamLoad(
            url.port,
            target,
            "websocket" if url.scheme == "ws" else "sse",
            asked.connections,
            asked.seconds,
            asked.opens_a_second,
            slow=asked.slow,
            send_every=asked.send_every,
            patience=asked.patience,
        )
    return HttpLoad(
        url.port,
        target,
        asked.seconds,
        asked.connections,
        asked.rate,
        "poisson" if asked.poisson else "constant",
        asked.seed,
        not asked.no_keep_alive,
        patience=asked.patience,
    )


def describe(result: Result) -> dict[str, object]:
    """Return a result for a reader: with quantiles in the place of buckets."""
    told = asdict(result)
    for name in ("latencies", "opening", "delivery"):
        if hasattr(result, name):
            found = getattr(result, name)
            shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
            told[name] = {k: round(found.quantile(s), 7) for k, s in shares.items()}
    if isinstance(result, HttpResult):
        told["rate"] = round(result.rate, 1)
        told["client_share"] = round(result.client_share, 3)
    return told


def allow_many_connections() -> None:
    """Raise the limit of open files to what the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main(arguments: list[str] | None = None) -> None:
    """Do what is asked for until there is no more of it."""
    asked = parse(sys.argv[1:] if arguments is None else arguments)
    allow_many_connections()
    gc.disable()  # a collection among ten thousand connections would be a latency
    with asyncio.Runner(loop_factory=new_loop) as runner:
        if asked is not None:
            print(json.dumps(describe(runner.run(put(asked))), indent=2))
            return
        for line in sys.stdin:
            result = runner.run(put(load_of(json.loads(line))))
            print(json.dumps(asdict(result)), flush=True)
            gc.collect()


if __name__ == "__main__":
    main()
