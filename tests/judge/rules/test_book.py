"""Every sentence has a rule, an observer or a reason, and every rule a sentence."""

from __future__ import annotations

from asgi_compare.judge.rules import RULES, rules
from asgi_compare.judge.rules.engine import book
from asgi_compare.judge.rules.engine.book import Sentence
from tests.tables import each_row

BOOK = book.book()


def _id(sentence: Sentence) -> str:
    return sentence.id


def test_ids_are_unique() -> None:
    assert len({sentence.id for sentence in BOOK}) == len(BOOK) > 300


@each_row("sentence", BOOK, ids=_id)
def test_sentence_has_a_rule_an_observer_or_a_reason(sentence: Sentence) -> None:
    assert sentence.rules or sentence.seen_by or sentence.why_not
    assert not (sentence.seen_by and sentence.why_not)
    assert set(sentence.rules) <= set(RULES)
    assert sentence.statement.endswith(".")
    assert sentence.why_not == "" or sentence.why_not.endswith(".")
    assert sentence.link.startswith("https://")


@each_row("sentence", BOOK, ids=_id)
def test_rules_of_a_sentence_bind_whom_it_binds(sentence: Sentence) -> None:
    sides = {RULES[rule].side for rule in sentence.rules}

    if sentence.binds in ("application", "server") and sides:
        assert sentence.binds in sides


@each_row("rule", RULES)
def test_rule_stands_for_a_sentence(rule: str) -> None:
    assert book.sentences_of(rule)


def test_sentences_can_be_selected() -> None:
    assert [s.id for s in book.sentences(["M05"])] == ["M05"]
    assert {s.level for s in book.sentences(["X*"], level="should")} == {"should"}
    assert {s.binds for s in book.sentences(binds="middleware")} == {"middleware"}
    assert "T06" in [s.id for s in book.sentences(["asgi-tls/*"])]
    assert list(book.sentences(["nothing"])) == []


def test_rules_can_be_selected() -> None:
    assert [rule.id for rule in rules(["http/etag"])] == ["http/etag"]
    assert {rule.level for rule in rules(level="unclear")} == {"unclear"}
    assert {rule.side for rule in rules(["asgi*"], side="server")} == {"server"}
    assert not [rule for rule in rules(exclude=["a*", "w*"]) if rule.id[0] != "h"]
    assert len(list(rules())) == len(RULES)


def test_book_names_what_was_read() -> None:
    texts = {pin.text: pin for pin in book.PINS}

    assert texts["ASGI"].commit.startswith("a7cc976f")
    assert texts["Early hints"].date == "2026-08-10"
    assert texts["PEP 3333"].commit.startswith("ba4deeb7")
