"""The page about servers says what a run found."""

from __future__ import annotations

import pytest

from asgi_compare.judge.server.acts import Start
from asgi_compare.judge.server.chapters import CASES
from tests.tools.server_page import (
    CALLED,
    ISSUE,
    NO_ROWS,
    PAGE,
    REFUSED,
    ROW,
    ROWS,
    result,
    run,
)


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
        "\nIn the source of one, three: `one/http.py`. It never looks. "
        f"Upstream: [one/http#7]({ISSUE}).\n"
    )


def test_explanation_stands_at_the_first_of_its_cases() -> None:
    here = ROWS.Explained(("host-twice",), ("two",), "`two.py`", "Nor this one.")
    also = ROWS.Explained(("host-missing", "host-twice"), ("four",), "`four.py`", "No.")

    assert PAGE.explanations("host-twice", [ROW, here, also]) == [
        "In the source of two: `two.py`. Nor this one.",
        "In the source of one, three, four: as for [host-missing](#host-missing).",
    ]


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
        ("Still open after 2.2 s idle.", "Still open after some time idle."),
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
        (
            "Got 200, then bytes that are no HTTP: b'x'… (9 bytes), and it was reset.",
            "Got 200, then bytes that are no HTTP, and it was reset.",
        ),
        ("Got ('/run/x/asgi-compare-a_b1/socket', '0').", "Got ('/socket', '0')."),
        ("Got b'Date: Fri, 20 Nov 20'… (9 bytes).", "Got b'Date: DATE'… (9 bytes)."),
        (
            "Expected it later, but got 0.01 s.",
            "Expected it later, but got it at once.",
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


def test_chapter_of_which_no_server_has_all_says_how_much() -> None:
    page = PAGE.render(
        NO_ROWS,
        run(
            result("one", "pass", REFUSED),
            result("one", "unsupported", "It has no hints.", case="wire/a"),
            result("two", "unsupported", "It has no hints.", case="wire/a"),
        ),
    )

    assert (
        "\nNo server here has what 1 of its 2 cases are about. "
        "In the rest all that were asked\npassed, and did the same.\n"
    ) in page


def test_what_a_server_said_is_not_read_as_markdown() -> None:
    page = PAGE.render(NO_ROWS, run(result("one", "fail", "It sent <b>*a*_b_.")))

    assert r"* fail: one: It sent \<b\>\*a\*\_b\_." in page


def test_mistakes_of_ours_end_the_page() -> None:
    page = PAGE.render(
        ROWS.Table((), ({"what": "It was\nwrong."},)),
        run(result("one", "pass", REFUSED)),
    )

    assert page.endswith("mended in the cases:\n\n* It was wrong.\n")


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
