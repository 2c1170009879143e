"""What is said of the example that breaks a rule, word for word."""

from __future__ import annotations

from pathlib import Path

from asgi_compare.judge.rules import RULES, judge

PINNED = Path(__file__).with_name("messages.txt")


def spoken() -> str:
    """Return a line for each finding: the rule, and the message."""
    lines = []
    for rule in RULES.values():
        findings = judge(rule.breaks.transcript("it"))
        lines += [
            f"{rule.id}: {finding.message}\n"
            for finding in findings
            if finding.rule == rule.id
        ]
    return "".join(lines)


def test_messages_are_as_they_were() -> None:
    assert spoken() == PINNED.read_text("utf-8")
