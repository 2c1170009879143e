"""Every difference on every server has a row, and every row a difference.

By default, what happens in process. The slow tests are of one run of everything there
is, which takes a minute. Where a server is not installed, its rows cannot occur, and
they fail: they are for the whole of the extra `servers`.
"""

import re
import sysconfig
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from asgi_compare.contract import SCENARIOS
from asgi_compare.contract.applicability import applicable_scenario
from asgi_compare.contract.expectation import judge
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.judge.comparison import verdicts
from asgi_compare.judge.comparison.diff import ANSWER, explanation
from asgi_compare.judge.comparison.known_differences import KNOWN, KnownDifference
from asgi_compare.judge.comparison.known_differences.row import occurs
from asgi_compare.judge.comparison.verdicts import known_row
from asgi_compare.model.results import IN_PROCESS, Run, Verdict
from asgi_compare.model.transcript import Ending, Transcript
from asgi_compare.run.matrix import Plan, run
from tests.conftest import USUAL
from tests.tables import each_row

# The runs are made once, so all of these tests belong to one worker.
pytestmark = [pytest.mark.xdist_group("usual run"), pytest.mark.timeout(400)]

Place = tuple[str, str, str, str]
"""A scenario, an implementation, a host and an aspect."""
HOSTS = (IN_PROCESS, *SERVERS)
PLACE = re.compile(r"\b([\w/]+\.py): ([\w.]+)")
"""A file of a distribution, or of the standard library, and a name in it."""
LIBRARIES = [Path(sysconfig.get_path(name)) for name in ("purelib", "stdlib")]


def title(row: KnownDifference) -> str:
    return " ".join(",".join(column) for column in columns(row))


@pytest.fixture(scope="module")
def everything() -> Run:
    return run(Plan(hosts=HOSTS))


def test_every_usual_difference_has_a_row(usual_run: Run) -> None:
    assert [d for d in usual_run.differences if not d.known] == []


@each_row("host", USUAL)
def test_every_usual_verdict_is_passed_or_has_a_reason(
    host: str, usual_run: Run
) -> None:
    check_verdicts(host, usual_run)


@pytest.mark.slow
def test_every_difference_has_a_row(everything: Run) -> None:
    assert [d for d in everything.differences if not d.known] == []


@pytest.mark.slow
@each_row("host", HOSTS)
def test_every_verdict_is_passed_or_has_a_reason(host: str, everything: Run) -> None:
    check_verdicts(host, everything)


def check_verdicts(host: str, made: Run) -> None:
    verdicts = [v for v in made.verdicts if v.host == host]
    assert verdicts
    bad = [v for v in verdicts if v.verdict not in ("passed", "unsupported")]
    assert bad == []
    assert all(bool(v.reason) == (v.verdict == "unsupported") for v in verdicts)


@pytest.mark.slow
def test_every_row_occurs(everything: Run) -> None:
    found = {row for row, _ in occurrences(everything)}
    assert [title(row) for row in KNOWN if row not in found] == []


@pytest.mark.slow
def test_every_pattern_occurs(everything: Run) -> None:
    """A pattern that matches nothing could hide something one day."""
    found: dict[KnownDifference, set[Place]] = {}
    for row, place in occurrences(everything):
        found.setdefault(row, set()).add(place)
    idle = [
        f"{pattern} of {title(row)}"
        for row in found
        for column, patterns in enumerate(columns(row))
        for pattern in patterns
        if not any(fnmatchcase(place[column], pattern) for place in found[row])
    ]
    assert idle == []


def columns(row: KnownDifference) -> tuple[tuple[str, ...], ...]:
    return row.scenario, row.implementation, row.host, row.what


def occurrences(everything: Run) -> Iterator[tuple[KnownDifference, Place]]:
    """Each row with each scenario, implementation, host and aspect that it covers."""
    for one in everything.differences:
        implementation, _, host = one.between[1].rpartition("@")
        what = ANSWER.sub("", one.what)
        if row := explanation(KNOWN, one.scenario, implementation, host, what):
            yield row, (one.scenario, implementation, host, what)
    for verdict in everything.verdicts:
        name, implementation = verdict.scenario, verdict.implementation
        for problem in problems(verdict, everything):
            what = ANSWER.sub("", problem)
            if row := known_row(name, implementation, verdict.host, what):
                # On a server, the row may be the implementation's own.
                host = verdict.host if row.host != (IN_PROCESS,) else IN_PROCESS
                yield row, (name, implementation, host, what)


def problems(verdict: Verdict, everything: Run) -> list[str]:
    """What kept a scenario from passing, aspect by aspect."""
    name, host = verdict.implementation, verdict.host
    transcript = everything.transcripts.get(f"{verdict.scenario} {name}@{host}")
    if transcript is None:
        return ["application"]
    scenario = SCENARIOS[verdict.scenario]
    interface = IMPLEMENTATIONS[name].interface
    asked = applicable_scenario(interface, scenario, on_socket=host != IN_PROCESS)
    return [problem.what for problem in judge(asked, transcript)] if asked else []


@each_row("row", KNOWN, ids=title)
def test_row_says_why_and_where(row: KnownDifference) -> None:
    assert row.why.endswith(".")
    assert row.layer
    assert row.source


@each_row("row", KNOWN, ids=title)
def test_place_is_there(row: KnownDifference) -> None:
    """Each file that a row names is in that version, with the name in it."""
    for path, name in PLACE.findall(row.source):
        files = [library / path for library in LIBRARIES]
        text = next(file.read_text() for file in files if file.exists())
        for part in name.split("."):
            assert re.search(rf"\b(?:def|class) {part}\b", text), (path, part)


def test_patterns_of_a_row_name_what_there_is() -> None:
    for row in KNOWN:
        for host in row.host:
            assert "*" in host or host in HOSTS, host
        for name in row.implementation:
            assert "*" in name or name in IMPLEMENTATIONS, name
        for scenario in row.scenario:
            assert "*" in scenario or scenario in SCENARIOS, scenario


def with_only(*only: str) -> KnownDifference:
    return KnownDifference(
        scenario=("*",),
        implementation=("*",),
        what=("*",),
        layer="layer",
        why="Why.",
        source="where",
        only=only,
    )


@each_row(
    ("only", "expected"),
    [
        ("", True),
        ("pytest>=0", True),
        ("pytest<1", False),
        ("pytest<1000", True),
        ("pytest>=1000.0", False),
        ("no-such-distribution>=0", False),
        ("!no-such-distribution", True),
        ("!pytest", False),
        ("pytest>=0 !no-such-distribution", True),
        ("pytest<1 !no-such-distribution", False),
    ],
)
def test_row_occurs_with_the_versions_it_names(only: str, expected: bool) -> None:
    assert occurs(tuple(only.split())) is expected


@pytest.mark.parametrize(
    ("host", "verdict"), [("uvicorn", "unsupported"), (IN_PROCESS, "error")]
)
def test_server_may_be_known_to_break_off(
    host: str, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ends is an error, whatever is known of servers."""
    row = replace(with_only(), host=("*",), what=("answer",))
    monkeypatch.setattr(verdicts, "KNOWN", (row,))
    broken = Transcript("hello/get", "asgi", ending=Ending("crashed", "It ended."))
    scenario, implementation = SCENARIOS["hello/get"], IMPLEMENTATIONS["raw-asgi"]
    said = verdicts.verdict_of(scenario, implementation, host, broken)
    assert said.verdict == verdict
    assert said.reason == ("Why." if verdict == "unsupported" else "It ended.")


def test_requirement_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^Expected a requirement .* but got 'a==1'"):
        occurs(("a==1",))
