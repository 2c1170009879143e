"""Asking one thing of one target, for `trace` and `diff`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from asgi_compare.cli import common
from asgi_compare.contract.parse import ExchangeError, parse, scenario_of
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.drive.workers.worker import Child
from asgi_compare.model.transcript import Interface, Transcript


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
) -> Transcript:
    """Ask a target (or one of our implementations, by its name) for one path.

    `driver` is the function of ours that plays it in the child.
    """
    try:
        exchange = parse(path, headers=headers, body=body)
    except ExchangeError as error:
        raise click.UsageError(str(error)) from error
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
        transcript = child.drive(scenario_of(exchange, interface, deadline))
    except TargetError as error:
        raise common.TargetFailed(str(error)) from error
    finally:
        child.close()
    transcript.scenario = path
    return transcript


def exchange_of(transcript: Transcript) -> Transcript:
    """Return the transcript of the request itself, without the lifespan around it."""
    lifespan = transcript.scope.get("type") == "lifespan"
    return transcript.requests[0] if lifespan and transcript.requests else transcript
