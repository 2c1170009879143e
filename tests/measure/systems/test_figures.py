"""What is measured of the systems: each measurement is run small."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from asgi_compare.measure.experiments.bench import client, serve
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import Observations
from asgi_compare.measure.load.records import StreamLoad, StreamResult
from asgi_compare.measure.systems import (
    broadcast,
    layers,
    lines,
    memory,
    messages,
    stories,
)
from asgi_compare.measure.systems.rooms import ROOMS, Effort

TINY = Effort(connections=(5,), idle=40, rounds=2, seconds=0.2, burst=120, receivers=3)


def test_lines_of_code_are_neither_empty_nor_comments_nor_docstrings(
    tmp_path: Path,
) -> None:
    source = tmp_path / "chat.py"
    source.write_text(
        '"""What it is\n\nfor."""\n\n# A comment.\nNAME = """two\nlines"""\n\n'
        'def say(text):\n    """Say it."""\n    return (\n        text\n    )\n'
    )
    assert lines.lines_of(source) == 6


def test_one_message_of_two_in_a_room_is_three_events() -> None:
    assert in_child("asgi_compare.measure.systems.messages:counted", "raw-asgi") == [
        3.0,
        0.0,
    ]


def test_broadcast_reaches_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the limit as well, which writes nothing else than the chat does."""
    monkeypatch.setattr(broadcast, "ROOMS", {"raw-asgi": ROOMS["raw-asgi"]})
    found = Observations(tuple(broadcast.run(TINY)))
    assert found.of(broadcast.LAST).cases("by") == (broadcast.LIMIT, "raw-asgi")
    assert found.values(broadcast.UNHEARD) == [0.0, 0.0]
    assert min(found.values(broadcast.LAST)) > 0.0


def test_what_is_not_heard_by_all_is_an_error() -> None:
    """An echo is heard by nobody but the one who speaks."""
    load = StreamLoad(
        0, "/accept", "websocket", 3, first="0", rounds=2, patience=0.3, headers=()
    )
    with (
        serve(messages.BARE, "uvicorn", interface="asgi") as serving,
        client() as process,
    ):
        result = process.put(replace(load, port=serving.port))
    assert isinstance(result, StreamResult)
    assert (result.errors, result.until_last) == ({"unheard": 2}, ())


COUNTED = "asgi_compare.measure.systems.stories:counted"


def test_story_by_hand_stays_on_the_loop() -> None:
    found = in_child(COUNTED, "raw-asgi", list(stories.CHOSEN), 1, {"REDIS_URL": ""})
    assert list(found) == list(stories.CHOSEN)
    events, threaded, seconds = found["chat"]
    assert events > 20
    assert threaded == 0
    assert seconds > 0.0
    assert found["notices"][1] > 0  # its database is asked in threads


@pytest.mark.slow
def test_story_of_every_implementation_is_measured() -> None:
    found = Observations(tuple(stories.run(TINY)))
    assert len(found.of(stories.CPU).rows) == 5 * len(stories.CHOSEN) + 3
    (of_django,) = found.values(stories.THREADED, by="django-asgi", system="chat")
    assert of_django > 20


@pytest.mark.slow
@pytest.mark.parametrize("measured", [messages, memory], ids=["messages", "memory"])
def test_each_implementation_is_measured(
    measured: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Observations(tuple(measured.run(TINY)))  # type: ignore[attr-defined]
    assert rows.cases("by") == (*ROOMS, messages.OWN)
    timed = [row for row in rows.rows if row.unit]
    assert [row for row in timed if row.value <= 0.0] == []


@pytest.mark.slow
def test_chat_loses_nothing_where_a_layer_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)  # ours can be started again
    found = Observations(tuple(layers.run(TINY)))
    lost = {
        (measure, layer): found.values(measure, layer=layer)
        for measure in (layers.BURST, layers.RESTART, layers.KILL)
        for layer in found.of(measure).cases("layer")
    }
    ours = {key: values for key, values in lost.items() if key[1].startswith("ours")}
    assert ours == {key: [0.0] for key in ours}
    assert lost[layers.BURST, "Redis"] == [20.0]
    assert lost[layers.KILL, "Redis pub/sub"] > [0.0]
