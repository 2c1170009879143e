"""The commands where things are not as they like them: output, locale, Ctrl-C."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from asgi_compare.cli.commands import listing
from asgi_compare.cli.main import main
from asgi_compare.drive.servers.process import wait_until
from tests.cli.conftest import Command, environment
from tests.cli.test_run import QUICK, has_children

EVERY_OUTPUT = {
    "run": ("run", *QUICK, "-i", "django-asgi"),
    "list": ("list",),
    "show": ("show", "item/unicode_query"),
    "trace": ("trace", "raw-asgi", "/items/1?q=%C3%BC"),
    "diff": ("diff", "raw-asgi", "starlette", "/items/1?q=%C3%BC"),
}


@pytest.mark.parametrize("words", EVERY_OUTPUT.values(), ids=EVERY_OUTPUT)
def test_output_is_plain_where_its_encoding_has_only_ascii(
    asgi_compare: Command, words: tuple[str, ...]
) -> None:
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
    monkeypatch.setattr(listing, "TABLES", {"servers": Path("no/such").read_text})
    with pytest.raises(FileNotFoundError):
        main()


def test_implementation_is_the_same_as_itself(asgi_compare: Command) -> None:
    ended = asgi_compare("diff", "raw-wsgi", "raw-wsgi")
    assert ended.code == 0, ended.err
    assert "raw-wsgi and raw-wsgi are the same in all" in ended.out
