"""Check an application in this process, without a child: quick, and just as exact."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.targets.target import Form
from asgi_compare.judge.application import edge_case_servers_wsgi as awkward_wsgi
from asgi_compare.judge.application.check import Plan, check_with
from asgi_compare.judge.application.play import Session
from asgi_compare.judge.application.probe import Asked, Trial
from asgi_compare.model.checked import Checked
from asgi_compare.model.serialization.codec import (
    dumps,
    loads,
    transcript_from_json,
    transcript_to_json,
)
from asgi_compare.model.transcript import Transcript
from tests.broken_apps.apps import BODY, START, event, http, lifespan


class InProcess:
    """A driver that plays a trial here, and writes what came as a child would."""

    def __init__(
        self, application: Any, interface: Form, repeats: bool = False
    ) -> None:
        self.application = application
        self.repeats = repeats
        self.interface: Form = interface
        self.session = Session(application)

    def drive(self, trial: Trial) -> Transcript:
        if not self.repeats:
            # A look at the whole heap takes a second in a process with a test suite.
            server = replace(trial.server, repeats=False)
            trial = replace(trial, server=server)
        if self.interface == "wsgi":
            assert isinstance(trial.exchange, Request)
            made = awkward_wsgi.play(
                self.application,
                trial.name,
                trial.exchange,
                trial.server,
                trial.deadline,
            )
        else:
            made = self.session.loop.run_until_complete(self.session.play(trial))
        return transcript_from_json(loads(dumps(transcript_to_json(made))))

    def close(self) -> None:
        loop = self.session.loop
        for task in asyncio.all_tasks(loop):
            task.cancel()
            loop.run_until_complete(asyncio.wait([task], timeout=0.1))
        loop.close()


def checked(
    application: Any,
    interface: Form = "asgi",
    *,
    repeats: bool = False,
    **options: Any,
) -> Checked:
    """Check an application that is at hand."""
    driver = InProcess(application, interface, repeats)
    options = {"deadline": 0.3, **options}
    try:
        return check_with(driver, Plan("apps:application", **options))
    finally:
        driver.close()


POST = Asked("POST /", Request("POST", body=(b"hello, world",)), ("--path", "POST:/"))


TALK = Asked("WebSocket /", Conversation(says=("hi",)), ("--path", "ws:/"))


def rules(found: Checked) -> dict[str, int]:
    return {problem.rule: problem.count for problem in found.problems}


def trials(found: Checked) -> list[str]:
    return [verdict.scenario for verdict in found.verdicts]


async def plain(scope: Any, receive: Any, send: Any) -> None:
    await http(START, BODY)(scope, receive, send)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        piece = await receive()
        if piece["type"] == "http.disconnect":
            return  # half a body is none
        body += piece.get("body", b"")
        more = piece.get("more_body", False)
    await http(START, BODY | {"body": body})(scope, _nothing, send)


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request"}


GET = Asked("GET /", Request(), ("--path", "/"))


async def everything(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await echo(scope, receive, send)
    elif scope["type"] == "lifespan":
        await lifespan(
            "receive",
            event("lifespan.startup.complete"),
            "receive",
            event("lifespan.shutdown.complete"),
        )(scope, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send(event("websocket.accept"))
        while (heard := await receive())["type"] == "websocket.receive":
            await send(event("websocket.send", text=heard.get("text") or "bytes"))
    else:
        raise NotImplementedError


def wsgi_echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    size = int(environ.get("CONTENT_LENGTH") or 0)
    try:
        body = environ["wsgi.input"].read(size)
        start_response("200 OK", [])
    except OSError:
        start_response("500 Oops", [], sys.exc_info())
        body = b""
    return [body]
