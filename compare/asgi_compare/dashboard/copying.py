"""A composed request as something to paste: a command, or a row of the contract."""

from __future__ import annotations

import shlex
from dataclasses import fields

from asgi_compare.contract.scenario import Client, Expected, Request
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.model.transcript import Response

CASE = "composed"
SHOWS = "Say in one sentence what a reader learns from this exchange."


def copies(
    request: Request, subject: Subject, endpoint: str, response: Response | None
) -> dict[str, str]:
    """Return the request as curl, as `asgi-compare trace`, and as a scenario.

    How the client behaves is in the scenario alone: the commands read to the end.
    """
    target = request.target.decode("ascii")
    lines = [f"{n.decode()}: {v.decode('latin-1')}" for n, v in request.headers]
    headers = [word for line in lines for word in ("-H", line)]
    body = b"".join(request.body).decode()
    url = f"{subject.running.address}{target}"
    curl = ["curl", "-i", "-X", request.method, *headers]
    trace = ["asgi-compare", "trace", _name(subject), f"{request.method}:{target}"]
    return {
        "curl": shlex.join([*curl, *(["--data-binary", body] if body else []), url]),
        "trace": shlex.join([*trace, *headers, *(["-d", body] if body else [])]),
        "scenario": scenario_row(request, endpoint, response),
    }


def _name(subject: Subject) -> str:
    known = subject.implementation in IMPLEMENTATIONS
    return subject.implementation if known else subject.target


def scenario_row(request: Request, endpoint: str, response: Response | None) -> str:
    """Write a `Scenario` for a chapter of the contract: Python, with its comma.

    What it expects is what came, which is for its reader to judge.
    """
    expected = Expected(
        status=None if response is None else response.status,
        complete=response is None or response.complete,
    )
    arguments = (endpoint, CASE, SHOWS, request, expected)
    lines = ",\n".join(f"    {_literal(each)}" for each in arguments)
    return f"Scenario(\n{lines},\n),\n"


def _literal(value: object) -> str:
    """Write a value as the contract does: what a record has by default is left out."""
    if isinstance(value, Request | Expected | Client):
        blank = type(value)()
        given = [
            f"{each.name}={_literal(getattr(value, each.name))}"
            for each in fields(value)
            if getattr(value, each.name) != getattr(blank, each.name)
        ]
        return f"{type(value).__name__}({', '.join(given)})"
    if isinstance(value, tuple):
        inner = ", ".join(map(_literal, value))
        return f"({inner}{',' * (len(value) == 1)})"
    text = repr(value)
    start, quote, inner = text.partition("'")
    if quote and start in ("", "b") and '"' not in inner:
        return f'{start}"{inner[:-1]}"'
    return text
