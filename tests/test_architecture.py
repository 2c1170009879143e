"""The house: imports point down, through no wall, as ARCHITECTURE.md shows them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.places import CODE, ROOT

APPLICATIONS = ("asgi_raw", "wsgi_app", "starlette_app", "django_app")
PACKAGE = "asgi_compare"
OURS = (PACKAGE, *APPLICATIONS)

STANDARD_LIBRARY_ONLY = (
    "asgi_raw",
    "wsgi_app",
    "asgi_compare.domain",
    "asgi_compare.model",
    "asgi_compare.contract",
    "asgi_compare.judge.rules",
    "asgi_compare.judge.validator",
    "asgi_compare.drive.in_process",
    "asgi_compare.drive.targets",
    "asgi_compare.drive.servers",
    "asgi_compare.drive.workers",
)
"""What authors put into tests of their own: it must need nothing else."""

WALLS = {
    "asgi_compare.judge.rules": ("asgi_compare.drive", "asgi_compare.report"),
    "asgi_compare.report": ("asgi_compare.judge", "asgi_compare.drive"),
    "asgi_compare.measure": ("asgi_compare.judge", "asgi_compare.report"),
}
"""A rule never sees a driver, and a report never sees a rule."""


def modules() -> dict[str, Path]:
    """Every module of ours that is shipped, by its name."""
    found = {}
    for base, folder in ((CODE, PACKAGE), *((ROOT, name) for name in APPLICATIONS)):
        for path in sorted((base / folder).rglob("*.py")):
            parts = path.relative_to(base).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path
    return found


MODULES = modules()


@cache
def imports_of(name: str) -> frozenset[str]:
    """Return what a module imports, wherever in it."""
    return frozenset(_imports(name))


def _imports(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def is_within(name: str, *packages: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in packages)


def stage_of(name: str) -> str:
    """Return the member of the package that a module is in; itself for the package."""
    return name.split(".")[1] if "." in name else PACKAGE


def offenders(*packages: str, forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{name} imports {module}"
        for name in MODULES
        if is_within(name, *packages)
        for module in sorted(imports_of(name))
        if is_within(module, *forbidden)
    ]


def test_applications_import_only_the_domain_and_nothing_of_each_other() -> None:
    """The repetition between them is the lesson."""
    wrong = [
        f"{name} imports {module}"
        for name in MODULES
        if (own := name.split(".")[0]) in APPLICATIONS
        for module in sorted(imports_of(name))
        if is_within(module, *OURS) and not is_within(module, own, f"{PACKAGE}.domain")
    ]
    assert wrong == []


PORTS = {
    "ports": ("pycrdt", "redis"),
    "upstreams": ("aiohttp", "httpx2", "stamina", "yarl"),
    "database": ("psycopg", "psycopg_pool"),
    "celery": ("celery", "kombu", "redis"),
    "store": ("psycopg_pool",),
    "senders": ("aiosmtplib", "httpx2", "pywebpush"),
}
"""Clients of what an application speaks to, by the module that imports them, and only
when somebody asks."""


def test_core_imports_the_standard_library_only() -> None:
    known = {*sys.stdlib_module_names, *OURS, "pytest"}  # the plugin of pytest
    wrong = [
        f"{name} imports {module}"
        for name in MODULES
        if is_within(name, *STANDARD_LIBRARY_ONLY)
        for module in sorted(imports_of(name))
        if module.split(".")[0] not in known
        and not (
            name.startswith(APPLICATIONS)
            and is_within(module, *PORTS.get(name.split(".")[-1], ()))
        )
    ]
    assert wrong == []


def test_no_import_goes_through_a_wall() -> None:
    wrong = [
        line
        for package, forbidden in WALLS.items()
        for line in offenders(package, forbidden=forbidden)
    ]
    assert wrong == []


def test_toolkit_imports_no_framework() -> None:
    """Only the applications and the laboratory know Django and Starlette."""
    stages = {f"{PACKAGE}.{stage_of(name)}" for name in MODULES} - {
        f"{PACKAGE}.laboratory"
    }
    assert offenders(*stages, forbidden=("django", "starlette")) == []


def test_imports_have_no_circle() -> None:
    """Following the imports down, one arrives."""
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        if name not in done:
            for module in sorted(imports_of(name) & MODULES.keys()):
                visit(module, (*above, name))
            done.add(name)

    for name in MODULES:
        visit(name, ())


def test_only_the_run_knows_every_stage() -> None:
    """Whatever else judges, compares or reports has a transcript to start from."""
    stages = ("drive.servers", "judge.comparison.diff", "judge.comparison.verdicts")
    knowing = [
        name
        for name in MODULES
        if all(
            any(is_within(module, f"{PACKAGE}.{stage}") for module in imports_of(name))
            for stage in stages
        )
    ]
    assert knowing == ["asgi_compare.run.matrix"]


def test_picture_shows_the_house_as_it_is() -> None:
    """ARCHITECTURE.md has a line for each member: its name, and what it imports."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    picture = text.partition("<!-- picture -->")[2].partition("<!-- end -->")[0]
    shown = {
        name: set(below.replace("-", "").split())
        for name, below in re.findall(r"^    (\w+) +\| ([\w -]+?) +\|", picture, re.M)
    }
    there = {
        path.stem
        for path in (CODE / PACKAGE).iterdir()
        if path.is_dir() and not path.name.startswith("_")
    }
    found: dict[str, set[str]] = {name: set() for name in there}
    for name in MODULES:
        if (stage := stage_of(name)) in there and is_within(name, PACKAGE):
            found[stage] |= {
                stage_of(module)
                for module in imports_of(name)
                if is_within(module, PACKAGE)
            } & there - {stage}
    assert shown == found


def test_levels_are_small() -> None:
    """About fifteen members: what is more has groups in it."""
    wide = {
        str(folder.relative_to(CODE)): count
        for folder in (CODE / PACKAGE).rglob("*")
        if folder.is_dir()
        and "__pycache__" not in folder.parts
        and (count := len([p for p in folder.iterdir() if not p.name.startswith("__")]))
        > 18
    }
    assert wide == {}
