"""The sanitiser: what is not simply visible becomes an escape; nothing else does."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from asgi_compare.model.sanitize import clean, plain, shorten, show_bytes, xml_safe

REPLACED = {
    "nul": ("\x00", r"\x00"),
    "escape": ("\x1b[2J", r"\x1b[2J"),
    "bell": ("\x07", r"\x07"),
    "carriage return": ("a\rb", r"a\rb"),
    "line feed": ("a\nb", r"a\nb"),
    "tab": ("a\tb", r"a\tb"),
    "delete": ("\x7f", r"\x7f"),
    "c1 control": ("\x9b31m", r"\x9b31m"),
    "right to left override": ("user\u202etxt.exe", r"user\u202etxt.exe"),
    "isolate": ("\u2066x\u2069", r"\u2066x\u2069"),
    "arabic letter mark": ("\u061c", r"\u061c"),
    "zero width space": ("pay\u200bpal", r"pay\u200bpal"),
    "no-break space": ("a\xa0b", r"a\xa0b"),
    "soft hyphen": ("\xad", r"\xad"),
    "line separator": ("\u2028", r"\u2028"),
    "byte order mark": ("\ufeff", r"\ufeff"),
    "lone surrogate": ("\udc80", r"\udc80"),
    "tag": ("\U000e0041", r"\U000e0041"),
    "not a character": ("\uffff", r"\uffff"),
}


EVERYTHING = "".join(map(chr, (*range(0x3000), *range(0x3000, 0x110000, 61), 0xFFFE)))
"""The beginning of Unicode, and a sample of the rest."""


@pytest.mark.parametrize(("text", "shown"), REPLACED.values(), ids=REPLACED)
def test_invisible_character_becomes_an_escape(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize("text", ["", "plain", "Grüße, 世界", "a\\b", "[link=x]", "🎉"])
def test_visible_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_line_feeds_stay_when_lines_are_shown() -> None:
    assert clean("one\ntwo\x1b\r\n", lines=True) == "one\ntwo\\x1b\\r\n"


def test_whatever_comes_is_printable_afterwards() -> None:
    assert clean(EVERYTHING).isprintable()


def test_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert shorten("x" * 1200, 3) == "xxx… (1,200 characters)"
    assert shorten("xxx", 3) == "xxx"


def test_bytes_are_shown_as_a_literal() -> None:
    assert show_bytes(b"a\x1b\xff") == r"b'a\x1b\xff'"
    assert show_bytes(b"abcdef", 3) == "b'abc'… (6 bytes)"
    assert show_bytes(b"abc", length=5000) == "b'abc'… (5,000 bytes)"


def test_any_text_can_stand_in_xml() -> None:
    element = ElementTree.Element("system-out")
    element.text = xml_safe(EVERYTHING)
    written = ElementTree.tostring(element, encoding="utf-8")
    assert ElementTree.fromstring(written).text == element.text


def test_xml_keeps_tabs_and_line_feeds() -> None:
    assert xml_safe("a\tb\nc\x00\r") == "a\tb\nc\\x00\\r"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("16 µs…", "16 us..."), ("“a” → b", '"a" -> b'), ("ü☃", "\\xfc\\u2603")],
)
def test_plain_text_is_ascii(text: str, shown: str) -> None:
    assert "".join(c if c.isascii() else plain(c) for c in text) == shown
