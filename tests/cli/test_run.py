"""`asgi-compare run`: what it prints and writes, and how it fails."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from asgi_compare.cli.commands.run import exit_code
from asgi_compare.cli.common import hosts_for
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.model.results import Run, Verdict
from asgi_compare.model.serialization.codec import run_from_json
from asgi_compare.model.transcript import Transcript
from tests.cli.conftest import Command, environment
from tests.places import CODE

QUICK = ("--servers", "none", "-i", "raw-asgi", "--select", "hello")


def test_run_prints_the_matrix_and_writes_the_page(
    asgi_compare: Command, tmp_path: Path
) -> None:
    ended = asgi_compare("run", *QUICK)
    assert ended.code == 0, ended.err
    assert "hello/get" in ended.out
    assert "report/run.html" in ended.out
    assert "hello/get" in (tmp_path / "report" / "run.html").read_text()


def test_run_is_the_default_command(asgi_compare: Command) -> None:
    assert asgi_compare(*QUICK).code == 0


def test_run_writes_json_that_its_schema_describes(
    asgi_compare: Command, tmp_path: Path
) -> None:
    more = ("--select", "hello/*", "-i", "starlette", "--json", "run.json")
    ended = asgi_compare("run", *QUICK, *more)
    assert ended.code == 0, ended.err
    found = json.loads((tmp_path / "run.json").read_text())
    schema = json.loads((CODE / "asgi_compare/report/run/schema.json").read_text())
    jsonschema.validate(found, schema)
    names = [f"hello/{case}" for case in ("get", "head", "options", "unknown_method")]
    assert [row["name"] for row in found["scenarios"]] == names
    assert {row["verdict"] for row in found["verdicts"]} == {"passed"}
    assert all(row["known"] for row in found["differences"])
    assert run_from_json(found).environment["command"] == (
        "asgi-compare run --select hello --select 'hello/*' --implementation raw-asgi "
        "--implementation starlette --servers none --json run.json"
    )


def test_run_writes_markdown(asgi_compare: Command, tmp_path: Path) -> None:
    ended = asgi_compare("run", *QUICK, "--html", "", "--markdown", "run.md")
    assert ended.code == 0, ended.err
    assert "hello/get" in (tmp_path / "run.md").read_text()
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("columns", ["80", "140"])
def test_run_fits_into_the_terminal(asgi_compare: Command, columns: str) -> None:
    ended = asgi_compare("run", *QUICK, COLUMNS=columns)
    lines = ended.out.splitlines()
    assert max(map(len, lines)) <= int(columns)


def test_run_has_no_colour_without_a_terminal(asgi_compare: Command) -> None:
    assert "\x1b" not in asgi_compare("run", *QUICK).out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("run", "--select", "helo/get"),
            "Error: Expected the name of a scenario, but got 'helo/get'; "
            "did you mean hello/get",
        ),
        (
            ("run", "-i", "djagno-asgi"),
            "Error: Expected the name of an implementation, but got 'djagno-asgi'; "
            "did you mean django-asgi",
        ),
        (
            ("run", "--servers", "unicorn"),
            "Error: Expected the name of a server, but got 'unicorn'; "
            "did you mean uvicorn",
        ),
        (("run", "--frobnicate"), "Error: No such option"),
        (("frobnicate",), "Error: No such command 'frobnicate'."),
    ],
    ids=["scenario", "implementation", "server", "option", "command"],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    asgi_compare: Command, words: tuple[str, ...], sentence: str
) -> None:
    ended = asgi_compare(*words)
    assert ended.code == 2
    assert ended.err.startswith(sentence)
    assert "Traceback" not in ended.err


def test_run_in_which_nothing_could_be_had_is_exit_code_3() -> None:
    refused = Verdict("hello/get", "raw-asgi", "in-process", "error", "It is gone.")
    assert exit_code(Run(verdicts=[refused])) == 3
    asked = {"hello/get raw-asgi@uvicorn": Transcript("hello/get", "wire")}
    assert exit_code(Run(verdicts=[refused], transcripts=asked)) == 1


def test_all_servers_may_be_named_beside_others() -> None:
    assert hosts_for("uvicorn, all") == hosts_for("all") == ("in-process", *SERVERS)
    assert hosts_for("none") == ("in-process",)


def test_full_disk_is_exit_code_4(asgi_compare: Command) -> None:
    ended = asgi_compare("run", *QUICK, "--markdown", "run.md", "--json", "/dev/full")
    assert ended.code == 4
    # What can be shown all the same, is.
    assert "hello/get" in ended.out
    assert "Report: run.md" in ended.out
    assert "Could not write the report to '/dev/full'" in ended.err
    assert "Traceback" not in ended.err


def test_missing_server_is_unsupported_with_the_pip_line(
    asgi_compare: Command, tmp_path: Path
) -> None:
    """A server that is not installed costs a verdict, and not the run."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['waitress'] = None\n"
    )
    ended = asgi_compare(
        *("run", "-i", "raw-wsgi", "--select", "hello/get", "--servers", "waitress"),
        *("--json", "run.json"),
        PYTHONPATH=f"{tmp_path}{os.pathsep}{CODE}",
    )
    assert ended.code == 0, ended.err
    rows = json.loads((tmp_path / "run.json").read_text())["verdicts"]
    row = next(row for row in rows if row["host"] == "waitress")
    assert row["verdict"] == "unsupported"
    assert 'pip install "asgi-compare[servers]"' in row["reason"]


def test_ctrl_c_writes_the_partial_report_and_exits_with_130(tmp_path: Path) -> None:
    words = ("run", "--servers", "none", "-i", "raw-asgi", "--json", "run.json")
    with subprocess.Popen(
        [sys.executable, "-m", "asgi_compare", *words],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        end = time.monotonic() + 20
        while not has_children(process.pid) and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        try:
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130, err
    assert err == "Interrupted; what was done until then is in the report.\n"
    assert json.loads((tmp_path / "run.json").read_text())["interrupted"] is True


def has_children(pid: int) -> bool:
    """Whether any thread of a process has started another process."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return any(children.read_text() for children in tasks)


def test_closed_output_ends_quietly(tmp_path: Path) -> None:
    """`asgi-compare list | head -1` says nothing of a broken pipe."""
    process = subprocess.Popen(
        [sys.executable, "-m", "asgi_compare", "list"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(20) == 141
