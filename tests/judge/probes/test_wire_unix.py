"""What is told of a Unix domain socket: what is right of it, and what is not."""

from typing import Any

import pytest

from asgi_compare.judge.server.chapters import CASES
from asgi_compare.judge.server.observed import Answer, Call, Connection, Observed
from asgi_compare.judge.server.verdict import judge


def verdict(name: str, wsgi: bool = False, **scope: Any) -> tuple[str, str]:
    """Judge a case in which the application saw this, and the client a 200."""
    case = CASES[f"wire/{name}"]
    call = Call(scope, ended="returned", wsgi=wsgi)
    wire = Connection(answers=[Answer(200)])
    seen = Observed("wsgi" if wsgi else "asgi", (wire,), (call,))
    result = judge(case, "here", seen)
    return result.verdict, result.sentence


@pytest.mark.parametrize("server", [None, ("/run/socket", None), ["/run/s", None]])
def test_path_of_the_socket_is_right_or_nothing(server: Any) -> None:
    assert verdict("unix-server", server=server)[0] == "pass"
    assert verdict("unix-server")[0] == "pass"


@pytest.mark.parametrize(
    "server",
    [
        ("/", "t"),
        ("/run/socket", "0"),
        ("/run/socket", 0),
        ("127.0.0.1", 8000),
        ("", None),
        ("/run/socket",),
        "/run/socket",
        (b"/run/socket", None),
    ],
    ids=repr,
)
def test_anything_else_of_the_socket_is_wrong(server: Any) -> None:
    said = f"Expected the path of the socket, and None, but got {server!r}."
    assert verdict("unix-server", server=server) == ("fail", said)


@pytest.mark.parametrize("client", [None, ("127.0.0.1", 1), ["::1", 65_535]])
def test_no_client_is_right_or_an_address(client: Any) -> None:
    assert verdict("unix-client", client=client)[0] == "pass"


@pytest.mark.parametrize(
    "client",
    [("", "0"), ("", 0), ("unix", 0), ("127.0.0.1", "1"), "", (None, None), (1, 1)],
    ids=repr,
)
def test_anything_else_of_a_client_is_wrong(client: Any) -> None:
    said = f"Expected no client, or an address and a port, but got {client!r}."
    assert verdict("unix-client", client=client) == ("fail", said)


def test_wsgi_has_a_name_and_a_port_all_the_same() -> None:
    named = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    assert verdict("unix-environ", wsgi=True, **named)[0] == "pass"
    for key, value in (("SERVER_NAME", ""), ("SERVER_PORT", 80), ("SERVER_PORT", None)):
        found = verdict("unix-environ", wsgi=True, **{**named, key: value})
        assert found[0] == "fail"
        assert repr(value) in found[1]


def test_address_of_the_client_is_reported() -> None:
    said = {"REMOTE_ADDR": "localhost"}
    assert verdict("unix-remote-addr", wsgi=True, **said) == (
        "pass",
        "REMOTE_ADDR is 'localhost'.",
    )
    assert verdict("unix-remote-addr", wsgi=True)[1] == "REMOTE_ADDR is 'absent'."
