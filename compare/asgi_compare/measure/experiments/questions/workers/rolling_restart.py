"""Two ways to restart under load: how many requests are lost?"""

from __future__ import annotations

import http.client
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from asgi_compare.drive.services import caddy
from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import send_signal, until, workers_of
from asgi_compare.measure.load.records import HOST

PAGES = "asgi_compare.laboratory.waits.workers:asgi"
HUP = "SIGHUP to uvicorn with two workers"
PROXY = "one of two servers behind Caddy stops"
SENT, LOST = "requests", "requests lost"
USERS = 4
MOST = 12.0


def run(effort: Effort) -> Iterator[Observation]:
    """Restart in each way, at the same time."""
    with ThreadPoolExecutor() as pool:
        done = [*pool.map(lambda restart: restart(), WAYS.values())]
    for way, (sent, lost) in zip(WAYS, done, strict=True):
        yield Observation(SENT, sent, "", {"way": way})
        yield Observation(LOST, lost, "", {"way": way})


@contextmanager
def asked_all_the_time(port: int) -> Iterator[list[int]]:
    """Ask for a page all the time; yield a list of statuses, 0 for no answer."""
    over, statuses = threading.Event(), list[int]()

    def ask() -> None:
        while not over.is_set():
            statuses.append(status_at(port))
            time.sleep(0.01)

    users = [threading.Thread(target=ask) for _ in range(USERS)]
    for user in users:
        user.start()
    until(lambda: len(statuses) > 20, 3.0)
    try:
        yield statuses
    finally:
        seen = len(statuses)
        until(lambda: len(statuses) > seen + 20, 2.0)
        over.set()
        for user in users:
            user.join()


def status_at(port: int) -> int:
    """Return the status of a page; 0 if there is no whole answer."""
    client = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        client.request("GET", "/count", headers={"Connection": "close"})
        answer = client.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        client.close()
    return answer.status


def counted(statuses: list[int]) -> tuple[int, int]:
    """Return how many requests there were, and how many were not answered with 200."""
    return len(statuses), len(statuses) - statuses.count(200)


def by_hup() -> tuple[int, int]:
    """Tell uvicorn to restart its workers one after the other."""
    with serve(PAGES, "uvicorn", "--workers", "2") as serving:
        until(lambda: len(workers_of(serving)) == 2, 3.0)
        before = set(workers_of(serving))
        with asked_all_the_time(serving.port) as statuses:
            send_signal(serving, signal.SIGHUP)
            until(lambda: all_new(serving, before), MOST)
    return counted(statuses)


def all_new(serving: Serving, before: set[int]) -> bool:
    """Return whether there are two workers, none of which was there before."""
    now = set(workers_of(serving))
    return len(now) == 2 and not now & before


def by_proxy() -> tuple[int, int]:
    """Stop one of two servers behind a proxy, which goes on to the other."""
    with ExitStack() as stack:
        first = stack.enter_context(serve(PAGES, "uvicorn"))
        second = stack.enter_context(serve(PAGES, "uvicorn"))
        upstreams = (f"{HOST}:{each.port}" for each in (first, second))
        proxy = stack.enter_context(caddy(*upstreams))
        port = urlsplit(proxy.url).port or 0
        with asked_all_the_time(port) as statuses:
            send_signal(first, signal.SIGTERM)
            until(lambda: first.running.exited() is not None, MOST / 3)
    return counted(statuses)


WAYS: dict[str, Callable[[], tuple[int, int]]] = {
    HUP: by_hup,
    PROXY: by_proxy,
}


def read(found: Observations) -> Answer:
    """Look at what SIGHUP lost."""
    lost = {
        way: values[0]
        for way in found.cases("way")
        if (values := found.values(LOST, way=way))
    }
    if HUP not in lost:
        return not_answered("No worker was restarted.")
    rows = [
        (way, found.interval(SENT, way=way), found.interval(LOST, way=way))
        for way in lost
    ]
    told = "; ".join(f"{way}: {count:.0f}" for way, count in lost.items())
    return Answer(
        "no" if lost[HUP] else "yes",
        f"Requests lost: {told}.",
        (Table.of(("way", SENT, LOST), rows),),
        turning_point="A proxy needs to be told to try the next server: Caddy answers "
        "502 for each request that it gives to the one that is gone, unless "
        "lb_try_duration is set. At a worker, what can be lost is a connection that it "
        "has accepted and whose request comes after it was told to stop.",
    )


EXPERIMENT = Experiment(
    name="rolling-restart",
    topic="Workers",
    question="Can workers be restarted one after the other without losing a request?",
    sources=(
        Source(
            "https://github.com/Kludex/uvicorn/pull/3028",
            "so reloads no longer drop requests",
            "claim",
        ),
        Source("https://github.com/Kludex/uvicorn/issues/2757"),
    ),
    conditions=f"{USERS} users who ask all the time, each time on a new connection, "
    "for a page that is answered at once.",
    measured="Requests that got no answer, or another status than 200.",
    decided_by="Yes if none is lost when uvicorn restarts its workers on SIGHUP. Loss "
    "is rare: a run without any does not prove that there is none.",
    refuted_by="One request that is lost.",
    run=run,
    read=read,
    needs=("uvicorn",),
)
