"""Every normative sentence, and what became of it.

`book()` gives the sentences of ASGI, of PEP 3333, and of the RFCs that both lean on, in
our words; they are written down in the tables in `sentences/`. Each has the rules that
judge it from events, or says who else can see it kept. If nobody can, it says why.

The texts move, so the book is pinned to what was read (`PINS`). In August 2026 the ASGI
text moved early hints from after the start of a response to before it, without a new
version; the book has the new sentence.

This module does not judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Literal, cast

Bound = Literal[
    "application", "server", "both", "middleware", "adapter", "users", "authors"
]
"""Whom a sentence binds; `adapter` runs WSGI applications behind ASGI, and `authors`
write the texts of protocols."""
Strength = Literal["must", "should", "may"]
SeenBy = Literal["", "wire", "probe"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One normative sentence, in our words."""

    id: str
    """A letter for the text, and a number that stays."""
    link: str
    binds: Bound
    level: Strength
    statement: str
    rules: tuple[str, ...]
    """The ids of the rules that judge it from events."""
    seen_by: SeenBy
    """`wire`: it shows on a socket, or in an application behind a real server that
    takes notes. `probe`: it shows when somebody plays an awkward server."""
    why_not: str
    """The reason why no observer can check it."""


@dataclass(frozen=True, slots=True)
class Pin:
    """What was read: a text, its version, and where it stood on which day."""

    text: str
    version: str
    source: str
    commit: str = ""
    date: str = ""


TEXTS = ("main", "http", "websocket", "lifespan", "extensions", "wsgi", "rfc")
"""The tables, in the order of the book."""

_ASGIREF = "https://github.com/django/asgiref"
_ASGI = "a7cc976fe8a2395307834bc4aebb462b9f379d55"
_PEPS = "ba4deeb7969588d937da609008d05bb83a47b1ab"
PINS = (
    Pin("ASGI", "3.0", _ASGIREF, _ASGI, "2026-07-19"),
    Pin("HTTP and WebSocket", "2.5", _ASGIREF, _ASGI, "2026-07-19"),
    Pin("Lifespan", "2.0", _ASGIREF, _ASGI, "2026-07-19"),
    Pin("TLS", "0.2", _ASGIREF, _ASGI, "2026-07-19"),
    Pin("Extensions", "", _ASGIREF, _ASGI, "2026-07-19"),
    # Merged after the commit above; nothing else of the texts changed with it.
    Pin("Early hints", "", f"{_ASGIREF}/pull/579", "", "2026-08-10"),
    Pin("PEP 3333", "1.0.1", "https://github.com/python/peps", _PEPS, "2026-08-22"),
    Pin("RFC 3875, 6455, 9110, 9112", "", "https://www.rfc-editor.org"),
)


@cache
def book() -> tuple[Sentence, ...]:
    """Return every sentence, text by text."""
    return tuple(sentence for text in TEXTS for sentence in _read(text))


def _read(text: str) -> Iterator[Sentence]:
    table = files("asgi_compare.judge.rules") / "sentences" / f"{text}.tsv"
    for line in table.read_text("utf-8").splitlines()[1:]:
        id, link, binds, level, statement, rules, seen_by, why_not = line.split("\t")
        yield Sentence(
            id,
            link,
            cast(Bound, binds),
            cast(Strength, level),
            statement,
            tuple(rules.split()),
            cast(SeenBy, seen_by),
            why_not,
        )


def sentences(
    select: Iterable[str] = ("*",),
    level: Strength | None = None,
    binds: Bound | None = None,
) -> Iterator[Sentence]:
    """Return the sentences whose id or rule matches a glob of `select`."""
    globs = tuple(select)
    for sentence in book():
        ids = (sentence.id, *sentence.rules)
        chosen = any(fnmatchcase(each, glob) for each in ids for glob in globs)
        if (
            chosen
            and level in (None, sentence.level)
            and binds in (None, sentence.binds)
        ):
            yield sentence


def sentences_of(rule: str) -> tuple[Sentence, ...]:
    """Return the sentences that a rule stands for."""
    return tuple(sentence for sentence in book() if rule in sentence.rules)
