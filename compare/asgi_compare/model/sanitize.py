"""Untrusted text, made safe to show: the one sanitiser that every output uses.

Bodies, header fields, log lines and exception messages come from applications that
nobody has read. Printed as they are, they could move the cursor, rename the window,
turn a line around or make an XML file unreadable. Here such characters become visible
escapes, in Python's own spelling: the escape character becomes `\\x1b`.

Terminals and pages use `clean`; XML uses `xml_safe` on top of it. Neither escapes
markup: that is the business of the template, or of the writer of the format.
"""

from __future__ import annotations

LIMIT = 160
"""Characters or bytes of a value that are shown where one line is all there is."""


PLAIN: dict[str, str] = {
    "\xa0": " ",
    "\xb5": "u",
    "\xd7": "x",
    "\u2013": "-",
    "\u2014": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2026": "...",
    "\u2190": "<-",
    "\u2192": "->",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2500": "-",
    "\u2502": "|",
}
"""What stands for a character of ours where it cannot be written."""


def clean(text: str, *, lines: bool = False) -> str:
    """Replace every character that does not simply show itself by its escape.

    These are the controls (C0, DEL, C1), the marks that turn the direction of writing,
    other invisible characters, line separators, lone surrogates and what Unicode has
    not assigned. With `lines`, line feeds stay, for text that is shown as lines.

    A backslash that was there before stays as it is, so the result is for reading, and
    cannot be turned back.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or (lines and char == "\n") else _escape(char)
        for char in text
    )


def plain(text: str) -> str:
    """Return text for an output whose encoding has not these characters."""
    return "".join(PLAIN.get(char) or _escape(char) for char in text)


def shorten(text: str, limit: int = LIMIT) -> str:
    """Keep the first `limit` characters, and say how many there were."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text):,} characters)"


def show_bytes(data: bytes, limit: int = LIMIT, *, length: int | None = None) -> str:
    """Show a byte string as a Python literal, which is ASCII and exact.

    `length` is that of the whole, where `data` is only its beginning.
    """
    length = len(data) if length is None else length
    if length <= limit and length == len(data):
        return repr(bytes(data))
    return f"{bytes(data[:limit])!r}… ({length:,} bytes)"


def xml_safe(text: str) -> str:
    """Make text that may stand in an XML 1.0 document, once its markup is escaped.

    Parsers refuse a document with a character outside of the production `Char`
    (XML 1.0, section 2.2), even if it is written as a character reference. Tab and line
    feed are allowed and stay; everything else that `clean` replaces is replaced here
    too, which leaves nothing that the production forbids.
    """
    return "\t".join(clean(part, lines=True) for part in text.split("\t"))


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
