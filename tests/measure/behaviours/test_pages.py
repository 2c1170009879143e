"""The pages about behaviours, and those about worked examples, show all there is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from asgi_compare.contract.scenario import (
    Conversation,
    ExpectedConversation,
    ExpectedLifetime,
    Lifetime,
)
from asgi_compare.laboratory.raw_lab import app
from asgi_compare.measure.behaviours import BEHAVIOURS, THEMES
from asgi_compare.measure.behaviours.behaviour import Outcome, Step, Unsupported
from asgi_compare.measure.behaviours.builders import answers, ask
from tests.places import ROOT
from tools.behaviour_parts import asked, outcome_in_words, prose, section, value
from tools.docs import PARTS
from tools.worked_examples import EXAMPLES

PAGES = ROOT / "docs" / "behaviours"
HERE = ROOT / "tests" / "measure" / "behaviours"


def parts_of(path: Path) -> list[str]:
    return re.findall(r"<!-- generated: ([a-z-]+) -->", path.read_text("utf-8"))


def test_each_theme_has_a_page_and_the_index_leads_there() -> None:
    index = (PAGES / "README.md").read_text("utf-8")
    for name in THEMES:
        assert parts_of(PAGES / f"{name}.md") == [f"behaviours-{name}"]
        assert f"({name}.md)" in index
    assert {path.stem for path in PAGES.iterdir()} == {"README", *THEMES}


def test_each_example_is_shown_once() -> None:
    shown = parts_of(ROOT / "docs" / "by-hand.md")
    assert sorted(shown) == sorted(f"by-hand-{name}" for name in EXAMPLES)


def test_what_behaviours_have_by_hand_is_shown() -> None:
    there = {name for each in EXAMPLES.values() for name in each.applications}
    wanted = {each.elsewhere.raw_application for each in BEHAVIOURS.values()} - {""}
    assert wanted <= there
    assert {name for name in there if not callable(getattr(app, name, None))} == set()


@pytest.mark.parametrize("name", EXAMPLES)
def test_tests_that_are_named_are_there(name: str) -> None:
    example = EXAMPLES[name]
    text = (HERE / example.tested_in).read_text("utf-8")
    assert [t for t in example.tests if f"def {t}(" not in text] == []
    page = PARTS[f"by-hand-{name}"]()
    assert all(part in page for part in (*example.parts, *example.tests))


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Unsupported("It has no `orm`."), "*It has no `orm`.*"),
        (answers(None, raises=""), "nothing is raised"),
        (
            answers(200, json={"a": 1}, headers={"x": "y"}, absent=("z",)),
            "200, `a: 1`, `x: y`, no `z`",
        ),
        (answers(304, body=b""), "304, no body"),
        (
            answers(body=b"ok", mentions=("a",), hides=("b",)),
            "200, `ok`, with `a`, without `b`",
        ),
        (
            answers(cookies={"a": "Path=/", "b": None, "c": ""}),
            "200, cookie `a`, `Path=/`, no cookie `b`, cookie `c`",
        ),
        (answers(500, raises="KeyError"), "500, raises `KeyError`"),
        (Outcome(ExpectedLifetime(("lifespan.startup",))), "started and shut down"),
        (Outcome(ExpectedLifetime(())), "not answered"),
        (Outcome(ExpectedConversation(hears=("hello",))), "101, hears `hello`"),
    ],
)
def test_outcome_is_said_in_a_few_words(
    outcome: Outcome | Unsupported, words: str
) -> None:
    assert outcome_in_words(outcome) == words


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (ask("/a?b"), "`GET /a?b`"),
        (
            ask("/a", "POST", body="b=1", kind="text/plain", chunked=True),
            "`POST /a` with `content-type: text/plain` and the body `b=1`, chunked",
        ),
        (ask("/a", "POST", body="b" * 1000), "`POST /a` and the body 1,000 bytes"),
        (ask("/a", at_once=2), "`GET /a` 2 times at once"),
        (Step(Conversation(b"/ws")), "a WebSocket at `/ws`"),
        (Step(Lifetime()), "a lifespan"),
    ],
)
def test_step_is_said_in_a_few_words(step: Step, words: str) -> None:
    assert asked(step) == words


def test_value_is_short_and_readable() -> None:
    assert value(b"a\r\nb") == r"`a\r\nb`"
    assert value("x" * 100) == f"`{'x' * 60}…`"


def test_our_words_keep_their_backticks_and_nothing_else() -> None:
    assert prose("ALLOWED_HOSTS of `a_b`.") == r"ALLOWED\_HOSTS of `a_b`."


def test_section_says_from_which_version_on() -> None:
    host = BEHAVIOURS["hosts/unknown-host"]
    assert "| Django from 6.0 on | 400 |" in section(replace(host, since="6.0"))
    text = section(replace(host, until="7.0", later=answers(404)))
    assert "| Django before 7.0 | 400 |" in text
    assert "| Django from 7.0 on | 404 |" in text
