"""Every broken middleware breaks its rule alone; correct ones break none."""

from __future__ import annotations

import pytest

from asgi_compare.judge.middleware.rules import LAYER_RULES
from tests.judge.middleware.here import OWN, checked, rules_in
from tests.kinds import broken_layers
from tests.middlewares import broken, correct


def name_of(target: object) -> str:
    return str(getattr(target, "__name__", target))


@pytest.mark.parametrize("group", range(6))
def test_broken_layers_break_their_rule_alone(group: int) -> None:
    """All offenders of a sixth of them are reported at once."""
    wrong = []
    for layer, rule in list(broken.BROKEN.items())[group::6]:
        found = checked(layer, trials=OWN)
        if rules_in(found) != {rule}:
            wrong.append((name_of(layer), rule, rules_in(found)))
    assert wrong == []


@pytest.mark.parametrize("group", range(3))
def test_correct_layers_break_no_rule(group: int) -> None:
    """Those that do most are played with the servers of the probes as well."""
    wrong = []
    for layer in (*correct.ASGI, *correct.WSGI)[group::3]:
        found = checked(layer, trials=() if layer in THOROUGHLY else OWN)
        said = [each.message for each in (*found.problems, *found.advice)]
        said += [each.reason for each in found.of("error")]
        wrong += [(name_of(layer), each) for each in said if layer not in TWICE]
    assert wrong == []


THOROUGHLY = (correct.compresses, correct.wsgi_reads_and_gives_again)
TWICE = (correct.wsgi_generator,)
"""`yield from` closes what it iterates over, and so does the `finally`: advice."""


def test_every_rule_of_layers_has_a_layer_that_breaks_it() -> None:
    """The rules that are left are named, each with the reason."""
    broke = {*broken.BROKEN.values(), *(k.finds for k in broken_layers.breaks.kinds)}
    # Broken by adapters, which have tests of their own, or the same check as on the
    # other interface.
    left = {rule for rule in LAYER_RULES if rule not in broke}
    same = {r for r in left if r.replace("wsgi-", "asgi-", 1) in broke}
    same |= {r for r in left if r.replace("asgi-", "wsgi-", 1) in broke}
    assert left - same == {
        "asgi-middleware/closed-twice",
        "asgi-middleware/context-lost",
        "asgi-middleware/coding-not-asked-for",
        "wsgi-middleware/closed-twice",
        "wsgi-middleware/coding-not-asked-for",
        "wsgi-middleware/context-lost",
    }


def test_rules_of_layers_are_written_out() -> None:
    """Each has its sentence with a link, a statement and a hint, as sentences."""
    wrong = [
        rule.id
        for rule in LAYER_RULES.values()
        if not (rule.link.startswith("https://") and rule.quote)
        or not rule.statement.endswith(".")
        or not rule.hint.endswith(".")
    ]
    assert wrong == []
