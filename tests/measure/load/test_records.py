"""Loads and results: histograms, requests, and the way through JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.measure.load.arrivals import schedule
from asgi_compare.measure.load.records import (
    HttpLoad,
    HttpResult,
    Latencies,
    Load,
    Result,
    StreamLoad,
    StreamResult,
    load_of,
    result_of,
)

SECONDS = st.lists(st.floats(1e-5, 1e3), min_size=1, max_size=100)


@given(SECONDS, st.floats(0.01, 1.0))
@settings(max_examples=100)
def test_quantile_is_half_a_percent_off_at_most(
    seconds: list[float], share: float
) -> None:
    exact = sorted(seconds)[max(math.ceil(share * len(seconds)) - 1, 0)]
    assert math.isclose(Latencies.of(seconds).quantile(share), exact, rel_tol=0.006)


@given(SECONDS, SECONDS)
@settings(max_examples=50)
def test_sum_of_histograms_is_the_histogram_of_all(
    one: list[float], other: list[float]
) -> None:
    assert Latencies.of(one) + Latencies.of(other) == Latencies.of(one + other)


def test_latencies_without_any_are_zero() -> None:
    assert Latencies().quantile(0.5) == Latencies().share_above(1.0) == 0.0
    assert Latencies.of([0.0]).quantile(1.0) < 2e-6
    assert Latencies.of([0.1, 0.1, 0.1, 5.0]).share_above(1.0) == 0.25


def test_records_survive_json() -> None:
    records: list[Load] = [
        HttpLoad(80, "/x", headers=(("a", "b"),), rate=5.0),
        StreamLoad(80, "/x", "websocket", slow=3),
    ]
    assert [load_of(json.loads(json.dumps(asdict(each)))) for each in records] == (
        records
    )
    results: list[Result] = [
        HttpResult(3, 2.0, Latencies.of([1.0, 2.0]), {200: 3}, {"closed": 1}, 0.5),
        StreamResult(3, 2.0, Latencies.of([1.0]), delivery=Latencies.of([2.0])),
    ]
    assert [result_of(json.loads(json.dumps(asdict(each)))) for each in results] == (
        results
    )
    assert isinstance(results[0], HttpResult)
    assert (results[0].rate, results[0].client_share) == (1.5, 0.25)


def test_request_is_written_as_it_crosses_the_wire() -> None:
    load = HttpLoad(80, "/x", method="POST", body="é", headers=(("A", "b"),))
    assert load.request() == (
        b"POST /x HTTP/1.1\r\nHost: 127.0.0.1:80\r\nA: b\r\n"
        b"Content-Length: 2\r\n\r\n\xc3\xa9"
    )
    assert HttpLoad(80, keep_alive=False).request() == (
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\nConnection: close\r\n\r\n"
    )


def test_constant_arrivals_are_evenly_spaced() -> None:
    assert list(schedule("constant", 4.0, 1.0, seed=1)) == [0.0, 0.25, 0.5, 0.75]


def test_poisson_arrivals_have_their_rate_and_their_seed() -> None:
    found = list(schedule("poisson", 1000.0, 10.0, seed=7))
    assert found == list(schedule("poisson", 1000.0, 10.0, seed=7)) == sorted(found)
    assert found != list(schedule("poisson", 1000.0, 10.0, seed=8))
    assert 9_500 < len(found) < 10_500
    gaps = [after - before for before, after in pairwise(found)]
    longer = sum(gap > 1e-3 for gap in gaps) / len(gaps)
    assert math.isclose(longer, math.exp(-1), abs_tol=0.03)  # exponential gaps
