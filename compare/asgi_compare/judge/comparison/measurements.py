"""The numbers that the transcripts of a run hold besides.

How long three waits took, how many of fifty ran at a time and on how many threads, how
long an application went on after its client had left. They are reported, and never
judged: a number depends on the machine, and `measure/` is for the careful ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from asgi_compare.contract.scenario import Scenario
from asgi_compare.model.results import Measurement
from asgi_compare.model.transcript import Excerpt, Transcript

NS = 1e9


def measurements(
    scenario: Scenario, implementation: str, host: str, transcript: Transcript
) -> list[Measurement]:
    """Return what can be counted or timed in one transcript."""
    return [
        Measurement(what, scenario.name, implementation, host, value, unit, n=n)
        for what, value, unit, n in _numbers(scenario, transcript)
    ]


def _numbers(
    scenario: Scenario, transcript: Transcript
) -> Iterator[tuple[str, float, str, int]]:
    answer = body_object(transcript)
    if scenario.at_once > 1:
        everyone = (transcript, *transcript.requests)
        answers = [a for one in everyone if (a := body_object(one))]
        if answers and all("running" in a for a in answers):
            n = len(answers)
            yield "most at a time", max(a["running"] for a in answers), "count", n
            yield "threads", len({a["thread"] for a in answers}), "threads", n
            whole = max(one.elapsed_ns for one in everyone) / NS
            yield "time until all were answered", whole, "s", n
    elif "elapsed" in answer:
        yield "elapsed", answer["elapsed"], "s", 1
    if transcript.left_at_ns is not None and transcript.interface != "wire":
        late = max(transcript.ending.at_ns - transcript.left_at_ns, 0)
        yield "stopped after the client left", late / NS, "s", 1


def body_object(transcript: Transcript) -> dict[str, Any]:
    """Return the JSON object in the body of the answer; empty if there is none."""
    response = transcript.response
    if response is None or isinstance(response.body, Excerpt):
        return {}
    try:
        content = json.loads(response.body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
