"""`serve` where a server is missing, cannot start, or ends by itself."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from asgi_compare.drive.servers.process import wait_until
from tests.cli.conftest import Command, environment
from tests.places import CODE

MARK = "ASGI_COMPARE_TEST_SERVE"


def without(module: str, directory: Path) -> str:
    """Return a module path on which `module` cannot be imported."""
    code = f"import sys\nsys.modules[{module!r}] = None\n"
    (directory / "sitecustomize.py").write_text(code)
    return f"{directory}{os.pathsep}{CODE}"


def test_serve_says_how_to_add_a_server_that_is_missing(
    asgi_compare: Command, tmp_path: Path
) -> None:
    path = without("waitress", tmp_path)
    ended = asgi_compare("serve", "--servers", "waitress", PYTHONPATH=path)
    assert ended.code == 3
    assert 'pip install "asgi-compare[servers]"' in ended.err
    assert ended.err.endswith("All servers have ended; see above why.\n")


def test_serve_ends_if_a_server_cannot_start(
    asgi_compare: Command, tmp_path: Path
) -> None:
    path = without("asgi_raw", tmp_path)
    ended = asgi_compare("serve", "-i", "raw-asgi", PYTHONPATH=path)
    assert ended.code == 3
    assert ended.err.startswith("Error: ")
    assert "asgi_raw" in ended.err
    assert "Traceback (most" not in ended.err.partition("log lines")[0]


def test_serve_tells_of_a_server_that_ends_by_itself(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "asgi_compare",
            "serve",
            "-i",
            "raw-asgi",
            "-i",
            "raw-wsgi",
        ],
        cwd=tmp_path,
        env=environment(**{MARK: str(tmp_path)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert any("Ctrl-C" in line for line in process.stdout)
    servers = named("uvicorn", str(tmp_path))
    assert len(servers) == 2
    for number in servers:
        os.kill(number, signal.SIGKILL)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 3
    for name in ("raw-asgi", "raw-wsgi"):
        assert f"{name} on uvicorn was killed by signal 9.\n" in err
    assert err.endswith("All servers have ended; see above why.\n")
    assert wait_until(lambda: not named("", str(tmp_path)), 5)


def test_sigterm_while_servers_start_leaves_no_process(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "asgi_compare", "serve", "-i", "django-asgi"],
        cwd=tmp_path,
        env=environment(**{MARK: str(tmp_path)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert wait_until(lambda: bool(named("uvicorn", str(tmp_path))), 60)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip()) == (130, "Interrupted.")
    assert "Ctrl-C ends it." not in out
    assert wait_until(lambda: not named("", str(tmp_path)), 5)


def named(module: str, mark: str) -> list[int]:
    """Find the processes with the mark that run `python -m module`."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_bytes().split(b"\0")
            marked = f"{MARK}={mark}\0".encode() in (
                (directory / "environ").read_bytes() + b"\0"
            )
        except OSError:  # it has ended since
            continue
        if marked and (not module or words[1:3] == [b"-m", module.encode()]):
            found.append(int(directory.name))
    return found
