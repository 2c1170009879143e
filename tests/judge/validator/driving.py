"""Applications, and a server that is as small as can be."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from asgi_compare.judge.rules.engine.examples import ENVIRON, HTTP_SCOPE
from asgi_compare.judge.selection import Selection
from asgi_compare.judge.validator.findings import Findings, Violation
from asgi_compare.model.results import Finding

REQUEST = {"type": "http.request", "body": b"", "more_body": False}
START = {"type": "http.response.start", "status": 200, "headers": []}
MORE = {"type": "http.response.body", "body": b"hello", "more_body": True}
BODY = {"type": "http.response.body", "body": b"hello"}


def sends(*events: Any) -> Any:
    async def application(scope: Any, receive: Any, send: Any) -> str:
        for event in events:
            await send(event)
        return "done"

    return application


async def drive(app: Any, scope: Any = HTTP_SCOPE, send: Any = None) -> list[Any]:
    sent: list[Any] = []

    async def keep(event: Any) -> None:
        sent.append(event)

    async def receive() -> Any:
        return REQUEST

    await app(scope, receive, send or keep)
    return sent


def call(app: Any, **variables: Any) -> Any:
    streams = {"wsgi.input": io.BytesIO(b"ab"), "wsgi.errors": io.StringIO()}
    environ = {**ENVIRON, **streams, **variables}
    return app(environ, lambda *_: lambda _: None)


def wsgi(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return [b"hello"]


class All(Findings):
    """Findings that are all kept, also what was found before."""

    def __init__(self) -> None:
        super().__init__("log", Selection(), None)
        self.all: list[Finding] = []

    def take(
        self, findings: Iterable[Finding], recent: tuple[str, ...]
    ) -> Violation | None:
        self.all += findings
        return None
