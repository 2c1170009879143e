"""A WSGI server without a socket, as strict as the standard library's validator."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from wsgiref.types import WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator


@dataclass
class Exchange:
    """One call of an application; what it did is in the attributes."""

    environ: WSGIEnvironment
    calls: list[str] = field(default_factory=list)
    """The status of each call of `start_response`."""
    headers: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[bytes] = field(default_factory=list)
    body: Iterable[bytes] = ()

    @property
    def status(self) -> str:
        """The status that counts, which is the last one."""
        return self.calls[-1]

    @property
    def content(self) -> bytes:
        """The whole body."""
        return b"".join(self.blocks)

    def __post_init__(self) -> None:
        # Kept here, because the validator puts something else into the environ.
        self.log = io.StringIO()
        self.environ["wsgi.errors"] = self.log

    def start_response(self, status, headers, exc_info=None):  # type: ignore[no-untyped-def]
        """Take the start of the response, as PEP 3333 describes it."""
        if exc_info and any(self.blocks):
            raise exc_info[1].with_traceback(exc_info[2])
        assert exc_info or not self.calls
        self.calls.append(status)
        self.headers = headers
        return self.blocks.append

    def call(self, application: WSGIApplication) -> Exchange:
        """Call the application, and no more than that."""
        self.body = validator(application)(self.environ, self.start_response)
        return self

    def finish(self, blocks: int | None = None) -> Exchange:
        """Take all blocks, or the first ones only, and close the body."""
        try:
            for block in self.body:
                self.blocks.append(block)
                if len(self.blocks) == blocks:
                    break
        finally:
            self.body.close()  # type: ignore[attr-defined]
        return self


def environ(path: str = "/", method: str = "GET", **others: object) -> WSGIEnvironment:
    """Make an environ; a "?" in the path begins the query."""
    path, _, query = path.partition("?")
    made: WSGIEnvironment = {
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.input": io.BytesIO(),
        **others,
    }
    setup_testing_defaults(made)
    return made


def ask(
    application: WSGIApplication, path: str, method: str = "GET", **others: object
) -> Exchange:
    """Put one request to an application, and take the whole answer."""
    return Exchange(environ(path, method, **others)).call(application).finish()
