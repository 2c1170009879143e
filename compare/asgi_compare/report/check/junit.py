"""A check as JUnit XML, which every build server reads.

A trial is a test case. Its failure is what was found in it, an error is what was beyond
finding, and what the text leaves unclear is output. XML 1.0 has no place for most
control characters, not even escaped, so all text goes through `xml_safe` first.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from asgi_compare.model.checked import Checked, Problem, key_of
from asgi_compare.model.results import Verdict
from asgi_compare.model.sanitize import xml_safe

MOST = 4000
"""Characters of one message that are kept."""


def render(checked: Checked) -> str:
    """Return the whole file."""
    root = Element("testsuites", {"name": "asgi-compare"})
    suite = SubElement(root, "testsuite", name=_text(checked.target), skipped="0")
    about = SubElement(suite, "properties")
    for name in ("date", "python", "platform", "seed"):
        value = _text(str(checked.environment.get(name, "")))
        SubElement(about, "property", name=name, value=value)
    for verdict in checked.verdicts:
        probe, _, asked = verdict.scenario.partition(" ")
        case = _case(suite, f"{asked} {probe}".strip(), checked)
        if verdict.verdict == "error":
            _say(case, "error", verdict.reason, verdict.reason)
        elif verdict.verdict == "failed":
            _fail(case, verdict, checked)
    if checked.unstartable:
        case = _case(suite, "start", checked)
        _say(case, "error", checked.unstartable, checked.unstartable)
    for key in checked.changed.gone if checked.changed else ():
        reason = f"Expected {key!r} as accepted before, but it has gone."
        _say(_case(suite, f"expected {key}", checked), "failure", reason, reason)
    counts = {
        "tests": str(len(suite.findall("testcase"))),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
        "time": str(checked.environment.get("seconds", 0)),
    }
    for element in (root, suite):
        element.attrib |= counts
    if checked.notes:
        SubElement(suite, "system-out").text = _text("\n".join(checked.notes))
    indent(root)
    # Told to make text, ElementTree leaves the declaration to us.
    body = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _case(suite: Element, name: str, checked: Checked) -> Element:
    fields = {"name": _text(name), "classname": _text(checked.target)}
    return SubElement(suite, "testcase", fields)


def _fail(case: Element, verdict: Verdict, checked: Checked) -> None:
    """Return why a trial failed, unless all that it failed for is accepted."""
    problems = [each for each in checked.required if verdict.scenario in each.scenarios]
    if checked.changed is not None:
        # Not every trial is named by its problems; its exchange always is.
        problems = [
            each
            for each in checked.required
            if key_of(each, verdict.scenario) in checked.changed.new
        ]
        if not problems:
            return
    reason = problems[0].message if problems else verdict.reason
    details = "\n\n".join(_details(problem) for problem in problems)
    _say(case, "failure", reason, details or reason)


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
