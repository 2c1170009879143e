"""The adapters as servers: what they hand to the application inside them.

    python inside.py asgiref.wsgi       writes what was found, as JSON

An adapter is an application on one side and a server on the other. `check` judges the
first. Here the application inside is wrapped by the live validator, which judges the
second. Mangum is driven by the events of AWS Lambda that its documentation names.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

from a2wsgi import ASGIMiddleware, WSGIMiddleware
from asgiref.wsgi import WsgiToAsgi
from mangum import Mangum
from on_adapters import in_asgi, in_wsgi

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process import asgi_http, wsgi
from asgi_compare.judge.validator import Wrapper, validate

REQUESTS = (
    Request(),
    Request("HEAD"),
    Request(target=b"/a%20b/%C3%A9?q=%C3%A9&q=2"),
    Request(target=b"/%ff?q=%ff", headers=((b"x-bytes", b"\xff\xe9"),)),
    Request("POST", b"/echo", body=(b"one ", b"", b"two")),
    Request("POST", b"/echo", body=(b"one ", b"two"), chunked=True),
    Request(headers=((b"cookie", b"a=1"), (b"x-twice", b"1"), (b"x-twice", b"2"))),
    Request(target=b"/stream"),
    Request(target=b"/nothing"),
    Request(root_path="/mounted", target=b"/below"),
)

LAMBDA_EVENTS: tuple[dict[str, Any], ...] = (
    {  # API Gateway, REST API
        "resource": "/{proxy+}",
        "path": "/a b/é",
        "httpMethod": "GET",
        "headers": {"Host": "example.org", "X-Twice": "2"},
        "multiValueHeaders": {"Host": ["example.org"], "X-Twice": ["1", "2"]},
        "queryStringParameters": {"q": "2"},
        "multiValueQueryStringParameters": {"q": ["é", "2"]},
        "requestContext": {"identity": {"sourceIp": "127.0.0.1"}, "stage": "test"},
        "body": None,
        "isBase64Encoded": False,
    },
    {  # API Gateway, HTTP API
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/echo",
        "rawQueryString": "q=%C3%A9",
        "cookies": ["a=1", "b=2"],
        "headers": {"host": "example.org", "content-type": "text/plain"},
        "requestContext": {
            "http": {"method": "POST", "path": "/echo", "sourceIp": "127.0.0.1"},
            "stage": "$default",
        },
        "body": "b25lIHR3bw==",
        "isBase64Encoded": True,
    },
    {  # Application Load Balancer
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:group"}},
        "httpMethod": "GET",
        "path": "/stream",
        "queryStringParameters": {"q": "%C3%A9"},
        "headers": {
            "host": "example.org",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "body": "",
        "isBase64Encoded": False,
    },
)


def _over_asgi(around: Callable[[Any], Any]) -> Wrapper:
    inner = validate(in_wsgi, _ignore, side="server")
    for request in REQUESTS:
        asyncio.run(asgi_http.exchange(around(inner), request))
    return inner


def _over_wsgi(around: Callable[[Any], Any]) -> Wrapper:
    inner = validate(in_asgi, _ignore, side="server")
    outer = around(inner)
    for request in REQUESTS:
        wsgi.exchange(outer, request)
    return inner


def _over_lambda() -> Wrapper:
    inner = validate(in_asgi, _ignore, side="server")
    handler = Mangum(inner, lifespan="off")
    for event in LAMBDA_EVENTS:
        assert handler(event, {})["statusCode"] == 200
    return inner


def _ignore(finding: object) -> None:
    """Take a finding; `findings` has it, too."""


ADAPTERS: dict[str, Callable[[], Wrapper]] = {
    "asgiref.wsgi": lambda: _over_asgi(WsgiToAsgi),
    "a2wsgi (WSGI as ASGI)": lambda: _over_asgi(WSGIMiddleware),
    "a2wsgi (ASGI as WSGI)": lambda: _over_wsgi(ASGIMiddleware),
    "Mangum": _over_lambda,
}


def main() -> None:
    """Drive the adapter that the command line names."""
    found = {each.rule: each for each in ADAPTERS[sys.argv[1]]().findings}
    rows = [
        {"rule": each.rule, "level": each.level, "message": each.message}
        for each in found.values()
    ]
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
