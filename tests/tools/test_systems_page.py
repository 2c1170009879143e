"""The figures of the systems, and the parts of the pages that are made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from asgi_compare.contract.stories import SYSTEMS
from asgi_compare.measure.experiments.experiment import Observation
from asgi_compare.measure.systems import layers, memory, messages
from asgi_compare.measure.systems.rooms import Effort
from asgi_compare.measure.systems.table import MEASUREMENTS, Measurement
from tools import system_parts, systems_page


def test_measured_figures_are_kept_beside_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(effort: Effort) -> Iterator[Observation]:
        yield Observation("memory a connection", 33.0, "KiB", {"by": "raw-asgi"})

    file = tmp_path / "systems.json"
    file.write_text('{"figures": {"memory": [], "layers": []}}')
    monkeypatch.setattr(systems_page, "FILE", file)
    row = Measurement("memory", "weigh", run)
    monkeypatch.setitem(MEASUREMENTS, "memory", row)
    systems_page.measure(["memory"], Effort())
    figures = json.loads(file.read_text())["figures"]
    assert list(figures) == ["memory", "layers"]
    assert [Observation(**each) for each in figures["memory"]] == list(run(Effort()))


def test_figures_say_what_the_page_concludes() -> None:
    """Ours loses nothing, layers do; and a socket of ours weighs little."""
    lost = system_parts.found("layers")
    for measure in (layers.BURST, layers.RESTART, layers.KILL):
        assert set(lost.values(measure, layer="ours, on Streams")) == {0}
        assert max(row.value for row in lost.of(measure).rows) > 0
    weights = system_parts.found("memory")
    (own,) = weights.values(memory.KIB, by=messages.OWN)
    assert max(row.value for row in weights.of(memory.KIB).rows) - own <= 25


@pytest.mark.parametrize("arguments", [[], ["measure", "time"], ["check", "lines"]])
def test_wrong_arguments_are_answered_in_a_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert systems_page.main(arguments) == 2
    assert capsys.readouterr().err == (
        "Expected 'measure', 'draw', 'write' or 'check', and after 'measure' any of "
        f"messages, memory, broadcast, stories, layers, but got {arguments}.\n"
    )


def test_each_page_has_the_diagram_of_a_story() -> None:
    """`python -m tools.systems_page draw` makes them."""
    assert list(systems_page.PICTURES) == list(SYSTEMS)
    for system, (story, _) in systems_page.PICTURES.items():
        page = (systems_page.PAGES / f"{system}.md").read_text("utf-8")
        assert f"]({system}.svg)" in page
        drawn = (systems_page.PAGES / f"{system}.svg").read_text("utf-8")
        assert f"<title>{story}: raw-asgi in-process</title>" in drawn
