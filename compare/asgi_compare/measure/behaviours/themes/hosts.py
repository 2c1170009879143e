"""Behaviours: which host was asked for, and what is built from it.

The Host field is what the client says. An application that builds links from it builds
them to wherever the client says: a mail that resets a password is the usual victim.
"""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import Behaviour, Elsewhere, Source
from asgi_compare.measure.behaviours.builders import (
    COMMON,
    FORWARDED,
    answers,
    ask,
    change,
    remove,
)

TRUSTED = Elsewhere(
    "TrustedHostMiddleware(allowed_hosts=[...]).",
    "A middleware that compares the Host field with a set: raw_lab/guards.py.",
    starlette_application="with_trusted_hosts",
    raw_application="with_host_check",
)
GET_HOST = Source("django/http/request.py", "HttpRequest.get_host")
SERVERS_REFUSE = "Servers refuse a Host field like this one before they call anything."
AS_IT_CAME = answers(
    json={"url": "http://<host>/here", "secure": False, "client": "<address>"}
)
BELIEVED = ("SECURE_PROXY_SSL_HEADER", FORWARDED["SECURE_PROXY_SSL_HEADER"])

BEHAVIOURS = (
    Behaviour(
        "hosts/unknown-host",
        "Links in pages and mails are built from the Host field; a foreign one would "
        "send readers elsewhere.",
        (ask("/", host="evil.example"),),
        raw=answers(200),
        starlette=answers(200),
        django=answers(400, raises=""),
        layer=COMMON,
        source=GET_HOST,
        ablation=remove(COMMON, answers(200)),
        elsewhere=TRUSTED,
        note="ALLOWED_HOSTS by itself guards nothing: somebody has to call get_host, "
        "and for a plain GET that is CommonMiddleware.",
    ),
    Behaviour(
        "hosts/bad-port",
        "What is no port ends up in links, and may be a piece of markup.",
        (ask("/", host="testserver:80x"),),
        raw=answers(200),
        starlette=answers(200),
        django=answers(400),
        layer=COMMON,
        source=Source("django/http/request.py", "split_domain_port"),
        ablation=remove(COMMON, answers(200)),
        elsewhere=Elsewhere(
            "TrustedHostMiddleware cuts the port off and does not look at it.",
            "Parse the port and refuse what is no number: raw_lab/guards.py.",
            raw_application="with_host_check",
        ),
        in_process_only=SERVERS_REFUSE,
    ),
    Behaviour(
        "hosts/path-in-host",
        "A host with a path in it moves the path of every link that is built from it.",
        (ask("/", host="testserver/?"),),
        raw=answers(200),
        starlette=answers(200),
        django=answers(400),
        layer=COMMON,
        source=Source("django/http/request.py", "validate_host"),
        ablation=remove(COMMON, answers(200)),
        elsewhere=TRUSTED,
        in_process_only=SERVERS_REFUSE,
    ),
    Behaviour(
        "hosts/allowed-by-pattern",
        "One site may have many names; `.example.com` allows all below it.",
        (ask("/", host="shop.example.com"),),
        raw=answers(200),
        starlette=answers(200),
        django=answers(200),
        layer="ALLOWED_HOSTS",
        source=Source("django/http/request.py", "validate_host"),
        settings={"ALLOWED_HOSTS": [".example.com"]},
        ablation=change("ALLOWED_HOSTS", ["example.com"], answers(400)),
        elsewhere=Elsewhere(
            'TrustedHostMiddleware(allowed_hosts=["*.example.com"]).',
            "One more line: `name.endswith('.example.com')`.",
        ),
    ),
    Behaviour(
        "hosts/forwarded-host",
        "Behind a proxy the public name is in X-Forwarded-Host; without a proxy "
        "anybody may write it.",
        (ask("/lab/address", x_forwarded_host="localhost:99"),),
        raw=answers(json={"url": "http://<host>/here"}),
        starlette=answers(json={"url": "http://<host>/here"}),
        django=answers(400, hides=("localhost:99",)),
        layer="USE_X_FORWARDED_HOST",
        source=Source("django/http/request.py", "HttpRequest._get_raw_host"),
        settings={"USE_X_FORWARDED_HOST": True, "ALLOWED_HOSTS": ["127.0.0.1"]},
        ablation=change(
            "USE_X_FORWARDED_HOST", False, answers(json={"url": "http://<host>/here"})
        ),
        elsewhere=Elsewhere(
            "Write a middleware that puts it into the Host field of the scope.",
            "The same; or let the proxy hand on the Host field as it is.",
        ),
        note="Off by default. Here it is on, and a host that is not allowed is refused "
        "wherever it comes from.",
    ),
    Behaviour(
        "hosts/forwarded-scheme",
        "Behind a proxy that speaks https the application sees http, and builds links "
        "and cookies for http.",
        (ask("/lab/address", x_forwarded_proto="https"),),
        raw=answers(json={"secure": False}),
        starlette=answers(json={"secure": False}),
        django=answers(json={"secure": True, "url": "https://<host>/here"}),
        layer="SECURE_PROXY_SSL_HEADER",
        source=Source("django/http/request.py", "HttpRequest.scheme"),
        settings=FORWARDED,
        ablation=change(
            "SECURE_PROXY_SSL_HEADER", None, answers(json={"secure": False})
        ),
        elsewhere=Elsewhere(
            "The server's part: uvicorn's --proxy-headers and --forwarded-allow-ips.",
            "The same, or a middleware of four lines: raw_lab/guards.py.",
            raw_application="with_forwarded_scheme",
        ),
        in_process_only="uvicorn believes proxies on loopback, and so its clients.",
        note="Nobody believes it by default, so a client cannot pretend.",
    ),
    Behaviour(
        "hosts/pretended-proxy",
        "Anybody can write the fields that a proxy writes; whoever believes them "
        "unasked lets clients say who they are, and where they came from.",
        (
            ask(
                "/lab/address",
                x_forwarded_for="6.6.6.6",
                x_forwarded_host="evil.example",
                x_forwarded_proto="https",
            ),
        ),
        raw=AS_IT_CAME,
        starlette=AS_IT_CAME,
        django=AS_IT_CAME,
        layer="SECURE_PROXY_SSL_HEADER",
        source=Source("django/http/request.py", "HttpRequest.scheme"),
        ablation=change(*BELIEVED, answers(json={"secure": True})),
        elsewhere=Elsewhere("Nor does Starlette.", "Nor does anything by hand."),
        in_process_only="uvicorn believes proxies on loopback, and so its clients.",
        note="Nothing in Django ever reads X-Forwarded-For: REMOTE_ADDR is what the "
        "server says. It is the server that believes a proxy, or does not; and once a "
        "setting here says so, anybody who reaches it without the proxy is believed.",
    ),
    Behaviour(
        "hosts/www",
        "A site that answers under two names is two sites to caches and to search.",
        (ask("/json", host="example.com"),),
        raw=answers(200),
        starlette=answers(200),
        django=answers(301, headers={"location": "http://www.example.com/json"}),
        layer="PREPEND_WWW",
        source=Source(
            "django/middleware/common.py", "CommonMiddleware.process_request"
        ),
        settings={"PREPEND_WWW": True, "ALLOWED_HOSTS": ["example.com"]},
        ablation=change("PREPEND_WWW", False, answers(200)),
        elsewhere=Elsewhere(
            "TrustedHostMiddleware(www_redirect=True), when only the www name is "
            "allowed.",
            "Four lines in a middleware that redirects.",
        ),
    ),
)
