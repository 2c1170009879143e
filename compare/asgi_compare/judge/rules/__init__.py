"""The rule book. It judges events, and never calls anything.

`judge(transcript)` gives the findings of one transcript. `judge_for(scope)` makes a
`Judge` that is told of one event after the other while they happen. `RULES` holds every
rule by id; `engine/book.py` holds every normative sentence of the specifications, with
the rules that stand for it or the reason why there is none.

    engine/           a rule, a judge for each kind of connection, examples, the book
    asgi/             the rules of ASGI; its extensions in a folder of their own
    http/ wsgi/       the rules of HTTP and of WSGI
    sentences/*.tsv   the sentences

Standard library only: a server's author can use the rules without anything else of this
toolkit but the nouns in `model/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from asgi_compare.judge.rules import asgi, http, wsgi
from asgi_compare.judge.rules.asgi import extensions
from asgi_compare.judge.rules.engine import book
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.judge_http import HttpJudge
from asgi_compare.judge.rules.engine.judge_lifespan import LifespanJudge
from asgi_compare.judge.rules.engine.judge_websocket import WebSocketJudge
from asgi_compare.judge.rules.engine.judge_wsgi import WsgiJudge
from asgi_compare.judge.rules.engine.rule import Example, Rule, registered
from asgi_compare.judge.rules.engine.values import is_a, plain
from asgi_compare.model.results import Finding, Level, Side
from asgi_compare.model.transcript import Interface, Transcript

__all__ = ["RULES", "Example", "Judge", "Rule", "book", "judge", "judge_for", "rules"]

# Each chapter registers its rules when it is imported; a new file is enough.
for package in (asgi, extensions, http, wsgi):
    for chapter in iter_modules(package.__path__, f"{package.__name__}."):
        import_module(chapter.name)

RULES: Mapping[str, Rule] = MappingProxyType(dict(sorted(registered().items())))
"""Every rule, by id."""

JUDGES: Mapping[str, type[Judge]] = MappingProxyType(
    {
        "http": HttpJudge,
        "websocket": WebSocketJudge,
        "lifespan": LifespanJudge,
    }
)


def judge_for(
    scope: object,
    name: str = "",
    interface: Interface | None = None,
) -> Judge:
    """Make the judge of one connection; call `begin`, and tell it what happens.

    Without `interface`, a mapping that has REQUEST_METHOD is taken for an `environ`.
    """
    keys = scope if type(scope) is dict else plain(scope) or {}
    if interface == "wsgi" or (interface is None and "REQUEST_METHOD" in keys):
        return WsgiJudge(scope, name)
    protocol = keys.get("type")
    known = JUDGES.get(protocol) if is_a(protocol, str) else None
    return (known or Judge)(scope, name)


def judge(transcript: Transcript) -> list[Finding]:
    """Return every place in one transcript where a rule is broken, in order.

    The requests of a lifespan, and the others of a crowd, are judged as well; the
    evidence of their findings is in their own transcripts.
    """
    findings: list[Finding] = []
    if transcript.interface != "wire":
        one = judge_for(transcript.scope, transcript.scenario, transcript.interface)
        one.begin()
        left = transcript.left_at_ns
        for entry in transcript.events:
            if entry.direction == "send":
                one.sent(entry.event)
                # www, "Disconnected Client": by now `send` may have raised, and what
                # an error handler then begins anew is in vain, and no fault.
                one.left = one.left or (left is not None and entry.at_ns >= left)
            elif entry.direction == "receive":
                one.received(entry.event)
        one.left = one.left or left is not None
        one.ended(transcript.ending)
        findings += one.findings
    for other in transcript.requests:
        findings += judge(other)
    return findings


def rules(
    select: Iterable[str] = ("*",),
    exclude: Iterable[str] = (),
    level: Level | None = None,
    side: Side | None = None,
) -> Iterator[Rule]:
    """Return the rules whose id matches a glob of `select` and none of `exclude`."""
    select, exclude = tuple(select), tuple(exclude)
    for rule in RULES.values():
        if not any(fnmatchcase(rule.id, glob) for glob in select):
            continue
        if any(fnmatchcase(rule.id, glob) for glob in exclude):
            continue
        if level in (None, rule.level) and side in (None, rule.side):
            yield rule
