"""Asking one thing of one target, for `trace` and `diff`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import click

from asgi_compare.cli import common
from asgi_compare.contract.parse import ExchangeError, parse, scenario_of
from asgi_compare.contract.scenario import Conversation, Lifetime, Request, Scenario
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.drive.workers.worker import Child
from asgi_compare.model.transcript import Interface, Transcript

SAFE = ("GET", "HEAD", "OPTIONS")


def ask(
    target: str,
    path: str,
    *,
    headers: Iterable[str] = (),
    body: bytes | None = None,
    factory: bool = False,
    app_dir: str | None = None,
    deadline: float = 5.0,
    driver: str = "asgi_compare.drive:drive",
    warm: bool = False,
) -> Transcript:
    """Ask a target (or one of our implementations, by its name) for one path.

    `driver` is the function of ours that plays it in the child. With `warm`, the same
    request is made once before, if it is one that may be repeated (see `is_safe`).
    """
    try:
        exchange = parse(path, headers=headers, body=body)
    except ExchangeError as error:
        raise click.UsageError(str(error)) from error
    common.need(target)
    ours = IMPLEMENTATIONS.get(target)
    if ours is None and ":" not in target:
        known = ", ".join(IMPLEMENTATIONS)
        raise click.UsageError(
            f"Expected module:attribute or one of {known}, but got {target!r}."
        )
    child = Child(
        ours.target if ours else target,
        factory=factory,
        app_dir=ours.app_dir if ours else app_dir or ".",
        driver=driver,
    )
    try:
        child.start()
        interface: Interface = "wsgi" if child.interface == "wsgi" else "asgi"
        scenario = scenario_of(exchange, interface, deadline)
        if warm and is_safe(exchange):
            if isinstance(scenario.exchange, Lifetime):
                scenario = _twice(scenario, scenario.exchange)
            else:
                child.drive(scenario)
        transcript = child.drive(scenario)
    except TargetError as error:
        raise common.TargetFailed(str(error)) from error
    finally:
        child.close()
    return replace(transcript, scenario=path)


def is_safe(exchange: Request | Conversation) -> bool:
    """Whether nothing is changed by it, so that it can be made twice (RFC 9110, 9.2.1).

    A WebSocket conversation is not: nobody knows what its messages do.
    """
    return isinstance(exchange, Request) and exchange.method in SAFE


def exchange_of(transcript: Transcript) -> Transcript:
    """Return the transcript of the request itself, without the lifespan around it."""
    lifespan = transcript.scope.get("type") == "lifespan"
    return transcript.requests[-1] if lifespan and transcript.requests else transcript


def _twice(scenario: Scenario, lifetime: Lifetime) -> Scenario:
    return replace(scenario, exchange=replace(lifetime, requests=lifetime.requests * 2))
