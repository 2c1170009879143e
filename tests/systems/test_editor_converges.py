"""Whatever is typed, cut off and held up, by how many: in the end all read the same."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.drive.stories.in_process import AsgiPlace
from asgi_compare.drive.stories.openers import Place
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.drive.targets.target import load
from tests.systems.tabs import OperationsTab, SharedTab, Tab, settle

EXAMPLES = {100: 15}.get(settings().max_examples, settings().max_examples)
"""A few by default; a thousand with the profile that is thorough."""
ENGINES: dict[str, Callable[[Place, str], Tab]] = {
    "operations": OperationsTab,
    "yjs": SharedTab,
}


@dataclass(frozen=True)
class Act:
    """What one tab does, and how many turns the others have then."""

    tab: int
    does: str
    at: int
    inserted: str
    deleted: int
    turns: int


DOES = ("edit", "edit", "edit", "undo", "leave", "come", "stop reading", "read on")
acts = st.builds(
    Act,
    tab=st.integers(0, 2),
    does=st.sampled_from(DOES),
    at=st.integers(0, 12),
    inserted=st.text("ab\N{FOX FACE}\n", max_size=3),
    deleted=st.integers(0, 3),
    turns=st.integers(0, 4),
)


async def do(act: Act, tab: Tab) -> None:
    match act.does:
        case "edit":
            tab.edit(act.at, act.inserted, act.deleted)
        case "undo":
            tab.undo()
        case "leave":
            await tab.leave()
        case "come":
            await tab.come()
        case _:
            tab.read(act.does == "read on")
    for _ in range(act.turns):
        await asyncio.sleep(0)


async def all_read_the_same(
    application: Any, engine: str, all_acts: list[Act], count: int
) -> None:
    place = AsgiPlace(application)
    await place.open()
    try:
        tabs = [ENGINES[engine](place, f"tab-{n}") for n in range(count)]
        for each in tabs:
            await each.come()
        for act in all_acts:
            await do(act, tabs[act.tab % count])
        await settle(tabs)
    finally:
        await place.close()


def applications() -> list[Any]:
    """Each with each engine; those that are slow to be called only on demand."""
    return [
        pytest.param(name, engine, marks=() if name == "raw-asgi" else pytest.mark.slow)
        for name, row in IMPLEMENTATIONS.items()
        if row.interface == "asgi"
        for engine in ENGINES
    ]


@pytest.mark.parametrize(("implementation", "engine"), applications())
@settings(max_examples=EXAMPLES)
@given(all_acts=st.lists(acts, max_size=25), count=st.integers(2, 3))
def test_all_read_the_same_in_the_end(
    implementation: str, engine: str, all_acts: list[Act], count: int
) -> None:
    row = IMPLEMENTATIONS[implementation]
    application = load(row.target, app_dir=row.app_dir)
    asyncio.run(all_read_the_same(application, engine, all_acts, count))
