"""The command line that wsgiref does not have: serve one WSGI application on a port.

    python -m asgi_compare.drive.servers.wsgiref_main module:attribute port

wsgiref is the reference implementation of WSGI in the standard library. It is used
plain: one thread, one request at a time; only its queue is longer. SIGTERM ends it
between two instructions, as it ends any Python program that did not ask for anything
else.
"""

from __future__ import annotations

import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from asgi_compare.drive.targets.target import load


class Quiet(WSGIRequestHandler):
    """The handler that wsgiref comes with, without its access log."""

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


class Server(WSGIServer):
    """The server that wsgiref comes with, with room for a crowd before its door.

    Its own queue has five places. To the others of fifty clients the kernel does not
    answer, and they knock again after one, three and seven seconds: what they would
    tell us is about the kernel, and another thing every time.
    """

    request_queue_size = 128


def make(target: str, port: int) -> WSGIServer:
    """Load the target, and listen for it; port 0 is any that is free."""
    return make_server("127.0.0.1", port, load(target), Server, Quiet)


if __name__ == "__main__":  # pragma: no cover - only in a child, which a signal ends
    make(sys.argv[1], int(sys.argv[2])).serve_forever()
