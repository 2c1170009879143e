"""The page: whole, small, linked, and safe to open, packed evidence included."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser

import pytest

from asgi_compare.model.results import Run
from asgi_compare.report.run import html
from tests.report.hostile import FORBIDDEN
from tests.report.sample import died, sample_run

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Reads a page, and checks that every element is closed where it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)


def packed(text: str) -> dict[str, str]:
    """Return the evidence that a page has packed, by its place."""
    (block,) = re.findall(r'id="packed">([^<]*)</script>', text)
    found: dict[str, str] = json.loads(zlib.decompress(base64.b64decode(block)))
    return found


def unpacked(text: str) -> str:
    """Return the page with its evidence, as a reader who has opened all of it sees it.

    Its own two script elements, which the policy is about, are left out.
    """
    for place, piece in packed(text).items():
        before, mark, after = text.partition(f'id="{place}"')
        assert mark
        head, body, rest = after.partition('<div class="body">')
        text = before + mark + head + body + piece + rest
    ours = r'<script( type="application/json"[^>]*)?>.*?</script>'
    return re.sub(ours, "", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    return html.render(run)


@pytest.fixture(scope="module")
def text(page: str) -> str:
    return unpacked(page)


@pytest.fixture(scope="module")
def hostile_text(hostile: Run) -> str:
    return unpacked(html.render(hostile))


def test_page_is_well_formed_and_every_link_has_its_place(text: str) -> None:
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert {link[:1] for link in page.links} == {"#"}
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_every_cell_leads_to_its_evidence(text: str, run: Run) -> None:
    page = Page(text)
    cells = [f"#{v.scenario}:{v.implementation}:{v.host}" for v in run.verdicts]
    assert set(cells) <= set(page.links)
    assert {cell[1:] for cell in cells} <= set(page.ids)


def test_page_of_a_whole_contract_stays_small() -> None:
    """121 scenarios in 15 cells each."""
    assert len(html.render(sample_run(more=109)).encode()) < 1_000_000


def test_page_says_what_came_of_it_in_words(text: str) -> None:
    words = " ".join(Page(text).text)
    for sentence in (
        "One contract, five implementations",
        "12 scenarios, 5 implementations, 3 hosts: 180 exchanges.",
        "165 differences, 3 of them not explained.",
        "Django has no WebSocket; Channels adds it.",
        "asgi-compare run --select hello/get --servers uvicorn,hypercorn",
    ):
        assert sentence in words


def test_policy_allows_the_style_sheet_and_the_script_and_nothing_else(
    page: str,
) -> None:
    (css,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    style, code = (
        base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()
        for each in (css, script)
    )
    (policy,) = re.findall(r'Security-Policy" content="([^"]*)"', page)
    assert policy == (
        f"default-src &#39;none&#39;; style-src &#39;sha256-{style}&#39;; "
        f"script-src &#39;sha256-{code}&#39;; "
        "base-uri &#39;none&#39;; form-action &#39;none&#39;"
    )
    assert "url(" not in css
    assert "@import" not in css


def test_page_has_its_matrix_without_a_script(page: str, run: Run) -> None:
    words = " ".join(Page(page).text)
    for scenario in run.scenarios:
        assert str(scenario["name"]) in words
    assert "What differs, and why" in words


@pytest.mark.parametrize("fixture", ["text", "hostile_text"])
def test_page_has_nothing_that_runs_or_loads(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    page = Page(request.getfixturevalue(fixture))
    assert not page.tags & {"script", "img", "iframe", "object", "link", "form", "svg"}
    assert not {name for name in page.attributes if name.startswith("on")}
    assert not page.attributes & {"src", "style", "srcdoc", "action"}
    assert {link[:1] for link in page.links} == {"#"}


def test_text_of_an_application_is_text_in_the_page(hostile_text: str) -> None:
    shown = "".join(Page(hostile_text).text)
    assert "</script><script>alert(1)</script>" in shown
    assert "{{ 7 * 7 }}{% raw %}" in shown
    assert r"\x1b[2J" in shown
    assert r"abc\u202egpj.exe" in shown
    for char in FORBIDDEN:
        assert char not in hostile_text


def test_hostile_page_still_has_its_links(hostile_text: str) -> None:
    page = Page(hostile_text)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert not any(re.search(r"\s", name) for name in page.ids)


def test_page_lists_what_was_not_compared(text: str) -> None:
    assert "<li>A date becomes &lt;date&gt;.</li>" in text
    assert "left_aside" not in text


def test_empty_run_is_a_page_too() -> None:
    words = " ".join(Page(html.render(Run(interrupted=True))).text)
    assert "Nothing: no exchange differs from another." in words
    assert "The run was interrupted" in words


def test_last_lines_of_a_process_are_lines_in_the_page(run: Run) -> None:
    text = unpacked(html.render(died(run)))
    assert text.count("It died.<br>  | last<br>  | words \\x1b<") == 2
