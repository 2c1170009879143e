"""The rule book in somebody's tests, as a plugin of pytest.

    pytest --asgi-compare            a test fails if its application breaks a rule
    pytest --asgi-compare=summary    the findings are listed at the end

Every ASGI and WSGI application that the session's test clients drive is wrapped by the
live validator. A test or a module has its own selection with

    @pytest.mark.asgi_compare(exclude=["http/etag"])

and `exclude=["*"]` leaves it alone. The fixture `asgi_compare` is there with and
without the option: its `validate(app)` wraps an application of the test's own, and its
`findings` is what was found until then.

pytest imports this module whenever the toolkit is installed, wanted or not. So it
imports nothing but pytest; the rest is in `asgi_compare.judge.validator.watching`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from asgi_compare.judge.validator.watching import Watch

MODES = ("fail", "summary")
WATCH = "asgi-compare-watch"

SETTINGS: tuple[tuple[str, Any, Any, str], ...] = (
    ("mode", None, "", "as --asgi-compare: fail or summary; empty for neither"),
    ("select", "args", (), "globs of the rules that count; all, if there are none"),
    ("exclude", "args", (), "globs of rules that do not count"),
    ("level", None, "must", "must, or should for what is only recommended, too"),
    ("side", None, "application", "application, server (the test client), or both"),
)
"""The settings `asgi_compare_...`: name, type, default, meaning."""


CHOICES = {"level": ("must", "should"), "side": ("application", "server", "both")}
"""What settings may say that are no globs."""
MARKER = ("select", "exclude", "level")
"""What the marker may be given."""


def _mode(text: str) -> str:
    if text not in MODES:
        raise pytest.UsageError(
            f"Expected --asgi-compare, --asgi-compare=fail or --asgi-compare=summary, "
            f"but got {text!r}; write the '=', and paths before the bare option."
        )
    return text


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and the settings."""
    parser.getgroup("asgi-compare").addoption(
        "--asgi-compare",
        nargs="?",
        const="fail",
        default=None,
        type=_mode,
        metavar="fail|summary",
        help="judge the ASGI and WSGI applications that the tests drive",
    )
    for name, kind, default, meaning in SETTINGS:
        parser.addini(f"asgi_compare_{name}", meaning, kind, default)


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch, if it was asked for."""
    config.addinivalue_line(
        "markers",
        "asgi_compare(select, exclude, level): which findings count in this test",
    )
    mode = config.getoption("asgi_compare") or config.getini("asgi_compare_mode")
    if mode:
        from asgi_compare.judge.validator.watching import Watch

        watch = Watch(config, _mode(mode))
        for name in ("select", "exclude", *CHOICES):
            _understood(name, config.getini(f"asgi_compare_{name}"), "the settings")
        config.pluginmanager.register(watch, WATCH)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Refuse a mark that would leave out more than its author thinks."""
    if not config.pluginmanager.has_plugin(WATCH):
        return
    for item in items:
        for mark in item.iter_markers("asgi_compare"):
            if mark.args or not mark.kwargs.keys() <= set(MARKER):
                raise pytest.UsageError(
                    f"Expected asgi_compare({', '.join(f'{n}=' for n in MARKER)}) on "
                    f"{item.nodeid}, but got {mark.args!r} and {mark.kwargs!r}."
                )
            for name, value in mark.kwargs.items():
                _understood(name, value, item.nodeid)


def _understood(name: str, value: Any, place: str) -> None:
    """See that a setting says something: one that is misspelt would hide findings."""
    if name not in CHOICES:
        if not isinstance(value, list | tuple):
            raise pytest.UsageError(
                f"Expected a list as {name!r} in {place}, but got {value!r}."
            )
        for glob in value:
            _known(glob, place)
    elif value not in CHOICES[name]:
        known = " or ".join(CHOICES[name])
        raise pytest.UsageError(
            f"Expected {known} as {name!r} in {place}, but got {value!r}."
        )


def _known(glob: str, place: str) -> None:
    from fnmatch import filter as matching

    from asgi_compare.judge.rules import RULES

    if not matching(RULES, glob):
        raise pytest.UsageError(
            f"Expected the name of a rule in {place}, but got {glob!r}; "
            f"see asgi-compare rules."
        )


@pytest.fixture
def asgi_compare(request: pytest.FixtureRequest) -> Any:
    """Wrap applications by `validate(app)`; `findings` is what was found."""
    from asgi_compare.judge.validator.watching import Inspection

    watch: Watch | None = request.config.pluginmanager.get_plugin(WATCH)
    return Inspection(request.node, watch)
