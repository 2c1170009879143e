"""In which order things are measured, and what is thrown away."""

import itertools
from collections.abc import Callable

import pytest

from asgi_compare.measure.timing import rounds
from asgi_compare.measure.timing.figures import Spread
from asgi_compare.measure.timing.machine import Foreign
from asgi_compare.measure.timing.rounds import Cell, Rounds, Sample, blocks, variation
from asgi_compare.measure.timing.worker import Unmeasured


def constant(value: float, order: list[str], name: str) -> Callable[[], Sample]:
    def take() -> Sample:
        order.append(name)
        return {"us": value}

    return take


class Quiet:
    """Nobody else, and no look at the clock."""

    def __init__(self, pids: object) -> None:
        pass

    def cores(self) -> float:
        return 0.0


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no stranger count: what is tested here is arithmetic."""
    monkeypatch.setattr(rounds, "FOREIGN_LIMIT", 1e9)


@pytest.mark.usefixtures("alone")
def test_cells_are_measured_in_turn_between_baselines() -> None:
    order: list[str] = []
    cells = [Cell((n, "variant"), constant(4.0, order, n)) for n in "AB"]
    quality = Rounds(2, 1, "us").run(constant(2.0, order, "-"), cells)
    assert "".join(order) == "--AB----AB--"
    assert cells[0].spread("us") == Spread(4, 4, 4, 2)
    assert cells[1].ratio("us") == Spread(2, 2, 2, 2)
    assert (quality.blocks, quality.rejected, quality.disturbed) == (2, 0, 0)
    assert quality.variation == 0
    assert not cells[0].was_disturbed


@pytest.mark.usefixtures("alone")
def test_block_with_an_unsteady_baseline_is_measured_again() -> None:
    unsteady = itertools.chain([1.0, 2.0, 1.0, 2.0], itertools.repeat(1.0))
    cell = Cell(("A", "variant"), constant(5.0, [], "A"))
    quality = Rounds(1, 3, "us").run(lambda: {"us": next(unsteady)}, [cell])
    assert (quality.rejected, quality.disturbed) == (1, 0)
    assert cell.ratio("us") == Spread(5, 5, 5, 1)
    assert not cell.was_disturbed


@pytest.mark.usefixtures("alone")
def test_quietest_try_is_kept_when_none_is_quiet() -> None:
    """The second try is nearer to quiet than the first and the third."""
    values = itertools.cycle([1.0, 9.0, 1.0, 9.0, 1.0, 1.2, 1.0, 1.2, 1.0, 5.0, 1, 5.0])
    cell = Cell(("A", "variant"), constant(1.1, [], "A"))
    quality = Rounds(1, 3, "us").run(lambda: {"us": next(values)}, [cell])
    assert (quality.rejected, quality.disturbed) == (2, 1)
    assert cell.ratio("us").median == pytest.approx(1.0)
    assert cell.was_disturbed


@pytest.mark.usefixtures("alone")
def test_patience_ends() -> None:
    values = itertools.cycle([1.0, 9.0])
    quality = Rounds(2, 5, "us", until=0.0).run(
        lambda: {"us": next(values)}, [Cell(("A", "variant"), constant(1.0, [], "A"))]
    )
    assert (quality.rejected, quality.disturbed) == (0, 2)


def test_company_disturbs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "FOREIGN_LIMIT", 1e-12)
    monkeypatch.setattr(Foreign, "cores", lambda self: 0.5)
    cell = Cell(("A", "variant"), constant(1.0, [], "A"))
    quality = Rounds(1, 1, "us").run(lambda: {"us": 1.0}, [cell])
    assert quality.disturbed == 1
    assert quality.foreign == 0.5


def test_cells_are_divided_evenly() -> None:
    cells = [Cell((str(n), ""), dict) for n in range(11)]
    assert [len(block) for block in blocks(cells)] == [5, 6]
    assert Rounds(3, 1, "us").blocks(cells) == 6


def test_nothing_does_not_vary() -> None:
    assert variation([]) == 0
    assert variation([1.0, 3.0]) == 0.5


@pytest.mark.usefixtures("alone")
def test_cell_that_fails_is_left_out_from_then_on() -> None:
    """And costs the others nothing."""
    answers = iter([4.0])
    asked: list[str] = []

    def fails() -> Sample:
        asked.append("A")
        for value in answers:
            return {"us": value}
        raise Unmeasured("It is gone.")

    cells = [
        Cell(("A", "variant"), fails),
        Cell(("B", "variant"), constant(6.0, [], "B")),
    ]
    Rounds(3, 1, "us").run(constant(2.0, [], "-"), cells)
    assert cells[0].ratio("us") == Spread(2, 2, 2, 1)
    assert cells[1].ratio("us") == Spread(3, 3, 3, 3)
    assert (cells[0].failure, len(asked)) == ("It is gone.", 2)


@pytest.mark.usefixtures("alone")
def test_nothing_is_measured_a_second_time_when_time_is_over() -> None:
    cell = Cell(("A", "variant"), constant(4.0, [], "A"))
    quality = Rounds(5, 1, "us", end=0.0).run(constant(2.0, [], "-"), [cell])
    assert (len(cell.samples), quality.blocks) == (1, 1)


@pytest.mark.usefixtures("alone")
def test_patience_is_divided_among_the_rounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where it is never quiet, the first round does not use up all of it."""
    clock = itertools.count()
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(rounds, "Foreign", Quiet)
    noise = itertools.cycle([1.0, 9.0])
    cell = Cell(("A", "variant"), constant(1.0, [], "A"))
    quality = Rounds(4, 100, "us", until=40.0).run(lambda: {"us": next(noise)}, [cell])
    assert len(cell.samples) == 4
    assert 3 * 4 < quality.rejected < 12 * 4
