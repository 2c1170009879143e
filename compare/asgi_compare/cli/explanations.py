"""The explanation of one name, as lines of text: a function for each kind of name.

A line that begins with blanks is an event, a request or a command, and is kept as it
is. `names.py` says which kinds there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from importlib import import_module
from typing import Any

from asgi_compare.judge.rules.engine.book import Sentence

Lines = Iterator[str]


def table(place: str) -> Any:
    """Import a table by `module:attribute`, below our own package."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(f"asgi_compare.{module}"), attribute)


def implementation(name: str) -> Lines:
    """Explain one of the five implementations."""
    row = table("drive.targets.implementations:IMPLEMENTATIONS")[name]
    yield row.about
    yield f"Target: {row.target} ({row.interface.upper()}), in the folder {row.folder}/"
    yield from _commands(f"trace {name} /", f"run -i {name}")


def server(name: str) -> Lines:
    """Explain a row of the table of servers."""
    row = table("drive.servers.table:SERVERS")[name]
    missing = table("drive.servers.table:missing")
    yield row.notes
    if sentence := missing(row):
        yield sentence
    else:
        yield f"Installed: {row.version()}"
    yield from _commands(f"run --servers {name}", f"check-server {name}")


def endpoint(name: str) -> Lines:
    """Explain an endpoint of the contract."""
    row = table("contract:ENDPOINTS")[name]
    yield row.does
    yield f"{', '.join(row.methods) or 'any method'} {row.path}".strip()
    yield ""
    yield "Its scenarios:"
    for each in table("contract:SCENARIOS").values():
        if each.endpoint == name:
            yield f"    {each.name}: {each.shows}"
    yield from _commands(f"show {name}")


def scenario(name: str) -> Lines:
    """Explain a scenario: the exchange, and what must come of it."""
    row = table("contract:SCENARIOS")[name]
    yield row.shows
    yield table("contract.scenario:in_one_line")(row.exchange)
    yield ""
    yield "Expected:"
    blank = type(row.expected)()
    for key in type(row.expected).__dataclass_fields__:
        value = getattr(row.expected, key)
        if value != getattr(blank, key) or key == "status":
            yield f"    {key} {value!r}"
    yield ""
    yield "Known differences:"
    rows = [
        each
        for each in table("judge.comparison.known_differences:KNOWN")
        if any(fnmatchcase(name, glob) for glob in each.scenario)
    ]
    for each in rows:
        where = f"{_text(each.implementation)} on {_text(each.host)}"
        yield f"    {where}, {_text(each.what)} [{each.layer}]: {each.why}"
    if not rows:
        yield "    none"
    yield from _commands(f"show {name}", f"run --select {name}")


def story(name: str) -> Lines:
    """Explain a story: who takes part, and what it shows."""
    row = table("contract.stories:STORIES")[name]
    yield row.shows
    yield f"Who takes part: {', '.join(row.participants)}"
    yield f"Transports: {', '.join(row.by)}"
    yield from _commands(f"systems trace {name}", f"systems run --select {name}")


def rule(name: str) -> Lines:
    """Explain a rule, with an exchange that breaks it and one that keeps it."""
    example_lines = table("cli.rule_examples:example_lines")
    row = table("judge.rules:RULES")[name]
    yield f"Binds the {row.side}; level: {row.level}."
    yield row.statement
    yield f"The text: “{row.quote}”"
    yield row.link
    yield ""
    yield f"Why: {row.why}"
    yield f"What to do: {row.hint}"
    for each in table("judge.rules.engine.book:sentences_of")(name):
        yield f"Rule-book sentence {each.id}: {each.statement}"
    yield ""
    yield "Breaks it:"
    yield from _inset(example_lines(row.breaks))
    yield ""
    yield "Keeps it:"
    yield from _inset(example_lines(row.keeps))


def probe(name: str) -> Lines:
    """Explain a probe: what it plays, and what is compared."""
    row = table("judge.application.probes.all_probes:BY_ID")[name]
    yield row.plays
    yield f"The text: “{row.quote}”"
    yield row.link
    if row.compares != "nothing":
        statement = table("judge.application.gather:statement_of")(row)
        yield ""
        yield f"{row.level.capitalize()}: {statement}"
        yield f"What to do: {table('judge.application.gather:HINTS')[row.compares]}"


def conclusion(name: str) -> Lines:
    """Explain a conclusion: what follows from several exchanges, or the process."""
    row = table("judge.application.conclusions:CONCLUSIONS")[name]
    yield f"{row.level.capitalize()}: {row.statement}"
    yield f"The text: “{row.quote}”" if row.quote else "No sentence says so."
    yield row.link
    yield f"What to do: {row.hint}"


def layer_rule(name: str) -> Lines:
    """Explain a rule of middleware: what a layer owes to both of its sides."""
    row = table("judge.middleware.rules:LAYER_RULES")[name]
    yield f"Binds a middleware over {row.interface.upper()}; level: {row.level}."
    yield row.statement
    yield f"The text: “{row.quote}”"
    yield row.link
    yield ""
    yield f"What to do: {row.hint}"
    yield from _commands(f"check-middleware mylib:Middleware --select {name}")


def trial(name: str) -> Lines:
    """Explain a trial of a middleware: what is played outside and inside."""
    for row in table("judge.middleware.trials:ROWS"):
        if row.name == name:
            over = "ASGI and WSGI" if row.protocol == "http" else row.protocol
            yield row.plays
            yield f"Over {over}; the application inside {row.act}."
            yield from _commands(f"check-middleware mylib:Middleware --trial '{name}'")


def case(name: str) -> Lines:
    """Explain a wire case: the sentence, and what the client does."""
    row = table("judge.server.chapters:CASES")[name]
    chapter = table("judge.server.chapters:CHAPTER_OF")[name]
    yield f"A case of the chapter {chapter!r}; level: {row.level}."
    yield row.shows
    yield f"The text ({row.text.section}): “{row.text.quote}”"
    yield row.text.link
    if row.steps:
        yield ""
        yield "The client:"
        yield from (f"    {step}" for step in row.steps)
    if row.script:
        yield ""
        yield "The application:"
        yield from (f"    {act}" for act in row.script)
    yield from _commands(f"check-server uvicorn --select {name}")


def behaviour(name: str) -> Lines:
    """Explain a behaviour: what causes it, where, and how that is proved."""
    row = table("measure.behaviours:BEHAVIOURS")[name]
    yield row.why
    yield f"Cause: {row.layer}"
    yield f"Where: {row.source}"
    yield f"Proof: {row.ablation.what}"
    yield f"In Starlette: {row.elsewhere.starlette}"
    yield f"By hand: {row.elsewhere.raw}"
    if row.note:
        yield f"Note: {row.note}"
    yield from _commands(f"layers --explain {name}")


def layer(name: str) -> Lines:
    """Explain a rung of the ladder: what it adds to the one it is built on."""
    row = table("measure.ladder.ladder:RUNGS")[name]
    yield row.adds
    yield f"Built on: {row.above or 'nothing, it is the lowest'}"
    if row.middleware:
        yield "Its middleware, from the outside in:"
        yield from (f"    {path}" for path in row.middleware)
    for way, reason in row.cannot.items():
        yield f"Not measured with {way}: {reason}"
    if row.needs:
        yield f"It needs {row.needs}."
    yield from _commands(f"layers --only {name}")


def system(name: str) -> Lines:
    """Explain a system: what it does, and its stories."""
    yield table("contract.stories:SYSTEMS")[name].does
    yield ""
    yield "Its stories:"
    for story, row in table("contract.stories:STORIES").items():
        if story.startswith(f"{name}/"):
            yield f"    {story}: {row.shows}"
    yield from _commands(f"systems run --select {name}", f"systems serve {name}")


def client(name: str) -> Lines:
    """Explain a test client that `check-client` knows."""
    function, interface = table("judge.client.exercises:KNOWN")[name]
    yield function.__doc__
    yield f"Its interface is {interface.upper()}."
    yield from _commands(f"check-client {name}")


def column(name: str) -> Lines:
    """Explain a column by which `layers` can sort."""
    yield f"The column “{table('report.ladder.columns:COLUMNS')[name].title}”."
    yield from _commands(f"layers --quick --sort {name}")


def experiment(name: str) -> Lines:
    """Explain an experiment: the question, its conditions, how it is decided."""
    row = table("measure.experiments.discovery:experiments")()[name]
    yield row.question
    yield f"Conditions: {row.conditions}"
    yield f"Measured: {row.measured}"
    yield f"Decided by: {row.decided_by}"
    yield f"Refuted by: {row.refuted_by}"
    for source in row.sources:
        yield f"{source.kind.capitalize()}: {source.url}"
    yield from _commands(f"experiments run {name} --quick")


def difference(name: str) -> Lines:
    """Explain the known differences that one layer makes."""
    first = True
    for row in table("judge.comparison.known_differences:KNOWN"):
        if row.layer == name:
            if not first:
                yield ""
            first = False
            yield row.why
            yield f"Where: {row.source}"
            yield f"    in {_text(row.implementation)} on {_text(row.host)}"
            yield f"    scenarios {_text(row.scenario)}"
            yield f"    aspects {_text(row.what)}"


def sentence(found: Sentence) -> Lines:
    """Explain a sentence of the rule book, such as M14."""
    yield f"A sentence of the rule book; level: {found.level}; binds: {found.binds}."
    yield found.statement
    yield found.link
    yield ""
    yield "Who sees it kept:"
    yield from _inset(seen_by(found).splitlines())


def seen_by(found: Sentence) -> str:
    """Return who sees whether a sentence is kept, or why nobody can."""
    others = {"wire": "check-server", "probe": "check", "": found.why_not}
    return "\n".join(found.rules) or others[found.seen_by]


def _commands(*lines: str) -> Lines:
    yield ""
    yield from (f"    asgi-compare {line}" for line in lines)


def _inset(lines: Iterable[str]) -> Lines:
    return (f"    {line}" for line in lines)


def _text(patterns: tuple[str, ...]) -> str:
    return ", ".join(patterns)
