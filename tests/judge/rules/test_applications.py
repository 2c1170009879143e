"""A broken application breaks its rule and no other; the correct ones break none."""

from __future__ import annotations

import pytest

from asgi_compare.judge.rules import RULES
from tests.broken_apps import BROKEN, BY_PROBES
from tests.broken_apps.apps import Case
from tests.correct_apps import CORRECT
from tests.judge.rules.driving import judged
from tests.tables import each_row


def _name(case: Case) -> str:
    return case.name


@each_row("case", BROKEN, ids=_name)
async def test_broken_application_breaks_its_rule_alone(case: Case) -> None:
    findings = await judged(case)

    assert {finding.rule for finding in findings} == {case.rule}, findings
    assert all(finding.scenario == case.name for finding in findings)


@each_row("case", CORRECT, ids=_name)
async def test_correct_application_breaks_no_rule(case: Case) -> None:
    assert await judged(case) == []


def test_there_are_enough_of_them() -> None:
    assert len({case.attribute for case in BROKEN}) == len(BROKEN) >= 70
    assert len({case.attribute for case in CORRECT}) == len(CORRECT) >= 25


# They are broken on a server of an older version of the text, and by what is right on
# others: `tests/judge/probes/test_check_older_servers.py`.
ON_OLDER_SERVERS = {
    "asgi-websocket/accept-headers-too-new",
    "asgi-websocket/close-reason-too-new",
}


def test_every_rule_for_applications_has_an_application_that_breaks_it() -> None:
    for_applications = {r.id for r in RULES.values() if r.side == "application"}

    shown = {case.rule for case in (*BROKEN, *BY_PROBES)}
    assert for_applications - shown == ON_OLDER_SERVERS


TAKES_EVERYTHING = {"asgi/unknown-protocol-accepted"}


@each_row(
    "case", [case for case in BROKEN if not case.wsgi], ids=lambda case: case.name
)
async def test_broken_application_is_not_also_broken_by_an_unknown_protocol(
    case: Case,
) -> None:
    async def refuse(*_: object) -> dict[str, object]:
        raise AssertionError("Nothing is said in a protocol that is not known.")

    if case.name in TAKES_EVERYTHING:
        await case.application({"type": "x"}, refuse, refuse)
    else:
        with pytest.raises(NotImplementedError):
            await case.application({"type": "x"}, refuse, refuse)


def test_broken_application_can_be_had_by_name() -> None:
    import tests.broken_apps as module

    for case in (*BROKEN, *BY_PROBES):
        assert getattr(module, case.attribute) is case.application
    with pytest.raises(AttributeError):
        module.no_such_application  # noqa: B018
