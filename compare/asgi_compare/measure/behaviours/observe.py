"""Play the steps of a behaviour, wherever that may be.

`play` takes a function that drives one scenario: `Child.drive` for an application in a
process of its own, or `asgi_compare.drive.live.exchange.drive` with an address for a
server. Between the steps it does what a browser does: it keeps the cookies that it was
given, and sends them along with the next request.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from asgi_compare.contract.scenario import Headers, Request, Scenario
from asgi_compare.measure.behaviours.behaviour import Behaviour, Outcome, Step, Take
from asgi_compare.model.transcript import Response, Transcript

Drive = Callable[[Scenario], Transcript]


class Browser:
    """What a client keeps between two steps: cookies, and values that were taken."""

    def __init__(self) -> None:
        self.cookies: dict[bytes, bytes] = {}
        self.taken: dict[bytes, bytes] = {}

    def prepared(self, step: Step) -> Step:
        """Fill in what was taken, and add the cookies."""
        asked = step.exchange
        if not isinstance(asked, Request):
            return step
        headers = tuple((name, self.filled(value)) for name, value in asked.headers)
        asked = replace(
            asked,
            target=self.filled(asked.target),
            headers=headers + self.cookie_field(headers),
            body=tuple(map(self.filled, asked.body)),
        )
        return replace(step, exchange=asked)

    def filled(self, text: bytes) -> bytes:
        """Put taken values where their names stand."""
        for name, value in self.taken.items():
            text = text.replace(b"{%s}" % name, value)
        return text

    def filled_in(self, outcome: Outcome) -> Outcome:
        """Put taken values where their names stand in the texts of an outcome."""
        return replace(
            outcome,
            mentions=tuple(map(self.filled_text, outcome.mentions)),
            hides=tuple(map(self.filled_text, outcome.hides)),
        )

    def filled_text(self, text: str) -> str:
        """Put taken values where their names stand."""
        return self.filled(text.encode()).decode()

    def cookie_field(self, headers: Headers) -> Headers:
        """Return the Cookie field, unless the step has one of its own."""
        if not self.cookies or any(name.lower() == b"cookie" for name, _ in headers):
            return ()
        pairs = (b"%s=%s" % pair for pair in self.cookies.items())
        return ((b"cookie", b"; ".join(pairs)),)

    def hears(self, step: Step, response: Response | None) -> None:
        """Keep the cookies of an answer, and what the step takes from it."""
        if response is None:
            return
        for name, value, attributes in cookies_of(response):
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        for take in step.takes:
            self.taken[take.name.encode()] = taken(take, response)


def taken(take: Take, response: Response) -> bytes:
    """Find in an answer what is to be taken; empty if it is not there."""
    key = take.key.encode()
    if take.source == "cookie":
        found = [value for name, value, _ in cookies_of(response) if name == key]
    elif take.source == "header":
        found = response.header(key)
    else:
        found = [str(json_of(response).get(take.key, "")).encode()]
    return found[-1] if found else b""


def json_of(response: Response) -> dict[str, object]:
    """Return the JSON object in the body; an empty one if there is none."""
    try:
        content = json.loads(response.text)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def cookies_of(response: Response) -> Iterator[tuple[bytes, bytes, str]]:
    """Return name, value and attributes of each cookie that is set; no Expires."""
    for field in response.header(b"set-cookie"):
        pair, *attributes = (part.strip() for part in field.split(b";"))
        name, _, value = pair.partition(b"=")
        kept = [a for a in attributes if not a.lower().startswith(b"expires=")]
        yield name, value, b"; ".join(kept).decode("latin-1")


def play(
    behaviour: Behaviour,
    steps: tuple[Step, ...],
    outcome: Outcome,
    drive: Drive,
) -> tuple[tuple[Transcript, ...], Outcome]:
    """Play steps one after the other; give the transcript of each, and the outcome.

    The outcome is for the last one. It has the values in it that were taken.
    """
    browser, transcripts = Browser(), []
    for number, step in enumerate(steps, 1):
        ready = browser.prepared(step)
        scenario = Scenario(
            behaviour.theme,
            behaviour.case,
            behaviour.why,
            ready.exchange,
            at_once=step.at_once,
            application=step.application,
        )
        if number == len(steps):
            scenario = replace(scenario, expected=outcome.expected)
        transcript = drive(scenario)
        browser.hears(step, transcript.response)
        transcripts.append(transcript)
    return tuple(transcripts), browser.filled_in(outcome)
