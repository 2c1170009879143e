"""A climb on the terminal, in Markdown, and as a page."""

import base64
import hashlib
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from rich.console import Console

from asgi_compare.measure.ladder.costs import Adds
from asgi_compare.report.ladder import claims as adds_claims
from asgi_compare.report.ladder import html as adds_html
from asgi_compare.report.ladder import markdown as adds_markdown
from asgi_compare.report.ladder import svg as adds_svg
from asgi_compare.report.ladder import terminal as adds_terminal
from asgi_compare.report.ladder import view as adds_view
from asgi_compare.report.ladder.columns import COLUMNS, number, signed, spread
from asgi_compare.report.ladder.sheet import Sheet
from tests.measure.ladder.sample import NASTY, sample, tree


def text(adds: Adds, sort: str = "") -> str:
    out = io.StringIO()
    adds_terminal.render(adds, Console(file=out, width=140), sort)
    return out.getvalue()


def sheet(adds: Adds, name: str, sort: str = "") -> Sheet:
    return next(s for s in adds_view.sheets(adds, sort) if s.name == name)


def test_sheet_shows_counts_and_spreads() -> None:
    counted = sheet(sample(), "counted")
    assert counted.headings[:3] == ("rung", "hops async", "hops WSGI")
    assert ("startproject", "15", "0") in [row[:3] for row in counted.rows]
    times = sheet(sample(), "times")
    assert times.rows[1] == ("urls-1", "150× 135–165", "15× 13.5–16.5", "26.7× 24–29.3")


def test_rung_is_told_by_what_it_adds() -> None:
    (row,) = sheet(sample(), "added").rows[1:]
    assert row == (
        "startproject",
        "2",
        "+13",
        "0",
        "+13",
        "+1,050 ±195",
        "+45 ±13.5",
    )


def test_figure_by_hand_is_set_beside_what_came_out() -> None:
    shown = adds_claims.claim_sheet(sample())
    assert shown.headings == (
        *("figure", "verdict", "by hand", "on the ladder", "by processor time"),
    )
    assert ("reproduced", "15", "15", "·") in [row[1:] for row in shown.rows]
    assert not any(row[2] == "4.6" for row in shown.rows)  # not measured
    said = dict(shown.remarks)
    assert list(said) == ["0.04", "0.014", "2.5", "5.7"]
    assert said["0.04"].startswith("It is 0.03 (0.027 to 0.033) with 128 connections")
    remark = f"0.04: {said['0.04']}"
    assert remark in " ".join(text(sample()).split())
    assert f"* {remark}" in adds_markdown.render(sample())
    assert f"<b>0.04</b> {said['0.04']}" in adds_html.render(sample())


@pytest.mark.parametrize("width", [80, 140])
def test_no_number_is_cut_off(width: int) -> None:
    """A sheet that is wider than the terminal is set in several parts."""
    out = io.StringIO()
    adds_terminal.render(sample(), Console(file=out, width=width))
    shown = out.getvalue()
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= width
    whole = sheet(sample(), "functions-async")
    divided = list(adds_terminal.parts(whole, width))
    assert (len(divided) > 1) == (width == 80)
    assert {part.headings[0] for part in divided} == {"rung"}
    columns = [heading for part in divided for heading in part.headings[1:]]
    assert columns == list(whole.headings[1:])


def test_glance_is_the_last_table_of_the_terminal() -> None:
    shown = text(sample())
    assert shown.index("At a glance") > shown.index("under several loads")
    assert sheet(sample(), "glance").rows[1] == (
        *("urls-1", "1", "2", "450", "45", "1,600", "4,000"),
    )
    assert shown.index("One request to an async view") > shown.index("At a glance")


def test_loads_stand_beside_each_other() -> None:
    adds = sample()
    adds.beside[1] = replace(adds.beside[1], disturbed=True)
    adds.beside.append(adds.beside.pop(0))  # in whichever order
    shown = adds_claims.trial_sheet(adds)
    assert shown.note.endswith(
        "raw-asgi, beside which the ladder stands, answers 0.800 times as many "
        "requests, and so a share of it is 1.25 times as large."
    )
    assert shown.rows[:2] == (
        (
            "urls-1 async / hello-asgi async",
            *("8", "own client", "~0.050 0.045–0.055", "~0.050 0.045–0.055"),
            "0.040–0.060",
        ),
        (
            "urls-1 async / hello-asgi async",
            *("128", "own client", "0.030 0.027–0.033", "0.030 0.027–0.033"),
            "0.024–0.036",
        ),
    )


def test_without_a_second_yardstick_nothing_is_said_of_it() -> None:
    shown = adds_claims.trial_sheet(Adds())
    assert shown.rows == ()
    assert shown.note.endswith("the request is not read.")


def test_functions_are_told_by_layer() -> None:
    functions = sheet(sample(), "functions-wsgi")
    assert functions.headings[0:2] == ("rung", "handlers")
    assert functions.rows[-1][:2] == ("startproject", "60")
    assert functions.rows[-1][functions.headings.index("asgiref")] == "40"
    assert functions.rows[-1][-1] == "0"


def test_disturbed_number_has_a_mark() -> None:
    adds = sample()
    adds.costs = [replace(cost, disturbed=True) for cost in adds.costs]
    assert sheet(adds, "us").rows[0][1].startswith("~3 ")
    assert "~+1,050" in sheet(adds, "added").rows[1][5]


def test_largest_comes_first_when_sorted() -> None:
    names = adds_view.rungs(sample(), "us-async")
    assert names == ["startproject", "urls-1", "raw-asgi", "atomic"]
    assert adds_view.rungs(sample())[0] == "raw-asgi"
    assert sheet(sample(), "us", "hops-async").rows[0][0] == "startproject"


def test_every_column_can_be_sorted_by() -> None:
    for key in COLUMNS:
        assert len(adds_view.rungs(sample(), key)) == 4


def test_quality_says_what_is_not_to_be_trusted() -> None:
    first, second = adds_view.quality(sample())
    assert first == (
        "In process: 10 blocks, 2 measured again; the baseline varied by 2.0%, and "
        "others used 0.05 cores. 1 block disturbed each time: what rests on them has "
        "a ~ before it, and is not to be trusted."
    )
    assert second.endswith("and others used 0.00 cores.")


def test_terminal_shows_every_sheet_and_is_clean() -> None:
    shown = text(sample())
    for each in adds_view.sheets(sample()):
        assert each.title in shown
    assert "\x1b" not in shown
    assert "Not measured: atomic async. Django refuses that | so it is." in shown
    assert "A processor, 2 cores, CPython 3.11, django 5.2, asgiref 3.13" in shown
    assert "Interrupted" not in shown


def test_interruption_is_said() -> None:
    adds = sample()
    adds.interrupted = True
    assert "Interrupted" in text(adds)
    assert "Interrupted" in adds_html.render(adds)


def test_nothing_is_shown_of_nothing() -> None:
    assert adds_view.sheets(Adds()) == []
    assert adds_view.headline(Adds()) == []
    assert "reproduced" not in text(Adds())
    assert "reproduced" not in adds_markdown.render(Adds())
    assert adds_html.pictures(Adds()) == []


def test_headline_compares_the_two_interfaces() -> None:
    assert adds_view.headline(sample()) == [
        "One request to an async view behind the middleware of startproject makes 15 "
        "hops to a thread, starts 2 threads and calls 1,600 functions.",
        "The same Django on WSGI makes 0 hops, starts 0 threads and calls 100 "
        "functions. It is 16.7 times faster, in process.",
        "On real servers, one core answers 3,600 requests a second on WSGI and 800 on "
        "ASGI: 4.50 times as many.",
    ]
    adds = sample()
    adds.costs = [cost for cost in adds.costs if cost.way != "wsgi"]
    assert len(adds_view.headline(adds)) == 1


def test_headline_says_what_is_not_to_be_trusted() -> None:
    adds = sample()
    adds.costs = [
        replace(
            cost,
            disturbed=cost.way == "wsgi",
            served=cost.served and replace(cost.served, disturbed=cost.way == "async"),
        )
        for cost in adds.costs
    ]
    counted, timed, served = adds_view.headline(adds)
    assert "bad company" not in counted
    for sentence in (timed, served):
        assert sentence.endswith("(measured in bad company: do not trust it).")
    adds.costs = [replace(cost, served=None) for cost in adds.costs]
    assert len(adds_view.headline(adds)) == 2


def test_markdown_has_a_table_for_each_sheet() -> None:
    written = adds_markdown.render(sample())
    assert "| urls-1 | 2 | 0 |" in written
    assert "Django refuses that \\| so it is." in written
    assert written.count("2026-01-02") == len(adds_view.sheets(sample())) + 3
    assert "\x1b" not in written


def test_page_has_no_script_and_its_sheet_is_allowed_by_digest() -> None:
    page = adds_html.render(sample())
    assert "<script" not in page
    assert " style=" not in page
    assert NASTY not in page
    (css,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in page
    assert "https:" not in page


def test_page_links_lead_somewhere() -> None:
    page = adds_html.render(sample())
    for target in re.findall('href="#([^"]*)"', page):
        assert f'id="{target}"' in page


def test_picture_puts_calls_of_one_layer_together() -> None:
    root = adds_svg.blocks(tree())
    assert [block.group for block in root.inner] == ["handlers", "urls"]
    (hop,) = root.inner[0].inner
    (work,) = hop.inner
    assert (hop.group, hop.hops) == ("asgiref", False)
    assert (work.thread, work.hops) == (1, True)


def test_picture_is_well_formed_and_leaves_out_what_is_too_narrow() -> None:
    drawn = ET.fromstring(adds_svg.icicle(tree(), f"a picture {NASTY}"))
    titles = [title.text or "" for title in drawn.iter("title")]
    assert titles[0] == "server: request, 2,005 calls"
    assert "urls: django.urls.many, 2,000 calls" in titles
    assert not any("tiny" in title for title in titles)
    assert drawn.get("aria-label", "").endswith("2,005 calls")


def test_hop_is_marked() -> None:
    alone = tree().inner[0].inner[0].inner[0]  # asgiref, and what it hands over
    drawn = ET.fromstring(adds_svg.icicle(alone, "a hop"))
    assert len(drawn.findall(".//path[@class='hop']")) == 1
    assert drawn.findall(".//g[@class='layer-application elsewhere']")


def test_bar_of_nothing_is_empty() -> None:
    assert 'rect width="0.0"' in adds_svg.bar(1, 0, "kind")
    assert 'rect width="50.0"' in adds_svg.bar(1, 2, "kind")


def test_group_that_nobody_knows_has_a_colour() -> None:
    assert adds_svg.class_of("none of ours") == "layer-other"
    assert adds_svg.groups_in({"a": tree()}) == [
        "application",
        "server",
        "handlers",
        "urls",
        "asgiref",
        "standard library",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234.5, "1,234"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123"), (7, "7")],
)
def test_number_has_about_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


def test_difference_has_a_sign() -> None:
    assert [signed(2), signed(-2), signed(0)] == ["+2", "−2", "0"]
    assert spread(None) == "·"
