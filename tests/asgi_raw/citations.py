"""What the hand-written applications cite, and what they should.

A citation names a text and a section of it: `(www, "Response Start")`. The rule book
has a link for every normative sentence, and the link ends with the section's name.
"""

import re

from asgi_compare.judge.rules.engine.book import book
from tests.places import ROOT

PAGES = {
    "ASGI": "specs/main.html",
    "www": "specs/www.html",
    "lifespan": "specs/lifespan.html",
    "extensions": "extensions.html",
    "PEP": "pep-3333/",
}
KINDS = re.compile(r"-(send|receive)-(event|exception)(-ws)?$")
CITATION = re.compile(
    rf'\b({"|".join(PAGES)}),((?:(?: and|,)? "[^"]+"(?= and "|, "|[);:.,]| |$))+)'
)


def slug(title: str) -> str:
    """Return a section's name as a link has it."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def cited(folder: str) -> set[tuple[str, str]]:
    """Return every section that the folder cites, with its text; `lab/` is no part."""
    return {
        (text, slug(title))
        for path in (ROOT / folder).rglob("*.py")
        if "lab" not in path.parts
        for text, titles in CITATION.findall(in_one_line(path.read_text()))
        for title in re.findall(r'"([^"]+)"', titles)
    }


def in_one_line(code: str) -> str:
    """Undo the line breaks of docstrings and comments."""
    return re.sub(r"\s*\n\s*(# )?", " ", code)


def sections(*binding: str) -> set[tuple[str, str]]:
    """Return each section with a sentence that binds one of these; without any, all."""
    return {
        (text, KINDS.sub("", sentence.link.partition("#")[2]))
        for sentence in book()
        if not binding or sentence.binds in binding
        for text, page in PAGES.items()
        if page in sentence.link
    }
