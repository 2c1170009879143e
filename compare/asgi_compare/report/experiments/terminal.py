"""The notebook on a terminal: for each question the answer, and what it rests on."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from asgi_compare.measure.experiments.answer import Table
from asgi_compare.measure.experiments.experiment import Experiment
from asgi_compare.measure.experiments.runner import Entry
from asgi_compare.measure.experiments.store import Notebook
from asgi_compare.model.sanitize import clean
from asgi_compare.report.experiments import view

STYLES = {"yes": "green", "no": "red", "it depends": "yellow", "not answered": "dim"}


def render(notebook: Notebook, out: Console) -> None:
    """Print all entries, and the count at the end."""
    for entry in notebook.entries:
        render_entry(entry, out)
    if len(notebook.entries) > 1:
        out.print(ledger(notebook.entries))
    out.print(view.headline(notebook.entries))
    for key, value in view.facts(notebook.environment):
        out.print(f"{key}: {clean(value)}", style="dim")
    if notebook.interrupted:
        out.print("Interrupted: this is what was observed until then.")


def render_entry(entry: Entry, out: Console) -> None:
    """Print one entry."""
    answer, experiment = entry.answer, entry.experiment
    out.print(f"\n{experiment.question}", style="bold")
    verdict = Text(view.VERDICTS[answer.verdict], style=STYLES[answer.verdict])
    out.print(verdict.append(f". {clean(answer.sentence)}", style="none"))
    if answer.turning_point:
        out.print(clean(answer.turning_point))
    for table in answer.tables:
        out.print(_table(table))
    out.print(f"{experiment.conditions}", style="dim")
    for line in answer.conditions:
        out.print(clean(line), style="dim")
    out.print(f"{entry.command}  ({entry.seconds:.0f} s)", style="dim", soft_wrap=True)


def show(experiment: Experiment, out: Console) -> None:
    """Print how an experiment works."""
    out.print(experiment.question, style="bold")
    for heading, text in view.about(experiment):
        out.print(Text(f"{heading}: ", style="bold").append(text, style="none"))
    for source in experiment.sources:
        quote = f": {source.quote!r}" if source.quote else ""
        out.print(f"{source.kind.capitalize()}: {source.url}{quote}", soft_wrap=True)
    out.print(f"asgi-compare experiments run {experiment.name}", soft_wrap=True)


def ledger(entries: tuple[Entry, ...]) -> RichTable:
    """Return all questions with their verdicts, one line each."""
    table = RichTable("question", "verdict", "experiment", box=box.SIMPLE)
    for entry in entries:
        verdict = entry.answer.verdict
        name = Text(entry.experiment.name)
        told = Text(view.VERDICTS[verdict], style=STYLES[verdict])
        table.add_row(entry.experiment.question, told, name)
    return table


def _table(table: Table) -> RichTable:
    made = RichTable(title=table.title or None, box=box.SIMPLE, title_justify="left")
    for index, column in enumerate(table.columns):
        numbers = all(view.is_number(row[index]) for row in table.rows)
        made.add_column(column, justify="right" if numbers else "left")
    for row in table.rows:
        made.add_row(*(clean(view.text(cell)) for cell in row))
    return made
