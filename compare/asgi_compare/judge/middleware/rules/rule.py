"""One thing that a layer owes: the sentence behind it, and its check.

A check is a generator. It gets a `Pair` and yields one sentence, without its full stop,
for each place where the rule is broken. Where a layer owes the same on both interfaces,
the rule stands on the list twice, with the sentence of each text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from asgi_compare.judge.middleware.trial import Pair
from asgi_compare.model.results import Level
from asgi_compare.model.transcript import Interface

Check = Callable[[Pair], Iterator[str]]
Sentence = tuple[str, str]
"""The words of the text, and the link to it."""


@dataclass(frozen=True, slots=True)
class LayerRule:
    """One thing that a layer owes to the server or to the application."""

    id: str
    level: Level
    interface: Interface
    """How the layer is called from outside."""
    quote: str
    link: str
    statement: str
    hint: str
    check: Check = field(compare=False)


_rules: dict[str, LayerRule] = {}


def rule(
    name: str,
    level: Level,
    *,
    asgi: Sentence | None = None,
    wsgi: Sentence | None = None,
    statement: str,
    hint: str,
) -> Callable[[Check], Check]:
    """Put the record and the check below it on the list, for each interface named."""

    def put(check: Check) -> Check:
        said: tuple[tuple[Interface, Sentence | None], ...] = (
            ("asgi", asgi),
            ("wsgi", wsgi),
        )
        for interface, sentence in said:
            if sentence is None:
                continue
            id = f"{interface}-middleware/{name}"
            if id in _rules:
                raise ValueError(f"Expected one rule {id!r}, but got two.")
            _rules[id] = LayerRule(
                id, level, interface, *sentence, statement, hint, check
            )
        return check

    return put


def registered() -> Mapping[str, LayerRule]:
    """Return all rules whose chapters have been imported, by id."""
    return _rules
