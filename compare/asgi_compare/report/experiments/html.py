"""The notebook as one static page: the ledger, then an entry for each question.

As our other pages: no network, no script, a style sheet allowed by its digest. The
charts are drawn by `charts.py`, which escapes what it draws.
"""

from __future__ import annotations

from markupsafe import Markup

from asgi_compare.measure.experiments.answer import Chart
from asgi_compare.measure.experiments.store import Notebook
from asgi_compare.report.common.pages import template
from asgi_compare.report.experiments import view
from asgi_compare.report.experiments.charts import draw

SHEETS = ("experiments/page.css", "experiments/charts.css")


def render(notebook: Notebook) -> str:
    """Return the whole page."""
    return template("experiments/page.html", *SHEETS, view=view, draw=_draw).render(
        notebook=notebook,
        topics=view.by_topic(notebook.entries),
        headline=view.headline(notebook.entries),
        facts=view.facts(notebook.environment),
    )


def _draw(chart: Chart) -> Markup:
    return Markup(draw(chart))
