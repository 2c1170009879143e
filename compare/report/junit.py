"""STAGE 5: a check as JUnit XML, which every build server reads.

A trial is a test case. Its failure is what was found in it, an error is what was beyond
finding, and what the text leaves unclear is output. XML 1.0 has no place for most
control characters, not even escaped, so all text goes through `xml_safe` first.

This module does not know how a finding came about.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from compare.checked import Checked, Problem
from compare.text import xml_safe

MOST = 4000
"""Characters of one message that are kept."""


def render(checked: Checked) -> str:
    """Give the whole file."""
    bad = {"failed": "failures", "error": "errors"}
    counts = {name: str(len(checked.of(kind))) for kind, name in bad.items()}
    seconds = str(checked.environment.get("seconds", 0))
    counts |= {"tests": str(len(checked.verdicts)), "time": seconds}
    root = Element("testsuites", {"name": "asgi-compare", **counts})
    name = _text(checked.target)
    suite = SubElement(root, "testsuite", {"name": name, "skipped": "0", **counts})
    about = SubElement(suite, "properties")
    for name in ("date", "python", "platform", "seed"):
        value = _text(str(checked.environment.get(name, "")))
        SubElement(about, "property", name=name, value=value)
    by_scenario = _by_scenario(checked)
    for verdict in checked.verdicts:
        probe, _, asked = verdict.scenario.partition(" ")
        name = f"{asked} {probe}".strip()
        case = SubElement(suite, "testcase", name=_text(name))
        case.set("classname", _text(checked.target))
        if verdict.verdict == "error":
            _say(case, "error", verdict.reason, verdict.reason)
        elif verdict.verdict == "failed":
            problems = by_scenario.get(verdict.scenario, [])
            details = "\n\n".join(_details(problem) for problem in problems)
            _say(case, "failure", verdict.reason, details or verdict.reason)
    if checked.notes:
        SubElement(suite, "system-out").text = _text("\n".join(checked.notes))
    indent(root)
    # Told to make text, ElementTree leaves the declaration to us.
    body = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _by_scenario(checked: Checked) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in checked.required:
        for scenario in problem.scenarios:
            found.setdefault(scenario, []).append(problem)
    return found


def _say(case: Element, kind: str, message: str, details: str) -> None:
    # Only the first line: an attribute of many lines is one long line everywhere.
    first = message.partition("\n")[0]
    said = SubElement(case, kind, message=_text(first), type=kind)
    said.text = _text(details)


def _details(problem: Problem) -> str:
    return "\n".join(
        (
            f"{problem.rule} ({problem.level}): {problem.message}",
            f"{problem.statement}",
            f"“{problem.sentence}” {problem.link}",
            f"{problem.hint}",
            f"Again: {problem.again}",
        )
    )


def _text(text: str) -> str:
    return xml_safe(text[:MOST])
