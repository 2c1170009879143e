"""The run, arranged: marks, scores, and the words at the top."""

from __future__ import annotations

import pytest

from asgi_compare.model.results import Difference, Run, Verdict, VerdictKind
from asgi_compare.report.run import view
from asgi_compare.report.run.view import Column


def small_run(*verdicts: tuple[str, str, VerdictKind]) -> Run:
    """Make a run of two scenarios, two implementations and two hosts."""
    return Run(
        scenarios=[
            {"name": "hello/get", "chapter": "http", "shows": "Hello."},
            {"name": "hello/head", "chapter": "http"},
        ],
        implementations=[{"name": "raw"}, {"name": "django"}],
        hosts=[{"name": "in-process"}, {"name": "uvicorn"}, {"name": "unused"}],
        verdicts=[
            Verdict(scenario, cell.split("@")[0], cell.split("@")[1], verdict)
            for scenario, cell, verdict in verdicts
        ],
    )


def test_columns_are_those_that_have_verdicts_in_the_order_of_the_run() -> None:
    run = small_run(
        ("hello/get", "django@uvicorn", "passed"),
        ("hello/get", "raw@in-process", "passed"),
    )
    table = view.matrix(run)
    assert table.columns == (Column("raw", "in-process"), Column("django", "uvicorn"))
    assert [name for name, _ in table.groups] == ["raw", "django"]
    assert view.baseline(run) == "raw@in-process"


@pytest.mark.parametrize(
    ("verdict", "known", "mark"),
    [
        ("passed", [], "passed"),
        ("passed", [True], "known"),
        ("passed", [True, False], "different"),
        ("failed", [True], "failed"),
        ("unsupported", [False], "unsupported"),
        ("error", [], "error"),
    ],
)
def test_mark_comes_from_verdict_and_differences(
    verdict: VerdictKind, known: list[bool], mark: str
) -> None:
    run = small_run(("hello/get", "raw@uvicorn", verdict))
    between = ("raw@in-process", "raw@uvicorn")
    run.differences = [
        Difference("hello/get", between, "body", known=each) for each in known
    ]
    (cell, missing) = view.matrix(run).cells
    assert cell.mark.kind == mark
    assert missing.mark.kind == "absent"


def test_score_counts_scenarios_that_pass_on_every_host_that_can() -> None:
    run = small_run(
        ("hello/get", "raw@in-process", "passed"),
        ("hello/get", "raw@uvicorn", "unsupported"),
        ("hello/head", "raw@in-process", "passed"),
        ("hello/head", "raw@uvicorn", "failed"),
        ("hello/get", "django@uvicorn", "unsupported"),
    )
    (chapter,) = view.matrix(run).chapters
    assert chapter.score("raw") == (1, 2)
    assert chapter.score("django") == (0, 0)


def test_headline_counts_everything() -> None:
    run = small_run(
        ("hello/get", "raw@in-process", "passed"),
        ("hello/get", "raw@uvicorn", "error"),
        ("hello/head", "raw@in-process", "failed"),
        ("hello/head", "raw@uvicorn", "unsupported"),
    )
    between = ("raw@in-process", "raw@uvicorn")
    run.differences = [
        Difference("hello/get", between, "body", known=True),
        Difference("hello/get", between, "status"),
    ]
    run.interrupted = True
    table = view.matrix(run)
    assert view.title(table) == "One contract, one implementation"
    assert view.headline(run, table) == [
        "2 scenarios, 1 implementation, 2 hosts: 4 exchanges.",
        "1 passed, 1 failed, 1 unsupported, 1 error.",
        "2 differences, 1 of them not explained.",
        "The run was interrupted: this is what was done until then.",
    ]


def test_headline_says_when_all_is_explained_or_the_same() -> None:
    run = small_run(("hello/get", "raw@uvicorn", "passed"))
    table = view.matrix(run)
    assert view.headline(run, table)[2] == "No exchange differs from another."
    between = ("raw@in-process", "raw@uvicorn")
    run.differences = [Difference("hello/get", between, "body", known=True)]
    sentence = "1 difference, all of them explained."
    assert view.headline(run, table)[2] == sentence


def test_empty_run_has_an_empty_matrix() -> None:
    run = Run(interrupted=True)
    table = view.matrix(run)
    assert (table.columns, table.chapters) == ((), ())
    assert view.baseline(run) == ""
    assert view.title(table) == "One contract, no implementations"


def test_facts_are_pairs_of_text() -> None:
    run = Run(environment={"cores": 2, "versions": {"a": "1", "b": "2"}})
    assert view.facts(run) == [("cores", "2"), ("versions", "a 1, b 2")]


def test_each_host_has_a_letter_of_its_own() -> None:
    hosts = [
        "in-process",
        "uvicorn",
        "uvicorn-h11",
        "hypercorn",
        "daphne",
        "granian",
        "gunicorn-asgi",
        "wsgiref",
        "gunicorn-sync",
        "gunicorn-gthread",
        "waitress",
        "granian-wsgi",
        "hypercorn-wsgi",
    ]
    letters = view.host_letters(hosts)
    assert len(set(letters.values())) == len(hosts)
    assert [letters[host] for host in hosts[:4]] == ["i", "u", "U", "h"]


def test_hosts_that_outnumber_the_letters_share_one() -> None:
    letters = view.host_letters([f"a{'a' * n}" for n in range(13)])
    assert list(letters.values())[-1] == "?"
