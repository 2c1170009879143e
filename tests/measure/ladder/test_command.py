"""`asgi-compare layers`, as a user calls it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands.layers import layers, rungs_for
from asgi_compare.measure.ladder import measure_ladder, store
from asgi_compare.measure.ladder.ladder import RUNGS
from tests.measure.timing.test_survey import LITTLE


@pytest.fixture(autouse=True)
def _little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure_ladder, "QUICK", LITTLE)
    monkeypatch.setattr(measure_ladder, "THOROUGH", LITTLE)


def called(*arguments: str) -> Result:
    return CliRunner().invoke(layers, arguments, env={"COLUMNS": "120"})


@pytest.mark.parametrize(
    "waits",
    [
        pytest.param((), id="without the rung that waits", marks=pytest.mark.slow),
        pytest.param(("wait",), id="with it", marks=pytest.mark.slow),
    ],
)
def test_ladder_is_printed_and_written(waits: tuple[str, ...], tmp_path: Path) -> None:
    files = {kind: tmp_path / "new" / f"adds.{kind}" for kind in ("json", "html", "md")}
    result = called(
        "--quick",
        *("--only", "urls-1", "--only", "atom*"),
        *(word for name in waits for word in ("--only", name)),
        *("--sort", "hops-async"),
        *("--json", str(files["json"]), "--html", str(files["html"])),
        *("--markdown", str(files["md"])),
    )
    assert result.exit_code == 0, result.output
    assert "Counted: what one request does" in result.output
    found = store.from_json(json.loads(files["json"].read_text()))
    assert [rung["name"] for rung in found.ladder] == ["urls-1", *waits, "atomic"]
    assert result.output.startswith("WSGI or ASGI?") == bool(waits)
    waited = {(c.rung, c.variant): c.rps for c in found.group("waiting")}
    if waits:
        assert {each.group for each in found.comparisons} >= {"waiting", "uvicorn"}
        assert waited["wait", "async"]
    assert found.gains["urls-1"]
    refused = found.cost("atomic", "async")
    assert refused is not None
    assert refused.unsupported.startswith("Django refuses ATOMIC_REQUESTS")
    assert "<svg" in files["html"].read_text()
    assert "| urls-1 |" in files["md"].read_text()


@pytest.mark.slow
def test_everything_is_measured_when_there_is_time() -> None:
    """Without --quick, the variants without hops and servers are for all rungs."""
    found = measure_ladder.measure_ladder(
        measure_ladder.plan(["only-csrf"], quick=False)
    )
    variants = [cost.variant for cost in found.costs if cost.rung == "only-csrf"]
    assert variants == ["async", "sync", "wsgi", "native", "no_thread_hops"]
    served = [c.variant for c in found.costs if c.rung == "only-csrf" and c.served]
    assert served == ["async", "sync", "wsgi"]


def test_rung_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure_ladder, "absent", lambda rung: "It is not installed.")
    found = measure_ladder.measure_ladder(
        measure_ladder.plan(["whitenoise"], quick=True)
    )
    (missing, *_) = [cost for cost in found.costs if cost.rung == "whitenoise"]
    assert missing.unsupported == "It is not installed."


def test_behaviour_is_explained_with_and_without_its_layer() -> None:
    result = called("--explain", "fields/no-frames")
    assert result.exit_code == 0, result.output
    assert "cause       django.middleware.clickjacking" in result.output
    with_it, without = result.output.split("── django-asgi, without: ")
    assert "x-frame-options: DENY" in with_it
    assert "x-frame-options" not in without
    assert "NOT as described" not in result.output


def test_behaviour_of_several_steps_says_so_and_unsupported_says_why() -> None:
    result = called("--explain", "database/no-such-transaction-in-async-views")
    assert result.exit_code == 0, result.output
    assert "unsupported: " in result.output
    assert "(the last of " in called("--explain", "sessions/message-once").output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(
            ["--only", "startprojekt"],
            2,
            "Expected the name of a layer, but got 'startprojekt'; did you mean "
            "startproject?",
            id="rung",
        ),
        pytest.param(
            ["--sort", "hops-asinc"],
            2,
            "Expected the name of a column, but got 'hops-asinc'; did you mean",
            id="column",
        ),
        pytest.param(
            ["--explain", "fields/no-frame"],
            2,
            "Expected the name of a behaviour, but got 'fields/no-frame'; did you "
            "mean fields/no-frames",
            id="behaviour",
        ),
        pytest.param(
            ["--explain", "!"],
            2,
            "Expected the name of a behaviour, but got '!'; see",
            id="nothing like it",
        ),
    ],
)
def test_mistake_is_answered_with_one_sentence(
    arguments: list[str], code: int, message: str
) -> None:
    result = called(*arguments)
    assert result.exit_code == code
    assert message in result.output


def test_report_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place = str(tmp_path / "file" / "adds.json")
    result = called("--quick", "--only", "handler", "--json", place)
    assert result.exit_code == 4


def test_rungs_are_selected_by_patterns() -> None:
    assert rungs_for((), quick=False) == tuple(RUNGS)
    assert rungs_for((), quick=True) == tuple(n for n, r in RUNGS.items() if r.quick)
    assert rungs_for(("urls-1*", "handler"), quick=True) == (
        "handler",
        "urls-1",
        "urls-100",
        "urls-1000",
    )
