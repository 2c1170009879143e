"""Servers that listen elsewhere than on a plain port are started, asked and stopped."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from asgi_compare.drive.servers.command_lines import Transport
from asgi_compare.drive.servers.supervisor import ServerError, start
from asgi_compare.drive.servers.table import SERVERS, Server
from asgi_compare.drive.servers.transports import TCP, TransportConfig
from asgi_compare.judge.server.client.authority import make
from asgi_compare.judge.server.host import NO_WORDS
from asgi_compare.model.transcript import Interface
from tests.drive.servers.conftest import TINY

PATHS = {
    "certificate": "/c{0}.pem",
    "key": "/k.pem",
    "authority": "/a.pem",
    "socket": "/the.socket",
}
ELSEWHERE: tuple[Transport, ...] = ("tls", "unix")


def way_of(transport: Transport, directory: Path) -> TransportConfig:
    if transport == "unix":
        return TransportConfig("unix", path=str(directory / "socket"))
    return TransportConfig("tls", make(directory))


@pytest.mark.parametrize("transport", ELSEWHERE)
@pytest.mark.parametrize("name", ["uvicorn-h11", "hypercorn"])
def test_server_is_reached_there(
    name: str, transport: Transport, tmp_path: Path, write: Callable[[str], str]
) -> None:
    way = way_of(transport, tmp_path)
    row = SERVERS[name].over(transport, way.paths())
    folder = write(TINY)
    with start(row, "target:asgi", interface="asgi", app_dir=folder, way=way) as up:
        assert up.ask(5.0) == up.identity
        assert asyncio.run(_answer(way, up.host, up.port)).endswith(b"\r\n\r\n/hello")
    assert up.exited()


async def _answer(way: TransportConfig, host: str, port: int) -> bytes:
    reader, writer = await way.open(host, port)
    writer.write(b"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    found = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    return found


def test_plain_client_gets_no_answer_from_tls(
    tmp_path: Path, write: Callable[[str], str]
) -> None:
    """The server starts, but is not found to be ready."""
    way = way_of("tls", tmp_path)
    row = SERVERS["uvicorn-h11"].over("tls", way.paths())
    with pytest.raises(ServerError, match="did not answer"):
        start(row, "target:asgi", interface="asgi", app_dir=write(TINY), deadline=1.5)


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
@pytest.mark.parametrize("transport", ELSEWHERE)
def test_row_is_filled_or_has_no_words(server: Server, transport: Transport) -> None:
    interface: Interface = "asgi" if server.asgi else "wsgi"
    if not server.listens_on(transport):
        with pytest.raises(ValueError, match=f"has no words for {transport}"):
            server.over(transport, PATHS)
        return
    there = server.over(transport, PATHS)
    text = " ".join(there.command(interface, port=4242, target="module:app"))
    assert not re.search(r"\{(listen|port|certificate|key|authority|socket)\}", text)
    assert ("/the.socket" in text) == (transport == "unix")
    assert ("4242" in text) == (transport == "tls")
    assert ("/c{0}.pem" in text) == (transport == "tls")
    assert ("/a.pem" in text) == (transport == "tls" and server.asks_clients())
    assert there.name == server.name


def test_servers_that_listen_on_plain_ports_alone() -> None:
    without = {
        each: [row.name for row in SERVERS.values() if not row.listens_on(each)]
        for each in ELSEWHERE
    }
    assert without == {"tls": ["wsgiref", "waitress"], "unix": ["wsgiref"]}
    assert set(NO_WORDS) == set(ELSEWHERE)


def test_way_clears_what_a_killed_server_has_left(tmp_path: Path) -> None:
    way = way_of("unix", tmp_path)
    Path(way.path).touch()
    way.clear()
    assert list(tmp_path.iterdir()) == []
    way.clear()
    TCP.clear()


def test_way_gives_the_paths_of_its_certificates(tmp_path: Path) -> None:
    way = way_of("tls", tmp_path)
    assert way.certificates is not None
    assert way.paths() == {**asdict(way.certificates), "socket": ""}
    assert set(TCP.paths()) == {"socket"}
