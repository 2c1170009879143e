"""One request to one subject: the answer, the events, and what differs and why."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from asgi_compare.contract import ENDPOINTS, SCENARIOS
from asgi_compare.contract.parse import TARGET, TOKEN, ExchangeError
from asgi_compare.contract.scenario import Client, Request
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.drive.live import http as live
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.judge.comparison.diff import differences
from asgi_compare.model.results import IN_PROCESS
from asgi_compare.model.sanitize import clean
from asgi_compare.model.transcript import Response, Transcript
from asgi_compare.report.common.timeline import timeline

DEADLINE = 5.0
"""Seconds that a composed request may take."""
MAX_BODY = 1 << 20
"""Bytes of a body that the page may send."""
SLOW = 0.2
"""Seconds that a slow reader takes over each piece."""


def request_from(form: Mapping[str, Any]) -> Request:
    """Make the request that the page has composed, or raise `ExchangeError`."""
    method, target = str(form.get("method", "GET")), str(form.get("target", "/"))
    if not TOKEN.fullmatch(method):
        raise ExchangeError(f"Expected a method such as POST, but got {method!r}.")
    if not TARGET.fullmatch(target):
        raise ExchangeError(
            f"Expected a path that begins with / and is percent-encoded, but got "
            f"{target!r}."
        )
    body = str(form.get("body", "")).encode()
    if len(body) > MAX_BODY:
        raise ExchangeError(
            f"Expected a body of at most {MAX_BODY:,} bytes, but got {len(body):,}."
        )
    leaves = form.get("leaves_after")
    client = Client(
        leaves_after_hearing=int(leaves) if leaves not in (None, "") else None,
        reads_every=SLOW if form.get("slowly") else 0.0,
    )
    return Request(
        method,
        target.encode(),
        tuple(
            _field(line) for line in str(form.get("headers", "")).splitlines() if line
        ),
        (body,) if body else (),
        client=client,
    )


def _field(line: str) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(":")
    if not colon or not TOKEN.fullmatch(name) or "\0" in value:
        raise ExchangeError(f"Expected a header 'name: value', but got {line!r}.")
    return name.lower().encode(), value.strip().encode("latin-1", "replace")


async def answers_to(
    subjects: Sequence[Subject], request: Request
) -> list[dict[str, Any]]:
    """Send the request to all servers at once, and describe what the client got."""
    came = await asyncio.gather(*(_on_server(each, request) for each in subjects))
    return [
        {
            "id": subject.id,
            "answer": _answer(each),
            "copies": copies(request, subject),
        }
        for subject, each in zip(subjects, came, strict=True)
    ]


async def events_of(
    subjects: Sequence[Subject], request: Request
) -> list[dict[str, Any]]:
    """Drive each in its worker, and describe what crossed the interface.

    The first of them is the baseline that the others are compared with.
    """
    came = await asyncio.gather(*(_in_process(each, request) for each in subjects))
    return [
        {
            "id": subject.id,
            "events": _events(each),
            "differences": _differences(subject, request, came[0], each),
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
    shown = timeline(transcript)
    response = transcript.response
    return {
        "status": response.status if response is not None else None,
        "reason": clean(response.reason) if response is not None else "",
        "headers": _headers(response),
        "body": clean(response.text, lines=True) if response is not None else "",
        "pieces": list(response.pieces) if response is not None else [],
        "complete": response.complete if response is not None else False,
        "took": shown.elapsed,
        "ms": transcript.elapsed_ns / 1e6,
        "ending": shown.ending,
    }


def _headers(response: Response | None) -> list[tuple[str, str]]:
    if response is None:
        return []
    return [
        (clean(name.decode("latin-1")), clean(value.decode("latin-1")))
        for name, value in response.headers
    ]


def _events(record: Transcript | str) -> dict[str, Any]:
    if isinstance(record, str):
        return {"lines": [], "notes": [record], "ending": "", "took": ""}
    shown = timeline(record)
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
        "notes": list(shown.notes),
        "ending": shown.ending,
        "took": shown.elapsed,
    }


def _differences(
    subject: Subject,
    request: Request,
    baseline: Transcript | str,
    record: Transcript | str,
) -> list[dict[str, Any]]:
    if isinstance(baseline, str) or isinstance(record, str) or record is baseline:
        return []
    found = differences(
        scenario_name(request), subject.id, IN_PROCESS, baseline, record
    )
    return [
        {
            "what": each.what,
            "baseline": each.values[0],
            "here": each.values[1],
            "known": each.known,
            "reason": each.reason,
        }
        for each in found
        if each.what != "threads"  # to look for hops is to see more threads
    ]


def scenario_name(request: Request) -> str:
    """Return the scenario that this request is, or `endpoint/composed`."""
    for name, scenario in SCENARIOS.items():
        exchange = scenario.exchange
        if isinstance(exchange, Request) and exchange == request:
            return name
    path = request.target.partition(b"?")[0].decode("ascii")
    for endpoint in ENDPOINTS.values():
        fixed = endpoint.path.partition("{")[0]
        if endpoint.path == path or ("{" in endpoint.path and path.startswith(fixed)):
            return f"{endpoint.name}/composed"
    return "not_found/composed"


def copies(request: Request, subject: Subject) -> dict[str, str]:
    """Return the request as a curl command and as a trace, ready to paste."""
    target = request.target.decode("ascii")
    fields = [f"{n.decode()}: {v.decode('latin-1')}" for n, v in request.headers]
    words = ["curl", "-i", "-X", request.method]
    for each in fields:
        words += ["-H", each]
    if body := b"".join(request.body):
        words += ["--data-binary", body.decode()]
    name = subject.id if subject.id in IMPLEMENTATIONS else subject.target
    trace = ["asgi-compare", "trace", name, f"{request.method}:{target}"]
    for each in fields:
        trace += ["-H", each]
    if body:
        trace += ["-d", body.decode()]
    return {
        "curl": shlex.join([*words, f"{subject.running.address}{target}"]),
        "trace": shlex.join(trace),
    }
