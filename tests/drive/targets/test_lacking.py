"""What a chapter needs besides, and the sentence where that is not installed."""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

import pytest

from asgi_compare.contract import SCENARIOS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS, lacking_for
from asgi_compare.judge.comparison.verdicts import verdict_without
from asgi_compare.model.results import IN_PROCESS, Verdict
from asgi_compare.run.matrix import Plan, run

TRANSFER = SCENARIOS["transfer/naive"]
SENTENCE = (
    "The chapter 'accounts' of starlette needs the module 'sqlalchemy', which is not "
    'installed; add it with: pip install "asgi-compare[realtime]"'
)


class Nobody(MetaPathFinder):
    """Finds no module of the extra, as on a machine with [apps] only."""

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name.partition(".")[0] in ("sqlalchemy", "aiosqlite", "psycopg"):
            raise ModuleNotFoundError(name)
        return None


@pytest.fixture(autouse=True)
def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [Nobody(), *sys.meta_path])
    for name in ("sqlalchemy", "aiosqlite", "psycopg", "psycopg_pool"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_chapter_without_its_modules_is_unsupported() -> None:
    plan = Plan(("starlette",), (TRANSFER.name, "hello/get"), (IN_PROCESS,))
    verdicts = {v.scenario: v for v in run(plan).verdicts}
    assert verdicts["hello/get"].verdict == "passed"
    assert verdicts[TRANSFER.name] == Verdict(
        TRANSFER.name, "starlette", IN_PROCESS, "unsupported", SENTENCE
    )


def test_others_do_without_until_a_postgresql_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = [row for name, row in IMPLEMENTATIONS.items() if name != "starlette"]
    assert [lacking_for(row, TRANSFER) for row in others] == [None] * len(others)
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1/bank")
    for row in others:
        verdict = verdict_without(TRANSFER, row, IN_PROCESS, None)
        assert verdict is not None
        assert "the module 'psycopg'" in verdict.reason
        assert lacking_for(row, SCENARIOS["hello/get"]) is None
