"""The commands where things are not as they like them: output, locale, Ctrl-C."""

import errno
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from asgi_compare.cli.main import main
from asgi_compare.cli.names import BY_LISTED
from asgi_compare.drive.servers.process import wait_until
from tests.cli.conftest import Command, environment
from tests.cli.test_run import QUICK, has_children
from tests.tables import slow_but

EVERY_OUTPUT = {
    "run": ("run", *QUICK, "-i", "django-asgi"),
    "list": ("list",),
    "show": ("show", "item/unicode_query"),
    "trace": ("trace", "raw-asgi", "/items/1?q=%C3%BC"),
    "diff": ("diff", "raw-asgi", "starlette", "/items/1?q=%C3%BC"),
}


@pytest.mark.parametrize("name", slow_but(("list", "trace"), EVERY_OUTPUT))
def test_output_is_plain_where_its_encoding_has_only_ascii(
    asgi_compare: Command, name: str
) -> None:
    words = EVERY_OUTPUT[name]
    ended = asgi_compare(*words, PYTHONIOENCODING="ascii")
    assert ended.code in (0, 1)
    assert ended.err == ""
    assert ended.out.isascii()
    # What is ours (a micro sign, three dots, a space) has a plain form.
    assert not any(escape in ended.out for escape in ("\\xb5", "\\u2026", "\\xa0"))


@pytest.mark.parametrize("words", [("list",), ("--help",), ("--version",)])
def test_output_that_has_no_room_is_one_sentence_and_exit_code_4(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "asgi_compare", *words],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=50,
            check=False,
        )
    assert ended.stderr == (
        "Error: Could not write the output: No space left on device; make room, or "
        "send it elsewhere.\n"
    )
    assert ended.returncode == 4


@pytest.mark.parametrize(
    "words",
    [("show", "sequential"), ("diff", "raw-asgi", "raw-wsgi")],
    ids=["show", "diff"],
)
def test_ctrl_c_leaves_no_half_of_an_answer(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "asgi_compare", *words],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert wait_until(lambda: has_children(process.pid), 20)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err.strip()) == (130, "Interrupted.")
    assert "passed" not in out
    assert "differences in" not in out


def test_diff_with_a_header_is_about_one_path(asgi_compare: Command) -> None:
    """What the user has said is not left aside for a comparison of everything."""
    ended = asgi_compare("diff", "raw-asgi", "raw-wsgi", "-H", "a: b")
    assert "raw-asgi /" in ended.out
    assert "scenarios" not in ended.out


@pytest.mark.parametrize("deadline", ["0", "-1", "1e9"])
def test_deadline_is_a_time_that_can_be_waited(
    asgi_compare: Command, deadline: str
) -> None:
    ended = asgi_compare("trace", "raw-asgi", "--deadline", deadline)
    assert ended.code == 2
    assert "is not in the range 0<x<=3600" in ended.err


@pytest.mark.slow
def test_two_runs_in_one_folder_both_write_the_whole_page(tmp_path: Path) -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "asgi_compare", "run", *QUICK],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for each in runs:
        _, err = each.communicate(timeout=50)
        assert (each.returncode, err) == (0, "")
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["run.html"]
    assert (tmp_path / "report" / "run.html").read_text().endswith("</html>")


def test_closed_output_is_no_reason_to_fail(tmp_path: Path) -> None:
    ended = subprocess.run(
        ["sh", "-c", 'exec "$0" -m asgi_compare list servers >&-', sys.executable],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        timeout=50,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_mistake_of_ours_is_not_taken_for_a_full_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only what the system says of an output is; the rest keeps its traceback."""
    monkeypatch.setattr(sys, "argv", ["asgi-compare", "list", "servers"])

    def broken() -> Iterator[tuple[str, ...]]:
        yield (Path("no/such").read_text(),)

    monkeypatch.setitem(
        BY_LISTED, "servers", replace(BY_LISTED["servers"], rows=broken)
    )
    with pytest.raises(FileNotFoundError):
        main()


@pytest.mark.slow
def test_implementation_is_the_same_as_itself(asgi_compare: Command) -> None:
    ended = asgi_compare("diff", "raw-wsgi", "raw-wsgi")
    assert ended.code == 0, ended.err
    assert "raw-wsgi and raw-wsgi are the same in all" in ended.out


IN_A_SHELL = {
    "closed input": ('exec "$0" -m asgi_compare trace raw-asgi / <&-', 0, ""),
    "few descriptors": (
        'ulimit -n 8; exec "$0" -m asgi_compare trace raw-asgi /',
        3,
        "Error: Could not go on: Too many open files; allow more open files, for "
        "example by ulimit -n 1024.\n",
    ),
    "no directory": (
        'mkdir gone && cd gone && rmdir ../gone; exec "$0" -m asgi_compare list',
        3,
        "Error: The working directory is no more; change to one that is there.\n",
    ),
}


@pytest.mark.parametrize(
    ("line", "code", "sentence"), IN_A_SHELL.values(), ids=IN_A_SHELL
)
def test_what_is_scarce_is_one_sentence(
    tmp_path: Path, line: str, code: int, sentence: str
) -> None:
    ended = subprocess.run(
        ["sh", "-c", line, sys.executable],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (code, sentence)


def test_ports_that_are_all_taken_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the system says of a port goes through the same table as its files."""

    def taken() -> Iterator[tuple[str, ...]]:
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(sys, "argv", ["asgi-compare", "list", "servers"])
    monkeypatch.setitem(BY_LISTED, "servers", replace(BY_LISTED["servers"], rows=taken))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert capsys.readouterr().err == (
        "Error: Could not go on: Cannot assign requested address; free some ports of "
        "the loopback interface.\n"
    )


@pytest.mark.parametrize("place", ["/dev/stdout", "/dev/fd/1"])
def test_report_goes_to_a_descriptor_in_a_pipe(
    asgi_compare: Command, place: str
) -> None:
    ended = asgi_compare("trace", "raw-asgi", "/", "--json", place)
    assert (ended.code, ended.err) == (0, "")
    printed, brace, report = ended.out.partition("\n{")
    assert "http.response.start" in printed
    assert json.loads(brace + report)["scenario"] == "/"


def test_report_goes_on_where_the_output_is_a_file(tmp_path: Path) -> None:
    """The file that is open is written to, and not put in the place of another one."""
    words = ["trace", "raw-asgi", "/", "--json", "/dev/stdout"]
    with open(tmp_path / "out", "w") as out:
        subprocess.run(
            [sys.executable, "-m", "asgi_compare", *words],
            cwd=tmp_path,
            env=environment(),
            stdout=out,
            timeout=50,
            check=True,
        )
    text = (tmp_path / "out").read_text()
    assert "Called with this scope" in text
    assert '"answer"' in text
