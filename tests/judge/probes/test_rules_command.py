"""`asgi-compare rules` and `explain`, as they are typed."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from asgi_compare.cli.commands.explain import explain
from asgi_compare.cli.commands.rules import rules
from asgi_compare.judge.application.probes.all_probes import BY_ID
from asgi_compare.judge.rules import RULES
from asgi_compare.judge.rules.engine.book import book
from tests.tables import each_row


@pytest.mark.parametrize("words", [[], ["--side", "server"], ["--level", "unclear"]])
def test_rules_are_listed_and_counted(words: list[str]) -> None:
    listed = CliRunner().invoke(rules, [*words, "--no-color"])
    counted = CliRunner().invoke(rules, [*words, "--count"])

    assert listed.exit_code == 0
    assert listed.output.endswith(counted.output)
    assert counted.output.count("\n") <= 2


def test_rules_are_selected() -> None:
    result = CliRunner().invoke(rules, ["--select", "asgi-tls/*", "--count"])
    assert result.output == "7 rules: 7 server must.\n"
    one = CliRunner().invoke(rules, ["--select", "probe-wsgi/short-reads", "--count"])
    assert one.output == "1 rule: 1 application unclear.\n"
    wrong = CliRunner().invoke(rules, ["--select", "nope"])
    assert wrong.exit_code == 2


@each_row("name", [*RULES, *BY_ID])
def test_every_rule_and_probe_can_be_explained(name: str) -> None:
    result = CliRunner().invoke(explain, [name, "--no-color"])

    assert result.exit_code == 0
    assert result.output.startswith(f"{name}: ")
    assert "The text: “" in result.output
    if name in RULES:
        assert "\nBreaks it:\n    " in result.output
        assert "\nKeeps it:\n    " in result.output


def test_rule_that_is_not_there_cannot_be_explained() -> None:
    result = CliRunner().invoke(explain, ["asgi-http/start-twise"])

    assert result.exit_code == 2
    assert "did you mean asgi-http/start-twice" in result.output


def test_sentences_are_listed_and_counted() -> None:
    listed = CliRunner().invoke(rules, ["--sentences", "--no-color"])
    counted = CliRunner().invoke(rules, ["--sentences", "--count"])

    assert listed.exit_code == 0
    assert listed.output.endswith(counted.output)
    text = " ".join(counted.output.split())
    assert text.startswith(f"{len(book())} sentences: ")
    assert "with rules" in text
    assert "that nobody can check, with the reason" in text
    words = ["--sentences", "--select", "asgi-http/start-twice", "--level", "must"]
    one = CliRunner().invoke(rules, [*words, "--side", "application"])
    assert re.search(r"\n[12] sentences?: [12] with rules\.\n$", one.output)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("M14", "asgi/not-awaitable"),
        ("M17", "check-server"),
        ("M03", "It binds the authors of protocol texts."),
    ],
)
def test_sentence_can_be_explained(name: str, seen: str) -> None:
    result = CliRunner().invoke(explain, [name, "--no-color"])

    assert result.exit_code == 0
    assert result.output.startswith(f"{name}: a sentence\n")
    assert result.output.endswith(f"\nWho sees it kept:\n    {seen}\n")


@pytest.mark.parametrize("words", [[], ["--sentences"]])
def test_nothing_is_listed_without_a_table(words: list[str]) -> None:
    result = CliRunner().invoke(rules, [*words, "--exclude", "*"])

    assert result.exit_code == 0
    assert result.output in ("0 rules.\n", "0 sentences.\n")
