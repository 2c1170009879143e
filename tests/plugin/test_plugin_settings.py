"""What the plugin is told and does not understand ends the session in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.places import CODE

pytest_plugins = ["pytester"]

MARKED = """
import pytest

@pytest.mark.asgi_compare({})
def test_it():
    pass
"""


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PYTHONPATH", str(CODE))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(mark: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_marked=MARKED.format(mark))
        plugin = ("-p", "asgi_compare.pytest_plugin")
        return pytester.runpytest_subprocess(*plugin, *options)

    return run


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (
            "asgi_compare_side=sever",
            "Expected application or server or both as 'side' in the settings, but "
            "got 'sever'.",
        ),
        (
            "asgi_compare_level=may",
            "Expected must or should as 'level' in the settings, but got 'may'.",
        ),
        (
            "asgi_compare_select=asgi-hedaers/x",
            "Expected the name of a rule in the settings, but got 'asgi-hedaers/x'; "
            "see asgi-compare rules.",
        ),
    ],
)
def test_setting_that_would_hide_findings_is_refused(
    session: Any, option: str, said: str
) -> None:
    result = session("", "--asgi-compare", "-o", option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {said}" in result.errlines


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (
            'exclude=["http/etga"]',
            "Expected the name of a rule in test_marked.py::test_it, but got "
            "'http/etga'; see asgi-compare rules.",
        ),
        (
            'level="may"',
            "Expected must or should as 'level' in test_marked.py::test_it, but got "
            "'may'.",
        ),
        (
            'exclude="http/etag"',
            "Expected a list as 'exclude' in test_marked.py::test_it, but got "
            "'http/etag'.",
        ),
        (
            'levle="must"',
            "Expected asgi_compare(select=, exclude=, level=) on "
            "test_marked.py::test_it, but got () and {'levle': 'must'}.",
        ),
        (
            '"http/etag"',
            "Expected asgi_compare(select=, exclude=, level=) on "
            "test_marked.py::test_it, but got ('http/etag',) and {}.",
        ),
    ],
)
def test_mark_that_would_hide_findings_is_refused(
    session: Any, mark: str, said: str
) -> None:
    result = session(mark, "--asgi-compare")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {said}" in [*result.errlines, *result.outlines]


@pytest.mark.parametrize("mark", ["", 'exclude=["*"]', 'select=["http/*"]'])
def test_mark_that_says_something_is_fine(session: Any, mark: str) -> None:
    session(mark, "--asgi-compare").assert_outcomes(passed=1)


def test_mark_is_nobodys_concern_without_the_option(session: Any) -> None:
    session('levle="must"').assert_outcomes(passed=1)
