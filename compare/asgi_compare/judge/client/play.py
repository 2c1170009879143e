"""Let a client call an application that records what it is given."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from asgi_compare.contract.scenario import Scenario
from asgi_compare.drive.in_process.recorder import described
from asgi_compare.judge.middleware.acts import asgi_application, wsgi
from asgi_compare.judge.middleware.inside import Scene
from asgi_compare.model.transcript import Ending, Transcript


def play(
    exercise: Any, interface: str, scenario: Scenario, holds: object = None
) -> Transcript:
    """Have a client exercised, and give what the application has recorded."""
    scene = Scene()
    make = wsgi_application if interface == "wsgi" else application_for
    ending = Ending()
    try:
        done = exercise(make(scene))
        if inspect.isawaitable(done):
            asyncio.run(waited_for(done))
    except Exception as error:
        ending = Ending("raised", described(error))
    return Transcript(
        scenario.name,
        "wsgi" if interface == "wsgi" else "asgi",
        ending=ending,
        requests=scene.written(),
    )


async def waited_for(awaitable: Any) -> None:
    """Wait for anything that can be awaited."""
    await awaitable


def act_in(path: str) -> str:
    """Return the act that a path names: `echoes messages` of `/echoes-messages`."""
    return path.strip("/").partition("/")[0].replace("-", " ")


def application_for(scene: Scene) -> Any:
    """Make the ASGI application, which does what the path says."""
    inside = asgi_application(scene)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        scene.act = act_in(scope.get("path", ""))
        await inside(scope, receive, send)

    return application


def wsgi_application(scene: Scene) -> Any:
    """Make the WSGI application, which does what the path says."""
    inside = wsgi.wsgi_application(scene)

    def application(environ: Any, start_response: Any) -> Any:
        scene.act = act_in(environ.get("PATH_INFO", ""))
        return inside(environ, start_response)

    return application
