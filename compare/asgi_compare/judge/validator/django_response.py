"""What Django's handler would send of a response, judged.

`django.test.Client` and `AsyncClient` call the middleware and the view, and hand the
response back; no `start_response` and no `send` is ever called. So there are no events,
and nothing can be said of their order. But the status, the headers and the content are
those that `WSGIHandler` and `ASGIHandler` would send, and for these there are rules.

What streams is the test's to read, so its content is left alone.

This module does not import Django; it is given its objects.
"""

from __future__ import annotations

from typing import Any

from asgi_compare.judge.rules.engine.judge_http import HttpJudge
from asgi_compare.judge.validator.exchange import JudgedExchange
from asgi_compare.judge.validator.findings import Findings


def judge_response(request: Any, response: Any, findings: Findings) -> None:
    """Judge the response as the one and only answer to the request."""
    name = f"{request.method} {request.path}"
    exchange = JudgedExchange(
        HttpJudge({"type": "http", "method": request.method}, name), findings
    )
    cookies = [
        (b"set-cookie", cookie.output(header="").strip().encode("latin-1"))
        for cookie in response.cookies.values()
    ]
    # As `ASGIHandler.send_response` does it.
    headers = [
        (key.encode("ascii", "replace").lower(), value.encode("latin-1", "replace"))
        for key, value in response.items()
    ]
    start = {"type": "http.response.start", "status": response.status_code}
    exchange.sent({**start, "headers": headers + cookies})
    if not response.streaming:
        exchange.sent({"type": "http.response.body", "body": response.content})
