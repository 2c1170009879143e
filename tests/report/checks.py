"""A check that found something, and one of an application that is out for harm."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from asgi_compare.model.checked import Changed, Checked, Problem
from asgi_compare.model.results import Verdict
from asgi_compare.model.transcript import Event, Transcript
from asgi_compare.report.check import terminal as findings
from tests.report.hostile import ATTACK, hostile_run

QUOTE = "Header names must be lowercased"


def problem(rule: str = "asgi-headers/not-lowercase", **changes: Any) -> Problem:
    fields: dict[str, Any] = {
        "rule": rule,
        "side": "application",
        "level": "must",
        "message": "Expected a name in lower case, but got b'X' (event 1 of 'a b').",
        "scenario": "probe-http/plain GET /",
        "evidence": (1,),
        "count": 3,
        "scenarios": ("probe-http/plain GET /", "probe-http/head GET /"),
        "statement": "The names of headers are in lower case.",
        "sentence": QUOTE,
        "link": "https://example.org/text",
        "hint": "Call `.lower()`.",
        "again": "asgi-compare check shop:app --path /",
    }
    return Problem(**{**fields, **changes})


def trial(name: str, verdict: Any = "passed", reason: str = "") -> Verdict:
    return Verdict(name, "shop:app", "in-process", verdict, reason)


def transcript(count: int = 3, **fields: Any) -> Transcript:
    events = tuple(
        Event(n, "send", {"type": "http.response.body", "body": b"%d" % n}, 1, 1)
        for n in range(count)
    )
    return Transcript("probe-http/plain GET /", "asgi", {}, events, **fields)


KEY = "asgi-headers/not-lowercase GET /"


def sample() -> Checked:
    return Checked(
        "shop.asgi:app",
        "asgi",
        {"date": "2026-08-10", "seed": 0, "seconds": 0.5, "versions": {"asgi": "3"}},
        [problem(), problem("asgi-http/late", level="unclear", evidence=(), count=1)],
        [
            trial("probe-http/plain GET /", "failed", "Expected this."),
            trial("probe-http/head GET /", "error", "It left.\n  | last\n  | words"),
            trial("probe-lifespan/whole"),
        ],
        ["GET /: it raised."],
        {"probe-http/plain GET /": transcript()},
        Changed(("a GET /",), (KEY,), ("c GET /",)),
    )


def hostile() -> Checked:
    transcripts = hostile_run().transcripts
    name = next(iter(transcripts))
    bad = problem(
        scenario=name,
        scenarios=(name, ATTACK),
        message=ATTACK,
        again=f"asgi-compare check {ATTACK}",
        evidence=(0, 2, 4, 99),
    )
    return Checked(
        ATTACK,
        "asgi",
        {"date": ATTACK, "versions": {ATTACK: ATTACK}},
        [bad],
        [trial(name, "failed", ATTACK), trial(ATTACK, "error", ATTACK)],
        [ATTACK],
        dict(transcripts),
        Changed((ATTACK,), (ATTACK,), (ATTACK,)),
        unstartable=ATTACK,
    )


def on_terminal(checked: Checked, width: int = 100) -> str:
    console = Console(
        file=io.StringIO(), width=width, markup=False, highlight=False, emoji=False
    )
    findings.render(checked, console)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines())
