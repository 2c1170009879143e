"""Write docs/servers.md.

The page counts first, and then takes the chapters one by one. Of a chapter it shows the
cases in which not all servers did the same, and those that not all of them passed; the
servers that did the same share a line. Numbers that are new in every run (ports, the
number in a path) are cut out, or no two servers would ever have done the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tools.server_table_rows import TOLD, Explained, Run, Table

Result = Mapping[str, Any]
ORDER = (*TOLD, "pass", "unsupported")
SIGNS = {"warn": "w", "fail": "F", "crash": "C", "timeout": "T", "flaky": "~"}
NEW_EACH_TIME = (
    (re.compile(r"~[0-9a-f]{8}\b"), ""),
    (re.compile(r"(?<=127\.0\.0\.1', ')\d+"), "PORT"),
    (re.compile(r"(?<='SERVER_PORT': )\d+"), "PORT"),
    (re.compile(r"(?<=127\.0\.0\.1:)\d+"), "PORT"),
    (re.compile(r"took \d+ pieces"), "took some pieces"),
    # How much of it has come when it is found to be none is chance.
    (re.compile(r"(bytes that are no HTTP): .+(?=, and )"), r"\1"),
    (re.compile(r"'[^']*/asgi-compare-\w+/"), "'/"),
    (re.compile(r"(?<=Date: )\w{3}, [\w :]+"), "DATE"),
    (re.compile(r"but got 0\.\d+ s"), "but got it at once"),
    # How fast the end of a connection is seen is not what these cases ask for.
    (
        re.compile(
            r"(but (?:the application was called|there were).*; the client got .*), "
            r"and the connection (?:was closed|stayed open)(?=\.$)"
        ),
        r"\1",
    ),
    (re.compile(r"(?<=after )\d+\.\d s idle"), "some time idle"),
    (re.compile(r"(still open after|after) \d+\.\d s", re.IGNORECASE), r"\1 a wait"),
)
NO_MEANING = ("The case is about what only", "WSGI has no WebSocket")
"""How the sentence of an unsupported case begins if it says nothing of the server."""
MANY = 4
"""Servers from which on those that passed are not named one by one."""

INTRODUCTION = """\
# The servers under the wire cases

This page is written by `python -m tools.server_table --write`. Do not change it
by hand: the cases are in `compare/asgi_compare/judge/server/chapters/`, what is said of
a server's source is in `compare/tools/server_table.toml`.

A *wire case* is one conversation: a client sends bytes, and an application in the
server under test writes down what it sees. The verdict follows from both views. A
verdict of *fail* needs a sentence that is binding. *warn* is a SHOULD, or a refusal in
other words than the text has, or a sentence that the servers read differently. Cases of
level *may* are only reported: there the servers differ, and all of them are right.
Of each chapter you find those cases in which the servers differ, or not all of them
passed. In its other cases all servers that were asked passed, and did the same.

A finding is no verdict on a server. A proxy in front of it may take care of the same
sentence, and often the case is one that no ordinary client will ever bring about. Each
server runs as its row in the [table](../README.md#the-servers) has it. A server for
which a case has no meaning is left out there.
`asgi-compare check-server NAME --select CASE` plays one case again.

Whatever is no *pass* here has its explanation, which was read in the source of the
version below. Granian is compiled: its own source was read in the same version; that of
the libraries under it (hyper, httparse, http and tungstenite, all in Rust) in their
public repositories, in a version a little older than the one it is built with.
*Upstream* names an issue in which the matter is known.
"""

COUNTS = """\
## Counts

How many cases passed; after that how many did not: w warn, F fail, C crash, T timeout,
~ failed at first and passed when it was tried again. Not counted are the cases that a
server cannot be asked, such as those about an extension that it does not offer. A dash:
there is no other case in the chapter.
"""

MENDED = """\
## What was our mistake

Found while this page was written, and mended in the cases:
"""


def render(table: Table, run: Run) -> str:
    """Write the whole page."""
    results: list[Result] = run["cases"]
    parts = [INTRODUCTION, _environment(run), COUNTS, _counts(results)]
    for chapter in _distinct(results, "chapter"):
        parts += _chapter(chapter, _of(results, "chapter", chapter), table)
    if table.mended:
        lines = [f"* {' '.join(row['what'].split())}" for row in table.mended]
        parts.append("\n".join([MENDED, *lines, ""]))
    return "\n".join(parts)


def _distinct(results: Iterable[Result], key: str) -> list[str]:
    return list(dict.fromkeys(result[key] for result in results))


def _of(results: Iterable[Result], key: str, value: str) -> list[Result]:
    return [result for result in results if result[key] == value]


def _environment(run: Run) -> str:
    found = run["environment"]
    system = str(found["platform"]).partition("-")[0]
    versions = ", ".join(f"{name} {v}" for name, v in found["versions"].items())
    return (
        f"Run on {str(found['date'])[:10]} with {found['python']} on {system}, "
        f"{found['cpu']}, {found['cores']} cores. Versions: {versions}.\n"
    )


def _counts(results: Sequence[Result]) -> str:
    servers = _distinct(results, "server")
    lines = [
        f"| chapter | {' | '.join(servers)} |",
        f"|---|{'---:|' * len(servers)}",
    ]
    for chapter in _distinct(results, "chapter"):
        lines.append(_row(chapter, _of(results, "chapter", chapter), servers))
    return "\n".join([*lines, _row("**all**", results, servers), ""])


def _row(name: str, results: Sequence[Result], servers: Sequence[str]) -> str:
    cells = [_cell(_of(results, "server", server)) for server in servers]
    return f"| {name} | {' | '.join(cells)} |"


def _cell(results: Sequence[Result]) -> str:
    found = Counter(result["verdict"] for result in results)
    if not found.keys() - {"unsupported"}:
        return "–"
    rest = [f"{found[v]}{sign}" for v, sign in SIGNS.items() if found[v]]
    return " ".join([str(found["pass"]), *rest])


def _chapter(chapter: str, results: Sequence[Result], table: Table) -> list[str]:
    cases = _distinct(results, "case")
    telling = [c for c in cases if is_telling(_of(results, "case", c))]
    said = f"What is to be told: {len(telling)} of {len(cases)} cases."
    parts = [f"## {chapter[0].upper()}{chapter[1:]}\n"]
    parts.append(f"{said if telling else _nothing_to_tell(results)}\n")
    for case in telling:
        name = case.removeprefix("wire/")
        rows = [row for row in table.explained if name in row.cases]
        parts.append(_case(_of(results, "case", case), rows))
    return parts


def _nothing_to_tell(results: Sequence[Result]) -> str:
    """Return why; cases that nobody played are no praise for anybody."""
    cases = len(_distinct(results, "case"))
    played = [r for r in results if r["verdict"] != "unsupported"]
    absent = cases - len(_distinct(played, "case"))
    if absent == cases:
        return f"No server here has what its {cases} cases are about."
    if absent:
        return (
            f"No server here has what {absent} of its {cases} cases are about. "
            "In the rest all that were asked\npassed, and did the same."
        )
    return f"All servers passed, and did the same, in its {cases} cases."


def is_telling(results: Sequence[Result]) -> bool:
    """Return whether a case has anything to tell of the servers."""
    played = [r for r in results if r["verdict"] != "unsupported"]
    verdicts = {r["verdict"] for r in played}
    return bool(verdicts - {"pass"}) or len({steady(r) for r in played}) > 1


def steady(result: Result) -> str:
    """Return the sentence of a verdict without what is new in every run."""
    sentence: str = result["sentence"]
    for pattern, instead in NEW_EACH_TIME:
        sentence = pattern.sub(instead, sentence)
    return sentence


def _case(results: Sequence[Result], rows: Sequence[Explained]) -> str:
    first = results[0]
    lines = [
        f"### {first['case'].removeprefix('wire/')}",
        "",
        f"{first['shows']} ({first['level']})",
        "",
    ]
    for text in _texts(results):
        lines.append(f"> {text['quote']}")
        lines += [f"> ([{text['section']}]({text['link']}))", ""]
    for verdict, sentence, servers in _behaviours(results):
        lines.append(_line(verdict, sentence, servers, first["shows"]))
    for said in explanations(first["case"].removeprefix("wire/"), rows):
        lines += ["", said]
    return "\n".join([*lines, ""])


def _texts(results: Sequence[Result]) -> list[Mapping[str, str]]:
    """Return the sentences of a case: a WSGI server may have one of its own."""
    asked = [r for r in results if r["verdict"] != "unsupported"] or results
    return list({r["text"]["section"]: r["text"] for r in asked}.values())


def explanations(case: str, rows: Iterable[Explained]) -> list[str]:
    """Say each at the first of its cases; elsewhere, say where that is."""
    said: list[str] = []
    elsewhere: dict[str, list[str]] = {}
    for row in rows:
        if row.cases[0] == case:
            said.append(f"In the source of {', '.join(row.servers)}: {_whole(row)}")
        else:
            elsewhere.setdefault(row.cases[0], []).extend(row.servers)
    return said + [
        f"In the source of {', '.join(servers)}: as for [{place}](#{place})."
        for place, servers in elsewhere.items()
    ]


def _whole(row: Explained) -> str:
    known = ", ".join(f"[{_issue(each)}]({each})" for each in row.upstream)
    upstream = f" Upstream: {known}." if known else ""
    return f"{row.source}. {row.why}{upstream}"


def _issue(address: str) -> str:
    """Name an issue as its project does: `owner/name#number`."""
    _, _, _, owner, name, _, number = address.split("/")
    return f"{owner}/{name}#{number}"


def _behaviours(results: Iterable[Result]) -> list[tuple[str, str, list[str]]]:
    found: dict[tuple[str, str], list[str]] = {}
    for result in results:
        if not result["sentence"].startswith(NO_MEANING):
            key = (result["verdict"], steady(result))
            found.setdefault(key, []).append(result["server"])
    ordered = sorted(found.items(), key=lambda item: ORDER.index(item[0][0]))
    return [(verdict, said, servers) for (verdict, said), servers in ordered]


def _line(verdict: str, sentence: str, servers: Sequence[str], shows: str) -> str:
    names = ", ".join(servers)
    if verdict == "pass" and sentence == shows:
        return f"* pass: {'all others' if len(servers) >= MANY else names}."
    return f"* {verdict}: {names}: {_plain(sentence)}"


def _plain(sentence: str) -> str:
    """Keep what a server sent from being read as Markdown."""
    return re.sub(r"([\\`*_<>\[\]|~])", r"\\\1", sentence)
