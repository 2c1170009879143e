"""What the tests of servers share: a place for an application, a search for leftovers.

Every process that a test starts inherits a variable with the test's own mark. After
each test, no living process may carry that mark.
"""

import http.client
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.servers.supervisor import RunningServer

MARK = "ASGI_COMPARE_TEST"


TINY = """
async def asgi(scope, receive, send):
    assert scope["type"] == "http"
    body = scope["path"].encode()
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})

def wsgi(environ, start_response):
    body = environ["PATH_INFO"].encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]

def create():
    return asgi

def asgi2(scope):
    async def instance(receive, send):
        await asgi(scope, receive, send)
    return instance
"""


def get(running: RunningServer, path: str) -> bytes:
    """Ask a server for `path`, and give the body of its answer."""
    client = http.client.HTTPConnection(running.host, running.port, timeout=5)
    client.request("GET", path)
    body = client.getresponse().read()
    client.close()
    return body


def marked(mark: str) -> list[str]:
    """Return the command lines of the living processes that carry `mark`."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended since
            if mark.encode() in (directory / "environ").read_bytes():
                command = (directory / "cmdline").read_bytes()
                found.append(command.replace(b"\0", b" ").decode())
    return found


@pytest.fixture(autouse=True)
def _nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    mark = secrets.token_hex(16)
    monkeypatch.setenv(MARK, mark)
    # Most of these processes are killed, which leaves torn files of measurements.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    yield
    wait_until(lambda: not marked(mark), 3.0)
    assert marked(mark) == []


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], str]:
    """Write the module `target`, and give the directory that it is in."""

    def write_module(code: str) -> str:
        (tmp_path / "target.py").write_text(code)
        return str(tmp_path)

    return write_module
