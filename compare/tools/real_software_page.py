"""Write docs/real-software.md."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from tools.real_software_table import Explained, Report, Table, Target, pinned, rules_in

INTRODUCTION = """\
# Real software under the rule book

This page is written by `python -m tools.real_software --venv DIR --write`. Do
not change it by hand: the applications are in `compare/tools/targets/`, what is said of
each finding is in `compare/tools/real_software.toml`.

Each framework gets one small application, written as its own documentation would have
it: a greeting, an echo of a POST, a stream, a 204, a file, a view that raises, and a
WebSocket that echoes where the framework has one. `asgi-compare check` asks for all of
them, and for a path that there is not. Every request is played by each of the *probes*,
which are awkward but legal servers and clients; each time is a *trial*. The last number
of a finding is in how many places the rule is broken, such as one header of one trial.
Versions and counts are those of the run that wrote this page, with {python}.
Where a framework leaves an exception of the view, or a path that it does not have, to
the server, `--allow-raise` says so.

A finding against software that many people use and look after is first suspected to be
our mistake. What was one is at the end of this page. What is left was read in the
framework's source, beside the sentence that it is about.

A finding is no verdict on a framework. Most of what is here has no effect on any server
in general use. It is a place where two parties that both mean well may one day not
understand each other.
"""

ADAPTERS = """\
## Adapters as servers

An adapter is an application on one side, which is in the table above, and a server on
the other. Here the live validator sits inside and judges the scope or the `environ`,
the events and the calls that the adapter hands on: `compare/tools/targets/inside.py`.
Mangum has this side only; it is driven by events of API Gateway and of a load balancer.
None of them breaks a rule.
"""

MENDED = """\
## What was our mistake

Found at first, or missed, and mended in the rule book or in the probes:
"""


def render(table: Table, reports: Mapping[Target, Report]) -> str:
    """Write the whole page."""
    python = next(iter(reports.values()))["environment"]["python"]
    parts = [INTRODUCTION.format(python=python), _overview(reports)]
    rules = [rule for rule in table.about if any(map(_has(rule), reports.values()))]
    parts += [_rule(table, rule, reports) for rule in rules]
    parts += [ADAPTERS, _adapters(table), MENDED]
    parts += [
        f"* {row['what']} {row['why']} What keeps it so: `{row['kept']}`.\n"
        for row in table.mended
    ]
    return "\n".join(parts)


def _has(rule: str) -> Callable[[Report], bool]:
    return lambda report: rule in rules_in(report)


def _overview(reports: Mapping[Target, Report]) -> str:
    versions = pinned()
    lines = [
        "| target | version | interface | trials | findings (rule, level, places) |",
        "|---|---|---|---:|---|",
    ]
    for target, report in reports.items():
        findings = "<br>".join(
            f"[`{f['rule']}`](#{_anchor(f['rule'])}), {f['level']}, {f['count']:,}"
            for f in report["findings"]
        )
        version = versions[target.distribution]
        lines.append(
            f"| {target.name} | {version} | {report['interface'].upper()} "
            f"| {len(report['probes'])} | {findings or 'none'} |"
        )
    return "\n".join([*lines, ""])


def _adapters(table: Table) -> str:
    versions = pinned()
    lines = ["| adapter | version | inside | findings |", "|---|---|---|---|"]
    for row in table.adapters:
        version = versions[row["distribution"]]
        lines.append(f"| {row['name']} | {version} | {row['inside']} | none |")
    noted = [row for row in table.adapters if row["note"]]
    notes = [f"**{row['name']}.** {row['note']}\n" for row in noted]
    return "\n".join([*lines, "", *notes])


def _anchor(rule: str) -> str:
    return rule.replace("/", "")


def _rule(table: Table, rule: str, reports: Mapping[Target, Report]) -> str:
    found = {
        target.name: (target, finding)
        for target, report in reports.items()
        for finding in report["findings"]
        if finding["rule"] == rule
    }
    _, first = next(iter(found.values()))
    lines = [
        f"## {rule}",
        "",
        f"> {' '.join(first['sentence'].split())}",
        "",
        f"({first['level']}; <{first['link']}>)",
        "",
        table.about[rule],
        "",
    ]
    for row in table.explained:
        if row.rule == rule and row.target in found:
            lines += _explained(row, *found[row.target])
    return "\n".join(lines)


def _explained(row: Explained, target: Target, finding: Report) -> list[str]:
    again = shlex.split(finding["again"])
    return [
        f"**{row.target}.** {row.what}",
        "",
        f"* Found: {finding['message']}",
        f"* In the source: {row.source}",
        *([f"* Upstream: <{row.upstream}>"] if row.upstream else []),
        f"* Again, in `compare/tools/targets/`: `{shlex.join(again)}`",
        "",
    ]
