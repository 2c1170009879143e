"""The plugin in a session of its own, with every test client that is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.places import CODE
from tests.plugin.clients import APPS, CLIENTS, PAGES

pytest_plugins = ["pytester"]

PLUGINS = ("-p", "asgi_compare.pytest_plugin", "-p", "xdist.plugin")

TESTS = """
from client import ask

def test_good():
    ask("/good")

def test_bad():
    ask("/bad")
"""


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PYTHONPATH", str(CODE))
    # Installed or not, the plugin is loaded by name, and no other with it.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*options: str, **files: str) -> pytest.RunResult:
        pytester.makepyfile(**{"apps": APPS, "pages": PAGES, **files})
        return pytester.runpytest_subprocess(*PLUGINS, *options)

    return run


TOO_SHORT = "http/content-too-short: Expected 9 bytes"
EVERY_CLIENT = """
import importlib
import pytest

@pytest.mark.parametrize("path", ["good", "bad"])
@pytest.mark.parametrize("name", {names})
def test_it(name, path):
    importlib.import_module(name).ask("/" + path)
"""


@pytest.mark.parametrize("options", [(), ("--asgi-compare",)], ids=["off", "on"])
def test_application_of_every_client_is_judged(
    session: Any, options: tuple[str, ...]
) -> None:
    clients = {f"ask_{name}": text for name, text in CLIENTS.items()}

    result = session(
        "-rA", *options, test_it=EVERY_CLIENT.format(names=[*clients]), **clients
    )

    if not options:
        result.assert_outcomes(passed=2 * len(clients))
        return
    result.assert_outcomes(passed=len(clients), failed=len(clients))
    # Counted at the start of a line: where CI is set, pytest repeats it in its summary.
    told = [line for line in result.outlines if line.startswith(TOO_SHORT)]
    assert len(told) == len(clients)
    for name in clients:
        result.stdout.fnmatch_lines([f"FAILED test_it.py::test_it[[]{name}-bad[]]*"])


@pytest.mark.parametrize("workers", [0, 2])
def test_summary_lists_what_was_found(session: Any, workers: int) -> None:
    tests = TESTS + "\ndef test_bad_again():\n    ask('/bad')\n"
    result = session(
        "--asgi-compare=summary",
        f"-n{workers}",
        test_it=tests,
        client=CLIENTS["starlette"],
    )

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [
            "asgi-compare: 3 exchanges watched",
            "*= asgi-compare: findings 1 =*",
            "http/content-too-short",
            "  Expected 9 bytes of content, but got 5 (event 2 of 'GET /bad').",
            "    in *test_it.py::test_bad*, *test_it.py::test_bad*",
        ]
    )


def test_session_without_a_client_says_that_nothing_was_watched(session: Any) -> None:
    result = session("--asgi-compare", test_it="def test_nothing():\n    pass\n")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["asgi-compare: no exchange was watched; the test clients that are belong to *"]
    )


def test_exchange_of_a_wrapped_application_is_watched(session: Any) -> None:
    result = session(
        "--asgi-compare",
        test_it="""
            import apps

            def test_wrapped(asgi_compare):
                app = asgi_compare.validate(apps.wsgi)
                environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/bad"}
                app(environ, lambda *args: None)
        """,
    )

    result.stdout.fnmatch_lines(["asgi-compare: 1 exchange watched"])


def test_workers_tell_of_failures(session: Any) -> None:
    result = session(
        "--asgi-compare", "-n2", test_it=TESTS, client=CLIENTS["starlette"]
    )

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["http/content-too-short: *"])


def test_marks_and_settings_say_what_counts(
    session: Any, pytester: pytest.Pytester
) -> None:
    pytester.makeini(
        "[pytest]\nasgi_compare_mode = fail\nasgi_compare_exclude = wsgi/*"
    )
    result = session(
        client=CLIENTS["starlette"],
        test_it="""
            import pytest
            from client import ask

            @pytest.mark.asgi_compare(exclude=["http/content-*"])
            def test_excluded():
                ask("/bad")

            @pytest.mark.asgi_compare(select=["asgi/*"])
            def test_not_selected():
                ask("/bad")

            @pytest.mark.asgi_compare(level="should")
            def test_chosen():
                ask("/bad")
        """,
    )

    result.assert_outcomes(passed=2, failed=1)


def test_finding_is_told_in_every_test_and_in_the_phase_it_was_made_in(
    session: Any,
) -> None:
    result = session(
        "--asgi-compare",
        client=CLIENTS["starlette"],
        test_it="""
            import pytest
            from client import ask

            @pytest.fixture
            def before():
                ask("/bad")

            @pytest.fixture
            def after():
                yield
                ask("/bad")

            def test_set_up(before):
                pass

            def test_tear_down(after):
                pass

            def test_once():
                ask("/bad")
                ask("/bad")
                raise RuntimeError("of its own")

            @pytest.mark.xfail
            def test_expected():
                ask("/bad")
        """,
    )

    result.assert_outcomes(errors=2, passed=1, failed=1, xfailed=1)
    result.stdout.fnmatch_lines(["*of its own*", "*asgi-compare call*", "http/*"])


def test_test_client_of_a_server_side_finding_is_judged_on_demand(
    session: Any, pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\nasgi_compare_side = both")
    test = """
        import asyncio, apps
        from asgiref.testing import ApplicationCommunicator

        def test_client_without_a_query():
            async def once():
                one = ApplicationCommunicator(apps.asgi, {"type": "http", "path": "/"})
                await one.send_input({"type": "http.request"})
                await one.wait()
            asyncio.run(once())
    """
    assert session(test_it=test).ret == 0
    result = session("--asgi-compare", test_it=test)

    result.assert_outcomes(failed=1)


@pytest.mark.parametrize("options", [(), ("--asgi-compare",)])
def test_fixture_has_what_was_found(session: Any, options: tuple[str, ...]) -> None:
    result = session(
        *options,
        test_it="""
            import apps
            from starlette.testclient import TestClient

            def test_bad(asgi_compare):
                client = TestClient(asgi_compare.validate(apps.asgi))
                client.get("/good")
                assert asgi_compare.findings == []
                client.get("/bad")
                assert [each.rule for each in asgi_compare.findings] == [
                    "http/content-too-short"
                ]
        """,
    )

    result.assert_outcomes(**{"failed" if options else "passed": 1})


def test_client_that_is_imported_already_is_watched_too(session: Any) -> None:
    result = session(
        "--asgi-compare",
        "-p",
        "client",
        client=CLIENTS["werkzeug"],
        test_it=TESTS,
    )

    result.assert_outcomes(passed=1, failed=1)


def test_what_is_no_application_is_left_to_the_client(session: Any) -> None:
    result = session(
        "--asgi-compare",
        test_it="""
            import httpx

            def test_it():
                assert httpx.ASGITransport(5).app == 5
        """,
    )

    result.assert_outcomes(passed=1)


def test_unknown_mode_is_refused(session: Any) -> None:
    result = session("--asgi-compare", "test_it.py", test_it="")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*Expected --asgi-compare, --asgi-compare=fail or*"])


def test_plugin_imports_nothing_that_was_not_asked_for() -> None:
    code = """
import sys
import pytest
import _pytest.config
before = set(sys.modules)
import asgi_compare.pytest_plugin
import json
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    new = [name for name in json.loads(done.stdout) if not name.startswith("json")]
    assert new == ["asgi_compare", "asgi_compare.pytest_plugin"]
