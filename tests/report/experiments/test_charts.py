"""Charts: well-formed, within their picture, and safe."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.measure.experiments.answer import (
    Bars,
    Chart,
    Curves,
    Moment,
    Timeline,
)
from asgi_compare.measure.load.statistics import Interval
from asgi_compare.report.experiments.charts import WIDTH, draw
from asgi_compare.report.experiments.view import number, text

SVG = "{http://www.w3.org/2000/svg}"
BARS = Bars(
    "Bars", "ms", (("a <b>\x1b", Interval(2, 1, 3, 5)), ("b", Interval(1, 1, 1)))
)
CURVES = Curves("Curves", "x", "y", (("a", ((1, 1), (10, 5))), ("b", ((3, 2),))))
TIMELINE = Timeline(
    "Stop",
    (
        ("server", (Moment(0, "SIGTERM"), Moment(0.01, "heard"), Moment(1, "end"))),
        ("client", (Moment(0.2, "draining", until=3.0),)),
    ),
)


def elements(chart: Chart) -> list[ElementTree.Element]:
    """All elements of a chart that is a file of its own."""
    return list(ElementTree.fromstring(draw(chart, standalone=True)).iter())


def texts(chart: Chart) -> list[str]:
    """All texts of a chart."""
    return [each.text or "" for each in elements(chart) if each.tag == f"{SVG}text"]


def test_bars_show_the_median_and_its_spread() -> None:
    assert texts(BARS) == ["Bars", "a <b>\\x1b", "2 (1 to 3) ms", "b", "1 ms"]
    widths = [
        float(each.get("width", "0"))
        for each in elements(BARS)
        if each.get("class") == "bar"
    ]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.1)
    spreads = [each for each in elements(BARS) if each.get("class") == "spread"]
    assert len(spreads) == 1  # what has no spread shows none


def test_series_have_marks_of_their_own() -> None:
    marks = [e for e in elements(CURVES) if (e.get("class") or "").startswith("mark")]
    assert len(marks) == 5  # three points, two in the legend
    lines = [e for e in elements(CURVES) if (e.get("class") or "").startswith("line")]
    assert len(lines) == 1  # a single point is no line
    assert {"1", "10", "↑ y", "x →", "a", "b"} <= set(texts(CURVES))


def test_texts_of_a_timeline_do_not_overlap() -> None:
    assert texts(TIMELINE) == [
        *("Stop", "server", "0 s SIGTERM", "0.0100 s heard", "1 s end"),
        *("client", "0.200 s draining"),
    ]
    found = elements(TIMELINE)
    at = {each.text: float(each.get("y", "0")) for each in found}
    assert at["0.0100 s heard"] > at["0 s SIGTERM"] == at["1 s end"]
    assert [each.tag for each in found].count(f"{SVG}rect") == 1


@given(
    st.lists(st.tuples(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6)), max_size=5),
    st.booleans(),
)
@settings(max_examples=50)
def test_curves_stay_within_the_picture(
    points: list[tuple[float, float]], logarithmic: bool
) -> None:
    found = elements(Curves("", "", "", (("a", tuple(points)),), logarithmic))
    height = float(found[0].get("viewBox", "").split()[3])
    for each in found:
        if each.tag == f"{SVG}text":
            assert 0 <= float(each.get("x", "")) <= WIDTH
            assert 0 <= float(each.get("y", "")) <= height


@pytest.mark.parametrize("chart", [Bars("", "", ()), Timeline("", ())])
def test_empty_chart_is_drawn(chart: Chart) -> None:
    assert elements(chart)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (12345.6, "12,346"),
        (3.0, "3"),
        (3.14159, "3.14"),
        (0.000123456, "0.000123"),
        (-0.5, "-0.500"),
        (float("inf"), "inf"),
    ],
)
def test_numbers_have_three_digits_that_count(value: float, shown: str) -> None:
    assert number(value) == shown


def test_cells_are_text() -> None:
    assert text(None) == "–"
    assert text("x") == "x"
    assert text(Interval(2.0, 1.5, 2.5, 1)) == "2"
    assert text(Interval(2.0, 1.5, 2.5, 7)) == "2 (1.50 to 2.50)"
