"""Results on the terminal, in Markdown, and as a page."""

import base64
import hashlib
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from rich.console import Console

from asgi_compare.measure.ladder.costs import Cost, LadderResult, Middleware
from asgi_compare.measure.timing.figures import Spread
from asgi_compare.report.ladder import html, markdown, svg, terminal, view
from asgi_compare.report.ladder.columns import COLUMNS, number, signed, spread
from asgi_compare.report.ladder.headline import headline
from asgi_compare.report.ladder.sheet import Sheet
from tests.measure.ladder.sample import NASTY, project_sample, sample, tree


def text(result: LadderResult, *, width: int = 140, is_terminal: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=is_terminal,
        color_system=None,
        markup=False,
    )
    terminal.render(result, console)
    return out.getvalue()


def spread_of(value: float) -> Spread:
    return Spread(value, value, value)


def sheet(result: LadderResult, name: str, sort: str = "") -> Sheet:
    return next(s for s in view.sheets(result, sort) if s.name == name)


def test_sheet_shows_counts_and_spreads() -> None:
    counted = sheet(sample(), "counted")
    assert counted.headings[:3] == ("rung", "hops async", "hops WSGI")
    assert ("startproject", "15", "0") in [row[:3] for row in counted.rows]
    times = sheet(sample(), "times")
    assert times.rows[1] == ("urls-1", "150× 135–165", "15× 13.5–16.5", "26.7× 24–29.3")
    assert "quartiles" in times.note


def test_rung_is_shown_by_what_it_adds() -> None:
    (row,) = sheet(sample(), "added").rows[1:]
    assert row == (
        *("startproject", "2", "+13", "0", "+13", "+1,050 ±195", "+45 ±13.5"),
    )


def test_rung_is_compared_with_the_nearest_one_that_was_measured() -> None:
    result = sample()
    result.ladder[1]["above"] = "to-messages"
    result.ladder.insert(
        1,
        {
            "name": "to-messages",
            "part": "",
            "adds": "",
            "above": "urls-1",
            "layer": "",
        },
    )
    assert "+13" in sheet(result, "added").rows[1]
    rows = {row[0]: row[2] for row in view.rung_sheet(result).rows}
    assert (rows["urls-1"], rows["startproject"]) == ("·", "urls-1")


def test_page_and_error_page_are_not_subtracted() -> None:
    result = project_sample()
    bottom = result.costs[0]
    assert bottom.counts is not None
    missing = replace(bottom.counts, status=404)
    result.costs[0] = replace(bottom, counts=missing)
    (row,) = sheet(result, "added").rows
    assert [cell for cell in row[1:] if cell != "·"] == ["+20 ±10", "+20 ±10", "33%"]
    assert sheet(result, "glance").rows[0][1] == "404"


def test_remark_is_made_only_of_what_is_shown() -> None:
    result = sample()
    result.costs = [
        replace(cost, served=None, us=cost.us and replace(cost.us, n=1))
        for cost in result.costs
    ]
    assert "±" not in sheet(result, "added").note
    glance = sheet(result, "glance")
    assert "gunicorn" not in glance.note
    assert "~" not in glance.note
    assert "±" in sheet(sample(), "added").note
    assert "gunicorn" in sheet(sample(), "glance").note


@pytest.mark.parametrize("width", [80, 140])
def test_no_number_and_no_name_is_cut_off(width: int) -> None:
    """A sheet that is wider than the terminal is set in several parts."""
    shown = text(sample(), width=width)
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= width
    whole = sheet(sample(), "functions-async")
    divided = list(terminal.parts(whole, width))
    assert (len(divided) > 1) == (width == 80)
    assert {part.headings[0] for part in divided} == {"rung"}
    columns = [heading for part in divided for heading in part.headings[1:]]
    assert columns == list(whole.headings[1:])


def test_headline_comes_first_and_on_a_terminal_last_as_well() -> None:
    assert text(sample()).startswith("WSGI or ASGI?")
    assert text(sample()).count("WSGI or ASGI?") == 1
    shown = text(sample(), is_terminal=True)
    assert shown.count("WSGI or ASGI?") == 2
    assert shown.index("At a glance") < shown.index("The rungs")


def test_machine_is_said_once() -> None:
    for shown in (text(sample()), markdown.render(sample())):
        assert shown.count("A processor, 2 cores") == 1


def test_what_waits_and_the_two_interfaces_are_compared() -> None:
    waits = sheet(sample(), "waiting")
    assert waits.title == "Every request waits 10 ms, 50 clients at once"
    assert waits.rows[1] == (
        "wait, WSGI",
        "gunicorn-gthread, 50 threads",
        *("800", "0.800 0.720–0.880", "1,250", "2", "12", "60"),
    )
    (asgi, wsgi) = sheet(sample(), "interfaces").rows
    assert (asgi[:3], wsgi[:3]) == (
        ("raw-asgi", "uvicorn", "40,000"),
        ("raw-wsgi", "uvicorn", "20,000"),
    )
    assert sheet(sample(), "versions").rows == (
        *(("urls-1", "3.11.7", "5.2", "3.8.1", "2", "1", "3"),),
    )
    result = sample()
    result.comparisons = [replace(c, disturbed=True) for c in result.comparisons]
    assert view.NOT_QUIET in sheet(result, "waiting").note


def test_what_is_not_installed_is_said() -> None:
    result = sample()
    why = 'gunicorn is not installed; add it with: pip install "asgi-compare[servers]"'
    result.costs = [
        replace(cost, served=None, not_served=why) if cost.variant == "wsgi" else cost
        for cost in result.costs
    ]
    wanted = "Not measured: urls-1 wsgi on a server, startproject wsgi on a server."
    assert f"{wanted} {why}" in " ".join(text(result).split())
    result.comparisons = []
    assert headline(result)[0] == f"WSGI or ASGI? Not measured on servers: {why}"
    result.comparisons = sample().comparisons
    assert ("raw-asgi async on granian", "granian is not installed.") in (
        view.unsupported(result)
    )


def test_functions_are_shown_by_layer() -> None:
    functions = sheet(sample(), "functions-wsgi")
    assert functions.headings[0:2] == ("rung", "handlers")
    assert functions.rows[-1][:2] == ("startproject", "60")
    assert functions.rows[-1][functions.headings.index("asgiref")] == "40"
    assert functions.rows[-1][-1] == "0"


def test_disturbed_number_has_a_mark() -> None:
    result = sample()
    result.costs = [replace(cost, disturbed=True) for cost in result.costs]
    assert sheet(result, "us").rows[0][1].startswith("~3 ")
    assert "~+1,050 ±195" in sheet(result, "added").rows[1]
    assert view.NOT_QUIET in sheet(result, "us").note


def test_counts_that_a_profiler_cut_short_are_not_shown() -> None:
    result = project_sample()
    result.costs = [
        replace(cost, counts=cost.counts and replace(cost.counts, cut_short=True))
        for cost in result.costs
    ]
    assert "counted" not in [each.name for each in view.sheets(result)]
    assert sheet(result, "glance").headings[:3] == (
        "rung",
        "status ASGI",
        "status WSGI",
    )
    assert "sets a profile function of its own" in " ".join(headline(result))
    ladder = sample()
    ladder.costs = [
        replace(cost, counts=cost.counts and replace(cost.counts, cut_short=True))
        for cost in ladder.costs
    ]
    assert "functions-async" not in [each.name for each in view.sheets(ladder)]


def test_largest_comes_first_when_sorted() -> None:
    names = view.rungs(sample(), "us-async")
    assert names == ["startproject", "urls-1", "raw-asgi", "atomic"]
    assert view.rungs(sample())[0] == "raw-asgi"
    assert sheet(sample(), "us", "hops-async").rows[0][0] == "startproject"


def test_every_column_can_be_sorted_by() -> None:
    for key in COLUMNS:
        assert len(view.rungs(sample(), key)) == 4


def test_quality_says_what_is_not_to_be_trusted() -> None:
    first, second = view.quality(sample())
    assert first == (
        "In process: 10 blocks, 2 measured again; the baseline varied by 2.0%, and "
        "other processes used 0.05 cores. 1 block disturbed each time: what rests on "
        "them has a ~ before it, and is not to be trusted."
    )
    assert second.endswith("and other processes used 0.00 cores.")


def test_terminal_shows_every_sheet_and_is_clean() -> None:
    shown = text(sample())
    for each in view.sheets(sample()):
        assert each.title in shown
    assert "\x1b" not in shown
    assert "Not measured: atomic async. Django refuses that | so it is." in shown
    assert "A processor, 2 cores, CPython 3.11, django 5.2, asgiref 3.13" in shown
    assert "Interrupted" not in shown


def test_interruption_is_said() -> None:
    result = sample()
    result.interrupted = True
    assert "Interrupted" in text(result)
    assert "Interrupted" in html.render(result)


def test_nothing_is_shown_of_nothing() -> None:
    assert view.sheets(LadderResult()) == []
    assert headline(LadderResult()) == []
    assert view.word_sheets(LadderResult()) == []
    assert html.pictures(LadderResult()) == []


def test_headline_answers_with_its_conditions() -> None:
    assert headline(sample()) == [
        "WSGI or ASGI? It depends on what a request does.",
        "A view that answers at once, 8 connections: WSGI answers 4.50 times as many "
        "requests as ASGI in the same time.",
        "A view that waits 10 ms, 50 clients at once, gunicorn with 50 threads: WSGI "
        "answers 0.800 times as many requests as ASGI in the same time.",
        "One worker on one core, an async view on uvicorn against a sync view on "
        "gunicorn. What speaks for ASGI is what WSGI cannot do: WebSocket, and more "
        "requests that wait at once than there are threads. For longer waits and more "
        "clients: asgi-compare experiments run asgi-overtakes-wsgi.",
        "One request to an async view behind the middleware of startproject makes 15 "
        "hops to a thread, starts 2 threads and calls 1,600 functions (counted with "
        "Django 5.2, asgiref 3.13, CPython 3.11; other versions count otherwise).",
        "The same Django on WSGI makes 0 hops, starts 0 threads and calls 100 "
        "functions; in process, one request at a time, ASGI takes 16.7 times as long "
        "as WSGI.",
    ]


@pytest.mark.parametrize(
    ("waiting", "hello", "answer"),
    [
        (2000, 800, "on WSGI did more than on ASGI in each case"),
        (500, 8000, "on ASGI did more than on WSGI in each case"),
        (1000, 8000, "It depends"),
    ],
)
def test_answer_goes_with_the_numbers(waiting: int, hello: int, answer: str) -> None:
    result = sample()
    rows = result.comparisons
    rows[1] = replace(rows[1], rps=spread_of(waiting))
    at = next(n for n, c in enumerate(result.costs) if c.us and c.us.median == 1500)
    served = result.costs[at].served
    assert served is not None
    served = replace(served, rps=spread_of(hello))
    result.costs[at] = replace(result.costs[at], served=served)
    assert answer in headline(result)[0]


def test_headline_goes_by_cpu_time_if_the_machine_was_not_quiet() -> None:
    result = sample()
    result.environment = {}
    result.comparisons = [replace(c, disturbed=True) for c in result.comparisons]
    result.costs = [replace(c, disturbed=True) for c in result.costs]
    told = headline(result)
    assert told[2].endswith(
        "WSGI answers 0.800 times as many requests as ASGI for the same CPU time (the "
        "machine was not quiet)."
    )
    assert told[4].endswith("calls 1,600 functions.")
    assert told[5].endswith(
        "ASGI takes 16.7 times the CPU time (the machine was not quiet) of WSGI."
    )
    result.costs = [cost for cost in result.costs if cost.variant != "wsgi"]
    result.comparisons = []
    assert len(headline(result)) == 1


def test_verdict_of_a_project() -> None:
    assert headline(project_sample()) == [
        "mysite.settings: GET /[x](javascript:alert(1)) answers 200 on ASGI "
        "([x](javascript:alert(1))) and 200 on WSGI (Django's own).",
        "DEBUG is on, so these are the costs of development, not of production: "
        "measure with the settings of production.",
        "On ASGI, a request makes 4 hops to a thread, starts 2 threads, sends 0 SQL "
        "statements, and takes 600 µs, of which 600 µs are CPU time.",
        "On WSGI, a request makes 0 hops to a thread, starts 0 threads, sends 0 SQL "
        "statements, and takes 60 µs, of which 60 µs are CPU time.",
        "In process, one request at a time, ASGI takes 10 times as long as WSGI.",
        f"The middleware that costs most on ASGI is {NASTY}: 200 µs of CPU time, and 2 "
        "hops.",
        f"The middleware that costs most on WSGI is {NASTY}: 20 µs of CPU time.",
        "None of the middleware is sync-only.",
        "The project had an empty database, a cache and mail in memory; nothing was "
        "written into those of its settings (--real-services uses them).",
    ]


def test_verdict_of_a_project_of_which_little_is_known() -> None:
    """One interface only, one rung only, and a sync-only middleware without a price."""
    result = project_sample()
    project = result.project
    assert project is not None
    result.project = replace(
        project,
        services="its own",
        login="ada",
        middleware=[Middleware("a.Sync", sync_only=True, needed="without it, 500")],
    )
    result.ladder = result.ladder[:1]
    result.costs = [result.costs[0], Cost("no middleware", "wsgi", unsupported="500.")]
    told = headline(result)
    assert ", signed in as ada answers 200 on ASGI" in told[0]
    assert "WSGI" not in " ".join(told)
    assert told[-2].endswith("hops back for what is inside.")
    assert told[-1].endswith("may have written into them.")


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (200, ""),
        (
            301,
            "301 is a redirect, to the path with a / at its end perhaps: see --path.",
        ),
        (404, "404 is no such page: see --path."),
        (307, "307 is perhaps not what you meant to measure: see --path."),
        (418, "418 is perhaps not what you meant to measure: see --path."),
    ],
)
def test_verdict_says_what_to_do_about_a_status(status: int, hint: str) -> None:
    result = project_sample()
    result.costs = [
        replace(each, counts=replace(each.counts, status=status))
        for each in result.costs
        if each.counts
    ]
    told = [line for line in headline(result) if line.startswith(str(status))]
    assert told == ([hint] if hint else [])


def test_verdict_of_a_project_on_a_busy_machine() -> None:
    """It goes by CPU time, and names no middleware whose cost is not measurable."""
    result = project_sample()
    wide = Spread(600, 300, 900, n=5)
    result.costs = [
        replace(each, disturbed=True, cpu_us=wide, us=spread_of(number))
        for number, each in enumerate(result.costs, 1)
    ]
    told = headline(result)
    assert told[4:8] == [
        "In process, one request at a time, ASGI takes 1 times the CPU time (the "
        "machine was not quiet) of WSGI.",
        "The machine was not quiet: trust the counts, and not the times.",
        "No middleware costs a measurable amount of CPU time on ASGI; "
        f"{NASTY} adds the most hops, 2.",
        "No middleware costs a measurable amount of CPU time on WSGI.",
    ]


def test_project_that_means_harm_is_escaped() -> None:
    result = project_sample()
    written = markdown.render(result)
    assert re.search(r"[^\\]\]\(", written) is None
    assert "<script" not in written.replace("\\<script", "")
    assert "\x1b" not in written + text(result)
    page = html.render(result)
    assert NASTY not in page
    assert "<script" not in page


def test_markdown_has_a_table_for_each_sheet() -> None:
    written = markdown.render(sample())
    assert "| urls-1 | 2 | 0 |" in written
    assert "Django refuses that \\| so it is." in written
    assert written.count("\n## ") == len(view.sheets(sample())) + 2
    assert "\x1b" not in written


def test_page_has_no_script_and_its_sheet_is_allowed_by_digest() -> None:
    page = html.render(sample())
    assert "<script" not in page
    assert " style=" not in page
    assert NASTY not in page
    (css,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in page
    assert "https:" not in page


def test_page_links_lead_somewhere() -> None:
    page = html.render(sample())
    for target in re.findall('href="#([^"]*)"', page):
        assert f'id="{target}"' in page


def test_picture_puts_calls_of_one_layer_together() -> None:
    root = svg.blocks(tree())
    assert [block.group for block in root.inner] == ["handlers", "urls"]
    (hop,) = root.inner[0].inner
    (work,) = hop.inner
    assert (hop.group, hop.hops) == ("asgiref", False)
    assert (work.thread, work.hops) == (1, True)


def test_picture_is_well_formed_and_leaves_out_what_is_too_narrow() -> None:
    drawn = ET.fromstring(svg.icicle(tree(), f"a picture {NASTY}"))
    titles = [title.text or "" for title in drawn.iter("title")]
    assert titles[0] == "server: request, 2,005 calls"
    assert "urls: django.urls.many, 2,000 calls" in titles
    assert not any("tiny" in title for title in titles)
    assert drawn.get("aria-label", "").endswith("2,005 calls")


def test_hop_is_marked() -> None:
    alone = tree().inner[0].inner[0].inner[0]  # asgiref, and what it hands over
    drawn = ET.fromstring(svg.icicle(alone, "a hop"))
    assert len(drawn.findall(".//path[@class='hop']")) == 1
    assert drawn.findall(".//g[@class='layer-application elsewhere']")


def test_bar_of_nothing_is_empty() -> None:
    assert 'rect width="0.0"' in svg.bar(1, 0, "kind")
    assert 'rect width="50.0"' in svg.bar(1, 2, "kind")


def test_group_that_nobody_knows_has_a_colour() -> None:
    assert svg.class_of("none of ours") == "layer-other"
    assert svg.groups_in({"a": tree()}) == [
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
