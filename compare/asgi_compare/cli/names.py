"""Everything that has a name: what `list` lists, `explain` explains, a shell completes.

A `Kind` is one row of `KINDS`. Its tables are read only when they are asked for, since
some of them (behaviours, experiments) are slow to import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from asgi_compare.cli import explanations
from asgi_compare.cli.explanations import table
from asgi_compare.model.transcript import INTERFACES

Rows = Iterator[tuple[str, ...]]
"""Cells of a table; the first one is the name."""
Lines = Iterator[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that has a name."""

    name: str
    """One of them: `wire case`."""
    listed: str
    """All of them, as a word of the command line: `cases`."""
    headings: tuple[str, ...]
    rows: Callable[[], Rows]
    explain: Callable[[str], Lines]
    """The explanation of one name; a line that begins with blanks is kept as it is."""

    def names(self) -> list[str]:
        """Return all names of this kind, each once."""
        return list(dict.fromkeys(row[0] for row in self.rows()))


def _implementations() -> Rows:
    for row in table("drive.targets.implementations:IMPLEMENTATIONS").values():
        yield row.name, row.interface, row.target, row.about


def _servers() -> Rows:
    missing = table("drive.servers.table:missing")
    for server in table("drive.servers.table:SERVERS").values():
        kinds = ", ".join(k for k in INTERFACES if server.speaks(k))
        about = missing(server) or server.notes
        yield server.name, server.version() or "-", kinds, about


def _endpoints() -> Rows:
    for each in table("contract:ENDPOINTS").values():
        yield each.name, ", ".join(each.methods) or "all", each.path or "-", each.does


def _scenarios() -> Rows:
    for name, chapter in table("contract:CHAPTERS").items():
        for scenario in chapter.SCENARIOS:
            yield scenario.name, name, scenario.shows


def _systems() -> Rows:
    for name, system in table("contract.stories:SYSTEMS").items():
        yield name, system.does


def _stories() -> Rows:
    for name, story in table("contract.stories:STORIES").items():
        yield name, story.shows


def _clients() -> Rows:
    for name, (function, interface) in table("judge.client.exercises:KNOWN").items():
        yield name, interface, function.__doc__


def _rules() -> Rows:
    for rule in table("judge.rules:RULES").values():
        yield rule.id, rule.side, rule.level, rule.statement


def _probes() -> Rows:
    for probe in table("judge.application.probes.all_probes:PROBES"):
        yield probe.id, probe.plays


def _conclusions() -> Rows:
    for each in table("judge.application.conclusions:CONCLUSIONS").values():
        yield each.id, each.level, each.statement


def _layer_rules() -> Rows:
    for rule in table("judge.middleware.rules:LAYER_RULES").values():
        yield rule.id, rule.level, rule.statement


def _trials() -> Rows:
    for row in table("judge.middleware.trials:ROWS"):
        yield row.name, row.plays


def _cases() -> Rows:
    for case in table("judge.server.chapters:CASES").values():
        yield case.id, case.level, case.shows


def _behaviours() -> Rows:
    for behaviour in table("measure.behaviours:BEHAVIOURS").values():
        yield behaviour.name, behaviour.layer, behaviour.why


def _layers() -> Rows:
    for rung in table("measure.ladder.ladder:RUNGS").values():
        yield rung.name, rung.above or "-", rung.adds


def _columns() -> Rows:
    for key, column in table("report.ladder.columns:COLUMNS").items():
        yield key, column.title


def _experiments() -> Rows:
    for each in table("measure.experiments.discovery:experiments")().values():
        yield each.name, each.topic, each.question


def _differences() -> Rows:
    for row in table("judge.comparison.known_differences:KNOWN"):
        where = (row.implementation, row.host, row.what)
        yield row.layer, *map(str, where), row.why


KINDS: tuple[Kind, ...] = (
    Kind(
        "implementation",
        "implementations",
        ("implementation", "interface", "target", "what it is"),
        _implementations,
        explanations.implementation,
    ),
    Kind(
        "server",
        "servers",
        ("server", "version", "serves", "what it is"),
        _servers,
        explanations.server,
    ),
    Kind(
        "endpoint",
        "endpoints",
        ("endpoint", "methods", "path", "what it does"),
        _endpoints,
        explanations.endpoint,
    ),
    Kind(
        "scenario",
        "scenarios",
        ("scenario", "chapter", "what it shows"),
        _scenarios,
        explanations.scenario,
    ),
    Kind(
        "system",
        "systems",
        ("system", "what it does"),
        _systems,
        explanations.system,
    ),
    Kind(
        "story",
        "stories",
        ("story", "what it shows"),
        _stories,
        explanations.story,
    ),
    Kind(
        "rule",
        "rules",
        ("rule", "binds", "level", "what it says"),
        _rules,
        explanations.rule,
    ),
    Kind(
        "probe",
        "probes",
        ("probe", "what it plays"),
        _probes,
        explanations.probe,
    ),
    Kind(
        "conclusion",
        "conclusions",
        ("conclusion", "level", "what an application does that passes"),
        _conclusions,
        explanations.conclusion,
    ),
    Kind(
        "middleware rule",
        "middleware-rules",
        ("middleware rule", "level", "what a layer does that passes"),
        _layer_rules,
        explanations.layer_rule,
    ),
    Kind(
        "trial",
        "trials",
        ("trial", "what check-middleware plays"),
        _trials,
        explanations.trial,
    ),
    Kind(
        "wire case",
        "cases",
        ("case", "level", "what a server does that passes"),
        _cases,
        explanations.case,
    ),
    Kind(
        "test client",
        "clients",
        ("client", "interface", "how check-client uses it"),
        _clients,
        explanations.client,
    ),
    Kind(
        "behaviour",
        "behaviours",
        ("behaviour", "cause", "why it matters"),
        _behaviours,
        explanations.behaviour,
    ),
    Kind(
        "layer",
        "layers",
        ("layer", "built on", "what it adds"),
        _layers,
        explanations.layer,
    ),
    Kind(
        "column",
        "columns",
        ("column", "title, for layers --sort"),
        _columns,
        explanations.column,
    ),
    Kind(
        "experiment",
        "experiments",
        ("experiment", "topic", "question"),
        _experiments,
        explanations.experiment,
    ),
    Kind(
        "known difference",
        "differences",
        ("made by", "in", "on", "aspect", "why"),
        _differences,
        explanations.difference,
    ),
)
BY_LISTED = {kind.listed: kind for kind in KINDS}
