"""Is the outcome of a behaviour what it should be?

It never calls anything. What `Expected` can say is judged as for the contract
(`compare/asgi_compare/contract/expectation.py`); here is what only behaviours ask:
cookies, texts in a body, and the exception that an application lets out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from asgi_compare.contract.expectation import Problem, judge
from asgi_compare.contract.scenario import Expected, Lifetime, Request, Scenario
from asgi_compare.measure.behaviours.behaviour import Outcome
from asgi_compare.measure.behaviours.observe import cookies_of
from asgi_compare.model.transcript import Excerpt, Response, Transcript


def problems(outcome: Outcome, transcripts: tuple[Transcript, ...]) -> list[Problem]:
    """Return everything in which the last transcript is not as the outcome says."""
    last = whole(transcripts[-1])
    expected = outcome.expected
    exchange = Request() if isinstance(expected, Expected) else Lifetime()
    scenario = Scenario("behaviour", "outcome", "", exchange, expected)
    return [*judge(scenario, last), *_besides(outcome, last)]


def whole(transcript: Transcript) -> Transcript:
    """Put a short body in the place of its excerpt.

    Of an exchange with a large request, a driver keeps excerpts of everything.
    """
    answer = transcript.answer
    if not isinstance(answer, Response) or not isinstance(answer.body, Excerpt):
        return transcript
    if len(answer.body) > len(answer.body.head):
        return transcript
    return replace(transcript, answer=replace(answer, body=answer.body.head))


def _besides(outcome: Outcome, transcript: Transcript) -> Iterator[Problem]:
    response = transcript.response
    if response is not None:
        yield from _cookies(outcome, transcript)
        for text in outcome.mentions:
            if text not in response.text:
                yield Problem("the body", f"to mention {text!r}", response.text[:200])
        for text in outcome.hides:
            if text in response.text:
                yield Problem("the body", f"to hide {text!r}", response.text[:200])
    if outcome.raises is not None and transcript.interface != "wire":
        error = transcript.ending.error
        if not error.startswith(outcome.raises) or bool(error) > bool(outcome.raises):
            yield Problem("an exception", repr(outcome.raises), repr(error))


def _cookies(outcome: Outcome, transcript: Transcript) -> Iterator[Problem]:
    assert transcript.response is not None
    there = {name.decode(): rest for name, _, rest in cookies_of(transcript.response)}
    for name, attributes in outcome.cookies.items():
        if there.get(name) != attributes:
            yield Problem(f"cookie {name}", repr(attributes), repr(there.get(name)))
