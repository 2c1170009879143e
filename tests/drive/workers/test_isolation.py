"""Whatever an application does to its process, there is a transcript."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.contract.scenario import Expected, Lifetime, Request
from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.drive.workers import worker as isolation
from asgi_compare.drive.workers.worker import limit_of
from asgi_compare.model.transcript import MAX_EVENTS
from tests.drive.workers.conftest import Make, body, to


def test_a_child_answers_one_scenario_after_the_other(make: Make) -> None:
    with make() as child:
        first, second = child.drive(to("pid")), child.drive(to("pid"))
    assert body(first) == body(second) != str(os.getpid()).encode()
    assert first.interface == child.interface == "asgi"
    assert first.scenario == "test/pid"
    assert first.ending.kind == "returned"
    assert [entry.event["type"] for entry in first.events] == [
        "http.response.start",
        "http.response.body",
    ]


@pytest.mark.parametrize(
    ("target", "options", "answer"),
    [
        ("apps:wsgi", {}, b"fine"),
        ("apps:asgi2", {}, b"older"),
        ("apps:make", {"factory": True}, b"fine"),
        ("apps:application", {"interface": "asgi"}, b"fine"),
    ],
    ids=["wsgi", "asgi2", "factory", "interface"],
)
def test_a_target_is_driven_by_its_interface(
    make: Make, target: str, options: dict[str, Any], answer: bytes
) -> None:
    with make(target, **options) as child:
        assert body(child.drive(to("fine"))) == answer


def test_a_child_has_the_environment_that_it_is_given(make: Make) -> None:
    with make(environment={"GREETING": "hello"}) as child:
        assert body(child.drive(to("environment"))) == b"hello"


def test_a_scenario_may_drive_another_attribute_of_the_module(make: Make) -> None:
    with make(attributes={"second": "other"}) as child:
        one = child.drive(to("fine", application="other"))
        two = child.drive(to("fine", application="second"))
        assert (body(one), body(two)) == (b"other", b"other")


def test_an_attribute_that_is_not_there_costs_only_its_scenario(make: Make) -> None:
    with make() as child:
        before = child.drive(to("pid"))
        with pytest.raises(TargetError, match="no_such"):
            child.drive(to("pid", application="no_such"))
        assert body(child.drive(to("pid"))) == body(before)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("no_such_module:application", "Expected a module 'no_such_module', but "),
        ("raising:application", "Expected to import 'raising', but its code raised "),
        ("apps:no_such", "Expected an attribute 'no_such' in 'apps', but "),
        ("apps:not_callable", "Expected 'apps:not_callable' to be an application"),
        (
            "leaving:application",
            "Expected to load 'leaving:application', but its process exited with code "
            "3; see that it can be imported.\n  | so long",
        ),
        (
            "hanging:application",
            "Expected to load 'hanging:application', but its process did not answer "
            "within 1.0 s and was killed; see that it can be imported.",
        ),
        ("forging:application", "its answer was {'ready': 'x'}"),
    ],
    ids=lambda value: value.partition(":")[0] if ":app" in value else "",
)
def test_a_target_that_cannot_be_loaded_is_an_error_in_a_sentence(
    make: Make, target: str, message: str
) -> None:
    child = make(target, start_limit=1.0 if "hanging" in target else 15.0)
    with pytest.raises(TargetError) as caught:
        child.start()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("path", "kind", "error"),
    [
        ("leave", "crashed", "exited with code 7.\n  | last words"),
        ("crash", "crashed", "was killed by signal 11.\n  | Fatal Python error: "),
        ("spin", "abandoned", "did not answer within 1.3 s and was killed."),
        ("sleep", "abandoned", "did not answer within 1.3 s and was killed."),
        ("close_everything", "crashed", "exited with code 1."),
        ("leave_children", "crashed", "exited with code 3."),
        ("babble", "crashed", "sent no answer, but []."),
        ("boast", "crashed", "sent no answer: a message of 4294967295 bytes."),
        ("excuse", "crashed", "could not drive it: there is nothing here."),
        ("forge", "crashed", "sent no transcript: Expected the keys scenario, "),
    ],
)
@pytest.mark.usefixtures("hasty")
def test_an_application_that_spoils_its_process_costs_one_transcript(
    make: Make, path: str, kind: str, error: str
) -> None:
    with make() as child:
        spoilt = child.drive(to(path))
        after = child.drive(to("fine"))
    said = f"While 'test/{path}' was driven, the process of 'apps:application' {error}"
    assert spoilt.ending.error.startswith(said)
    assert (spoilt.scenario, spoilt.interface) == (f"test/{path}", "asgi")
    assert (spoilt.ending.kind, spoilt.answer) == (kind, None)
    assert spoilt.elapsed_ns == spoilt.ending.at_ns > 0
    assert body(after) == b"fine"


@pytest.mark.usefixtures("hasty")
def test_an_application_that_hangs_is_quoted_with_the_line_where_it_does(
    make: Make, folder: Path
) -> None:
    with make() as child:
        error = child.drive(to("sleep")).ending.error
    assert f'File "{folder}/apps.py", line ' in error
    assert error.endswith("in application")
    assert "in sleep\n" in error
    assert "asyncio" not in error


@pytest.mark.parametrize("path", ["sleep", "leave"])
def test_a_wsgi_application_that_spoils_its_process_costs_one_transcript(
    make: Make, path: str
) -> None:
    with make("apps:wsgi") as child:
        spoilt, after = child.drive(to(path, deadline=0.3)), child.drive(to("fine"))
    assert spoilt.ending.kind == {"sleep": "abandoned", "leave": "crashed"}[path]
    assert spoilt.interface == "wsgi"
    assert body(after) == b"fine"


def test_an_application_that_ignores_cancellation_is_left_with_its_process(
    make: Make,
) -> None:
    with make() as child:
        before = child.drive(to("pid"))
        stubborn = child.drive(to("stubborn", deadline=0.3))
        after = child.drive(to("pid"))
    assert stubborn.ending.kind == "abandoned"
    assert body(before) != body(after)


def test_an_application_that_floods_is_cut_off(make: Make) -> None:
    with make() as child:
        flooded = child.drive(to("flood", deadline=5))
        assert body(child.drive(to("fine"))) == b"fine"
    assert flooded.ending.kind == "flooded"
    assert len(flooded.events) == MAX_EVENTS


@pytest.mark.usefixtures("hasty")
def test_an_application_that_sends_huge_bodies_without_end_is_given_up(
    make: Make,
) -> None:
    with make() as child:
        given_up = child.drive(to("torrent", deadline=0.5))
        assert body(child.drive(to("fine"))) == b"fine"
    assert given_up.ending.kind in ("timed out", "abandoned")


@pytest.mark.parametrize("path", ["shout", "close_outputs", "have_children"])
def test_an_application_may_misuse_what_it_has_and_still_answer(
    make: Make, path: str
) -> None:
    with make() as child:
        assert body(child.drive(to(path))) == b"fine"
        assert body(child.drive(to("fine"))) == b"fine"


def test_what_a_child_printed_is_quoted_in_part_and_without_controls(
    make: Make,
) -> None:
    with make() as child:
        error = child.drive(to("shout_and_leave")).ending.error
    assert "\x1b" not in error
    assert len(error) < 20_000


def test_a_process_that_ends_between_two_scenarios_is_noted(make: Make) -> None:
    with make() as child:
        child.drive(to("leave_later"))
        assert child._session is not None
        process = child._session.process
        assert wait_until(lambda: process.exited() is not None, 5)
        after = child.drive(to("fine"))
    assert body(after) == b"fine"
    assert after.notes == (
        "The process exited with code 9 after the scenario before this one.",
    )


def test_a_driver_that_fails_is_told_from_an_application(make: Make) -> None:
    impossible = replace(to("fine"), exchange=None)  # type: ignore[arg-type]
    with make() as child:
        transcript = child.drive(impossible)
    assert transcript.ending.kind == "crashed"
    assert "could not drive it: " in transcript.ending.error


def test_what_is_to_hold_eventually_is_asked_for_until_it_does(make: Make) -> None:
    with make() as child:
        third = child.drive(
            to("counting", expected=Expected(body=b"3"), eventually=True, deadline=5)
        )
    assert body(third) == b"3"


def test_the_limit_has_room_for_all_that_is_asked() -> None:
    one = to("fine", deadline=2.0)
    request = Request()
    more = replace(one, before=(request,) * 2, meanwhile=(request,))
    lifetime = replace(one, exchange=Lifetime(requests=(request,) * 3))
    assert limit_of(one) == 2.0 + isolation.GRACE
    assert limit_of(more) == 8.0 + isolation.GRACE
    assert limit_of(lifetime) == 8.0 + isolation.GRACE
    assert limit_of(replace(one, eventually=True)) == 4.0 + isolation.GRACE
