"""The script that runs other people's suites reads pytest's words rightly."""

from __future__ import annotations

import tomllib

from asgi_compare.judge.rules import RULES
from tests.tools.scripts import ROOT, TOOLS, script

ROWS = tomllib.loads((TOOLS / "upstream_suites.toml").read_text("utf-8"))
PAGE = (ROOT / "docs" / "upstream-suites.md").read_text("utf-8")

OUTPUT = """\
..F                                                                      [100%]
========================== asgi-compare: findings 2 ===========================
http/etag
  Expected an ETag in double quotes, but got b'a' (event 0 of 'GET /').
    in tests/test_a.py::test_a, tests/test_a.py::test_b
=========================== short test summary info ===========================
FAILED tests/test_a.py::test_c - assert 1 == 2
1 failed, 2 passed in 0.12s
"""

SUITES = script("upstream_suites")


def test_outcome_is_read_from_what_pytest_writes() -> None:
    assert SUITES.outcome_of(OUTPUT) == SUITES.Outcome(
        "1 failed, 2 passed",
        frozenset({"tests/test_a.py::test_c"}),
        2,
        frozenset({"http/etag"}),
    )


def test_outcome_without_the_plugin_has_no_findings() -> None:
    assert SUITES.outcome_of("...\n3 passed in 0.01s\n") == SUITES.Outcome(
        "3 passed", frozenset()
    )


def test_disturbance_and_rows_that_do_not_agree_are_told() -> None:
    suite = {"name": "Suite", "failing": ["test_a"]}
    plain = SUITES.Outcome("1 failed", frozenset({"test_a[one]"}))
    watched = SUITES.Outcome("1 failed", frozenset({"test_b"}), 1, frozenset({"x/y"}))

    assert list(SUITES.problems(suite, plain, watched, {"x/z": {}})) == [
        "Suite: test_a[one] does not come to the same with the plugin.",
        "Suite: test_b does not come to the same with the plugin.",
        "Suite: x/y is broken, and no row explains it.",
        "Suite: a row explains x/z, which is not broken.",
    ]


def test_test_that_fails_and_is_not_named_is_told() -> None:
    suite = {"name": "Suite", "failing": ["test_a"]}
    failed = SUITES.Outcome("2 failed", frozenset({"test_a[one]", "test_c"}))

    assert list(SUITES.problems(suite, failed, failed, {})) == [
        "Suite: test_c fails without the plugin, and no row explains it."
    ]
    assert list(SUITES.problems({"name": "Suite"}, failed, failed, {})) == [
        "Suite: test_a[one] fails without the plugin, and no row explains it.",
        "Suite: test_c fails without the plugin, and no row explains it.",
    ]


def test_every_row_stands_on_the_page_and_names_a_rule() -> None:
    suites = {suite["name"] for suite in ROWS["suite"]}
    for row in ROWS["finding"]:
        assert row["rule"] in RULES
        assert row["suite"] in suites
        assert row["kind"] in ("framework", "tests", "test client")
        assert f"| `{row['rule']}` | {row['kind']} | {row['why']}" in PAGE
