"""The generated parts of the pages about behaviours: see `compare/tools/docs.py`.

`behaviours-hosts` is what stands on the page of a theme: each of its behaviours with
what is asked, what comes of it with each implementation and without its layer, where in
the framework it is done, and what it takes elsewhere. `behaviours` is the list of all.

What is shown is what the records say, so it is the same whatever version of Django is
installed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial

from asgi_compare.contract.scenario import (
    Conversation,
    Expectation,
    Expected,
    ExpectedConversation,
    ExpectedLifetime,
    Request,
)
from asgi_compare.measure.behaviours import THEMES
from asgi_compare.measure.behaviours.behaviour import (
    Behaviour,
    Outcome,
    Step,
    Unsupported,
)
from asgi_compare.report.common.markdown import code, escape

THEME_PACKAGE = "asgi_compare.measure.behaviours.themes"
LONGEST = 60
"""Letters of a value that are shown."""


def index() -> str:
    """List all behaviours, by theme."""
    lines = ["| theme | what it is about | behaviours |", "| --- | --- | --- |"]
    for name, behaviours in THEMES.items():
        page = f"[{name}]({name}.md)"
        names = ", ".join(code(each.case) for each in behaviours)
        lines.append(f"| {page} | {about(name)[0]} | {names} |")
    return "\n".join(lines) + "\n"


def about(name: str) -> list[str]:
    """Return what the module of a theme says of it: a heading, and paragraphs."""
    text = sys.modules[f"{THEME_PACKAGE}.{name.replace('-', '_')}"].__doc__ or ""
    first, *others = text.strip().split("\n\n")
    heading = first.removeprefix("Behaviours: ").removesuffix(".")
    return [heading[0].upper() + heading[1:], *others]


def theme(name: str) -> str:
    """Make what stands on the page of a theme."""
    heading, *paragraphs = about(name)
    parts = [f"# {heading}", *paragraphs, *map(section, THEMES[name])]
    return "\n\n".join(parts) + "\n"


def prose(text: str) -> str:
    """Show our own words, in which only backticks are meant as Markdown."""
    parts = text.split("`")
    return "".join(code(p) if n % 2 else escape(p) for n, p in enumerate(parts))


def section(behaviour: Behaviour) -> str:
    """Describe a behaviour."""
    lines = [f"## {behaviour.name}", "", prose(behaviour.why), ""]
    lines += [
        f"{'Then' if n else 'Asked'}: {asked(s)}\\"
        for n, s in enumerate(behaviour.steps)
    ]
    lines[-1] = lines[-1].removesuffix("\\")
    lines += ["", "| with | what comes of it |", "| --- | --- |"]
    lines += [f"| {who} | {what} |" for who, what in answers_of(behaviour)]
    lines += ["", *bullets(behaviour)]
    return "\n".join(lines)


def answers_of(behaviour: Behaviour) -> Iterator[tuple[str, str]]:
    """Return what comes of it, with whom; the last row is the proof."""
    yield "by hand", outcome_in_words(behaviour.raw)
    yield "Starlette", outcome_in_words(behaviour.starlette)
    until = f" before {behaviour.until}" if behaviour.until else ""
    since = f" from {behaviour.since} on" if behaviour.since else ""
    on_asgi = "" if behaviour.wsgi is None else ", on ASGI"
    yield f"Django{since}{until}{on_asgi}", outcome_in_words(behaviour.django)
    if behaviour.later is not None:
        yield f"Django from {behaviour.until} on", outcome_in_words(behaviour.later)
    if behaviour.wsgi is not None:
        yield f"Django{until}, on WSGI", outcome_in_words(behaviour.wsgi)
    without = f"Django, to prove it: {prose(behaviour.ablation.what)}"
    yield without, outcome_in_words(behaviour.ablation.without)


def bullets(behaviour: Behaviour) -> Iterator[str]:
    """Return what causes it, and what it takes elsewhere."""
    source, settings = behaviour.source, behaviour.settings
    where = f"{code(source.name)} in {code(source.file)}"
    yield f"* Cause: {code(behaviour.layer)}; {where}."
    if settings:
        yield f"* Settings: {code(json.dumps(settings))}."
    yield f"* With Starlette: {prose(behaviour.elsewhere.starlette)}"
    yield f"* By hand: {prose(behaviour.elsewhere.raw)}"
    if behaviour.note:
        yield f"* {prose(behaviour.note)}"


def asked(step: Step) -> str:
    """Return what is asked."""
    what = step.exchange
    if isinstance(what, Conversation):
        return f"a WebSocket at {value(what.target)}"
    if not isinstance(what, Request):
        return "a lifespan"
    words = [value(f"{what.method} {what.target.decode('latin-1')}")]
    fields = [value(b"%s: %s" % pair) for pair in what.headers]
    if fields:
        words.append("with " + ", ".join(fields))
    length = sum(map(len, what.body))
    if length:
        body = value(b"".join(what.body)) if length <= LONGEST else f"{length:,} bytes"
        words.append(f"and the body {body}" + ", chunked" * what.chunked)
    if step.at_once > 1:
        words.append(f"{step.at_once} times at once")
    if what.client.leaves_after_sending or what.client.leaves_after_hearing:
        words.append("by a client that leaves in the middle of it")
    return " ".join(words)


def outcome_in_words(outcome: Outcome | Unsupported) -> str:
    """Return what comes of it, in a few words."""
    if isinstance(outcome, Unsupported):
        return f"*{prose(outcome.reason)}*"
    words = [*expected(outcome.expected), *besides(outcome)]
    return ", ".join(words) or "nothing is raised"


def expected(what: Expectation) -> Iterator[str]:
    """Return what is expected of an answer, a conversation or a lifespan."""
    if isinstance(what, ExpectedLifetime):
        yield "started and shut down" if what.events else "not answered"
    elif isinstance(what, ExpectedConversation):
        yield str(what.status)
        yield from (f"hears {value(each)}" for each in what.hears)
    else:
        yield from answered(what)


def answered(what: Expected) -> Iterator[str]:
    """Return what is expected of an answer."""
    if what.status is not None:
        yield str(what.status)
    for name, content in (what.json or {}).items():
        yield value(f"{name}: {json.dumps(content, ensure_ascii=False)}")
    for field, content in what.headers:
        yield value(f"{field.decode()}: {content.decode('latin-1')}")
    yield from (f"no {code(name.decode())}" for name in what.absent)
    if what.body is not None:
        yield value(what.body) if what.body else "no body"


def besides(outcome: Outcome) -> Iterator[str]:
    """Return what only behaviours ask for."""
    for name, attributes in outcome.cookies.items():
        set_or_not = "no cookie" if attributes is None else "cookie"
        yield f"{set_or_not} {value(name)}"
        if attributes:
            yield value(attributes)
    yield from (f"with {value(text)}" for text in outcome.mentions)
    yield from (f"without {value(text)}" for text in outcome.hides)
    if outcome.raises:
        yield f"raises {value(outcome.raises)}"


def value(text: str | bytes) -> str:
    """Show a value, or the beginning of a long one."""
    whole = text.decode("latin-1") if isinstance(text, bytes) else text
    readable = "".join(
        each if each.isprintable() else repr(each)[1:-1] for each in whole
    )
    short = readable[:LONGEST] + "…" if len(readable) > LONGEST else readable
    return code(short)


PARTS: dict[str, Callable[[], str]] = {
    "behaviours": index,
    **{f"behaviours-{name}": partial(theme, name) for name in THEMES},
}
