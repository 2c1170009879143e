"""The scripts that write the page about servers, and a run to give them."""

from __future__ import annotations

from typing import Any

from tests.tools.scripts import script

MAIN = script("server_table")
PAGE = script("server_table_page")
ROWS = script("server_table_rows")


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
ISSUE = "https://github.com/one/http/issues/7"
ROW = ROWS.Explained(
    ("host-missing", "host-twice"),
    ("one", "three"),
    "`one/http.py`",
    "It never looks.",
    (ISSUE,),
)
NO_ROWS = ROWS.Table((), ())
