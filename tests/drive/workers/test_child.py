"""The inside of a child, seen from inside."""

import pickle
import socket
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.contract.scenario import Expected
from asgi_compare.drive.workers import worker_main as inside
from asgi_compare.drive.workers.channel import Channel, WorkerConfig
from asgi_compare.model.serialization.codec import loads, transcript_from_json
from asgi_compare.model.transcript import Event, Response, Transcript
from tests.drive.workers.conftest import body, to


def test_a_child_answers_each_message_with_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "apps", raising=False)
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    serving = threading.Thread(target=inside.serve, args=(Channel(theirs), 2))
    serving.start()

    def ask(message: object) -> Any:
        channel.send(pickle.dumps(message))
        return loads(channel.receive(time.monotonic() + 20))

    config = WorkerConfig(
        "apps:application", app_dir=str(folder), attributes={"o": "other"}
    )
    assert ask(config) == {"ready": "asgi"}
    answer = ask((to("fine", application="o"), 4.0))
    assert body(transcript_from_json(answer["transcript"])) == b"other"
    assert list(ask((to("fine", application="no_such"), 4.0))) == ["no target"]
    assert list(ask((replace(to("fine"), exchange=None), 4.0))) == ["broken"]  # type: ignore[arg-type]
    channel.close()
    serving.join(10)
    assert not serving.is_alive()
    theirs.close()


def test_an_expectation_is_only_looked_up_where_it_is_to_hold_eventually() -> None:
    scenario = to("fine", expected=Expected(body=b"fine"))
    answered = Transcript("test/fine", "asgi", answer=Response(200, body=b"fine"))
    silent = Transcript("test/fine", "asgi")
    assert inside.expectation(scenario)(silent)
    assert inside.expectation(replace(scenario, eventually=True))(answered)
    assert not inside.expectation(replace(scenario, eventually=True))(silent)


def test_a_transcript_that_is_too_large_loses_its_later_events() -> None:
    one = Event(0, "send", {"type": "x", "body": b"." * 100}, 100, 0)
    inner = Transcript("a/b", "asgi")
    whole = Transcript("a/b", "asgi", events=(one,) * 3000, requests=(inner,))
    kept = transcript_from_json(inside.fitting(whole, limit=50_000))
    assert kept.events == whole.events[:100]
    assert kept.notes == ("2900 events were left out: there was too much to keep",)
    assert kept.requests == (inner,)
    assert transcript_from_json(inside.fitting(whole)) == whole
    assert transcript_from_json(inside.fitting(whole, limit=0)).events == ()
