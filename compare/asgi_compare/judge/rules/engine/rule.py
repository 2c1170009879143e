"""One `Rule`, a sentence of a specification with its check.

Each chapter of the book is a module that holds rules one after the other: the sentence
that the rule stands for, the rule in our own words, why it matters, what to do, one
exchange that breaks it and one that keeps it, and below all that the check itself. The
decorator `rule` puts the two together and on the list.

A check is a generator. It gets the judge, which knows what has happened so far, and the
thing to look at (an event, the scope, the head of a response). It yields one sentence,
without its full stop, for each place where the rule is broken: what was expected, and
what came. It never calls the application, and never changes what it looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from asgi_compare.model.results import Level, Side
from asgi_compare.model.transcript import RETURNED, Direction, Ending, Event, Transcript

MAIN = "https://asgi.readthedocs.io/en/latest/specs/main.html#"
WWW = "https://asgi.readthedocs.io/en/latest/specs/www.html#"
LIFESPAN = "https://asgi.readthedocs.io/en/latest/specs/lifespan.html#"
TLS = "https://asgi.readthedocs.io/en/latest/specs/tls.html#"
EXTENSIONS = "https://asgi.readthedocs.io/en/latest/extensions.html#"
PEP = "https://peps.python.org/pep-3333/#"
RFC9110 = "https://www.rfc-editor.org/rfc/rfc9110#section-"
RFC9112 = "https://www.rfc-editor.org/rfc/rfc9112#section-"
RFC6455 = "https://www.rfc-editor.org/rfc/rfc6455#section-"
RFC3875 = "https://www.rfc-editor.org/rfc/rfc3875#section-"

Check = Callable[[Any, Any], Iterator[str]]
"""The judge, and the thing to look at; yields a sentence for each breach."""


@dataclass(frozen=True, slots=True)
class Example:
    """One exchange as literal data: a scope, the events in order, and the end."""

    scope: Any
    events: tuple[tuple[Direction, Any], ...]
    ending: Ending = RETURNED
    wsgi: bool = False

    def transcript(self, name: str) -> Transcript:
        """Make the transcript that a driver would have left."""
        events = tuple(
            Event(number, direction, event, 0, 0)
            for number, (direction, event) in enumerate(self.events)
        )
        interface = "wsgi" if self.wsgi else "asgi"
        return Transcript(
            scenario=name,
            interface=interface,  # type: ignore[arg-type]
            scope=self.scope,
            events=events,
            ending=self.ending,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of a specification that a transcript can be held to."""

    id: str
    """In words: the chapter, a slash, and what is wrong when the rule is broken."""
    side: Side
    """Whom the sentence binds."""
    level: Level
    """`must`, `should`, or `unclear`: texts differ, or the text and the servers."""
    on: tuple[str, ...]
    """When the check is run: what the engine calls the moment."""
    quote: str
    """The sentence itself, or as much of it as is needed."""
    link: str
    """The section of the specification that holds the sentence."""
    statement: str
    why: str
    hint: str
    breaks: Example
    keeps: Example
    check: Check = field(compare=False)
    invalid: bool = False
    """A breach makes an invalid event, one at which `send` should raise."""


_rules: dict[str, Rule] = {}


def rule(
    id: str,
    side: Side,
    level: Level,
    on: str | tuple[str, ...],
    *,
    quote: str,
    link: str,
    statement: str,
    why: str,
    hint: str,
    breaks: Example,
    keeps: Example,
    invalid: bool = False,
) -> Callable[[Check], Check]:
    """Put the record and the check below it on the list as one `Rule`."""

    def put(check: Check) -> Check:
        if id in _rules:
            raise ValueError(f"Expected one rule {id!r}, but got two.")
        moments = (on,) if isinstance(on, str) else on
        _rules[id] = Rule(
            id=id,
            side=side,
            level=level,
            on=moments,
            quote=quote,
            link=link,
            statement=statement,
            why=why,
            hint=hint,
            breaks=breaks,
            keeps=keeps,
            check=check,
            invalid=invalid,
        )
        return check

    return put


def registered() -> Mapping[str, Rule]:
    """Return all rules whose chapters have been imported, by id."""
    return _rules
