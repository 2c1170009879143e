"""The wheel beside frameworks of all ages: it works, and changes none of them.

Each environment is made by pip, and takes a minute: `make test-packaging`.
"""

from __future__ import annotations

import re
import signal
import subprocess
import urllib.request
import venv
from pathlib import Path

import pytest

from tests.packaging.projects import FILES, Project, check_commands, variables
from tests.places import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("packaging"),
]

THEIRS = {
    "oldest": ("django==4.2.*", "fastapi==0.112.*", "starlette==0.37.*"),
    "usual": ("django==4.2.*", "fastapi==0.115.*", "starlette==0.41.*"),
    "newest": ("django", "fastapi", "starlette"),
}
FRAMEWORKS = {
    "api.py": """
from fastapi import FastAPI

app = FastAPI()

@app.get("/")
async def index() -> dict[str, str]:
    return {"hello": "world"}
""",
    "mysite.py": """
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ROOT_URLCONF="mysite", SECRET_KEY="x", ALLOWED_HOSTS=["*"], USE_TZ=True
)
urlpatterns = [path("", lambda request: HttpResponse(b"hello"))]
asgi = get_asgi_application()
wsgi = get_wsgi_application()
""",
}


def made(folder: Path) -> Project:
    """Make an empty environment, and a project that has modules with our names."""
    venv.create(folder / "environment", with_pip=True, symlinks=True)
    project = Project(folder / "project", folder / "environment")
    project.write({**FILES, **FRAMEWORKS})
    return project


def install(project: Project, *words: str) -> None:
    project.run("pip", "install", "--quiet", *words, seconds=600)


def versions(project: Project) -> set[str]:
    return set(project.run("pip", "freeze").splitlines())


@pytest.mark.parametrize("theirs", THEIRS.values(), ids=THEIRS)
def test_project_keeps_its_frameworks(
    theirs: tuple[str, ...], wheel: Path, tmp_path: Path
) -> None:
    project = made(tmp_path)
    install(project, *theirs, "pytest", "uvicorn")
    before = versions(project)

    install(project, str(wheel))

    assert before - versions(project) == set()
    check_commands(project)
    run = project.run
    for target in ("api:app", "mysite:asgi", "mysite:wsgi"):
        assert run("asgi-compare", "trace", target, "/")
        # What a framework of that age is found to break is not ours to judge here.
        found = run("asgi-compare", "check", target, "--path", "/", codes=[0, 1])
        assert "could not" not in found
    assert run("asgi-compare", "diff", "mysite:asgi", "mysite:wsgi", codes=[0, 1])
    some = ("--select", "wire/chunked", "--select", "wire/http-1.0-*")
    assert run("asgi-compare", "check-server", *some, "uvicorn", codes=[0, 1])


def test_extra_apps_brings_what_run_layers_and_serve_need(
    wheel: Path, tmp_path: Path
) -> None:
    project = made(tmp_path)
    install(project, "-c", str(ROOT / "constraints.txt"), f"{wheel}[apps]")
    run = project.run

    assert run("asgi-compare", "run", "--servers", "uvicorn", seconds=300)
    assert run("asgi-compare", "layers", "--quick", seconds=300)
    check_serve(project)


def check_serve(project: Project) -> None:
    """Serve one implementation, ask it, and interrupt it as Ctrl-C does."""
    command = [str(project.environment / "bin" / "asgi-compare"), "serve", "--no-page"]
    with subprocess.Popen(
        [*command, "-i", "starlette"],
        cwd=project.folder,
        env=variables(project.environment),
        stdout=subprocess.PIPE,
        text=True,
    ) as serving:
        try:
            assert serving.stdout is not None
            lines = iter(serving.stdout.readline, "")
            found = next(filter(None, (re.search(r"http://\S+", x) for x in lines)))
            with urllib.request.urlopen(found[0], timeout=10) as answer:
                assert answer.status == 200
        finally:
            serving.send_signal(signal.SIGINT)
