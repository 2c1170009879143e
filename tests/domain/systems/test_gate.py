"""What one process of a gateway remembers of its upstreams and of its clients."""

import pytest

from asgi_compare.domain.systems.gateway import (
    Deadline,
    Gate,
    Refusal,
    Settings,
    read_settings,
    to_client,
    to_upstream,
)
from asgi_compare.domain.systems.gateway.gate import Again, LeftAlone, Passing
from asgi_compare.domain.systems.rate import Rate
from tests.tables import each_row

ONE = {"a": "http://127.0.0.1:1/base"}


def test_settings_are_read() -> None:
    assert read_settings({}) == Settings()
    found = read_settings(
        {"GATEWAY_UPSTREAMS": "a=http://h:1/ b=https://h/v1", "GATEWAY_DEADLINE": "3"}
    )
    assert found.upstreams == {"a": "http://h:1", "b": "https://h/v1"}
    assert (found.deadline, found.pause) == (3.0, Settings.pause)


def test_unusable_setting_is_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^Expected NAME=URL in .* but got 'a=x:1'; "):
        read_settings({"GATEWAY_UPSTREAMS": "a=x:1"})


@each_row(
    ("rest", "query", "address"),
    [
        ("x/y", "", "http://127.0.0.1:1/base/x/y"),
        ("", "n=1", "http://127.0.0.1:1/base/?n=1"),
        ("ä b?c", "", "http://127.0.0.1:1/base/%C3%A4%20b%3Fc"),
    ],
)
def test_address_is_below_that_of_the_upstream(
    rest: str, query: str, address: str
) -> None:
    assert Gate(Settings(ONE)).address("a", rest, query) == address


@each_row(
    ("name", "rest", "status"),
    [("b", "x", 404), ("a", "..", 400), ("a", "x/./y", 400), ("a", "../b", 400)],
)
def test_address_elsewhere_is_refused(name: str, rest: str, status: int) -> None:
    found = Gate(Settings(ONE)).address(name, rest)
    assert isinstance(found, Refusal)
    assert found.status == status


def test_client_that_asks_too_often_is_refused() -> None:
    gate = Gate(Settings(ONE, rate=Rate(0.5, 1)))
    assert gate.admit("one", 0) is None
    refused = gate.admit("one", 0)
    assert refused == Refusal(429, "Too many requests; wait 2 s.", 2)
    assert refused.fields == {"retry-after": "2"}
    assert gate.admit("two", 0) is None
    assert gate.admit("one", 2) is None


def test_upstream_that_fails_is_left_alone_and_tried_again() -> None:
    gate = Gate(Settings(ONE, failures=1, pause=5))
    first = gate.ask("a", 0)
    assert first
    assert gate.state(0) == {"a": {"breaker": "closed", "in_use": 1}}
    first.heard(500, 0)
    first.close(0)
    first.close(0)
    assert gate.state(0) == {"a": {"breaker": "open", "in_use": 0}}
    assert gate.ask("a", 4) is None
    assert gate.left_alone("a").status == 503
    trial = gate.ask("a", 5)
    assert trial
    trial.close(5)  # the client has left: another one may try
    second = gate.ask("a", 5)
    assert second
    second.heard(200, 5)
    second.close(5)
    assert gate.state(5) == {"a": {"breaker": "closed", "in_use": 0}}


@each_row(
    ("method", "error", "left", "again"),
    [
        ("GET", ConnectionError(), 1.0, True),
        ("GET", Passing(503), 1.0, True),
        ("GET", Passing(503), 0.1, False),  # no time for the pause
        ("GET", TimeoutError(), 1.0, False),
        ("GET", LeftAlone(), 1.0, False),
        ("POST", ConnectionError(), 1.0, False),
    ],
)
def test_retry_is_worth_it(
    method: str, error: Exception, left: float, again: bool
) -> None:
    gate = Gate(Settings(ONE))
    assert Again(gate, method, Deadline(left)).worth(error, 0) is again


def test_retries_are_counted_and_have_a_budget() -> None:
    gate = Gate(Settings(ONE, attempts=3))
    again = Again(gate, "GET", Deadline(9))
    assert [again.worth(ConnectionError(), 0) for _ in range(3)] == [True, True, False]
    while gate.retry():
        pass
    assert not Again(gate, "GET", Deadline(9)).worth(ConnectionError(), 0)


def test_fields_are_those_that_go_through() -> None:
    asked = [
        (b"Host", b"gateway"),
        (b"content-length", b"3"),
        (b"connection", b"x-own"),
        (b"x-own", b"1"),
        (b"x-other", b"2"),
    ]
    via = (b"via", b"1.1 gateway")
    assert to_upstream(asked) == [(b"x-other", b"2"), via]
    answered = [(b"Set-Cookie", b"a"), (b"Set-Cookie", b"b"), (b"Keep-Alive", b"x")]
    assert to_client(answered) == [(b"set-cookie", b"a"), (b"set-cookie", b"b"), via]
