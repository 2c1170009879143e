"""Applications whose mistake shows under the servers of the probes only.

A plain server does not write down what the call of an application returns, and ends the
input by itself. The servers of `asgi-compare check` do otherwise. So these are found by
`check`, and not in a plain exchange.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.broken_apps.apps import Environ, Receive, Scope, Send, broken, wsgi


def is_no_coroutine(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])


def reads_more_than_there_is(environ: Environ, start_response: Any) -> Iterable[bytes]:
    environ["wsgi.input"].read(1 << 20)
    return wsgi()(environ, start_response)


CASES = (
    broken("asgi/not-awaitable", is_no_coroutine),
    broken("wsgi/read-past-length", reads_more_than_there_is, wsgi=True),
)
