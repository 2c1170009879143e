"""The notebook in Markdown: the ledger, then an entry for each question."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Table
from asgi_compare.measure.experiments.runner import Entry
from asgi_compare.measure.experiments.store import Notebook
from asgi_compare.report.common.markdown import code, escape
from asgi_compare.report.experiments import view


def render(notebook: Notebook) -> str:
    """Return the whole document."""
    lines = ["# Experiments", "", view.headline(notebook.entries), ""]
    lines += ["| question | answer | experiment |", "| --- | --- | --- |"]
    for entry in notebook.entries:
        verdict = view.VERDICTS[entry.answer.verdict]
        lines.append(
            f"| {escape(entry.experiment.question)} | {verdict} | "
            f"{code(entry.experiment.name)} |"
        )
    for topic, entries in view.by_topic(notebook.entries).items():
        lines += ["", f"## {escape(topic)}"]
        for entry in entries:
            lines += ["", *_entry(entry)]
    lines += ["", "## Where it ran", ""]
    lines += [f"* {k}: {escape(v)}" for k, v in view.facts(notebook.environment)]
    if notebook.interrupted:
        lines += ["", "Interrupted: this is what was observed until then."]
    return "\n".join([*lines, ""])


def _entry(entry: Entry) -> Iterator[str]:
    answer, experiment = entry.answer, entry.experiment
    yield f"### {escape(experiment.question)}"
    yield ""
    yield f"**{view.VERDICTS[answer.verdict]}.** {escape(answer.sentence)}"
    if answer.turning_point:
        yield ""
        yield escape(answer.turning_point)
    for table in answer.tables:
        yield ""
        yield from _table(table)
    yield ""
    for heading, text in view.about(experiment):
        yield f"* {heading}: {escape(text)}"
    for line in answer.conditions:
        yield f"* {escape(line)}"
    for source in experiment.sources:
        quote = f": “{escape(source.quote)}”" if source.quote else ""
        yield f"* {source.kind.capitalize()}: <{source.url}>{quote}"
    yield f"* Again: {code(entry.command)} ({entry.seconds:.0f} s)"


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"{escape(table.title)}:"
        yield ""
    rights = [
        all(view.is_number(row[index]) for row in table.rows)
        for index in range(len(table.columns))
    ]
    yield f"| {' | '.join(map(escape, table.columns))} |"
    yield f"| {' | '.join('---:' if right else '---' for right in rights)} |"
    for row in table.rows:
        yield f"| {' | '.join(escape(view.text(cell)) for cell in row)} |"
