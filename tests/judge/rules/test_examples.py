"""The two examples of a rule: one breaks it, and it alone; the other breaks none."""

from __future__ import annotations

from asgi_compare.judge.rules import RULES, Rule, judge
from asgi_compare.judge.rules.engine.values import shown
from tests.tables import each_row


def _id(rule: Rule) -> str:
    return rule.id


@each_row("rule", RULES.values(), ids=_id)
def test_example_breaks_the_rule_alone(rule: Rule) -> None:
    findings = judge(rule.breaks.transcript("example"))

    mine = [finding for finding in findings if finding.side == rule.side]
    assert {finding.rule for finding in mine} == {rule.id}, findings
    for finding in mine:
        assert finding.level == rule.level
        assert finding.scenario == "example"
        assert finding.message.endswith(").")
        assert finding.message.startswith("Expected ")


@each_row("rule", RULES.values(), ids=_id)
def test_example_keeps_all_rules_of_its_side(rule: Rule) -> None:
    findings = judge(rule.keeps.transcript("example"))

    assert [finding for finding in findings if finding.side == rule.side] == []


@each_row("rule", RULES.values(), ids=_id)
def test_record_is_complete(rule: Rule) -> None:
    group, _, name = rule.id.partition("/")

    assert group.split("-")[0] in ("asgi", "wsgi", "http")
    assert name
    assert rule.link.startswith("https://")
    assert rule.quote
    assert not rule.quote.endswith(".")
    for text in (rule.statement, rule.why, rule.hint):
        assert text.endswith("."), text
    assert rule.on


def test_sides_are_both_bound() -> None:
    sides = {(rule.side, rule.level) for rule in RULES.values()}

    assert ("application", "must") in sides
    assert ("server", "should") in sides
    assert ("server", "unclear") in sides


def test_value_is_cut_where_it_is_shown() -> None:
    assert len(shown("x" * 1000)) == 80
