"""A run of an application that is out to harm whoever reads the report."""

from __future__ import annotations

from typing import Any

from asgi_compare.model.results import Difference, Measurement, Run, Verdict
from asgi_compare.model.transcript import Dialogue, Ending, Event, Response, Transcript

ATTACKS = (
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(2)>",
    "\x1b[2J\x1b]0;renamed\x07",
    "\x9b31m",
    "abc\u202egpj.exe",
    "[link=https://evil.example]click[/link][/nope]",
    "nul\x00nul",
    "![x](https://evil.example/x.png) `` @everyone | cell",
    "{{ 7 * 7 }}{% raw %}",
    "\udc80",
    "\" onmouseover=\"alert(3)' x='",
)
ATTACK = " ".join(ATTACKS)
FORBIDDEN = ("\x1b", "\x07", "\x9b", "\u202e", "\x00", "\udc80")
"""Characters that must not be in any output."""


class Spiteful:
    """An object in an event that does not want to be shown."""

    def __repr__(self) -> str:
        raise RuntimeError(ATTACK)


def hostile_run() -> Run:
    """Make a run with the attacks in every text there is."""
    name, cells = f"evil/{ATTACK}", ("target@in-process", f"target@{ATTACK}")
    run = Run(
        environment={"command": ATTACK, "versions": {ATTACK: ATTACK}},
        scenarios=[
            {"name": name, "chapter": ATTACK, "shows": ATTACK, "request": ATTACK}
        ],
        implementations=[{"name": "target", "target": ATTACK, "about": ATTACK}],
        hosts=[{"name": "in-process"}, {"name": ATTACK, "about": ATTACK}],
        verdicts=[
            Verdict(name, "target", "in-process", "passed"),
            Verdict(name, "target", ATTACK, "failed", ATTACK),
        ],
        differences=[
            Difference(name, cells, ATTACK, (ATTACK, ATTACK)),
            Difference(name, cells, "body", (ATTACK, ""), True, ATTACK, ATTACK, ATTACK),
        ],
        measurements=[Measurement(ATTACK, name, "target", ATTACK, 1.0, "s")],
    )
    run.transcripts = {
        f"{name} {cells[0]}": _transcript(name, _response()),
        f"{name} {cells[1]}": _transcript(name, _dialogue()),
    }
    return run


def _transcript(name: str, answer: Any) -> Transcript:
    raw = ATTACK.encode("utf-8", "surrogatepass")
    events: list[Any] = [
        {"type": "http.request", "body": raw, ATTACK: ATTACK},
        {"type": "http.response.start", "headers": [(raw, raw), (ATTACK, 7)]},
        {"type": ATTACK, "text": ATTACK, "deep": [[[[[ATTACK]]]]], 5: {ATTACK: raw}},
        ATTACK,
        Spiteful(),
        {"type": 7},
        {"type": "x", "headers": [(Spiteful(), Spiteful())]},
    ]
    return Transcript(
        name,
        "asgi",
        {"type": "http", "method": ATTACK, "raw_path": raw, "headers": [[raw, raw]]},
        tuple(Event(n, "receive", event, 1, n) for n, event in enumerate(events)),
        Ending("raised", ATTACK),
        answer,
        notes=(ATTACK,),
    )


def _response() -> Response:
    raw = ATTACK.encode("utf-8", "surrogatepass")
    return Response(200, ATTACK, ((raw, raw),), raw, (1, 1, 2), False, ATTACK)


def _dialogue() -> Dialogue:
    raw = ATTACK.encode("utf-8", "surrogatepass")
    return Dialogue(_response(), ATTACK, (ATTACK, raw), 1000, ATTACK)
