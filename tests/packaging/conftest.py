"""The wheel and the sdist, built once, and an installation without any extra."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from tests.packaging.projects import FILES, Project
from tests.places import ROOT


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory that the wheel and the sdist are in."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    [found] = built.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project beside what `pip install asgi-compare pytest` brings.

    Nothing is downloaded: what the wheel says that it needs is linked from here.
    """
    folder = tmp_path_factory.mktemp("core")
    environment = folder / "environment"
    venv.create(environment, symlinks=True)
    [packages] = environment.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    for name in sorted({*needed("asgi-compare"), *needed("pytest"), "pytest"}):
        link(name, packages)
    # As pip would write it.
    command = environment / "bin" / "asgi-compare"
    command.write_text(
        f"#!{environment}/bin/python\nfrom asgi_compare.cli.main import main\nmain()\n"
    )
    command.chmod(0o755)
    project = Project(folder / "project", environment)
    project.write(FILES)
    return project


def needed(name: str) -> Iterator[str]:
    """Yield what a distribution needs without any extra, and what that needs."""
    from packaging.requirements import Requirement

    for line in metadata.requires(name) or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name
            yield from needed(requirement.name)


def link(name: str, packages: Path) -> None:
    """Put into an environment what this one has of a distribution."""
    files = metadata.files(name) or ()
    tops = {file.parts[0] for file in files} - {"..", "__pycache__"}
    for top in tops:
        place = packages / top
        if not place.exists():
            place.symlink_to(Path(str(metadata.distribution(name).locate_file(top))))
