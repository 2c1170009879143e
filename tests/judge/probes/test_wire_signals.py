"""What a second signal does: each kind of server gets a sentence of its own."""

import asyncio
import sys
from pathlib import Path
from re import match

import pytest

from asgi_compare.judge.server import lifecycle, own_command
from asgi_compare.judge.server.chapters import CASES
from asgi_compare.judge.server.lifecycle import perform

HERE = Path(__file__).with_name("faulty_server.py")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "signal", ["SIGTERM", pytest.param("SIGINT", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    ("gives_up_at", "between", "grace", "how", "shut_down"),
    [
        (1, 20.0, 6.0, "The first {} was enough", False),
        (
            2,
            0.3,
            20.0,
            "It ended .* after the second {}",
            False,
        ),
        (99, 0.3, 3.0, "It went on after the second {} until the client left", True),
        (0, 0.3, 0.5, "It went on after the second {}, and had to be killed", False),
    ],
    ids=["at the first", "at the second", "at the client's leaving", "not at all"],
)
def test_second_signal_is_reported(
    gives_up_at: int,
    between: float,
    grace: float,
    how: str,
    shut_down: bool,
    signal: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limits are generous where the server is to end by itself."""
    monkeypatch.setattr(lifecycle, "BETWEEN", between)
    monkeypatch.setattr(lifecycle, "GRACE", grace)
    words = [sys.executable, str(HERE), f"stops={gives_up_at}", "{port}", "{target}"]
    row = own_command.read(words, "", "")
    case = CASES[f"wire/second-{signal.lower()}"]
    problem, stage = asyncio.run(perform(case, row, "asgi", start_timeout=20.0))

    assert problem is None
    assert match(f"{how.format(signal)}. The connection ended ", stage.notes[0])
    assert stage.notes[0].endswith("shutdown was sent.") is shut_down
