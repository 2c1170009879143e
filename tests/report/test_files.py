"""A report goes to its file whole, or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from asgi_compare.report.common.files import ReportError, write


def test_report_is_written_as_utf_8(tmp_path: Path) -> None:
    path = write(tmp_path / "run.html", "Grüße \ud800")
    assert path.read_bytes() == "Grüße \\ud800".encode()
    assert os.listdir(tmp_path) == ["run.html"]


def test_report_replaces_the_old_one_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "run.html"
    path.write_text("old")
    path.chmod(0o640)
    write(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_new_report_has_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        path = write(tmp_path / "run.html", "new")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.html", tmp_path / "link.html"
    link.symlink_to(real)
    assert write(link, "text") == real
    assert link.is_symlink()
    assert real.read_text() == "text"


def test_full_disk_is_one_sentence_and_the_device_stays() -> None:
    """`/dev/full` is a device, so it is written to, and not moved over."""
    with pytest.raises(ReportError) as raised:
        write("/dev/full", "text")
    assert str(raised.value) == (
        "Could not write the report to '/dev/full': No space left on device; "
        "make room, or name another place."
    )
    assert Path("/dev/full").is_char_device()


def test_full_disk_leaves_the_old_report_and_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.html"
    path.write_text("old")

    def fsync(_: int) -> None:
        raise OSError(28, os.strerror(28))

    # A real full disk needs a mount; this is the call in which the system says so.
    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(ReportError, match="No space left on device"):
        write(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["run.html"]


def test_device_is_written_to_directly() -> None:
    assert write("/dev/null", "text") == Path("/dev/null")
    assert Path("/dev/null").is_char_device()


def test_missing_directories_are_made(tmp_path: Path) -> None:
    path = tmp_path / "none" / "yet" / "run.html"
    assert write(path, "text") == path
    assert path.read_text() == "text"


@pytest.mark.parametrize("below", ["run.html", "deeper/run.html"])
def test_file_in_the_place_of_a_directory_is_named(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / below
    with pytest.raises(ReportError) as raised:
        write(path, "text")
    assert str(raised.value).startswith(f"Could not write the report to {str(path)!r}")
    assert str(raised.value).endswith(
        f"; {str(path.parent)!r} would have to be a directory."
    )


def test_directory_is_no_place_for_a_report(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="Is a directory; name a file in that"):
        write(tmp_path, "text")


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /sys elsewhere")
def test_place_that_nobody_may_write_to_says_so() -> None:
    """Nobody makes a file there, not even root."""
    with pytest.raises(ReportError, match="denied; name a place where you may write"):
        write("/sys/run.html", "text")
