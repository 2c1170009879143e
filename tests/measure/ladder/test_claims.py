"""Figures that were measured by hand, and whether they come out again."""

from dataclasses import replace

import pytest

from asgi_compare.measure.ladder.claims import FIGURES, Figure, claims, divided, judged
from asgi_compare.measure.ladder.costs import Adds
from asgi_compare.measure.timing.figures import Spread
from tests.measure.ladder.sample import counts, sample


def test_every_figure_is_read_off_a_climb() -> None:
    assert [(claim.value, claim.verdict) for claim in claims(sample())] == [
        (2, "reproduced"),
        (2, "reproduced"),
        (15, "reproduced"),
        (0.04, "in between"),
        (0.014, "not reproduced"),
        (2.5, "reproduced"),
        (4.6, "not measured"),
        (5.7, "reproduced"),
    ]
    assert len(FIGURES) == 8


def test_figure_of_servers_says_where_it_was_found() -> None:
    whys = {claim.value: claim.why for claim in claims(sample())}
    assert whys[0.04].startswith("It is 0.03 (0.027 to 0.033) with 128 connections")
    assert whys[0.014].startswith("The nearest is 0.02 (0.018 to 0.022) with 8 ")
    assert whys[2.5] == "It is 2.5 (2.25 to 2.75) with 8 connections of our own client."
    assert whys[5.7] == "It is 5.6 (5.04 to 6.16) in process, on the rung urls-1."
    assert {whys[2], whys[15], whys[4.6]} == {""}


def test_nothing_measured_is_nothing_claimed() -> None:
    assert {claim.verdict for claim in claims(Adds())} == {"not measured"}
    assert {claim.by_cpu for claim in claims(Adds())} == {None}


@pytest.mark.parametrize(
    ("value", "found", "verdict"),
    [
        pytest.param(2, Spread(2, 2, 2), "reproduced", id="the same count"),
        pytest.param(2, Spread(3, 3, 3), "not reproduced", id="another count"),
        pytest.param(2, None, "not measured", id="nothing"),
    ],
)
def test_count_is_the_same_or_another_one(
    value: float, found: Spread | None, verdict: str
) -> None:
    figure = Figure("it", value, 0, lambda adds: found)
    assert judged(figure, found) == verdict


def test_bad_company_refutes_nothing() -> None:
    """What is counted needs no quiet."""
    adds = sample()
    adds.beside = [
        replace(each, disturbed=True, cpu=each.cpu.scaled(9)) for each in adds.beside
    ]
    assert [claim.verdict for claim in claims(adds)] == [
        *["reproduced"] * 3,
        *["undecided"] * 3,
        "not measured",
        "undecided",
    ]


def test_hops_are_those_of_an_async_view() -> None:
    adds = sample()
    adds.costs = [
        replace(cost, counts=counts(7)) if cost.way == "async" else cost
        for cost in adds.costs
    ]
    hops = [c for c in claims(adds) if c.says.startswith("hops")]
    assert [c.found and c.found.median for c in hops] == [7, 7]
    assert [c.verdict for c in hops] == ["not reproduced"] * 2


def test_quotient_of_spreads_is_as_wide_as_can_be() -> None:
    quotient = divided(Spread(6, 4, 8, 3), Spread(2, 1, 4, 5))
    assert quotient == Spread(3, 1, 8, 3)
