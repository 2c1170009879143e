"""What has a name can be listed, explained and completed; every help has examples."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from asgi_compare.cli.commands.explain import explain
from asgi_compare.cli.commands.listing import list_
from asgi_compare.cli.completion import PARAMETERS, Name
from asgi_compare.cli.examples import EXAMPLES
from asgi_compare.cli.main import cli
from asgi_compare.cli.names import BY_LISTED, KINDS, Kind
from tests.cli.conftest import Command, environment


def commands() -> Iterator[tuple[str, click.Command]]:
    """Return every command and subcommand, by what is typed."""
    ctx = click.Context(cli)
    for name in cli.list_commands(ctx):
        command = cli.get_command(ctx, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for below, each in command.commands.items():
                yield f"{name} {below}", each


def completed(line: str, incomplete: str) -> list[str]:
    shell = ShellComplete(cli, {}, "asgi-compare", "_ASGI_COMPARE_COMPLETE")
    return [c.value for c in shell.get_completions(shlex.split(line), incomplete)]


@pytest.mark.parametrize("kind", KINDS, ids=[kind.listed for kind in KINDS])
def test_every_name_is_listed_and_can_be_explained(kind: Kind) -> None:
    listed = CliRunner().invoke(list_, [kind.listed])
    assert listed.exit_code == 0, listed.output
    names = kind.names()
    for name in names:
        assert f"\n{name}" in listed.output
    for name in names:
        lines = list(kind.explain(name))
        assert lines, name
    if names:
        explained = CliRunner().invoke(explain, [names[0]])
        assert f"{names[0]}: a" in explained.output


def test_list_counts_what_it_does_not_show() -> None:
    printed = CliRunner().invoke(list_, []).output
    assert "rules: asgi-compare list rules" in printed
    assert "hello/get" in printed


def test_list_takes_a_pattern() -> None:
    printed = CliRunner().invoke(list_, ["scenarios", "hello/*"]).output
    assert len(printed.splitlines()) == 5
    wrong = CliRunner().invoke(list_, ["scenarios", "helo/get"])
    assert "did you mean hello/get" in wrong.output


def test_name_of_several_things_is_explained_for_each() -> None:
    printed = CliRunner().invoke(explain, ["uvicorn"]).output
    assert "uvicorn: a server\n" in printed
    assert "uvicorn: a known difference\n" in printed


def test_every_command_has_two_examples_that_can_be_typed() -> None:
    found = dict(commands())
    for path, command in found.items():
        shown = command.get_help(click.Context(command)).partition("xample")[2]
        assert shown.count(f"asgi-compare {path}") >= 2, path
    for path, rows in EXAMPLES.items():
        for line, _ in rows:
            typed, _, _ = line.partition(" | ")
            if path in found:
                words = shlex.split(typed)[1 + len(path.split()) :]
                ctx = click.Context(found[path], info_name=path)
                found[path].make_parser(ctx).parse_args(list(words))


def test_every_parameter_that_takes_names_completes_them() -> None:
    found = dict(commands())
    for path, kinds in PARAMETERS.items():
        params = {param.name: param for param in found[path].params}
        for name in kinds:
            assert isinstance(params[name].type, Name), (path, name)
        assert {kind for each in kinds.values() for kind in each} <= BY_LISTED.keys()


@pytest.mark.parametrize(
    ("line", "incomplete", "expected"),
    [
        ("", "sh", ["show"]),
        ("", "--v", ["--version"]),
        ("list", "sc", ["scenarios"]),
        ("show", "hello/g", ["hello/get"]),
        ("run -i", "raw-", ["raw-asgi", "raw-wsgi"]),
        ("trace", "star", ["starlette"]),
        ("explain", "asgi-http/start-t", ["asgi-http/start-twice"]),
        ("check --select", "asgi-http/start-t", ["asgi-http/start-twice"]),
        ("serve --servers", "uvicorn,daph", ["uvicorn,daphne"]),
        ("layers --only", "urls-1", ["urls-1", "urls-1000", "urls-100"]),
        ("experiments show", "hop", ["hop-cost"]),
        ("check-client", "werk", ["werkzeug"]),
        ("systems serve", "ch", ["chat"]),
    ],
)
def test_shell_completes(line: str, incomplete: str, expected: list[str]) -> None:
    found = completed(line, incomplete)
    assert found
    assert set(found) <= set(expected)


def test_piped_table_has_a_line_for_each_name(asgi_compare: Command) -> None:
    lines = asgi_compare("rules").out.splitlines()
    names = [line.split()[0] for line in lines[1:] if "  " in line]
    assert set(BY_LISTED["rules"].names()) <= set(names)
    kinds = ("rules", "probes", "middleware-rules")
    assert set(names) <= {name for kind in kinds for name in BY_LISTED[kind].names()}


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("rules --select asgi-http/*", ["asgi-http/start-without-body"]),
        ("list servers", ["gunicorn-gthread"]),
        ("diff raw-asgi django-asgi /", ["header:cross-origin-opener-policy"]),
    ],
)
def test_terminal_cuts_no_name(
    tmp_path: Path, words: str, names: list[str], width: int
) -> None:
    printed = in_a_terminal(tmp_path, width, *words.split())
    for name in names:
        assert name in printed
    assert all(len(line) <= width for line in printed.splitlines())
    assert "…" not in printed


def test_code_that_goes_on_stays_under_its_indentation(tmp_path: Path) -> None:
    printed = in_a_terminal(tmp_path, 60, "show", "echo/small")
    code = printed.partition("asgi_raw/")[2].partition("wsgi_app/")[0].splitlines()
    body = [line for line in code[1:] if line.strip()]
    assert body
    # The head of the function begins at the margin, and so it goes on there.
    starts = ("async def", "def", "@", ")", "->", " ")
    assert [line for line in body if not line.startswith(starts)] == []


def in_a_terminal(directory: Path, width: int, *words: str) -> str:
    """Run a command in a terminal that is so many columns wide."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "asgi_compare", *words, "--no-color"],
        cwd=directory,
        env=environment(COLUMNS=str(width), TERM="dumb"),
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # the other end has been closed
            break
        if not piece:
            break
        printed += piece
    os.close(ours)
    process.wait(20)
    return printed.decode().replace("\r", "")
