"""A run made by hand, as mixed as a real one, for the reports to show.

It has scenarios of every kind, on five implementations and three hosts. What the
applications would have answered is made up, but it has the shape of the real thing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asgi_compare.contract.scenario import Conversation, Lifetime, Request, Scenario
from asgi_compare.model.results import (
    IN_PROCESS,
    Difference,
    Measurement,
    Run,
    Verdict,
    VerdictKind,
)
from tests.report.sample_transcripts import SECURITY, transcript_of

IMPLEMENTATIONS = {
    "raw-asgi": "asgi",
    "raw-wsgi": "wsgi",
    "starlette": "asgi",
    "django-asgi": "asgi",
    "django-wsgi": "wsgi",
}
HOSTS = (IN_PROCESS, "uvicorn", "hypercorn")
BASELINE = "raw-asgi@in-process"
NO_WEBSOCKET = "WSGI has no WebSocket (PEP 3333 carries requests and responses)."
NO_DJANGO_WEBSOCKET = "Django has no WebSocket; Channels adds it."


def _get(name: str, target: bytes) -> Scenario:
    endpoint, _, case = name.partition("/")
    return Scenario(endpoint, case, f"What {name} shows.", Request("GET", target))


def _says(case: str, *messages: str | bytes) -> Scenario:
    conversation = Conversation(b"/ws/echo", says=messages)
    return Scenario("ws_echo", case, "Messages come back.", conversation)


POST = Request("POST", b"/echo", body=(b"one", b"two"))
CHAPTERS: dict[str, tuple[Scenario, ...]] = {
    "http": (
        _get("hello/get", b"/"),
        _get("hello/options", b"/"),
        _get("error/before_the_response", b"/error"),
    ),
    "bodies": (
        Scenario("echo", "small", "A body comes back.", POST),
        Scenario("upload", "truncated", "A body breaks off.", POST),
    ),
    "streaming": (
        _get("drip/client_leaves", b"/drip?id=leaves"),
        _get("poll/client_leaves", b"/poll?topic=nobody"),
    ),
    "lifespan": (Scenario("lifespan", "whole_life", "Start and stop.", Lifetime()),),
    "websocket": (
        _says("text", "Grüße"),
        _says("thousand_messages", *(f"message {n}" for n in range(1000))),
    ),
    "concurrency": (
        _get("sequential/three_waits", b"/sequential"),
        _get("concurrent/three_waits", b"/concurrent"),
    ),
}


def sample_run(more: int = 0) -> Run:
    """Make the run; with `more`, there are as many scenarios of one kind besides."""
    run = Run(
        environment={
            "date": "2026-11-20T17:00:00+00:00",
            "python": "3.11.2",
            "platform": "Linux-6.1-x86_64",
            "cpu": "an ordinary processor",
            "cores": 2,
            "versions": {"django": "5.2.19", "starlette": "1.10.0"},
            "command": "asgi-compare run",
            "seconds": 31.4,
            "left_aside": ["A date becomes <date>."],
        },
        implementations=[
            {
                "name": name,
                "interface": interface,
                "target": f"{name}:application",
                "about": f"The contract behind {interface.upper()}.",
            }
            for name, interface in IMPLEMENTATIONS.items()
        ],
        hosts=[
            {
                "name": name,
                "interfaces": ["asgi", "wsgi"],
                "version": "1.0",
                "about": ".",
            }
            for name in HOSTS
        ],
    )
    for chapter, scenarios in CHAPTERS.items():
        for scenario in scenarios:
            add_scenario(run, chapter, scenario)
    for n in range(more):
        add_scenario(run, "more", _get(f"more/number_{n}", b"/more"))
    _measure(run)
    return run


def died(run: Run) -> Run:
    """Let the first exchange be an error with the last lines of its process."""
    first, *others = run.verdicts
    reason = "It died.\n  | last\n  | words \x1b"
    return replace(
        run, verdicts=[replace(first, verdict="error", reason=reason), *others]
    )


def add_scenario(run: Run, chapter: str, scenario: Scenario) -> None:
    """Add one scenario and its fifteen cells."""
    exchange = scenario.exchange
    line = "lifespan"
    if isinstance(exchange, Request):
        line = f"{exchange.method} {exchange.target.decode()}"
    elif isinstance(exchange, Conversation):
        line = f"WS {exchange.target.decode()}"
    run.scenarios.append(
        {
            "name": scenario.name,
            "chapter": chapter,
            "endpoint": scenario.endpoint,
            "case": scenario.case,
            "shows": scenario.shows,
            "request": line,
        }
    )
    for implementation, interface in IMPLEMENTATIONS.items():
        for host in HOSTS:
            _add_cell(run, scenario, implementation, interface, host)


def _add_cell(
    run: Run, scenario: Scenario, implementation: str, interface: str, host: str
) -> None:
    cell = f"{implementation}@{host}"
    kind, reason = _verdict(scenario, implementation, interface, host)
    run.verdicts.append(Verdict(scenario.name, implementation, host, kind, reason))
    if kind == "unsupported":
        return
    run.transcripts[f"{scenario.name} {cell}"] = transcript_of(
        scenario, implementation, interface if host == IN_PROCESS else "wire", host
    )
    run.differences += _differences(scenario, implementation, host)


def _verdict(
    scenario: Scenario, implementation: str, interface: str, host: str
) -> tuple[VerdictKind, str]:
    if scenario.protocol == "websocket":
        if interface == "wsgi":
            return "unsupported", NO_WEBSOCKET
        if implementation == "django-asgi":
            return "unsupported", NO_DJANGO_WEBSOCKET
    if scenario.protocol == "lifespan" and implementation.startswith("django"):
        return "unsupported", "Django refuses the lifespan scope."
    if scenario.name == "upload/truncated" and host == "hypercorn":
        return "error", "The server closed the connection; see its log."
    if scenario.name == "poll/client_leaves" and implementation == "django-wsgi":
        return "failed", "Expected it to stop, but it went on for 2.004 s."
    return "passed", ""


def _differences(
    scenario: Scenario, implementation: str, host: str
) -> list[Difference]:
    def row(what: str, values: tuple[str, str], **why: Any) -> Difference:
        between = (BASELINE, f"{implementation}@{host}")
        return Difference(scenario.name, between, what, values, **why)

    rows = []
    if implementation.startswith("django") and scenario.protocol == "http":
        for name, value in SECURITY:
            where = "XFrameOptionsMiddleware"
            source = "django/middleware/clickjacking.py"
            if name != b"x-frame-options":
                where, source = "SecurityMiddleware", "django/middleware/security.py"
            why = {"known": True, "layer": where, "source": source}
            why["reason"] = "startproject turns this middleware on."
            rows.append(row(f"header:{name.decode()}", ("", value.decode()), **why))
    if scenario.name == "hello/options" and implementation == "starlette":
        rows.append(row("body", ("b''", "b'Method Not Allowed'")))
    return rows


def _measure(run: Run) -> None:
    for implementation in IMPLEMENTATIONS:
        for host in HOSTS:
            where = (implementation, host)
            crowd = 1 if implementation == "django-wsgi" else 50
            for endpoint in ("sequential", "concurrent", "mock_api", "cpu"):
                name = f"{endpoint}/fifty_at_once"
                m = Measurement("most at a time", name, *where, crowd, "count")
                run.measurements.append(m)
                m = Measurement("threads", name, *where, 51 - crowd, "threads")
                run.measurements.append(m)
            for name, seconds in (("sequential", 0.1512), ("concurrent", 0.0507)):
                m = Measurement("elapsed", f"{name}/three_waits", *where, seconds, "s")
                run.measurements.append(m)
            for name in ("drip/client_leaves", "poll/client_leaves"):
                what = "stopped after the client left"
                m = Measurement(what, name, *where, 0.0123, "s", 0.011, 0.02, 5)
                run.measurements.append(m)
