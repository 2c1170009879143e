"""Experiments that count what happens: their reading, and each of them run small."""

from __future__ import annotations

import re

import pytest

from asgi_compare.measure.experiments import wire
from asgi_compare.measure.experiments.answer import Verdict
from asgi_compare.measure.experiments.bench import CPU
from asgi_compare.measure.experiments.discovery import experiments
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Observation,
    Observations,
)
from asgi_compare.measure.experiments.questions.async_django import (
    fourteen_hops,
    gathered_queries,
    home_made_atomic,
    own_event_loop,
    sync_middleware_place,
    threads_a_request,
)
from asgi_compare.measure.experiments.questions.connections import (
    expect_continue,
    keep_alive_timeout,
    one_does_not_read,
    thousands_of_websockets,
    token_in_log,
    unread_upload,
    websocket_refusal,
)
from asgi_compare.measure.experiments.questions.layers import (
    group_messages,
    idle_redis_socket,
    redis_restart,
)
from asgi_compare.measure.experiments.questions.streams import (
    base_http_middleware,
    broken_in_the_middle,
    cancelled_view,
    client_has_gone,
    event_source_gaps,
    second_signal,
    sigterm_timeline,
    streams_until_stall,
    sync_iterator,
)
from asgi_compare.measure.experiments.questions.waiting import (
    computing_view,
    context_variables,
    weight_of_a_wait,
)
from asgi_compare.measure.experiments.questions.workers import (
    killed_worker,
    lifespan_state,
    rolling_restart,
    sticky_sessions,
    uvloop_or_not,
    vanishing_tasks,
)
from tests.places import ROOT
from tests.tables import each_row, slow_but

TINY = Effort("quick", rounds=1, seconds=0.1, limit=60.0)
Row = tuple[str, tuple[Observation, ...], Verdict]


def seen(measure: str, value: float, note: str = "", **case: str) -> Observation:
    """Make an observation up; underscores in a keyword stand for blanks."""
    named = {key.strip("_").replace("_", " "): each for key, each in case.items()}
    return Observation(measure, value, "", named, note=note)


def hops(none: float, all_: float) -> tuple[Observation, ...]:
    """Make up the hops without middleware, and with all of it."""
    return tuple(
        seen(fourteen_hops.HOPS, value, middleware=number, view=fourteen_hops.ASYNC)
        for number, value in (("0", none), ("7", all_))
    )


def places(first: float, second: float) -> tuple[Observation, ...]:
    """Make up the hops of one sync middleware in two places."""
    return tuple(
        seen(way, value, place=place)
        for way in (sync_middleware_place.TO, sync_middleware_place.BACK)
        for place, value in (("first", first), ("last", second))
    )


def one(
    measure: str, key: str, *values: float, note: str = ""
) -> tuple[Observation, ...]:
    """Make up one number each for things that are called a, b, and so on."""
    return tuple(
        seen(measure, value, note, **{key: name})
        for name, value in zip("abcdef", values, strict=False)
    )


def expected(reads: int, refuses: int) -> tuple[Observation, ...]:
    """Make up what comes first from one server."""
    of = expect_continue
    return (
        seen(of.FIRST, reads, server="a", kind=of.READS),
        seen(of.FIRST, refuses, server="a", kind=of.REFUSES),
    )


def told(plain: int, based: int) -> tuple[Observation, ...]:
    """Make up whether an endpoint is told, behind either middleware."""
    of = base_http_middleware
    return (
        seen(of.WORKS, plain, behind=of.PLAIN, thing=of.TOLD),
        seen(of.WORKS, based, behind=of.BASED, thing=of.TOLD),
    )


def streamed(*before: int) -> tuple[Observation, ...]:
    """Make up streams of five pieces."""
    of = sync_iterator
    return one(of.BEFORE, "what", *before) + one(
        of.PIECES, "what", *[5.0] * len(before)
    )


def variable(*went: tuple[int, int]) -> tuple[Observation, ...]:
    """Make up on which ways a variable went there, and came back."""
    of = context_variables
    return tuple(
        seen(measure, value, way=str(number), kind="ContextVar")
        for number, pair in enumerate(went)
        for measure, value in zip((of.THERE, of.BACK), pair, strict=True)
    )


def restarted(lost: int, errors: int) -> tuple[Observation, ...]:
    """Make up one layer."""
    of = redis_restart
    return (seen(of.LOST, lost, layer="a"), seen(of.SENDING, errors, layer="a"))


def dropped(*delivered: int) -> tuple[Observation, ...]:
    """Make up layers that get ten messages."""
    of = group_messages
    sent = one(of.SENT, "layer", *[10.0] * len(delivered))
    return sent + one(of.DELIVERED, "layer", *delivered)


def refused(early: str, late: str) -> tuple[Observation, ...]:
    """Make up what a client sees that is refused before and after accept."""
    of, ways = websocket_refusal, websocket_refusal.WAYS
    return (
        seen(of.SEES, 0, early, server="a", way=ways["/refuse"]),
        seen(of.SEES, 0, late, server="a", way=ways["/close"]),
    )


def stopped(*heard: bool) -> tuple[Observation, ...]:
    """Make up servers that tell their streams, or do not."""
    of = sigterm_timeline
    found = one(of.HEARD, "server", *[3.0] * len(heard))
    ends = [seen(of.HEARD, 4, "ended", who=of.EXIT, **row.case) for row in found]
    hears = [
        seen(of.HEARD, 3, "CancelledError", who="stream", **row.case)
        for row, does in zip(found, heard, strict=True)
        if does
    ]
    return (*ends, *hears)


def cpu(key: str, values: dict[str, float], **more: str) -> tuple[Observation, ...]:
    """Make up processor times."""
    return tuple(
        seen(CPU, each, **{key: name}, **more) for name, each in values.items()
    )


def weights(task: float, thread: float) -> tuple[Observation, ...]:
    """Make up what one more weighs."""
    return (
        seen(weight_of_a_wait.WEIGHT, task, kind="task"),
        seen(weight_of_a_wait.WEIGHT, thread, kind="thread"),
    )


def opened(*values: float) -> tuple[Observation, ...]:
    """Make up connections: wanted, opened, and the fewest answers of one."""
    of = thousands_of_websockets
    measures = (of.WANTED, of.OPENED, of.LEAST)
    return tuple(map(seen, measures, values))


OF_STREAMS = {"stream": "Starlette", "kind": "only waits"}
ROWS: list[Row] = [
    ("fourteen-hops", hops(2, 14), "yes"),
    ("fourteen-hops", hops(2, 15), "it depends"),
    ("fourteen-hops", hops(0, 0), "no"),
    ("fourteen-hops", hops(2, 14)[:1], "not answered"),
    ("place-of-sync-middleware", places(2, 2), "no"),
    ("place-of-sync-middleware", places(2, 3), "yes"),
    ("async-view-own-loop", one(own_event_loop.LOOPS, "interface", 0, 5), "it depends"),
    ("async-view-own-loop", one(own_event_loop.LOOPS, "interface", 5, 5), "yes"),
    ("async-view-own-loop", one(own_event_loop.LOOPS, "interface", 0, 0), "no"),
    ("fresh-thread-each-request", one(threads_a_request.THREADS, "how", 20), "yes"),
    ("fresh-thread-each-request", one(threads_a_request.THREADS, "how", 1), "no"),
    ("gathered-queries", one(gathered_queries.AT_ONCE, "way", 1, 6), "no"),
    ("gathered-queries", one(gathered_queries.AT_ONCE, "way", 2, 6), "yes"),
    (
        "home-made-async-atomic",
        (seen(home_made_atomic.KEPT, 0, way="a", row_of=home_made_atomic.SECOND),),
        "yes",
    ),
    (
        "home-made-async-atomic",
        (seen(home_made_atomic.KEPT, 1, way="a", row_of=home_made_atomic.SECOND),),
        "no",
    ),
    ("variables-across-hops", variable((1, 1)), "yes"),
    ("variables-across-hops", variable((1, 1), (1, 0)), "it depends"),
    ("variables-across-hops", variable((0, 0)), "no"),
    ("base-http-middleware", told(1, 0), "yes"),
    ("base-http-middleware", told(1, 1), "no"),
    ("sync-iterator-under-asgi", streamed(5, 1), "yes"),
    ("sync-iterator-under-asgi", streamed(1, 1), "no"),
    ("cancelled-view", one(cancelled_view.CANCELLED, "view", 1, 0), "it depends"),
    ("cancelled-view", one(cancelled_view.CANCELLED, "view", 1), "yes"),
    ("cancelled-view", one(cancelled_view.CANCELLED, "view", 0), "no"),
    ("vanishing-tasks", one(vanishing_tasks.GONE, "awaits", 0, 10), "it depends"),
    ("vanishing-tasks", one(vanishing_tasks.GONE, "awaits", 10), "yes"),
    ("vanishing-tasks", one(vanishing_tasks.GONE, "awaits", 0), "no"),
    (
        "exception-in-the-middle",
        (seen(broken_in_the_middle.TELLS, 1, server="a", kind="no length"),),
        "yes",
    ),
    (
        "exception-in-the-middle",
        (
            seen(broken_in_the_middle.TELLS, 1, server="a", kind="no length"),
            seen(broken_in_the_middle.TELLS, 0, server="b", kind="no length"),
        ),
        "it depends",
    ),
    ("unread-upload", one(unread_upload.BEFORE, "server", 20, 1), "it depends"),
    ("unread-upload", one(unread_upload.BEFORE, "server", 20), "yes"),
    ("unread-upload", one(unread_upload.BEFORE, "server", 1), "no"),
    ("expect-continue", expected(100, 200), "yes"),
    ("expect-continue", expected(100, 100), "no"),
    ("keep-alive-timeout", one(keep_alive_timeout.KEPT, "server", 5, 70), "it depends"),
    ("keep-alive-timeout", one(keep_alive_timeout.KEPT, "server", 5), "yes"),
    (
        "keep-alive-timeout",
        one(keep_alive_timeout.KEPT, "server", 7, note="more than 7 s"),
        "no",
    ),
    (
        "client-has-gone",
        (seen(client_has_gone.NOTICED, 1, "x", server="a", **OF_STREAMS),),
        "yes",
    ),
    (
        "client-has-gone",
        (seen(client_has_gone.NOTICED, 0, "went on", server="a", **OF_STREAMS),),
        "no",
    ),
    ("streams-until-stall", one(streams_until_stall.HELD, "server", 1, 4), "no"),
    (
        "streams-until-stall",
        one(streams_until_stall.HELD, "server", 21, note="more than 20"),
        "yes",
    ),
    (
        "token-in-access-log",
        (seen(token_in_log.LINES, 1, server="a", place="query"),),
        "yes",
    ),
    (
        "token-in-access-log",
        (seen(token_in_log.LINES, 0, server="a", place="query"),),
        "no",
    ),
    ("websocket-refusal", refused("status 403", "close code 4401"), "no"),
    ("websocket-refusal", refused("close code 4401", "close code 4401"), "yes"),
    ("lifespan-state-shared", one(lifespan_state.COUNTERS, "server", 2, 2), "no"),
    ("lifespan-state-shared", one(lifespan_state.COUNTERS, "server", 1), "yes"),
    ("sticky-sessions", one(sticky_sessions.FAILED, "sessions_by", 9, 0), "it depends"),
    ("sticky-sessions", one(sticky_sessions.FAILED, "sessions_by", 0), "no"),
    ("sigterm-with-streams", stopped(True, True), "yes"),
    ("sigterm-with-streams", stopped(True, False), "it depends"),
    ("sigterm-with-streams", stopped(False), "no"),
    ("second-sigterm", one(second_signal.NEEDED, "server", 1, 2), "yes"),
    ("second-sigterm", one(second_signal.NEEDED, "server", 2, 3), "it depends"),
    ("second-sigterm", one(second_signal.NEEDED, "server", 1, 3), "no"),
    ("killed-worker", one(killed_worker.BACK, "server", 1), "yes"),
    ("killed-worker", one(killed_worker.BACK, "server", 8, note="never"), "no"),
    (
        "rolling-restart",
        (seen(rolling_restart.LOST, 0, way=rolling_restart.HUP),),
        "yes",
    ),
    (
        "rolling-restart",
        (seen(rolling_restart.LOST, 1, way=rolling_restart.HUP),),
        "no",
    ),
    ("group-messages", dropped(10, 9), "it depends"),
    ("group-messages", dropped(9), "yes"),
    ("group-messages", dropped(10), "no"),
    (
        "idle-redis-socket",
        (seen(idle_redis_socket.THROWN, 2, setting=idle_redis_socket.DEFAULT),),
        "yes",
    ),
    (
        "idle-redis-socket",
        (seen(idle_redis_socket.THROWN, 0, setting=idle_redis_socket.DEFAULT),),
        "no",
    ),
    ("redis-restart", restarted(0, 0), "yes"),
    ("redis-restart", restarted(5, 5), "it depends"),
    ("redis-restart", restarted(5, 4), "no"),
    (
        "computing-in-a-view",
        (seen(computing_view.MEANWHILE, 1, _in=computing_view.ASYNC),),
        "yes",
    ),
    (
        "computing-in-a-view",
        (seen(computing_view.MEANWHILE, 9, _in=computing_view.ASYNC),),
        "no",
    ),
    ("event-source-gaps", one(event_source_gaps.LOST, "way", 9, 0), "it depends"),
    ("event-source-gaps", one(event_source_gaps.LOST, "way", 0), "no"),
    ("one-does-not-read", one(one_does_not_read.GOT, "way", 80, 200), "it depends"),
    ("one-does-not-read", one(one_does_not_read.GOT, "way", 80), "yes"),
    ("one-does-not-read", one(one_does_not_read.GOT, "way", 150), "no"),
    ("thousands-of-websockets", opened(1000, 1000, 2), "yes"),
    ("thousands-of-websockets", opened(1000, 999, 2), "no"),
    ("thousands-of-websockets", opened(1000, 1000, 0), "no"),
    ("weight-of-a-wait", weights(1, 10), "yes"),
    ("weight-of-a-wait", weights(9, 10), "no"),
    ("uvloop-or-not", cpu("loop", {"uvloop": 1, "asyncio": 1.2}, page="by hand"), "no"),
    (
        "uvloop-or-not",
        cpu("loop", {"uvloop": 1, "asyncio": 2.5}, page="by hand"),
        "yes",
    ),
    (
        "wsgi-three-times-faster",
        cpu("interface", {"asgi": 4, "wsgi": 1}, stack="none"),
        "yes",
    ),
    (
        "wsgi-three-times-faster",
        cpu("interface", {"asgi": 2, "wsgi": 1}, stack="none"),
        "no",
    ),
]


@each_row(("name", "found", "verdict"), ROWS, ids=lambda row: f"{row[0]}: {row[2]}")
def test_verdict_is_read_off(
    name: str, found: tuple[Observation, ...], verdict: Verdict
) -> None:
    answer = experiments()[name].read(Observations(found))
    assert answer.verdict == verdict, answer.sentence


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """One server of each kind where there are many, and short waits."""
    for module in (
        broken_in_the_middle,
        unread_upload,
        expect_continue,
        keep_alive_timeout,
        client_has_gone,
        websocket_refusal,
        sigterm_timeline,
        second_signal,
        lifespan_state,
        killed_worker,
    ):
        monkeypatch.setattr(module, "SERVERS", ("uvicorn",))
    monkeypatch.setattr(streams_until_stall, "SERVERS", ("wsgiref",))
    monkeypatch.setattr(token_in_log, "WITH_LOG", {"uvicorn": ("--access-log",)})
    monkeypatch.setattr(thousands_of_websockets, "QUICK", 50)
    monkeypatch.setattr(uvloop_or_not, "PAGES", {"raw-asgi": "by hand"})


@pytest.mark.parametrize(
    ("name", "verdicts"),
    slow_but(
        ("vanishing-tasks", "websocket-refusal"),
        [
            ("fourteen-hops", {"yes", "it depends", "no"}),
            ("place-of-sync-middleware", {"no"}),
            ("async-view-own-loop", {"it depends"}),
            ("fresh-thread-each-request", {"yes"}),
            ("gathered-queries", {"no"}),
            ("home-made-async-atomic", {"yes"}),
            ("variables-across-hops", {"it depends"}),
            ("base-http-middleware", {"yes"}),
            ("sync-iterator-under-asgi", {"yes"}),
            ("cancelled-view", {"it depends"}),
            ("vanishing-tasks", {"it depends"}),
            ("exception-in-the-middle", {"yes"}),
            ("unread-upload", {"no"}),
            ("expect-continue", {"yes"}),
            ("keep-alive-timeout", {"yes"}),
            ("client-has-gone", {"it depends"}),
            ("streams-until-stall", {"no"}),
            ("token-in-access-log", {"yes"}),
            ("websocket-refusal", {"no"}),
            ("lifespan-state-shared", {"no"}),
            ("sticky-sessions", {"it depends"}),
            ("sigterm-with-streams", {"yes"}),
            ("second-sigterm", {"no"}),
            ("killed-worker", {"yes"}),
            ("rolling-restart", {"yes", "no"}),
            ("group-messages", {"it depends"}),
            ("idle-redis-socket", {"yes"}),
            ("redis-restart", {"yes", "no", "it depends"}),
            ("computing-in-a-view", {"yes"}),
            ("event-source-gaps", {"it depends"}),
            ("one-does-not-read", {"it depends"}),
            ("thousands-of-websockets", {"yes"}),
            ("weight-of-a-wait", {"yes"}),
            ("uvloop-or-not", {"yes", "no"}),
            ("wsgi-three-times-faster", {"yes", "no"}),
        ],
        ids=lambda row: row[0],
    ),
)
@pytest.mark.usefixtures("small")
def test_experiment_measures_what_it_reads(name: str, verdicts: set[Verdict]) -> None:
    experiment = experiments()[name]
    found = Observations(tuple(experiment.run(TINY)))
    answer = experiment.read(found)
    assert answer.verdict in verdicts, answer.sentence
    assert answer.tables


def test_decisions_name_experiments_that_exist() -> None:
    text = (ROOT / "docs" / "decisions.md").read_text("utf-8")
    named = re.findall(r"`asgi-compare experiments run ([a-z0-9-]+)", text)
    assert len(named) > 20
    assert [name for name in named if name not in experiments()] == []


def test_status_is_read_off_the_wire() -> None:
    assert wire.status_of(b"HTTP/1.1 204 No Content\r\n") == 204
    assert wire.status_of(b"") == wire.status_of(b"nonsense here") == 0
