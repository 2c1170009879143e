"""The page about servers says what a run found, and its rows name what there is."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from compare.probes.wire.acts import Start
from compare.probes.wire.chapters import CASES, CHAPTER_OF
from compare.servers.table import SERVERS

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "scripts"
DOCUMENT = ROOT / "docs" / "servers.md"


def script(name: str) -> Any:
    """Import a script; it is in no package, and neither are those beside it."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(SCRIPTS))


MAIN = script("server_table")
PAGE = script("server_table_page")
ROWS = script("server_table_rows")
TABLE = ROWS.read_table()


def result(server: str, verdict: str, sentence: str, **more: str) -> dict[str, Any]:
    return {
        "case": "wire/host-missing",
        "chapter": "versions and Host",
        "server": server,
        "verdict": verdict,
        "level": "must",
        "sentence": sentence,
        "shows": "A request without Host is refused.",
        "text": {
            "section": "RFC 9112, 3.2",
            "link": "https://example.org/#3.2",
            "quote": "MUST respond with a 400",
        },
        **more,
    }


def run(*cases: dict[str, Any]) -> dict[str, Any]:
    return {
        "cases": list(cases),
        "environment": {
            "date": "2026-01-02T03:04:05+00:00",
            "python": "CPython 3.11.7",
            "platform": "Linux-6.1-x86_64",
            "cpu": "a processor",
            "cores": 2,
            "versions": {"uvicorn": "1.0"},
        },
    }


REFUSED = "A request without Host is refused."
CALLED = "Expected a refusal, but got '/wire/host-missing~{}'."
ROW = ROWS.Explained("host-missing", ("one",), "`one/http.py`", "It never looks.")
NO_ROWS = ROWS.Table((), ())


def test_servers_that_did_the_same_share_a_line() -> None:
    found = run(
        result("one", "fail", CALLED.format("0123abcd")),
        result("two", "pass", REFUSED),
        result("three", "fail", CALLED.format("4567cdef")),
    )

    page = PAGE.render(ROWS.Table((ROW,), ()), found)

    assert page.split("## Versions and Host\n")[1] == (
        "\nWhat is to be told: 1 of 1 cases.\n"
        "\n### host-missing\n"
        "\nA request without Host is refused. (must)\n"
        "\n> MUST respond with a 400\n"
        "> ([RFC 9112, 3.2](https://example.org/#3.2))\n"
        "\n* fail: one, three: Expected a refusal, but got '/wire/host-missing'.\n"
        "* pass: two.\n"
        "\nIn the source of one: `one/http.py`. It never looks.\n"
    )


def test_many_servers_that_passed_are_all_others() -> None:
    names = ("one", "two", "three", "four")
    passed = [result(name, "pass", REFUSED) for name in names]

    page = PAGE.render(NO_ROWS, run(*passed, result("five", "warn", "It did not.")))

    assert page.endswith("\n* warn: five: It did not.\n* pass: all others.\n")


@pytest.mark.parametrize(
    ("sentence", "steady"),
    [
        ("Got client ('127.0.0.1', '42250').", "Got client ('127.0.0.1', 'PORT')."),
        ("It was still open after 1.5 s.", "It was still open after a wait."),
        ("Still open after 2.2 s idle.", "Still open after a wait idle."),
        ("send() took 55 pieces.", "send() took some pieces."),
        (
            "Expected a refusal, but the application was called: GET '/a~0123abcd'; "
            "the client got 200, 200, and the connection was closed.",
            "Expected a refusal, but the application was called: GET '/a'; "
            "the client got 200, 200.",
        ),
        (
            "The client got 200, and the connection was closed.",
            "The client got 200, and the connection was closed.",
        ),
    ],
)
def test_what_is_new_in_every_run_is_cut_out(sentence: str, steady: str) -> None:
    assert PAGE.steady({"sentence": sentence}) == steady


def test_counts_have_a_cell_for_each_chapter_and_server() -> None:
    page = PAGE.render(
        NO_ROWS,
        run(
            result("one", "fail", "It did not."),
            result("one", "pass", REFUSED, case="wire/a"),
            result("two", "unsupported", "WSGI has no WebSocket."),
        ),
    )

    assert (
        "| chapter | one | two |\n|---|---:|---:|\n"
        "| versions and Host | 1 1F | – |\n| **all** | 1 1F | – |\n"
    ) in page


def test_page_names_versions_date_and_machine() -> None:
    page = PAGE.render(NO_ROWS, run(result("one", "pass", REFUSED)))

    assert (
        "Run on 2026-01-02 with CPython 3.11.7 on Linux, a processor, 2 cores. "
        "Versions: uvicorn 1.0.\n"
    ) in page


def test_chapter_in_which_all_servers_do_the_same_says_so() -> None:
    same = [result(name, "pass", REFUSED) for name in ("one", "two")]
    useless = result("three", "unsupported", "WSGI has no WebSocket.")

    page = PAGE.render(NO_ROWS, run(*same, useless))

    assert "All servers passed, and did the same, in its 1 cases." in page
    assert "### host-missing" not in page


def test_chapter_that_means_nothing_to_any_server_says_so() -> None:
    page = PAGE.render(NO_ROWS, run(result("one", "unsupported", "It has no hints.")))

    assert "No server here has what its 1 cases are about." in page


def test_what_a_server_said_is_not_read_as_markdown() -> None:
    page = PAGE.render(NO_ROWS, run(result("one", "fail", "It sent <b>*a*_b_.")))

    assert r"* fail: one: It sent \<b\>\*a\*\_b\_." in page


def test_mistakes_of_ours_end_the_page() -> None:
    page = PAGE.render(
        ROWS.Table((), ({"what": "It was\nwrong."},)),
        run(result("one", "pass", REFUSED)),
    )

    assert page.endswith("mended in the cases:\n\n* It was wrong.\n")


def test_row_without_its_failure_is_outdated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(run(result("one", "pass", REFUSED))), "utf-8")

    assert MAIN.main(["--json", str(file)]) == 1
    first = TABLE.explained[0]
    assert capsys.readouterr().out.splitlines()[0] == (
        f"{first.servers[0]}: a row explains {first.case}, which did not fail."
    )


@pytest.mark.parametrize("row", TABLE.explained, ids=lambda row: row.case)
def test_every_row_names_a_case_and_servers_that_there_are(row: Any) -> None:
    assert f"wire/{row.case}" in CASES
    assert set(row.servers) <= set(SERVERS)
    assert row.source
    assert row.why.endswith(".")


def test_no_two_rows_explain_the_same() -> None:
    pairs = [(row.case, s) for row in TABLE.explained for s in row.servers]

    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("row", TABLE.explained, ids=lambda row: row.case)
def test_every_row_is_on_the_page(row: Any) -> None:
    page = DOCUMENT.read_text("utf-8")
    of_case = page.split(f"\n### {row.case}\n")[1].split("\n### ")[0]

    assert f"In the source of {', '.join(row.servers)}: {row.source}. " in of_case


def test_page_has_every_chapter() -> None:
    page = DOCUMENT.read_text("utf-8").lower()

    for chapter in set(CHAPTER_OF.values()):
        assert f"\n## {chapter}\n".lower() in page


@pytest.mark.parametrize(
    ("name", "quote", "anchor"),
    [
        ("http-1.0", 'One of "1.0", "1.1" or "2"', "#http-connection-scope"),
        (
            "transfer-encoding-and-length-of-application",
            "the server must ignore it",
            "#response-start-send-event",
        ),
    ],
)
def test_case_quotes_the_sentence_that_it_tests(
    name: str, quote: str, anchor: str
) -> None:
    text = CASES[f"wire/{name}"].text

    assert text.quote == quote
    assert text.link.endswith(anchor)


def test_body_event_without_body_comes_after_a_start_with_headers() -> None:
    """A server that fails without `headers` does not fail here for that reason."""
    _, start, _ = CASES["wire/body-event-without-body"].script

    assert start == Start(200)
