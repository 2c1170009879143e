"""Stories of the gateway: what is passed on, what is missing, and who leaves."""

from __future__ import annotations

from asgi_compare.contract.story import (
    Asks,
    Finds,
    Hears,
    IsClosed,
    Leaves,
    Opens,
    Pauses,
    Sets,
    Story,
    System,
)

SYSTEM = System(
    "gateway",
    "One request in, one or several out, and one answer back.",
    transports={"asgi": ("stream",), "wsgi": ("stream",)},
    one_at_a_time=True,
)
MISSING = {"away": "failed", "broken": "failed", "late": "deadline"}
AT_REST = {"catalog": {"breaker": "closed", "in_use": 0}}
DEADLINE = 1.0
"""Seconds that the gateway of a story has."""


def asks(who: str, rest: str, status: int = 200, **more: object) -> Asks:
    """Ask by GET."""
    return Asks(who, "GET", rest, status=status, **more)  # type: ignore[arg-type]


def in_use(count: int, within: float = 3.0) -> Finds:
    """See how many requests of upstreams are under way."""
    words = "no upstream is in use" if not count else f"{count} upstreams are in use"
    return Finds("in use", count, words, within)


def asked(upstream: str, times: int) -> Finds:
    """See how often an upstream was asked."""
    return Finds(f"asked {upstream}", times, f"{upstream} was asked {times} times")


STORIES: tuple[Story, ...] = (
    Story(
        SYSTEM,
        "page",
        "The implementation serves the page itself.",
        (asks("one", "", holds="<title>Gateway</title>"),),
    ),
    Story(
        SYSTEM,
        "fans_out",
        "One request asks three upstreams, and has one answer.",
        (
            asks("one", "fan?of=catalog&of=prices&of=stock", says={"missing": {}}),
            asked("catalog", 1),
            asked("prices", 1),
            asked("stock", 1),
            in_use(0),
        ),
    ),
    Story(
        SYSTEM,
        "partial_answer",
        "What has not come is named with the reason, and costs the deadline and no "
        "more.",
        (
            asks(
                "one",
                "fan?of=catalog&of=late&of=broken&of=away",
                says={"missing": MISSING},
                seconds=(DEADLINE - 0.1, DEADLINE + 1.9),
            ),
            in_use(0),
        ),
    ),
    Story(
        SYSTEM,
        "required_part",
        "Without a part that must be there, part of an answer is none.",
        (
            asks("one", "fan?of=catalog&of=gone", says={"missing": {"gone": "failed"}}),
            Pauses(0.6),  # or the breaker says it
            asks("one", "fan?of=catalog&of=gone&required=gone", 502),
        ),
    ),
    Story(
        SYSTEM,
        "fields",
        "Fields about one connection end there; each Set-Cookie stays by itself.",
        (
            asks(
                "one",
                "pass/catalog/tea/42?size=2",
                fields={"te": "trailers", "connection": "x-own", "x-own": "1"},
                has={
                    "content-type": "application/json",
                    "set-cookie": (
                        "a=1; Path=/; Expires=Wed, 21 Oct 2099 07:28:00 GMT",
                        "b=2; HttpOnly; Priority=High",
                    ),
                    "via": "1.1 gateway",
                },
                lacks=("x-hop", "keep-alive"),
                says={"path": "/catalog/tea/42", "query": "size=2"},
            ),
            asks("one", "pass/catalog/tea", says={"fields": {"via": "1.1 gateway"}}),
        ),
    ),
    Story(
        SYSTEM,
        "body",
        "A body is passed on, and one that is too long is refused with 413.",
        (
            Asks("one", "POST", "pass/catalog/tea", "Hello", says={"body": "Hello"}),
            Asks("one", "PUT", "pass/catalog/tea", b"x" * 10_000, holds="xxxx"),
            Asks("one", "POST", "pass/catalog/tea", b"x" * 1_048_577, 413),
            asked("catalog", 2),
        ),
    ),
    Story(
        SYSTEM,
        "streams_through",
        "A piece is passed on when it comes, and not when all have come.",
        (
            Opens("one", "pass/catalog/drip?n=20"),
            Hears("one", {"n": 1}),
            in_use(1),
            Hears("one", {"n": 20}),
            IsClosed("one", 1000),
            in_use(0),
        ),
    ),
    Story(
        SYSTEM,
        "left_before_start",
        "Who leaves before an answer has begun costs the upstream nothing more: it is "
        "hung up on at once.",
        (
            Opens("one", "pass/late/x"),
            Opens("two", "fan?of=late&of=catalog"),
            in_use(2),
            Leaves("one"),
            Leaves("two"),
            in_use(0, within=0.7),
        ),
        needs=("news of leaving",),
    ),
    Story(
        SYSTEM,
        "left_before_start_unheard",
        "Who leaves before an answer has begun costs no more than the deadline, even "
        "where nobody hears of it.",
        (
            Opens("one", "pass/late/x"),
            in_use(1),
            Leaves("one"),
            in_use(0, within=DEADLINE + 1),
        ),
    ),
    Story(
        SYSTEM,
        "left_in_body",
        "Who leaves in the middle of an answer leaves no upstream in use.",
        (
            Opens("one", "pass/catalog/drip"),
            Hears("one", {"n": 3}),
            Leaves("one"),
            in_use(0),
            asks("two", "status", says=AT_REST, within=3.0),
        ),
        needs=("close",),
    ),
    Story(
        SYSTEM,
        "left_at_last_byte",
        "Who leaves as the last piece comes leaves no upstream in use.",
        (
            Opens("one", "pass/catalog/drip?n=5"),
            Hears("one", {"n": 5}),
            Leaves("one"),
            in_use(0),
            asks("two", "status", says=AT_REST, within=3.0),
        ),
        needs=("close",),
    ),
    Story(
        SYSTEM,
        "late_upstream",
        "An upstream that hangs costs the deadline and no more: 504.",
        (
            asks("one", "pass/late/x", 504, seconds=(DEADLINE - 0.1, DEADLINE + 1.9)),
            in_use(0),
        ),
    ),
    Story(
        SYSTEM,
        "no_upstream",
        "An upstream where nobody listens, or that speaks no HTTP, is a 502; one that "
        "is not there is a 404.",
        (
            asks("one", "pass/lost/x", 502),
            asks("one", "pass/garbage/x", 502),
            asks("one", "pass/nobody/x", 404),
            asks("one", "pass/catalog/a/../../prices", 400),
            in_use(0),
        ),
    ),
    Story(
        SYSTEM,
        "cut_answer",
        "An answer that breaks off is broken off, and taken for a whole one by nobody.",
        (
            Opens("one", "pass/cut/x"),
            Hears("one", {"n": 1}),
            IsClosed("one", 1006),
            in_use(0),
        ),
    ),
    Story(
        SYSTEM,
        "retries",
        "What may be asked twice is asked again after a 503; a POST is not.",
        (
            asks("one", "pass/shy/x", 200),
            asked("shy", 2),
            Asks("one", "POST", "pass/shy/x", "x", status=503),
            asked("shy", 3),
            Asks("one", "POST", "pass/shy/x", "x", status=200),
        ),
    ),
    Story(
        SYSTEM,
        "breaker",
        "An upstream that fails five times in a row is left alone, until one request "
        "that tries succeeds.",
        (
            Sets("flaky", "fails", "flaky fails"),
            asks("one", "pass/flaky/x", 500, times=5),
            asked("flaky", 5),
            asks("one", "pass/flaky/x", 503, has={"retry-after": "1"}),
            asks("one", "fan?of=catalog&of=flaky", says={"missing": {"flaky": "open"}}),
            asked("flaky", 5),
            asks("one", "status", says={"flaky": {"breaker": "open"}}),
            Sets("flaky", "", "flaky is well"),
            Pauses(0.6),
            asks("one", "pass/flaky/x", 200),
            asks("one", "status", says={"flaky": {"breaker": "closed"}}),
        ),
        needs=("one server",),
    ),
    Story(
        SYSTEM,
        "too_many_requests",
        "A client that asks too often is told when to come back; others are not "
        "concerned.",
        (
            asks(
                "one",
                "pass/nobody/x",
                429,
                times=200,
                until=True,
                has={"retry-after": "1"},
            ),
            asks("two", "pass/catalog/x", 200),
        ),
        needs=("one server",),
    ),
)
