"""The notebook on a terminal, in Markdown and as a page: the same, and safe."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape

import pytest
from rich.console import Console

from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.runner import Entry
from asgi_compare.measure.experiments.store import Notebook
from asgi_compare.measure.load.statistics import Interval
from asgi_compare.report.experiments import html, markdown, terminal

SCRIPT = "<script>alert(1)</script>\x1b[31m|`"


def nothing(effort: Effort) -> Iterator[Observation]:
    """Observe nothing."""
    return iter(())


def experiment(name: str, question: str) -> Experiment:
    """An experiment with a claim."""
    return Experiment(
        name,
        "Topic",
        question,
        "Conditions here.",
        "Measured here.",
        "Decided here.",
        "Refuted here.",
        nothing,
        lambda _: not_answered("Never."),
        (Source("https://example.org/a", "a claim", "claim"),),
    )


ANSWER = Answer(
    "it depends",
    f"It does {SCRIPT}.",
    (
        Table.of(
            ("server", "seconds"),
            [(SCRIPT, Interval(2.0, 1.5, 2.5, 7)), ("other", None)],
            "The table",
        ),
        Table.of(("server", "word"), [("one", "two")]),
    ),
    (Bars("The chart", "s", ((SCRIPT, Interval(2.0, 1.5, 2.5, 7)),)),),
    ("One condition more.",),
    "It turns here.",
)
NOTEBOOK = Notebook(
    (
        Entry(experiment("first", "First?"), "quick", Observations(), ANSWER, 1.2),
        Entry(
            experiment("second", "Second?"),
            "quick",
            Observations(),
            not_answered("Too loud."),
            3.0,
        ),
    ),
    {"python": "3.11", "versions": {"django": "5.2"}},
    interrupted=True,
)


def on_terminal(notebook: Notebook) -> str:
    """What is printed, with lines that are long enough."""
    out = Console(file=io.StringIO(), width=300, highlight=False, markup=False)
    terminal.render(notebook, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def as_text(page: str) -> str:
    """A page without its markup."""
    return unescape(re.sub(r"<[^>]*>", "", page))


RENDERINGS = {
    "terminal": on_terminal(NOTEBOOK),
    "markdown": markdown.render(NOTEBOOK).replace("\\", "").replace("**", ""),
    "html": as_text(html.render(NOTEBOOK)),
}


@pytest.mark.parametrize("form", RENDERINGS)
def test_every_form_says_the_same(form: str) -> None:
    wanted = (
        "First?",
        "It depends. It does ",
        "It turns here.",
        "2 (1.50 to 2.50)",
        "–",
        "The table",
        "One condition more.",
        "Conditions here.",
        "asgi-compare experiments run first --quick",
        "Not answered. Too loud.",
        "2 questions: 1 it depends, 1 not answered.",
        "django 5.2",
        "Interrupted: this is what was observed until then.",
    )
    missing = [each for each in wanted if each not in RENDERINGS[form]]
    assert missing == []


@pytest.mark.parametrize("form", RENDERINGS)
def test_no_form_passes_on_a_control_character(form: str) -> None:
    assert "\x1b" not in RENDERINGS[form]


def test_page_has_no_markup_that_is_not_ours() -> None:
    page = html.render(NOTEBOOK)
    assert "<script" not in page
    assert page.count("<svg") == 1
    assert 'href="https://example.org/a"' in page


def test_markdown_has_no_markup_that_is_not_ours() -> None:
    page = markdown.render(NOTEBOOK)
    assert "<script>" not in page
    rows = [line for line in page.splitlines() if "alert" in line and "2 (" in line]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [3]


def test_one_experiment_needs_no_ledger_on_a_terminal() -> None:
    told = on_terminal(Notebook(NOTEBOOK.entries[1:], {}))
    assert told.count("Second?") == 1
    assert "1 question: 1 not answered." in told


def test_experiment_is_shown_without_being_run() -> None:
    out = Console(file=io.StringIO(), width=300)
    terminal.show(NOTEBOOK.entries[0].experiment, out)
    assert isinstance(out.file, io.StringIO)
    assert out.file.getvalue().splitlines() == [
        "First?",
        "Conditions: Conditions here.",
        "What is measured: Measured here.",
        "How the answer is read off: Decided here.",
        "What would refute it: Refuted here.",
        "Claim: https://example.org/a: 'a claim'",
        "asgi-compare experiments run first",
    ]
