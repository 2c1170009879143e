"""Figures that were measured by hand, and whether they come out again."""

from dataclasses import replace

import pytest

from compare.layers.claims import FIGURES, Figure, claims, divided, judged
from compare.layers.costs import Adds
from compare.measure.figures import Spread
from tests.layers.sample import counts, sample


def test_every_figure_is_read_off_a_climb() -> None:
    found = {claim.says: claim for claim in claims(sample())}
    assert len(found) == len(FIGURES) - 1  # two rows begin alike: "the same ..."
    assert {claim.verdict for claim in claims(sample())} <= {
        "reproduced",
        "not reproduced",
    }


def test_nothing_measured_is_nothing_claimed() -> None:
    assert {claim.verdict for claim in claims(Adds())} == {"not measured"}
    assert {claim.by_cpu for claim in claims(Adds())} == {None}


@pytest.mark.parametrize(
    ("value", "found", "verdict"),
    [
        pytest.param(2, Spread(2, 2, 2), "reproduced", id="the same count"),
        pytest.param(2, Spread(3, 3, 3), "not reproduced", id="another count"),
        pytest.param(5.7, Spread(5, 4.8, 5.65), "reproduced", id="the last digit"),
        pytest.param(5.7, Spread(5, 4.8, 5.6), "not reproduced", id="beyond it"),
        pytest.param(5.7, None, "not measured", id="nothing"),
    ],
)
def test_figure_is_reproduced_within_our_spread(
    value: float, found: Spread | None, verdict: str
) -> None:
    digit = 0 if value == 2 else 0.051
    figure = Figure("it", value, digit, lambda adds: found)
    assert judged(figure, found) == verdict


def test_bad_company_refutes_nothing() -> None:
    """A figure that comes out is reproduced even so."""
    adds = sample()
    quiet = {claim.verdict for claim in adds.claims}
    adds.costs = [replace(cost, disturbed=True) for cost in adds.costs]
    verdicts = [claim.verdict for claim in claims(adds)]
    assert quiet == {"reproduced", "not reproduced"}
    assert set(verdicts) == {"reproduced", "undecided"}


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
