"""Play the server for one scenario: `(application, scenario) -> Transcript`.

`drive` does all that a scenario asks for; `ensemble` arranges it. Each interface has
its driver in `in_process`, an `exchange` that can also be called by itself, in tests
for example:

* `asgi_http`, `asgi_websocket` and `asgi_lifespan`, which are coroutines,
* `wsgi`, which is a function.

Below them, in the order in which to read: `request_parts` (what the server reads),
`recorder` (what is written down), `stepping` (how an application is run without a
task), `http_client` and `answers` (what the client does, and what it makes of the
answer), `environ` and `loop`. `live` is the other kind of driver: clients of a server
that is up.

A driver records and does not judge. Where a scenario has to be asked again until its
expectation holds, the caller gives `holds`, which says whether it does.
"""

from __future__ import annotations

from typing import Any

from asgi_compare.contract.scenario import Scenario
from asgi_compare.drive.ensemble import Holds, always
from asgi_compare.drive.in_process.loop import run_and_close
from asgi_compare.drive.in_process.scenario import play_asgi, play_wsgi
from asgi_compare.model.transcript import Interface, Transcript


def drive(
    application: Any,
    interface: Interface,
    scenario: Scenario,
    holds: Holds = always,
) -> Transcript:
    """Play a scenario with an application, all of it, and return the transcript."""
    play = play_wsgi if interface == "wsgi" else play_asgi
    return run_and_close(play(application, scenario, holds))
