"""The evidence for a behaviour: what comes of it with its layer, and without.

The behaviour is played on every implementation, and once more on Django with the layer
taken away, as its ablation says. What is given are lines of text: why it matters, who
causes it, and for each of them the transcript of the last step.

It is what `layers --explain` prints.
"""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.behaviours.behaviour import Behaviour, Unsupported
from asgi_compare.measure.behaviours.observer import Laboratory
from asgi_compare.measure.behaviours.plans import Observation
from asgi_compare.report.common.timeline import request_lines, timeline


def explained(behaviour: Behaviour) -> Iterator[str]:
    """Return the evidence, line by line."""
    yield from _about(behaviour)
    with Laboratory() as laboratory:
        for implementation in behaviour.outcomes:
            yield from _section(
                implementation, laboratory.observe(behaviour, implementation)
            )
        for implementation in behaviour.ablation.on:
            yield from _section(
                f"{implementation}, without: {behaviour.ablation.what}",
                laboratory.observe(behaviour, implementation, without_layer=True),
            )


def _about(behaviour: Behaviour) -> Iterator[str]:
    yield behaviour.name
    yield behaviour.why
    yield f"cause       {behaviour.layer}"
    yield f"where       {behaviour.source}"
    yield f"proof       {behaviour.ablation.what}"
    yield f"Starlette   {behaviour.elsewhere.starlette}"
    yield f"by hand     {behaviour.elsewhere.raw}"
    if behaviour.note:
        yield f"note        {behaviour.note}"


def _section(title: str, found: Observation | Unsupported) -> Iterator[str]:
    yield ""
    yield f"── {title}"
    if isinstance(found, Unsupported):
        yield f"   unsupported: {found.reason}"
        return
    for line in _exchange(found):
        yield f"   {line}"
    verdict = "as described" if found.holds else "NOT as described"
    yield f"   {verdict}" + "".join(f"; {problem}" for problem in found.problems)


def _exchange(found: Observation) -> Iterator[str]:
    """Return the last step: what was asked, and what the client got."""
    last = found.transcripts[-1]
    steps = len(found.transcripts)
    if steps > 1:
        yield f"(the last of {steps} steps)"
    yield from (f"> {line}" for line in request_lines(last))
    shown = timeline(last)
    yield from (f"< {line}" for line in shown.answer)
    if shown.ending:
        yield shown.ending
