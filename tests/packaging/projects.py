"""A project of somebody else's, whose modules have names that we could have taken."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

THEIRS = "raise SystemExit('A module of the project was imported by mistake.')\n"
FILES = {
    "compare.py": THEIRS,
    "tools/__init__.py": THEIRS,
    "asgi_raw/__init__.py": THEIRS,
    "django_app/__init__.py": THEIRS,
    "starlette_app/__init__.py": THEIRS,
    "wsgi_app/__init__.py": THEIRS,
    "main.py": """
import asgi_compare

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", b"5"), (b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})

validated = asgi_compare.validate(app)

async def broken(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await send({"type": "http.response.body", "body": b"hello"})
""",
    "tests/test_it.py": """
import asyncio

from main import app

def test_hello(asgi_compare):
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event):
        sent.append(event)

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/",
        "raw_path": b"/", "query_string": b"", "root_path": "",
        "headers": [(b"host", b"x")], "client": None, "server": None,
    }
    asyncio.run(asgi_compare.validate(app)(scope, receive, send))
    assert sent[-1]["body"] == b"hello"
""",
    "tests/test_plain.py": "def test_nothing():\n    assert True\n",
}


@dataclass(frozen=True)
class Project:
    """A directory, and the environment in which its commands run."""

    folder: Path
    environment: Path

    def write(self, files: dict[str, str]) -> None:
        """Write files, by their path in the project."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, *words: str, codes: Iterable[int] = (0,), seconds: float = 60) -> str:
        """Run a command of the environment; return all that it said."""
        command, *arguments = words
        ended = subprocess.run(
            [str(self.environment / "bin" / command), *arguments],
            cwd=self.folder,
            env=variables(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
        assert ended.returncode in codes, f"{words}: {ended.returncode}\n{ended.stdout}"
        return ended.stdout


def variables(environment: Path) -> dict[str, str]:
    """Return the variables of a user who has nothing of this checkout."""
    kept = ("HOME", "LANG", "PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {k: v for k, v in os.environ.items() if k.upper().startswith(kept)} | {
        "PATH": path
    }


def check_commands(project: Project) -> None:
    """Use all that needs no framework; the modules of the project stay theirs."""
    run = project.run
    assert "hello" in run("asgi-compare", "trace", "main:app", "/")
    assert "http.response.start" in run("asgi-compare", "trace", "main:validated", "/")
    assert run("asgi-compare", "check", "main:app", "--path", "/")
    found = run("asgi-compare", "check", "main:broken", "--path", "/", codes=[1])
    assert "asgi-http/body-before-start" in found
    assert run("asgi-compare", "diff", "main:app", "main:validated", "GET:/")
    pytest = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "2 passed" in run(*pytest, "--asgi-compare")
    assert "1 passed" in run(*pytest, "-p", "no:asgi-compare", "tests/test_plain.py")
