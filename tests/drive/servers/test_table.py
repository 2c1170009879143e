"""The rows of the server table are complete, and say what is missing."""

import re
import sys
from dataclasses import replace

import pytest

from asgi_compare.drive.servers.table import SERVERS, Server, missing


def test_the_table_has_twelve_rows_in_order() -> None:
    assert list(SERVERS) == [
        *("uvicorn", "uvicorn-h11", "hypercorn", "daphne", "granian", "gunicorn-asgi"),
        *("wsgiref", "gunicorn-sync", "gunicorn-gthread", "waitress"),
        *("granian-wsgi", "hypercorn-wsgi"),
    ]


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_a_command_names_our_python_and_loopback_and_the_port(server: Server) -> None:
    for interface in ("asgi", "wsgi"):
        if server.speaks(interface):
            command = server.command(interface, port=4242, target="module:app")
            assert command[:2] == [sys.executable, "-m"]
            text = " ".join(command)
            assert "127.0.0.1" in text or server.name == "wsgiref"
            assert "4242" in text
            assert "module:app" in text


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_every_row_is_host_to_something(server: Server) -> None:
    assert server.speaks("asgi") or server.speaks("wsgi")


def test_uvicorn_and_hypercorn_host_both_interfaces() -> None:
    both = [
        server.name
        for server in SERVERS.values()
        if server.speaks("asgi") and server.speaks("wsgi")
    ]
    assert sorted(both) == ["hypercorn", "uvicorn"]


def test_a_row_has_no_command_for_an_interface_that_it_does_not_speak() -> None:
    with pytest.raises(ValueError, match=r"^waitress has no command for asgi\.$"):
        SERVERS["waitress"].command("asgi", port=1, target="x:y")


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_all_servers_are_installed_here(server: Server) -> None:
    assert missing(server) is None
    assert re.match(r"\d+\.\d+", server.version())


def test_missing_gives_the_line_that_would_add_it() -> None:
    server = replace(SERVERS["daphne"], modules=("not_there.at_all",))
    assert missing(server) == (
        "daphne needs the module 'not_there.at_all', which is not installed; "
        'add it with: pip install "asgi-compare[servers]"'
    )


def test_missing_module_of_the_two_servers_names_their_extra() -> None:
    server = replace(SERVERS["uvicorn"], modules=("sys", "not_there"))
    assert missing(server) == (
        "uvicorn needs the module 'not_there', which is not installed; "
        'add it with: pip install "asgi-compare[apps]"'
    )


def test_what_is_not_installed_has_no_version() -> None:
    server = replace(SERVERS["daphne"], distribution="not-there-at-all")
    assert server.version() == ""
