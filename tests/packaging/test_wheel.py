"""What is built has all that it needs, and adds one name to an installation."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.packaging.projects import Project, check_commands
from tests.places import CODE

# They share what is built.
pytestmark = [pytest.mark.xdist_group("packaging"), pytest.mark.timeout(300)]


def test_wheel_has_one_name_at_its_top(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top.rpartition(".")[2] for top in tops} == {"asgi_compare", "dist-info"}


def test_wheel_has_all_files_of_the_package_and_the_applications(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        there = set(archive.namelist())
    for folder in ("asgi_raw", "wsgi_app", "starlette_app", "django_app"):
        assert f"asgi_compare/applications/{folder}/__init__.py" in there
    wanted = {
        path.relative_to(CODE).as_posix()
        for path in (CODE / "asgi_compare").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert "asgi_compare/py.typed" in wanted
    suffixes = {Path(path).suffix for path in wanted}
    assert {".html", ".css", ".json", ".tsv", ".txt"} <= suffixes
    assert wanted - there == set()


def test_sdist_has_what_builds_and_tests_it(built: Path) -> None:
    [path] = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        there = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("pyproject.toml", "Makefile", "constraints.txt", "tests/conftest.py"):
        assert name in there


def test_core_works_in_a_project_that_has_our_names(core: Project) -> None:
    check_commands(core)


def test_core_imports_no_framework(core: Project) -> None:
    """The validator and the plugin import the standard library alone."""
    code = (
        "import sys, asgi_compare; from asgi_compare.judge import validator;"
        "asgi_compare.validate(lambda scope, receive, send: None);"
        "names = {name.partition('.')[0] for name in sys.modules if name[0] != '_'};"
        "print(names - sys.stdlib_module_names - {'asgi_compare'})"
    )
    assert core.run("python", "-c", code) == "set()\n"


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (["run"], "apps"),
        (["layers", "--quick"], "apps"),
        (["serve"], "apps"),
        (["bench"], "apps"),
        (["trace", "starlette", "/"], "apps"),
        (["check", "django-asgi"], "apps"),
        (["check-server", "uvicorn"], "apps"),
        (["check-server", "granian"], "servers"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_command_names_the_extra_that_is_missing(
    words: list[str], extra: str, core: Project
) -> None:
    said = core.run("asgi-compare", *words, codes=[2, 3])
    assert said.count("\n") <= 3, said
    assert f"asgi-compare[{extra}]" in said.replace("\n", " ")
