"""The experiments themselves: each is run small, and read from made-up numbers."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from asgi_compare.measure.experiments.answer import Verdict
from asgi_compare.measure.experiments.bench import (
    REQUESTS,
    client,
    get,
    serve,
    under_load,
)
from asgi_compare.measure.experiments.discovery import experiments
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Observation,
    Observations,
)
from asgi_compare.measure.experiments.questions.waiting import (
    asgi_overtakes,
    hop_cost,
    sync_views,
    three_waits,
    wsgi_one_at_a_time,
)
from asgi_compare.measure.load.records import HttpLoad
from tests.tables import slow_but

TINY = Effort("quick", rounds=1, seconds=0.1, limit=60.0)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few servers and short waits."""
    monkeypatch.setattr(sync_views, "SERVERS", ("uvicorn",))
    monkeypatch.setattr(wsgi_one_at_a_time, "SERVERS", ("wsgiref",))
    monkeypatch.setattr(three_waits, "ON", {"raw-asgi": "uvicorn", "raw-wsgi": "-"})
    monkeypatch.setattr(
        three_waits, "installed", lambda names: [n for n in names if n != "-"]
    )
    monkeypatch.setattr(asgi_overtakes, "QUICK_POINTS", ((0.01, 4),))
    monkeypatch.setattr(asgi_overtakes, "CONTENDERS", asgi_overtakes.CONTENDERS[:2])


@pytest.mark.parametrize(
    ("name", "verdicts"),
    slow_but(
        ("sync-views-serialised",),
        [
            ("sync-views-serialised", {"no"}),
            ("hop-cost", {"no", "yes"}),  # yes on a machine without a quiet moment
            ("three-waits", {"yes"}),
            ("wsgi-one-at-a-time", {"no"}),
            ("asgi-overtakes-wsgi", {"no", "it depends", "yes"}),
        ],
        ids=lambda row: row[0],
    ),
)
def test_experiment_measures_what_it_reads(name: str, verdicts: set[Verdict]) -> None:
    experiment = experiments()[name]
    found = Observations(tuple(experiment.run(TINY)))
    answer = experiment.read(found)
    assert answer.verdict in verdicts, answer.sentence
    assert answer.tables
    assert answer.charts
    assert not [row for row in found.rows if row.measure.startswith("failed")]


def observed(
    measure: str, cases: Iterable[tuple[dict[str, str], float]]
) -> Observations:
    """Observations of one measure."""
    return Observations(
        tuple(Observation(measure, value, case=case) for case, value in cases)
    )


@pytest.mark.parametrize(
    ("wall", "verdict"), [(0.12, "no"), (0.5, "it depends"), (0.81, "yes")]
)
def test_sync_views_are_compared_with_the_sum_of_all(
    wall: float, verdict: Verdict
) -> None:
    found = observed(
        sync_views.WALL,
        [
            ({"server": "uvicorn", "of": sync_views.DJANGO}, wall),
            ({"server": "uvicorn", "of": sync_views.ALONE}, 0.1),
        ],
    )
    answer = sync_views.read(found)
    assert (answer.verdict, answer.turning_point) == (verdict, "")


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(50e-6, "no"), (499e-6, "no"), (600e-6, "yes")]
)
def test_hop_is_compared_with_a_millisecond(seconds: float, verdict: Verdict) -> None:
    case = {"kind": hop_cost.SAME, "beside": hop_cost.QUIET}
    answer = hop_cost.read(observed(hop_cost.HOP, [(case, seconds)]))
    assert (answer.verdict, answer.turning_point) == (verdict, "")


@pytest.mark.parametrize(
    ("asgi", "wsgi", "verdict"),
    [(1.1, 3.0, "yes"), (1.1, 1.1, "it depends"), (3.0, 3.0, "no")],
)
def test_three_waits_are_compared_with_one(
    asgi: float, wsgi: float, verdict: Verdict
) -> None:
    together = {"waits": three_waits.TOGETHER}
    found = observed(
        three_waits.SECONDS,
        [
            ({"implementation": "raw-asgi", **together}, asgi),
            ({"implementation": "raw-wsgi", **together}, wsgi),
        ],
    )
    assert three_waits.read(found).verdict == verdict


def test_wsgi_handles_one_at_a_time_if_no_server_does_more() -> None:
    case = {"server": "wsgiref"}
    rows = (
        Observation(wsgi_one_at_a_time.RUNNING, 1.0, case=case),
        Observation(wsgi_one_at_a_time.WALL, 1.0, case=case),
    )
    answer = wsgi_one_at_a_time.read(Observations(rows))
    assert answer.verdict == "yes"


@pytest.mark.parametrize(
    ("rates", "verdict", "turns"),
    [
        ([0.5, 0.5], "no", "In what was measured, ASGI was ahead nowhere."),
        ([2.0, 3.0], "yes", "In what was measured, ASGI was ahead always."),
        (
            [0.5, 2.0],
            "it depends",
            "ASGI overtakes at a wait of about 0.32 s, with these clients.",
        ),
    ],
)
def test_overtaking_is_read_off_the_ratio(
    rates: list[float], verdict: Verdict, turns: str
) -> None:
    cases = []
    for wait, by in zip((0.1, 1.0), rates, strict=True):
        at = asgi_overtakes.label(wait, 10)
        cases += [({"who": asgi_overtakes.ASGI, "at": at}, by * 100)] * 3
        cases += [({"who": asgi_overtakes.WSGI, "at": at}, 100.0)] * 3
    answer = asgi_overtakes.read(observed(REQUESTS, cases))
    assert (answer.verdict, answer.turning_point) == (verdict, turns)


def test_failures_under_load_are_observed() -> None:
    with serve("raw-asgi", "uvicorn", "--http", "h11") as serving, client() as load:
        assert get(serving, "/").body == b"Hello, world!"
        assert serving.memory_kib() > 1000
        job = HttpLoad(serving.port, "/no-such-page", 0.1, 1)
        found = Observations(tuple(under_load(serving, load, job, {})))
    (failed,) = found.values("failed: status 404")
    assert failed > 1
    assert found.values("requests a second")[0] > 1
