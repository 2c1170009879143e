"""Why a figure came out, or did not."""

from dataclasses import replace
from operator import attrgetter

import pytest

from asgi_compare.measure.ladder.costs import Beside
from asgi_compare.measure.ladder.reasons import nearest, verdict
from asgi_compare.measure.timing.figures import Spread


def trial(rps: float, cpu: float = 99.0, *, connections: int = 8) -> Beside:
    """A trial that gave a ratio of requests, and one of processor time."""
    return Beside(
        "urls-1 async",
        "hello-asgi async",
        connections,
        "our own client",
        Spread(rps, rps * 0.9, rps * 1.1, 5),
        Spread(cpu, cpu * 0.9, cpu * 1.1, 5),
        rps * 0.8,
        rps * 1.2,
    )


def noisy(rps: float, cpu: float = 99.0) -> Beside:
    return replace(trial(rps, cpu), disturbed=True)


LOAD = "of our own client beside the smallest application"


@pytest.mark.parametrize(
    ("trials", "judgement", "why"),
    [
        pytest.param([], "not measured", "", id="nothing"),
        pytest.param(
            [trial(0.05), trial(0.041, connections=128)],
            "reproduced",
            f"It is 0.041 (0.0369 to 0.0451) with 128 connections {LOAD}.",
            id="requests",
        ),
        pytest.param(
            [trial(0.042), trial(0.04, connections=32)],
            "reproduced",
            f"It is 0.04 (0.036 to 0.044) with 32 connections {LOAD}.",
            id="the nearest of two",
        ),
        pytest.param(
            [noisy(0.04), trial(0.05, 0.041)],
            "reproduced",
            f"By processor time, it is 0.041 (0.0369 to 0.0451) with 8 connections "
            f"{LOAD}.",
            id="processor time",
        ),
        pytest.param(
            [trial(0.05), trial(0.03, connections=128)],
            "in between",
            f"It is 0.03 (0.027 to 0.033) with 128 connections {LOAD} and 0.05 "
            f"(0.045 to 0.055) with 8 connections {LOAD}.",
            id="in between",
        ),
        pytest.param(
            [noisy(0.09, 0.05), noisy(0.09, 0.03)],
            "in between",
            f"By processor time, it is 0.03 (0.027 to 0.033) with 8 connections {LOAD} "
            f"and 0.05 (0.045 to 0.055) with 8 connections {LOAD}.",
            id="in between by processor time",
        ),
        pytest.param(
            [trial(0.05), noisy(0.03)],
            "not reproduced",
            f"The nearest is 0.05 (0.045 to 0.055) with 8 connections {LOAD}: 1.25 "
            "times the figure. Single rounds went from 0.04 to 0.06.",
            id="too large",
        ),
        pytest.param(
            [noisy(0.09, 0.02)],
            "undecided",
            f"By processor time, the nearest is 0.02 (0.018 to 0.022) with 8 "
            f"connections {LOAD}: 0.50 times the figure.",
            id="bad company",
        ),
    ],
)
def test_verdict_says_what_it_rests_on(
    trials: list[Beside], judgement: str, why: str
) -> None:
    assert verdict(0.04, 0.0005, trials) == (judgement, why)


def test_single_round_decides_nothing() -> None:
    once = replace(trial(0.04, 0.04), rps=Spread(0.04, 0.04, 0.04, 1))
    assert verdict(0.04, 0.0005, [once])[0] == "undecided"


def test_last_digit_is_forgiven() -> None:
    narrow = replace(trial(0.0405), rps=Spread(0.0405, 0.0405, 0.0405, 5))
    assert verdict(0.04, 0.00051, [narrow])[0] == "reproduced"
    assert verdict(0.04, 0.0004, [narrow])[0] == "not reproduced"


def test_other_ratio_is_not_one_of_the_smallest_application() -> None:
    other = replace(trial(2.5), above="urls-1 wsgi", below="urls-1 async")
    assert verdict(2.5, 0.05, [other])[1] == (
        "It is 2.5 (2.25 to 2.75) with 8 connections of our own client."
    )


def test_nearest_is_so_whichever_way() -> None:
    rps = attrgetter("rps")
    assert nearest(1, [trial(3), trial(0.4)], rps).rps.median == 0.4
    assert nearest(1, [trial(2), trial(0.4)], rps).rps.median == 2


def test_ratio_in_process_says_on_which_rung() -> None:
    one = replace(
        trial(5.7),
        above="urls-1 hopless",
        below="urls-1 async",
        connections=0,
        client="in process",
    )
    assert verdict(5.7, 0.05, [one])[1] == (
        "It is 5.7 (5.13 to 6.27) in process, on the rung urls-1."
    )
