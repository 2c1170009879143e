"""TLS in memory, upon a socket: how it begins, goes on and ends."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest

from asgi_compare.drive.servers.certificates import Certificates
from asgi_compare.judge.server.case import Tls
from asgi_compare.judge.server.client.authority import make
from asgi_compare.judge.server.client.line import Line
from asgi_compare.judge.server.client.pipes import Secure, secure
from tests.judge.probes.tiny_tls import context_of

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make(tmp_path_factory.mktemp("certificates"))


@contextlib.contextmanager
def server(
    context: ssl.SSLContext, talk: Callable[[ssl.SSLSocket], None]
) -> Iterator[tuple[int, list[str]]]:
    """Serve one connection in a thread, blocking; give the port, and what went wrong.

    Blocking, because the `ssl` module sends its alerts then, as other servers do.
    """
    wrong: list[str] = []

    def serve() -> None:
        sock, _ = listener.accept()
        sock.settimeout(5)
        with sock, contextlib.suppress(TimeoutError):
            try:
                with context.wrap_socket(sock, server_side=True) as tls:
                    talk(tls)
            except ssl.SSLError as error:
                wrong.append(str(error.reason))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], wrong
        thread.join(10)
    assert not thread.is_alive()


def answering(tls: ssl.SSLSocket) -> None:
    tls.recv(1000)
    tls.sendall(ANSWER)
    tls.unwrap()


async def talked(port: int, how: Secure, *, notify: bool = True) -> Line:
    line = await Line.open("127.0.0.1", port, (), secure=how)
    await line.say(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await line.wait(lambda: False, 5)
    await line.leave(notify=notify)
    return line


def did(line: Line) -> list[str]:
    return [what for _, what, _ in line.seen.log]


def test_end_is_told_from_what_was_cut_off(made: Certificates) -> None:
    context, client = context_of(made), secure(made, Tls())
    with server(context, answering) as (port, wrong):
        whole = asyncio.run(talked(port, client)).seen
    assert (whole.notified, whole.ended, wrong) == (True, "closed", [])

    def cutting(tls: ssl.SSLSocket) -> None:
        tls.recv(1000)
        tls.sendall(ANSWER)

    with server(context, cutting) as (port, _):
        cut = asyncio.run(talked(port, client)).seen
    assert (cut.notified, cut.ended) == (False, "closed")
    assert [a.body for a in (*whole.answers, *cut.answers)] == [b"hi", b"hi"]


def test_what_was_chosen_is_kept(made: Certificates) -> None:
    context = context_of(made)
    context.set_alpn_protocols(["http/1.1"])
    client = secure(made, Tls("client", ("h2", "http/1.1"), "1.2"))
    shown = []

    def looking(tls: ssl.SSLSocket) -> None:
        shown.append(tls.getpeercert(binary_form=True))
        answering(tls)

    with server(context, looking) as (port, _):
        found = asyncio.run(talked(port, client)).seen.tls
    assert found is not None
    assert (found.version, found.protocol) == ("TLSv1.2", "http/1.1")
    assert shown == [found.shown]
    assert found.certificate != found.shown
    # ECDHE-ECDSA-AES256-GCM-SHA384 is 0xC02C, and all ECDSA suites begin with 0xC0 but
    # for those of ChaCha20, with 0xCC.
    assert found.suite >> 8 in (0xC0, 0xCC)


def test_server_that_is_not_trusted_is_left(
    made: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> None:
    others = make(tmp_path_factory.mktemp("others"))
    with server(context_of(made), answering) as (port, wrong):
        line = asyncio.run(talked(port, secure(others, Tls())))
    assert line.seen.ended == "reset"
    assert line.seen.tls is None
    assert "TLS ended with CERTIFICATE_VERIFY_FAILED" in did(line)
    assert "sending ended with SSLCertVerificationError" in did(line)
    assert wrong == ["TLSV1_ALERT_UNKNOWN_CA"]


def test_alert_of_the_server_is_written_down(made: Certificates) -> None:
    with server(context_of(made), answering) as (port, _):
        line = asyncio.run(talked(port, secure(made, Tls("stranger"))))
    assert "TLS ended with TLSV1_ALERT_UNKNOWN_CA" in did(line)


@pytest.mark.parametrize("notify", [True, False])
def test_client_leaves_with_notice_or_without(made: Certificates, notify: bool) -> None:
    heard: list[object] = []

    def hearing(tls: ssl.SSLSocket) -> None:
        tls.recv(1000)
        tls.sendall(ANSWER)
        try:
            heard.append(tls.recv(1000))
        except ssl.SSLEOFError:
            heard.append("cut off")

    context = context_of(made)

    async def leave(port: int) -> None:
        line = await Line.open("127.0.0.1", port, (), secure=secure(made, Tls()))
        await line.say(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await line.wait(lambda: line.reader.complete > 0, 5)
        await line.leave(notify=notify)

    # Python reads an end without notice as an end, unless it is told not to.
    original = context.wrap_socket

    def strict(sock: socket.socket, *, server_side: bool) -> ssl.SSLSocket:
        return original(sock, server_side=server_side, suppress_ragged_eofs=False)

    context.wrap_socket = strict  # type: ignore[method-assign, assignment]
    with server(context, hearing) as (port, _):
        asyncio.run(leave(port))
    assert heard == [b"" if notify else "cut off"]


def test_half_close_leaves_the_other_half_open(made: Certificates) -> None:
    def slow(tls: ssl.SSLSocket) -> None:
        while tls.recv(1000):
            continue
        tls.sendall(ANSWER)

    async def ask(port: int) -> Line:
        line = await Line.open("127.0.0.1", port, (), secure=secure(made, Tls()))
        await line.say(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        line.half_close()
        await line.wait(lambda: line.reader.complete > 0, 5)
        await line.leave()
        return line

    with server(context_of(made), slow) as (port, _):
        assert [a.status for a in asyncio.run(ask(port)).seen.answers] == [200]
