"""Whole scenarios, played against a server that follows a script, or against none."""

from asgi_compare.contract.scenario import Request, Scenario
from asgi_compare.drive.live.exchange import drive
from tests.drive.in_process.scripted import answers, nobody, scripted


def test_scenario_without_a_judge_is_asked_once() -> None:
    scenario = Scenario("a", "b", "c", Request(), eventually=True)
    with scripted(answers(b"HTTP/1.0 200 OK\r\n\r\nx")) as port:
        transcript = drive("127.0.0.1", port, scenario)
    assert transcript.response is not None, transcript.ending
    assert transcript.response.body == b"x"


def test_request_before_that_fails_is_noted() -> None:
    scenario = Scenario("a", "b", "c", Request(), before=(Request(),))
    port = nobody()
    transcript = drive("127.0.0.1", port, scenario)
    assert transcript.ending.kind == "crashed"
    assert transcript.notes == (
        f"GET / (before) got no answer: There is no connection to "
        f"127.0.0.1:{port}: Connection refused.",
    )


def test_request_meanwhile_that_fails_is_noted() -> None:
    with scripted(answers(b"nonsense\r\n\r\n")) as port:
        scenario = Scenario("a", "b", "c", Request(), meanwhile=(Request(),))
        transcript = drive("127.0.0.1", port, scenario)
    note = transcript.notes[-1]
    assert "(meanwhile) got no answer: The server's answer is not" in note
