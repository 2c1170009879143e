"""Small runs for the sentences of a summary, and one answer of each."""

from __future__ import annotations

from asgi_compare.model.results import IN_PROCESS, Run, Verdict
from asgi_compare.report.run import summary, view

INTERFACES = {"raw-asgi": "asgi", "starlette": "asgi", "raw-wsgi": "wsgi"}


def made(*scenarios: str, names: tuple[str, ...] = tuple(INTERFACES)) -> Run:
    """Make a run in which each of `names` passes each scenario, in process."""
    return Run(
        scenarios=[{"name": name, "chapter": "http"} for name in scenarios],
        implementations=[
            {"name": name, "interface": INTERFACES.get(name)} for name in names
        ],
        hosts=[{"name": host} for host in (IN_PROCESS, "uvicorn", "hypercorn")],
        verdicts=[
            Verdict(scenario, name, IN_PROCESS, "passed")
            for scenario in scenarios
            for name in names
        ],
    )


def answer(run: Run, question: str) -> summary.Sentence | None:
    """Return the answer of the row of the table in whose question these words are."""
    (find,) = (find for asked, find in summary.QUESTIONS if question in asked)
    return find(summary.Known(run, view.matrix(run)))


def text(run: Run, question: str) -> str:
    sentence = answer(run, question)
    assert sentence is not None
    return sentence.text
