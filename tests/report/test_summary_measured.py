"""What a run is told in, in short: the sentences that are read off measurements."""

from __future__ import annotations

from dataclasses import replace

from asgi_compare.model.results import IN_PROCESS, Measurement, Run
from asgi_compare.report.run import summary
from tests.report.summaries import answer, made, text

WAITING = "mock_api/fifty_at_once"


def on_servers(run: Run) -> Run:
    """Let the implementations be on the two servers too."""
    more = [
        replace(verdict, host=host)
        for verdict in run.verdicts
        for host in ("uvicorn", "hypercorn")
    ]
    return replace(run, verdicts=run.verdicts + more)


def crowded(cell: str, running: int, threads: int, ended: float) -> list[Measurement]:
    name, host = cell.split("@")
    return [
        Measurement(what, WAITING, name, host, value, unit, n=50)
        for what, value, unit in (
            ("most at a time", running, "count"),
            ("threads", threads, "threads"),
            ("time until all were answered", ended, "s"),
        )
    ]


def timed(what: str, scenario: str, name: str, value: float) -> Measurement:
    return Measurement(what, scenario, name, IN_PROCESS, value, "s")


def late(name: str, value: float) -> Measurement:
    return timed("stopped after the client left", "poll/client_leaves", name, value)


class TestThreeWaits:
    NAMES = ("sequential/three_waits", "concurrent/three_waits")

    def run(self, **values: tuple[float, float]) -> Run:
        run = made(*self.NAMES)
        for name, pair in values.items():
            run.measurements += [
                timed("elapsed", scenario, name.replace("_", "-"), value)
                for scenario, value in zip(self.NAMES, pair, strict=True)
            ]
        return run

    def test_gives_the_medians_of_each_interface(self) -> None:
        run = self.run(
            raw_asgi=(0.15, 0.05), starlette=(0.17, 0.07), raw_wsgi=(0.15, 0.151)
        )
        assert answer(run, "three things") == summary.Sentence(
            "Three waits take 160 ms one after the other and 60.0 ms all at once on "
            "ASGI (medians of 2 measurements), and 150 ms one after the other and "
            "151 ms all at once on WSGI (one measurement each).",
            tuple(map(summary.Place, self.NAMES)),
        )

    def test_says_nothing_of_an_interface_that_took_no_part(self) -> None:
        assert "WSGI" not in text(self.run(raw_asgi=(0.15, 0.05)), "three things")

    def test_is_not_said_of_one_half(self) -> None:
        run = self.run(raw_asgi=(0.15, 0.05))
        assert answer(replace(run, measurements=run.measurements[:1]), "three") is None

    def test_is_not_said_without_an_interface(self) -> None:
        run = self.run(raw_asgi=(0.15, 0.05))
        assert (
            answer(replace(run, implementations=[{"name": "raw-asgi"}]), "three")
            is None
        )

    def test_is_not_said_of_a_scenario_that_is_not_in_the_report(self) -> None:
        """There would be nothing to which the sentence could lead."""
        run = replace(made("a/b"), measurements=self.run(raw_asgi=(1, 1)).measurements)
        assert answer(run, "three things") is None

    def test_is_not_said_of_what_is_no_number(self) -> None:
        assert answer(self.run(raw_asgi=(0.15, float("nan"))), "three things") is None


class TestCrowd:
    def run(self, *cells: tuple[str, int, int, float]) -> Run:
        run = on_servers(made(WAITING))
        run.measurements += [m for cell in cells for m in crowded(*cell)]
        return run

    def test_names_the_extremes_of_what_servers_did(self) -> None:
        run = self.run(
            ("raw-wsgi@in-process", 1, 50, 9.0),
            ("raw-asgi@uvicorn", 50, 1, 0.06),
            ("starlette@uvicorn", 50, 1, 0.07),
            ("raw-wsgi@uvicorn", 10, 11, 0.25),
            ("raw-wsgi@hypercorn", 6, 6, 0.55),
        )
        assert answer(run, "at a time") == summary.Sentence(
            "Of 50 requests that arrive at once and have to wait, as few as 6 run at a "
            "time, on 6 threads (raw-wsgi@hypercorn), and as many as 50, on 1 thread "
            "(raw-asgi@uvicorn and 1 more). Time until all of them were "
            "answered: from 60.0 ms (raw-asgi@uvicorn) to 550 ms (raw-wsgi@hypercorn).",
            (summary.Place(WAITING),),
        )

    def test_where_all_ran_alike_there_are_no_extremes(self) -> None:
        run = self.run(("raw-asgi@uvicorn", 50, 1, 1), ("starlette@uvicorn", 50, 1, 2))
        assert (
            "wait, 50 run at a time, on 1 thread (raw-asgi@uvicorn and 1 more). "
            in (text(run, "at a time"))
        )

    def test_without_a_server_it_is_said_of_what_was_in_process(self) -> None:
        run = self.run(
            ("raw-asgi@in-process", 50, 1, 1), ("raw-wsgi@in-process", 50, 50, 2)
        )
        assert (
            "wait, 50 run at a time, on 1 thread (raw-asgi@in-process) and on 50 "
            "threads (raw-wsgi@in-process). " in text(run, "at a time")
        )

    def test_cell_in_which_not_all_were_answered_is_left_out(self) -> None:
        run = self.run(("raw-asgi@uvicorn", 50, 1, 1), ("starlette@uvicorn", 50, 1, 2))
        run.measurements[:3] = [replace(m, n=49) for m in run.measurements[:3]]
        assert answer(run, "at a time") is None

    def test_is_not_said_of_one_cell_or_of_a_half(self) -> None:
        run = self.run(("raw-asgi@uvicorn", 50, 1, 1), ("starlette@uvicorn", 50, 1, 2))
        run.measurements.pop()
        assert answer(run, "at a time") is None


class TestClientLeft:
    def test_gives_the_soonest_and_the_latest_of_each_interface(self) -> None:
        run = made("poll/client_leaves")
        run.measurements += [
            late("raw-wsgi", 1.15),
            late("starlette", 0.151),
            late("raw-asgi", 0.00032),
        ]
        assert answer(run, "has left") == summary.Sentence(
            "When its client has left while it waits for an event, an application goes "
            "on for 320 µs (raw-asgi) to 151 ms (starlette) on ASGI, and for 1.15 s "
            "(raw-wsgi) on WSGI; in process, once each.",
            (summary.Place("poll/client_leaves"),),
        )

    def test_is_not_said_of_what_was_not_measured(self) -> None:
        assert answer(made("poll/client_leaves"), "has left") is None
