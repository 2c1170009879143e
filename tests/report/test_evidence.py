"""Behind the cells: what is alike stands together."""

from __future__ import annotations

from asgi_compare.model.results import Run, Verdict
from asgi_compare.model.transcript import Transcript
from asgi_compare.report.run import view
from asgi_compare.report.run.evidence import Evidence, evidence


def evidence_of(run: Run, name: str) -> Evidence:
    (row,) = (row for row in view.matrix(run).rows if row.name == name)
    return evidence(run, row, view.baseline(run))


def test_cells_with_the_same_outcome_stand_together(run: Run) -> None:
    found = evidence_of(run, "hello/get")
    assert [(o.mark.kind, list(o.groups)) for o in found.outcomes] == [
        ("passed", ["raw-asgi", "raw-wsgi", "starlette"]),
        ("known", ["django-asgi", "django-wsgi"]),
    ]
    places = found.outcomes[0].groups["raw-asgi"]
    assert [(place.column.host, place.letter) for place in places] == [
        ("in-process", "A"),
        ("uvicorn", "B"),
        ("hypercorn", "B"),
    ]
    assert [d.what for d in found.outcomes[1].differences] == [
        "header:x-frame-options",
        "header:x-content-type-options",
        "header:referrer-policy",
    ]


def test_transcript_that_cells_share_is_shown_once(run: Run) -> None:
    found = evidence_of(run, "hello/get")
    assert [(e.letter, e.also) for e in found.exhibits] == [
        ("A", ("starlette@in-process",)),
        (
            "B",
            (
                "raw-asgi@hypercorn",
                "raw-wsgi@uvicorn,hypercorn",
                "starlette@uvicorn,hypercorn",
            ),
        ),
        ("C", ()),
        ("D", ()),
        ("E", ("django-asgi@hypercorn", "django-wsgi@uvicorn,hypercorn")),
        ("F", ()),
    ]


def test_request_comes_from_the_baseline_or_else_from_the_row(run: Run) -> None:
    found = evidence_of(run, "hello/get")
    assert found.request == ("GET / HTTP/1.1", "host: 127.0.0.1")
    assert evidence_of(run, "lifespan/whole_life").request == ("lifespan",)


def test_commands_show_it_and_run_it_again(run: Run) -> None:
    assert evidence_of(run, "hello/get").commands == (
        "asgi-compare show hello/get",
        "asgi-compare run --select hello/get --servers uvicorn,hypercorn",
    )


def test_commands_of_a_run_without_servers_name_none() -> None:
    run = Run(scenarios=[{"name": "it's/here"}])
    (row,) = view.matrix(run).rows
    assert evidence(run, row, "").commands == (
        """asgi-compare show 'it'"'"'s/here'""",
        """asgi-compare run --select 'it'"'"'s/here'""",
    )


def test_unsupported_cell_has_a_reason_and_no_transcript(run: Run) -> None:
    last = evidence_of(run, "ws_echo/text").outcomes[-1]
    assert last.mark.kind == "unsupported"
    assert {place.letter for place in last.places} == {""}
    assert {place.elapsed for place in last.places} == {""}


def test_many_transcripts_have_letters_with_numbers() -> None:
    """Thirty hosts that each answer in their own way."""
    hosts = [f"host {n}" for n in range(30)]
    run = Run(
        scenarios=[{"name": "x/y"}],
        implementations=[{"name": "raw"}],
        hosts=[{"name": host} for host in hosts],
        verdicts=[Verdict("x/y", "raw", host, "passed") for host in hosts],
        transcripts={
            f"x/y raw@{host}": Transcript("x/y", "wire", notes=(f"note of {host}",))
            for host in hosts
        },
    )
    found = evidence_of(run, "x/y")
    assert found.commands[1].endswith(" --servers all")
    letters = [exhibit.letter for exhibit in found.exhibits]
    assert [letters[n] for n in (0, 25, 26, 29)] == ["A", "Z", "A1", "D1"]


def test_cell_that_was_not_run_is_left_out() -> None:
    run = Run(
        scenarios=[{"name": "x/y"}, {"name": "x/z"}],
        implementations=[{"name": "raw"}],
        hosts=[{"name": "uvicorn"}],
        verdicts=[Verdict("x/y", "raw", "uvicorn", "passed")],
    )
    found = evidence_of(run, "x/z")
    assert (found.outcomes, found.exhibits) == ((), ())
    assert found.commands[1] == "asgi-compare run --select x/z"
