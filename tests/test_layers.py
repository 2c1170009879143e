"""The direction of imports: down, without a circle, and through no wall."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APPLICATIONS = ("asgi_raw", "wsgi_app", "starlette_app", "django_app")

STANDARD_LIBRARY_ONLY = (
    "asgi_raw",
    "wsgi_app",
    "compare.domain",
    "compare.contract",
    "compare.transcript",
    "compare.results",
    "compare.rules",
    "compare.drivers.asgi_http",
    "compare.drivers.asgi_websocket",
    "compare.drivers.asgi_lifespan",
    "compare.drivers.wsgi",
    "compare.codec",
    "compare.target",
    "compare.servers",
    "compare.isolation",
)
"""What a server author puts into tests of their own: it must need nothing else."""

NOUNS = ("compare.contract.scenario", "compare.transcript", "compare.results")

WALLS = {
    # A rule never sees a driver, and a report never sees a rule.
    "compare.rules": ("compare.drivers", "compare.servers", "compare.report"),
    "compare.report": ("compare.rules", "compare.drivers", "compare.servers"),
    "compare.drivers": ("compare.rules", "compare.report", "compare.expectation"),
    "compare.contract": ("compare.drivers", "compare.rules", "compare.implementations"),
    "compare.domain": ("compare.contract", "compare.transcript"),
}


def modules() -> dict[str, Path]:
    """Every module of ours that is shipped, by its name."""
    found = {}
    for folder in ("compare", *APPLICATIONS):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path
    return found


MODULES = modules()


def imports_of(name: str, *, at_import: bool = False) -> Iterator[str]:
    """Give what a module imports; only what it does when it is imported, if asked."""
    tree = ast.parse(MODULES[name].read_text())
    nodes = tree.body if at_import else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("name", [n for n in MODULES if n.split(".")[0] != "compare"])
def test_application_imports_only_the_domain(name: str) -> None:
    """An application knows nothing of the toolkit that drives it."""
    ours = {m for m in imports_of(name) if is_within(m, "compare")}
    assert all(is_within(module, "compare.domain") for module in ours), ours


@pytest.mark.parametrize("name", [n for n in MODULES if n.split(".")[0] != "compare"])
def test_applications_share_nothing(name: str) -> None:
    """The repetition is the lesson."""
    own = name.split(".")[0]
    others = {m.split(".")[0] for m in imports_of(name)} & set(APPLICATIONS) - {own}
    assert others == set()


@pytest.mark.parametrize(
    "name",
    [n for n in MODULES if any(is_within(n, part) for part in STANDARD_LIBRARY_ONLY)],
)
def test_core_imports_the_standard_library_only(name: str) -> None:
    """The rule book and the drivers run without Django, Starlette or a CLI."""
    foreign = {
        module
        for module in imports_of(name)
        if module.split(".")[0] not in sys.stdlib_module_names
        and module.split(".")[0] not in ("compare", *APPLICATIONS)
    }
    assert foreign == set()


@pytest.mark.parametrize("name", NOUNS)
def test_nouns_import_only_nouns(name: str) -> None:
    """A noun knows the standard library and other nouns."""
    assert {m for m in imports_of(name) if is_within(m, "compare")} <= set(NOUNS)


@pytest.mark.parametrize("name", list(MODULES))
def test_no_import_goes_through_a_wall(name: str) -> None:
    """Each stage knows the nouns on its two sides, and nothing above it."""
    for package, forbidden in WALLS.items():
        if is_within(name, package):
            for module in imports_of(name):
                assert not any(is_within(module, wall) for wall in forbidden), module


def test_only_the_loop_knows_every_stage() -> None:
    """`run.py` alone imports the drivers, the judgement and the comparison."""
    stages = ("compare.drivers", "compare.servers", "compare.diff", "compare.verdicts")
    knowing = [
        name
        for name in MODULES
        if all(any(is_within(m, s) for m in imports_of(name)) for s in stages)
    ]
    assert knowing == ["compare.run"]


def test_imports_have_no_circle() -> None:
    """Following the imports down, one arrives."""
    graph = {name: set(imports_of(name)) & MODULES.keys() for name in MODULES}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        if name not in done:
            for module in sorted(graph[name]):
                visit(module, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_toolkit_imports_no_framework() -> None:
    """Only the folders that are about Django and Starlette import them."""
    frameworks = ("django", "starlette")
    knowing = [
        name
        for name in MODULES
        if is_within(name, "compare")
        and any(is_within(m, f) for m in imports_of(name) for f in frameworks)
    ]
    assert [name for name in knowing if "bench" not in name] == []


def test_no_file_is_long() -> None:
    """A file that has grown past 300 lines has a seam somewhere."""
    tests = sorted((ROOT / "tests").rglob("*.py"))
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (*MODULES.values(), *tests)
        if (lines := len(path.read_text().splitlines())) > 310
    }
    assert long == {}
