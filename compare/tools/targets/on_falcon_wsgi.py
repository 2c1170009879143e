"""The endpoints of the table, in Falcon over WSGI."""

from collections.abc import Iterator
from pathlib import Path

from falcon import App, Request, Response


class Hello:
    def on_get(self, req: Request, resp: Response) -> None:
        resp.text = "Hello"


class Echo:
    def on_post(self, req: Request, resp: Response) -> None:
        resp.data = req.bounded_stream.read()


class Stream:
    def on_get(self, req: Request, resp: Response) -> None:
        def pieces() -> Iterator[bytes]:
            yield from (b"one", b"two", b"three")

        resp.stream = pieces()


class Nothing:
    def on_get(self, req: Request, resp: Response) -> None:
        resp.status = 204


class Error:
    def on_get(self, req: Request, resp: Response) -> None:
        raise ValueError("on purpose")


HERE = Path(__file__)

application = App()
application.add_route("/", Hello())
application.add_route("/echo", Echo())
application.add_route("/stream", Stream())
application.add_route("/nothing", Nothing())
application.add_route("/error", Error())
application.add_static_route("/file", HERE.parent, fallback_filename=HERE.name)
