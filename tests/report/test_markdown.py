"""The run as Markdown."""

from __future__ import annotations

from itertools import pairwise

import pytest

from asgi_compare.model.results import Run
from asgi_compare.report.common.markdown import code, escape
from asgi_compare.report.run import markdown
from tests.report.hostile import FORBIDDEN
from tests.report.sample import died


def test_report_has_the_same_parts_as_the_others(run: Run) -> None:
    text = markdown.render(run)
    assert text.startswith("# One contract, five implementations\n\n12 scenarios, ")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## In short",
        "## Matrix",
        "## What did not pass, and what is unsupported",
        "## What differs, and why",
        "## Sequential and concurrent waits",
        "## Fifty at once",
        "## Stopped after the client left",
        "## Where it ran",
    ]
    assert "| `hello/options` | ✓✓✓ | ✓✓✓ | ≠≠≠ | ≈≈≈ | ≈≈≈ |" in text
    assert "| `body` |  | **Not explained.** |  | `starlette` | 3 |" in text


def test_report_lists_what_was_not_compared(run: Run) -> None:
    text = markdown.render(run)
    assert "\n* A date becomes \\<date\\>.\n" in text
    assert "left_aside" not in text


def test_tables_have_as_many_cells_in_each_row(hostile: Run, run: Run) -> None:
    for each in (run, hostile):
        lines = markdown.render(each).replace("\\|", "").splitlines()
        for before, line in pairwise(lines):
            if before.startswith("|") and line.startswith("|"):
                assert before.count("|") == line.count("|")


def test_nothing_of_an_application_is_markup(hostile: Run) -> None:
    text = markdown.render(hostile)
    for char in FORBIDDEN:
        assert char not in text
    outside = "".join(text.split("```")[::2])
    assert "![x](https" not in outside
    assert "<script>" not in outside.replace("\\<script\\>", "")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a_b*c", r"a\_b\*c"),
        ("<b>", r"\<b\>"),
        ("see https://x.y", "see https:&#8203;//x.y"),
        ("@everyone #1", r"\@everyone \#1"),
        ("\x1b", r"\\x1b"),
    ],
)
def test_text_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("text", "fenced"),
    [
        ("", ""),
        ("plain", "`plain`"),
        ("a`b", "``a`b``"),
        ("`` a", "``` `` a ```"),
        ("a|b", r"`a\|b`"),
    ],
)
def test_code_has_a_fence_that_it_cannot_close(text: str, fenced: str) -> None:
    assert code(text) == fenced


def test_sentences_name_the_places_of_their_evidence(run: Run) -> None:
    lines = markdown.render(run).splitlines()
    found = [line for line in lines if line.startswith("* ")]
    assert "(*What is unsupported*)" in found[2]
    assert found[4].endswith(" on WSGI; in process, once each. (`poll/client_leaves`)")


def test_empty_run_is_a_report_too() -> None:
    text = markdown.render(Run())
    assert "No exchange differs from another." in text
    assert "In short" not in text


def test_last_lines_of_a_process_are_lines_in_their_cell(run: Run) -> None:
    text = markdown.render(died(run))
    assert "| ! error | It died.<br>  \\| last<br>  \\| words \\\\x1b | " in text
