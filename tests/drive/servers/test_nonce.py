"""The wrapper answers its own question, and is not there for anything else."""

import http.client
import json
import os
import runpy
import threading
from typing import Any

import pytest

from asgi_compare.drive.servers import entry, wsgiref_main
from asgi_compare.drive.servers.nonce import as_asgi3, path_of, wrap_asgi, wrap_wsgi
from asgi_compare.drive.targets.target import TargetError


async def receive() -> dict[str, Any]:
    raise AssertionError("nobody is to receive")


async def send(event: dict[str, Any]) -> None:
    raise AssertionError("nobody is to send")


@pytest.mark.parametrize("kind", ["http", "websocket", "lifespan", "unheard-of"])
async def test_asgi_calls_arrive_untouched(kind: str) -> None:
    calls = []

    async def app(*arguments: Any) -> Any:
        calls.append(arguments)
        return "returned"

    path = "/" if kind == "http" else path_of("n")
    scope = {"type": kind} | ({} if kind == "lifespan" else {"path": path})
    before = dict(scope)
    wrapped: Any = wrap_asgi(app, "n")
    assert await wrapped(scope, receive, send) == "returned"
    ((a, b, c),) = calls
    assert a is scope
    assert b is receive
    assert c is send
    assert scope == before


async def test_asgi_exceptions_arrive_untouched() -> None:
    error = ValueError("no lifespan here")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise error

    with pytest.raises(ValueError, match="no lifespan here") as caught:
        await wrap_asgi(app, "n")({"type": "lifespan"}, receive, send)
    assert caught.value is error


async def test_asgi_answers_with_the_nonce() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("the application is not asked")

    sent = []

    async def note(event: dict[str, Any]) -> None:
        sent.append(event)

    scope = {"type": "http", "path": path_of("n")}
    await wrap_asgi(app, "n")(scope, receive, note)
    body = sent[1]["body"]
    assert sent == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", b"%d" % len(body)),
            ],
        },
        {"type": "http.response.body", "body": body},
    ]
    said = json.loads(body)
    assert said.pop("loop").startswith("asyncio.")
    said.pop("parser")
    assert said == {
        "nonce": "n",
        "pid": os.getpid(),
        "thread": threading.current_thread().name,
    }


@pytest.mark.parametrize("environ", [{"PATH_INFO": "/"}, {}], ids=["path", "no path"])
def test_wsgi_calls_arrive_untouched(environ: dict[str, Any]) -> None:
    calls = []
    iterable = [b"body"]

    def app(*arguments: Any) -> list[bytes]:
        calls.append(arguments)
        return iterable

    def start_response(*arguments: Any) -> None:
        raise AssertionError("nobody is to start a response")

    before = dict(environ)
    assert wrap_wsgi(app, "n")(environ, start_response) is iterable
    ((a, b),) = calls
    assert a is environ
    assert b is start_response
    assert environ == before


def test_wsgi_answers_with_the_nonce() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        raise AssertionError("the application is not asked")

    started = []

    def start_response(*arguments: Any) -> None:
        started.append(arguments)

    wrapped = wrap_wsgi(app, "n")
    body = b"".join(wrapped({"PATH_INFO": path_of("n")}, start_response))
    assert started == [
        (
            "200 OK",
            [
                ("content-type", "application/json"),
                ("content-length", str(len(body))),
            ],
        )
    ]
    said = json.loads(body)
    assert (said["nonce"], said["loop"]) == ("n", "")


def test_the_path_does_not_give_the_nonce_away() -> None:
    assert "secret" not in path_of("secret")
    assert path_of("secret") != path_of("other")


async def test_as_asgi3_calls_a_double_callable() -> None:
    calls: list[Any] = []

    def app(scope: Any) -> Any:
        async def instance(receive: Any, send: Any) -> None:
            calls.append((scope, receive, send))

        return instance

    scope = {"type": "http", "path": "/"}
    await as_asgi3(app)(scope, receive, send)
    assert calls == [(scope, receive, send)]


CODE = """
async def asgi(scope, receive, send): return "asgi"
def asgi2(scope):
    async def instance(receive, send): ...
    return instance
def wsgi(environ, start_response): return "wsgi"
def create(): return wsgi
"""


def made(write: Any, name: str, interface: str, *, factory: bool = False) -> Any:
    variables = entry.variables(
        f"target:{name}", interface, "n", factory=factory, app_dir=write(CODE)
    )
    return entry.application_for(variables)


@pytest.fixture
def _own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(".")
    monkeypatch.delitem(__import__("sys").modules, "target", raising=False)


@pytest.mark.usefixtures("_own_path")
async def test_entry_wraps_what_the_environment_names(write: Any) -> None:
    http = {"type": "http", "path": "/"}
    assert await made(write, "asgi", "asgi")(http, receive, send) == "asgi"
    assert await made(write, "asgi2", "asgi")(http, receive, send) is None
    assert made(write, "wsgi", "wsgi")({}, None) == "wsgi"
    assert made(write, "create", "wsgi", factory=True)({}, None) == "wsgi"
    with pytest.raises(TargetError):
        made(write, "nothing", "asgi")


def test_entry_has_no_application_unless_the_environment_names_one() -> None:
    assert not hasattr(entry, "application")


@pytest.mark.usefixtures("_own_path")
def test_entry_makes_its_application_when_it_is_imported(
    write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = entry.variables(
        "target:wsgi", "wsgi", "n", factory=False, app_dir=write(CODE)
    )
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    module = runpy.run_path(entry.__file__)
    assert module["application"]({}, None) == "wsgi"


@pytest.mark.usefixtures("_own_path")
def test_wsgiref_serves_without_an_access_log(
    write: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "def app(environ, start_response): start_response('204 No', []); return []"
    monkeypatch.syspath_prepend(write(code))
    with wsgiref_main.make("target:app", 0) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        client = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        client.request("GET", "/")
        assert client.getresponse().status == 204
        client.close()
        thread.join()
    assert capfd.readouterr() == ("", "")
