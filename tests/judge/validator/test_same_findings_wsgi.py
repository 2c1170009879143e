"""The fast way of WSGI finds what the judge finds, whatever is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.drive.in_process.recorder import describe_exc_info
from asgi_compare.judge.rules.engine.examples import ENVIRON
from asgi_compare.judge.rules.engine.judge_wsgi import WsgiJudge
from asgi_compare.judge.validator.wsgi import Wsgi
from asgi_compare.model.transcript import Ending
from tests.judge.validator.driving import All

HEADERS = st.sampled_from(
    [
        [],
        [("Content-Length", "5")],
        [("Content-Length", "x")],
        [("content-length", "0"), ("X-A", "b")],
        [("X-A", "b\n")],
        [["X-A", "b"]],
        (("X-A", "b"),),
        None,
    ]
)
STATUSES = st.sampled_from(["200 OK", "204 No Content", "405 No", "200", b"200 OK", 5])
FINE: tuple[Any, ...] = ("start_response", "200 OK", [], None)
FIVE: tuple[Any, ...] = ("start_response", "200 OK", [("Content-Length", "5")], None)
CALLS = st.sampled_from([[FINE], [FIVE], [FINE], [FIVE]]) | st.lists(
    st.one_of(
        st.tuples(st.just("start_response"), STATUSES, HEADERS, st.just(None)),
        st.tuples(
            st.just("start_response"),
            STATUSES,
            HEADERS,
            st.sampled_from([(OSError, OSError("x"), None), "x", 5]),
        ),
        st.tuples(st.just("write"), st.sampled_from([b"", b"hello", "hello"])),
        st.tuples(st.just("read"), st.sampled_from([-1, 1, 7])),
        st.tuples(st.just("wsgi.input.close")),
        st.tuples(st.just("wsgi.errors.close")),
    ),
    max_size=4,
)
BLOCKS = st.lists(st.sampled_from([b"", b"hello", b"a", "text", None]), max_size=4)
ENVIRONS = st.sampled_from(
    [
        ENVIRON,
        {**ENVIRON, "REQUEST_METHOD": "HEAD"},
        {**ENVIRON, "CONTENT_LENGTH": "3"},
        {**ENVIRON, "PATH_INFO": "no-slash"},
        {**ENVIRON, "HTTP_A": "\u20ac"},
    ]
)


class Stream:
    """As much of a stream as is needed."""

    def read(self, size: int = -1) -> bytes:
        return b"abc"[: size if size >= 0 else None]

    readline = readlines = __iter__ = read
    flush = write = writelines = close = lambda self, *_: None


class Blocks:
    """An iterable with a length, or not; that can be closed, or not."""

    def __init__(self, blocks: list[Any], start: Any) -> None:
        self.blocks, self.start = blocks, start

    def __iter__(self) -> Iterator[Any]:
        self.start()
        yield from self.blocks


class Sized(Blocks):
    def __len__(self) -> int:
        return 2


class Closable(Blocks):
    def close(self) -> None:
        """Do nothing."""


def listed(blocks: list[Any], start: Any) -> list[Any]:
    """Return a list; all is called before it is returned."""
    start()
    return blocks


@given(
    ENVIRONS,
    CALLS,
    BLOCKS,
    st.sampled_from([Blocks, Sized, Closable, listed]),
    st.booleans(),
)
def test_wrapper_of_wsgi_finds_what_the_judge_finds(
    environ: Any, calls: list[Any], blocks: list[Any], kind: Any, late: bool
) -> None:
    for _ in range(2):
        told: list[tuple[str, Any]] = []
        findings = All()
        given = {**environ, "wsgi.input": Stream(), "wsgi.errors": Stream()}
        wrapped = Wsgi(_app(calls, blocks, kind, late, told), findings)

        returned = wrapped(given, lambda *_: lambda _: None)
        list(returned)
        if hasattr(returned, "close"):
            returned.close()

    if hasattr(kind, "close"):
        told.append(("sent", {"type": "close"}))
    one = WsgiJudge({**environ, "wsgi.input": Stream(), "wsgi.errors": Stream()})
    one.name = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    expected = [*one.begin()]
    for way, event in told:
        expected += one.sent(event) if way == "sent" else one.received(event)
    expected += one.ended(Ending())
    assert findings.all == expected


def _app(calls: list[Any], blocks: list[Any], kind: Any, late: bool, told: Any) -> Any:
    """Make the application, which writes down what a recorder would."""

    def application(environ: Any, start_response: Any) -> Any:
        write: Any = lambda _: None  # noqa: E731

        def one(call: Any) -> None:
            nonlocal write
            match call:
                case ("start_response", status, headers, error):
                    event = {
                        "type": "start_response",
                        "status": status,
                        "response_headers": headers,
                        "exc_info": describe_exc_info(error),
                    }
                    told.append(("sent", event))
                    write = start_response(status, headers, *([error] if error else []))
                case ("write", data):
                    if getattr(write, "__name__", "") == "write":
                        told.append(("sent", {"type": "write", "body": data}))
                    write(data)
                case ("read", size):
                    data = environ["wsgi.input"].read(size)
                    event = {"type": "wsgi.input.read", "size": size, "body": data}
                    told.append(("received", event))
                case (name,):
                    told.append(("sent", {"type": name}))
                    environ[name.removesuffix(".close")].close()

        def start() -> None:
            for call in calls if late else []:
                one(call)
            if kind is not listed:
                told.extend(yielded)

        for call in [] if late else calls:
            one(call)
        yielded = [("sent", {"type": "yield", "body": each}) for each in blocks]
        returned = kind(blocks, start)
        length = len(returned) if kind in (Sized, listed) else None
        event = {"iterable": True, "len": length, "close": hasattr(kind, "close")}
        told.append(("sent", {"type": "return", **event}))
        if kind is listed:
            told.extend(yielded)
        return returned

    return application
