"""`show`, `list`, `serve` and `--version`."""

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import click
import pytest

from asgi_compare.cli.main import COMMANDS, cli
from asgi_compare.contract import SCENARIOS
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tests.cli.conftest import Command, environment


def test_show_has_the_code_of_all_folders_and_the_transcripts(
    asgi_compare: Command,
) -> None:
    ended = asgi_compare("show", "hello/get", COLUMNS="140")
    assert ended.code == 0, ended.err
    for folder in ("asgi_raw", "wsgi_app", "starlette_app", "django_app"):
        assert re.search(rf"{folder}/\w+/http.py:\d+", ended.out)
    for name in IMPLEMENTATIONS:
        assert f"{name}: passed" in ended.out


@pytest.mark.slow
def test_show_says_where_something_is_missing(asgi_compare: Command) -> None:
    ended = asgi_compare("show", "ws_echo/text")
    assert ended.code == 0, ended.err
    assert "has no such function." in ended.out
    assert "raw-wsgi: unsupported" in ended.out


@pytest.mark.slow
def test_show_says_why_something_was_not_asked(asgi_compare: Command) -> None:
    ended = asgi_compare("show", "lifespan/start_up_failed", COLUMNS="140")
    assert ended.code == 0, ended.err
    assert "raw-wsgi: unsupported. WSGI has no lifespan: nothing tells" in ended.out


def test_show_explains_the_differences(asgi_compare: Command) -> None:
    ended = asgi_compare("show", "item/encoded_newline", COLUMNS="140")
    assert "The pattern of a route ends with $" in ended.out
    assert "starlette/routing.py" in ended.out


def test_show_of_a_pattern_has_the_code_of_each_endpoint(
    asgi_compare: Command,
) -> None:
    ended = asgi_compare("show", "ws_[rd]*/*")
    assert ended.code == 0, ended.err
    assert "async def ws_reject" in ended.out
    assert "async def ws_deny" in ended.out


def test_show_of_an_unknown_scenario_suggests_another(asgi_compare: Command) -> None:
    ended = asgi_compare("show", "hello/gett")
    assert ended.code == 2
    assert "did you mean hello/get" in ended.err


def test_list_names_everything(asgi_compare: Command) -> None:
    ended = asgi_compare("list", COLUMNS="200")
    assert ended.code == 0, ended.err
    for name in (*IMPLEMENTATIONS, *SERVERS, *SCENARIOS):
        assert name in ended.out


def test_list_of_one_kind_has_only_that(asgi_compare: Command) -> None:
    ended = asgi_compare("list", "servers")
    assert "uvicorn" in ended.out
    assert "hello/get" not in ended.out


def test_help_lists_each_command_on_a_line_that_is_whole(
    asgi_compare: Command,
) -> None:
    ended = asgi_compare("--help", COLUMNS="80")
    shown = ended.out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in shown] == list(COMMANDS)
    assert all(line.endswith(".") and "..." not in line for line in shown)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there(name: str) -> None:
    assert name in cli.list_commands(click.Context(cli))
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name


def test_version_names_what_is_driven(asgi_compare: Command) -> None:
    ended = asgi_compare("--version")
    assert ended.code == 0
    for name in ("asgi-compare", "django", "starlette", "uvicorn", "hypercorn"):
        assert re.search(rf"^{name} \d", ended.out, re.MULTILINE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_until_it_is_told_to_stop(
    tmp_path: Path, number: signal.Signals
) -> None:
    words = ("serve", "--no-page", "-i", "raw-asgi", "-i", "raw-wsgi")
    process = subprocess.Popen(
        [sys.executable, "-m", "asgi_compare", *words],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    addresses = []
    for line in process.stdout:
        addresses += re.findall(r"http://127\.0\.0\.1:\d+", line)
        if "Ctrl-C" in line:
            break
    assert len(addresses) == 2
    for address in addresses:
        with urllib.request.urlopen(address, timeout=5) as response:
            assert response.read() == b"Hello, world!"
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(addresses[0], timeout=5)


def test_serve_needs_a_server_that_fits(asgi_compare: Command) -> None:
    ended = asgi_compare("serve", "-i", "raw-wsgi", "--servers", "daphne")
    assert ended.code == 2
    assert "Expected a server that serves one of the implementations" in ended.err
