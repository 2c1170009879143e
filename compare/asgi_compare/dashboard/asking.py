"""One request to each subject: the answers, the events, and what differs and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from asgi_compare.contract import ENDPOINTS, SCENARIOS
from asgi_compare.contract.scenario import Request
from asgi_compare.dashboard.copying import copies
from asgi_compare.dashboard.explaining import differences
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.drive.live import http as live
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.model.sanitize import clean, shorten
from asgi_compare.model.transcript import Excerpt, Response, Transcript
from asgi_compare.report.common.timeline import timeline

DEADLINE = 5.0
"""Seconds that a composed request may take."""
SHOWN_BYTES = 50_000
"""Bytes of an answer's body that the page gets."""
SHOWN_FIELDS = 100
"""Header fields of an answer that the page gets."""
DRAWN = 200
"""Events that are drawn on a time line."""


async def answers_to(
    subjects: Sequence[Subject], request: Request
) -> list[dict[str, Any]]:
    """Send the request to all servers at once, and describe what the client got.

    The first of them is the one that the others are compared with.
    """
    came = await asyncio.gather(*(_on_server(each, request) for each in subjects))
    scenario = scenario_name(request)
    endpoint = scenario.partition("/")[0]
    first = (subjects[0], came[0])
    return [
        {
            "id": subject.id,
            "answer": _answer(each),
            "differences": differences(scenario, first, (subject, each)),
            "copies": copies(request, subject, endpoint, each.response),
        }
        for subject, each in zip(subjects, came, strict=True)
    ]


async def events_of(
    subjects: Sequence[Subject], request: Request
) -> list[dict[str, Any]]:
    """Drive each in its worker, and describe what crossed the interface.

    The first of them is the one that the others are compared with.
    """
    came = await asyncio.gather(*(_in_process(each, request) for each in subjects))
    scenario = scenario_name(request)
    first, *_ = came
    return [
        {
            "id": subject.id,
            "events": _events(each),
            "differences": []
            if isinstance(first, str) or isinstance(each, str)
            else differences(scenario, (subjects[0], first), (subject, each)),
        }
        for subject, each in zip(subjects, came, strict=True)
    ]


async def _on_server(subject: Subject, request: Request) -> Transcript:
    subject.asked += 1
    running = subject.running
    return await live.exchange(running.host, running.port, request, deadline=DEADLINE)


async def _in_process(subject: Subject, request: Request) -> Transcript | str:
    try:
        return await asyncio.to_thread(subject.record, request, DEADLINE)
    except TargetError as error:
        return str(error)


def _answer(transcript: Transcript) -> dict[str, Any]:
    response = transcript.response
    return {
        "status": None if response is None else response.status,
        "ms": transcript.elapsed_ns / 1e6,
        "ending": timeline(transcript).ending,
        "left": transcript.left_at_ns is not None,
        **_shown(response or Response(0, complete=False)),
    }


def _shown(response: Response) -> dict[str, Any]:
    """Return of an answer what a page can show, with a sentence for what is cut off."""
    whole = response.body
    body = (whole.head if isinstance(whole, Excerpt) else whole)[:SHOWN_BYTES]
    cut = []
    if len(body) < len(whole):
        cut.append(f"The first {len(body):,} of {len(whole):,} bytes are shown.")
    if len(response.headers) > SHOWN_FIELDS:
        count = len(response.headers)
        cut.append(f"The first {SHOWN_FIELDS} of {count:,} header fields are shown.")
    return {
        "reason": clean(shorten(response.reason)),
        "headers": [
            [clean(shorten(part.decode("latin-1"), 2000)) for part in pair]
            for pair in response.headers[:SHOWN_FIELDS]
        ],
        "body": clean(body.decode("utf-8", "backslashreplace"), lines=True),
        "pieces": len(response.pieces),
        "complete": response.complete,
        "cut": " ".join(cut),
    }


def _events(record: Transcript | str) -> dict[str, Any]:
    if isinstance(record, str):
        sentence = clean(record, lines=True)
        return {"lines": [], "notes": [sentence], "ending": "", "drawn": []}
    shown = timeline(record)
    count = len(record.events)
    cut = f"The time line has the first {DRAWN} of {count:,} events."
    return {
        "lines": [
            {
                "at": line.at,
                "direction": line.direction,
                "kind": line.kind,
                "details": list(line.details),
                "thread": line.thread,
                "count": line.count,
            }
            for line in shown.lines
        ],
        "notes": [*shown.notes, *([cut] if count > DRAWN else [])],
        "ending": shown.ending,
        "drawn": _drawn(record),
    }


def _drawn(record: Transcript) -> list[list[Any]]:
    """Return when, which way and on which thread, for the first events."""
    seen = (*record.threads, *(event.thread for event in record.events))
    threads = {ident: n for n, ident in enumerate(dict.fromkeys(seen), 1)}
    return [
        [event.at_ns / 1e6, event.direction, threads[event.thread]]
        for event in record.events[:DRAWN]
    ]


def _asked(request: Request) -> object:
    return request.method, request.target


def _sent(request: Request) -> object:
    fields = [(name.lower(), value) for name, value in request.headers]
    return _asked(request), fields, b"".join(request.body)


def _whole(request: Request) -> object:
    return _sent(request), request.client


def scenario_name(request: Request) -> str:
    """Return the scenario that this request is, or comes from, or `endpoint/composed`.

    By this name the rows with known differences know it.
    """
    exchanges = {
        name: each.exchange
        for name, each in SCENARIOS.items()
        if isinstance(each.exchange, Request)
    }
    for alike in (_whole, _sent, _asked):
        for name, exchange in exchanges.items():
            if alike(exchange) == alike(request):
                return name
    path = request.target.partition(b"?")[0].decode("ascii")
    for endpoint in ENDPOINTS.values():
        fixed = endpoint.path.partition("{")[0]
        if endpoint.path == path or ("{" in endpoint.path and path.startswith(fixed)):
            return f"{endpoint.name}/composed"
    return "not_found/composed"
