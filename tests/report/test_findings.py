"""The reports of a check for people, safe with whatever is in them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from asgi_compare.model.checked import Checked
from asgi_compare.model.transcript import Ending
from asgi_compare.report.check import html as findings_html
from asgi_compare.report.check import json as findings_json
from asgi_compare.report.check import junit, sarif
from asgi_compare.report.check import markdown as findings_markdown
from asgi_compare.report.check import view as findings_view
from tests.report.checks import (
    KEY,
    QUOTE,
    hostile,
    on_terminal,
    problem,
    sample,
    transcript,
    trial,
)
from tests.report.hostile import ATTACKS, FORBIDDEN


def test_terminal_shows_each_finding_with_all_that_belongs_to_it() -> None:
    shown = on_terminal(sample())

    assert shown.startswith(
        "must  asgi-headers/not-lowercase  3 times\n"
        "  Expected a name in lower case, but got b'X' (event 1 of 'a b').\n"
        "  The text: “Header names must be lowercased”\n"
        "  https://example.org/text\n"
        "      0 <- http.response.body body=b'0'\n"
        "  >   1 <- http.response.body body=b'1'\n"
        "      2 <- http.response.body body=b'2'\n"
        "  What to do: Call `.lower()`.\n"
        "  Again: asgi-compare check shop:app --path /\n"
    )
    assert "error  probe-http/head GET /\n  It left.\n    | last\n" in shown
    assert f"note  GET /: it raised.\nnew  {KEY}\ngone  c GET /\n" in shown
    assert shown.endswith(
        "shop.asgi:app (asgi): 3 trials in 0.5 s, 2 rules broken (1 must, 1 unclear).\n"
        "1 trial ended in an error.\n"
        "Against what was expected: 1 accepted, 1 new, 1 gone."
    )


def test_summary_says_that_it_was_interrupted() -> None:
    checked = Checked("a:b", "wsgi", interrupted=True)

    assert findings_view.summary(checked) == [
        "a:b (wsgi): 0 trials in 0 s, no rule broken.",
        "Interrupted; the rest was not played.",
    ]


def test_many_errors_are_cut_short_in_a_terminal() -> None:
    checked = Checked("a:b", "asgi")
    checked.verdicts = [trial(f"{n}", "error", "It left.") for n in range(20)]

    assert "… and 12 more errors" in on_terminal(checked)


@pytest.mark.parametrize(
    ("evidence", "places"),
    [
        ((5,), ["", "3", "4", "5", "6", "7", ""]),
        ((0,), ["0", "1", "2", ""]),
        ((2, 9), ["0", "1", "2", "3", "4", "", "7", "8", "9"]),
        ((), ["", "7", "8", "9", "end"]),
    ],
)
def test_excerpt_shows_what_is_around_the_evidence(
    evidence: tuple[int, ...], places: list[str]
) -> None:
    bad = problem(evidence=evidence)
    ended = transcript(10, ending=Ending("raised", "OSError: gone"))
    lines = list(findings_view.excerpt(bad, ended))

    assert [line.place for line in lines] == places
    marked = [int(line.place) for line in lines if line.is_evidence and evidence]
    assert marked == list(evidence)
    if not evidence:
        assert lines[-1].text == "the application raised: OSError: gone"


def test_markdown_has_each_finding() -> None:
    text = findings_markdown.render(sample())

    assert "## `asgi-headers/not-lowercase` (must, 3 times)" in text
    assert f"> {QUOTE} ([the text](https://example.org/text))" in text
    assert "    >   1 <- http.response.body body=b'1'\n" in text
    assert "* `probe-http/head GET /`: `It left.`" in text
    assert "* gone: `c GET /`" in text


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("make", [sample, hostile])
def test_page_has_no_script_and_only_our_own_markup(make: Any) -> None:
    page = Page()
    page.feed(findings_html.render(make()))

    assert not {"script", "img", "iframe", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    policy = dict(page.attributes)["content"]
    assert policy is not None
    hrefs = [value or "" for name, value in page.attributes if name == "href"]
    assert all(h.startswith(("#", "https://example.org/")) for h in hrefs)
    assert "asgi-headers/not-lowercase" in page.text


RENDERERS = {
    "terminal": on_terminal,
    "json": findings_json.render,
    "junit": junit.render,
    "sarif": sarif.render,
    "markdown": findings_markdown.render,
    "html": findings_html.render,
}


@pytest.mark.parametrize("name", RENDERERS)
def test_hostile_content_is_harmless(name: str) -> None:
    text = RENDERERS[name](hostile())

    assert not any(char in text for char in FORBIDDEN), name
    text.encode("utf-8")
    if name == "junit":
        ElementTree.fromstring(text)
    if name == "html":
        assert not any(attack in text for attack in ATTACKS[:2])
