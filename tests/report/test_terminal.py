"""The run in a terminal: wide, narrow, without colour and without UTF-8."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from asgi_compare.model.results import Measurement, Run
from asgi_compare.model.transcript import Event, Response, Transcript
from asgi_compare.report.common import trace
from asgi_compare.report.run import terminal
from tests.report.hostile import FORBIDDEN
from tests.report.sample import died


def printed(run: Run, width: int, **more: object) -> str:
    console = Console(file=io.StringIO(), width=width)
    terminal.render(run, console, **more)  # type: ignore[arg-type]
    return text_of(console)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 140, 220])
def test_no_line_is_longer_than_the_terminal(run: Run, width: int) -> None:
    assert max(map(len, printed(run, width).splitlines())) <= width


def test_narrow_matrix_counts_and_shows_what_is_news(run: Run) -> None:
    lines = [line.rstrip() for line in printed(run, 80).splitlines()]
    assert lines[:13] == [
        "                           raw- raw-           django- django-",
        "                           asgi wsgi starlette asgi    wsgi",
        "                           iuh  iuh  iuh       iuh     iuh",
        "http                       3/3  3/3  3/3       3/3     3/3",
        " hello/options             ✓✓✓  ✓✓✓  ≠≠≠       ≈≈≈     ≈≈≈",
        "bodies                     1/2  1/2  1/2       1/2     1/2",
        " upload/truncated          ✓✓!  ✓✓!  ✓✓!       ≈≈!     ≈≈!",
        "streaming                  2/2  2/2  2/2       2/2     1/2",
        " poll/client_leaves        ✓✓✓  ✓✓✓  ✓✓✓       ≈≈≈     ✗✗✗",
        "lifespan                   1/1  1/1  1/1       -       -",
        "websocket                  2/2  -    2/2       -       -",
        "concurrency                2/2  2/2  2/2       2/2     2/2",
        "",
    ]
    assert lines[13].startswith("9 scenarios with nothing unexpected: only counted")


def test_wide_matrix_has_every_row(run: Run) -> None:
    shown = printed(run, 140)
    assert all(str(scenario["name"]) in shown for scenario in run.scenarios)
    assert "nothing unexpected" not in shown


def test_every_row_can_be_asked_for(run: Run) -> None:
    assert " hello/get  " in printed(run, 80, every_row=True)
    assert " hello/get  " not in printed(run, 140, every_row=False)


def test_end_says_what_came_of_it_and_where_the_report_is(run: Run) -> None:
    assert printed(run, 80, wrote=[Path("report.html")]).splitlines()[-4:] == [
        "12 scenarios, 5 implementations, 3 hosts: 180 exchanges.",
        "148 passed, 3 failed, 24 unsupported, 5 errors.",
        "165 differences, 3 of them not explained.",
        "Report: report.html",
    ]


def test_unexplained_difference_is_shown_with_both_values(run: Run) -> None:
    shown = printed(run, 140)
    assert "≠ body  3 times, as in hello/options" in shown
    assert "b'Method Not Allowed', where raw-asgi@in-process has b''" in shown


def test_letters_stand_for_marks_where_there_is_no_utf_8(run: Run) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "ascii", "backslashreplace")
    terminal.render(run, Console(file=stream, width=80))
    stream.flush()
    stream.seek(0)
    shown = stream.read()
    assert " upload/truncated          ..!  ..!  ..!       ~~!     ~~!" in shown
    assert "F failed" in shown


def test_colour_is_left_out_on_request(run: Run) -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, no_color=True)
    terminal.render(run, console)
    assert "\x1b[31m" not in text_of(console)
    assert "\x1b[32m" not in text_of(console)


def test_nothing_of_an_application_reaches_the_terminal(hostile: Run) -> None:
    shown = printed(hostile, 100, every_row=True)
    for char in FORBIDDEN:
        assert char not in shown
    joined = "".join(shown.split())
    assert "[link=https://evil.example]click[/link][/nope]" in joined


def test_empty_run_says_so() -> None:
    assert printed(Run(), 80).splitlines()[-1] == "No exchange differs from another."


def test_matrix_in_which_all_is_news_leaves_nothing_out(run: Run) -> None:
    bad = [replace(verdict, verdict="failed") for verdict in run.verdicts]
    assert "only counted here" not in printed(replace(run, verdicts=bad), 80)


def test_last_lines_of_a_process_are_lines(run: Run) -> None:
    shown = [line.rstrip() for line in printed(died(run), 80).splitlines()]
    at = shown.index("    It died.")
    assert shown[at + 1 : at + 3] == ["      | last", "      | words \\x1b"]


def test_long_lists_are_cut(run: Run) -> None:
    many = [replace(run.differences[0], layer=f"layer {n}") for n in range(20)]
    short = Run(differences=many)
    assert "... and 8 more; the report has them all." in printed(short, 80)


def test_transcripts_stand_beside_each_other_where_there_is_room(run: Run) -> None:
    names = ("raw-asgi@in-process", "django-wsgi@in-process", "raw-asgi@uvicorn")
    titled = [
        (name, run.transcripts[f"error/before_the_response {name}"]) for name in names
    ]
    for width, beside in ((80, 1), (120, 2), (200, 3)):
        console = Console(file=io.StringIO(), width=width)
        trace.show_transcripts(titled, console)
        lines = text_of(console).splitlines()
        assert sum(name in lines[0] for name in names) == beside
        assert max(map(len, lines)) <= width


def test_transcript_shows_its_events_and_its_answer(run: Run) -> None:
    console = Console(file=io.StringIO(), width=70)
    name = "raw-asgi@in-process"
    trace.show_transcripts(
        [(name, run.transcripts[f"error/before_the_response {name}"])], console
    )
    shown = [line.rstrip() for line in text_of(console).splitlines()]
    assert shown[1] == "1.70 µs -> http.request" + " " * 38 + "#1"
    assert shown[2] == "           body=b''"
    assert "  200 OK" in shown
    assert "The application raised after 41.0 µs: RuntimeError: on purpose" in shown


def test_hostile_transcript_is_harmless(hostile: Run) -> None:
    console = Console(file=io.StringIO(), width=100)
    trace.show_transcripts(list(hostile.transcripts.items()), console)
    for char in FORBIDDEN:
        assert char not in text_of(console)


def test_left_out_events_and_counts_are_shown() -> None:
    events = [Event(n, "send", {"type": f"e{n // 2}"}, 0, 1) for n in range(100)]
    console = Console(file=io.StringIO(), width=60)
    transcript = Transcript("x", "asgi", events=tuple(events), answer=Response(200))
    trace.show_transcripts([("x", transcript)], console)
    assert "e0  x2" in text_of(console)
    assert "… 60 events are not shown" in text_of(console)


def test_what_does_not_fit_goes_on_under_its_beginning(run: Run) -> None:
    scenario = f"long/{'name_' * 9}end"
    many = [replace(run.differences[0], scenario=scenario, what="body.some_aspect")]
    lines = [line.rstrip() for line in printed(Run(differences=many), 60).splitlines()]
    at = next(n for n, line in enumerate(lines) if line.startswith("≈"))
    assert lines[at + 1].startswith("  ")
    assert lines[at + 1].strip() in f"1 time, as in {scenario}"


def test_heading_of_a_table_is_broken_where_its_words_end() -> None:
    cells = [("raw", "in-process"), ("raw", "uvicorn")]
    names = ("echo/leaves_in_the_middle", "poll/x")
    run = Run(
        measurements=[
            Measurement("stopped", name, *cell, 1, "s")
            for name in names
            for cell in cells
        ]
    )
    lines = [line.split() for line in printed(run, 80).splitlines()]
    at = lines.index(["echo/"])
    assert lines[at + 1 : at + 3] == [["leaves_in_", "poll/"], ["the_middle", "x"]]
