"""Play the server for one scenario: `(application, scenario) -> Transcript`.

`drive` does all that a scenario asks for, with `ensemble`. Each interface has its
driver, an `exchange` that can also be called by itself, in tests for example:

* `asgi_http`, `asgi_websocket` and `asgi_lifespan`, which are coroutines,
* `wsgi`, which is a function.

Below them, in the order in which to read: `wire` (what the server reads), `recorder`
(what is written down), `stepping` (how an application is run without a task),
`http_client` and `answers` (what the client does, and what it makes of the answer),
`environ` and `loop`. The files whose names begin with `live` are the other kind of
driver: clients of a server that is up.

A driver records and does not judge. Where a scenario has to be asked again until its
expectation holds, the caller gives `holds`, which says whether it does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgi_compare.contract.scenario import Scenario
from asgi_compare.drive.ensemble import play_asgi, play_wsgi
from asgi_compare.drive.in_process.loop import run_and_close
from asgi_compare.model.transcript import Interface, Transcript

Holds = Callable[[Transcript], bool]


def always(_: Transcript) -> bool:
    """Hold, whatever has happened: a scenario is asked once."""
    return True


def drive(
    application: Any,
    interface: Interface,
    scenario: Scenario,
    holds: Holds = always,
) -> Transcript:
    """Play a scenario with an application, all of it, and give the transcript."""
    if interface == "wsgi":
        return play_wsgi(application, scenario, holds)
    return run_and_close(play_asgi(application, scenario, holds))
