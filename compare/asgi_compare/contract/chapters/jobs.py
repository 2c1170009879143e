"""Work that outlives its request: started, watched, cancelled, and its result.

An upload is answered with 202 and the address of a job. There a client asks how far it
has come, again and again or by a stream of server-sent events. It names the job itself,
by an Idempotency-Key, so that a request that got no answer can be sent once more.

The stream of a job ends with it, so `before` asks for one where a job has to be over.
"""

from asgi_compare.contract.chapters.http import JSON
from asgi_compare.contract.scenario import (
    Client,
    Endpoint,
    Expected,
    Headers,
    Request,
    Scenario,
)

ENDPOINTS = (
    Endpoint(
        "start_job",
        ("POST",),
        "/jobs",
        "Takes an upload, answers with the address of a job, and does it later.",
    ),
    Endpoint("job", ("GET", "HEAD"), "/jobs/{key}", "Says how far a job has come."),
    Endpoint(
        "job_events",
        ("GET", "HEAD"),
        "/jobs/{key}/events",
        "Says all that happens to a job, from the event after Last-Event-ID on.",
    ),
    Endpoint(
        "job_result",
        ("GET", "HEAD"),
        "/jobs/{key}/result",
        "Answers with what came of a job, or says why there is nothing.",
    ),
    Endpoint(
        "cancel_job", ("POST",), "/jobs/{key}/cancel", "Has a job end at its next step."
    ),
)

UPLOAD = (b"two\nlines\n",)
STREAM = (b"content-type", b"text/event-stream")
LONG = b"?pause=3"
"""A job that takes twelve seconds, and so is under way while it is looked at."""


def _start(key: bytes, query: bytes = b"", body: tuple[bytes, ...] = UPLOAD) -> Request:
    return Request("POST", b"/jobs" + query, ((b"idempotency-key", key),), body)


def _get(key: bytes, rest: bytes = b"", headers: Headers = ()) -> Request:
    return Request(target=b"/jobs/" + key + rest, headers=headers)


def _cancel(key: bytes) -> Request:
    return Request("POST", b"/jobs/" + key + b"/cancel")


def _until_over(key: bytes) -> Request:
    return _get(key, b"/events")


def _event(number: int, state: str, attempt: int, done: int) -> bytes:
    data = f'{{"state": "{state}", "attempt": {attempt}, "done": {done}}}'
    return f"id: {number}\ndata: {data}\n\n".encode()


HISTORY = (
    _event(1, "waiting", 0, 0),
    _event(2, "running", 1, 0),
    _event(3, "running", 1, 1),
    _event(4, "retrying", 1, 1),
    _event(5, "running", 2, 0),
    _event(6, "running", 2, 1),
    _event(7, "running", 2, 2),
    _event(8, "running", 2, 3),
    _event(9, "running", 2, 4),
    _event(10, "done", 2, 4),
)
"""Of a job whose first attempt fails."""

STARTING = (
    Scenario(
        "start_job",
        "accepted",
        "202 and an address: accepted, and not yet done.",
        _start(b"accepted"),
        Expected(
            status=202,
            headers=(JSON, (b"location", b"/jobs/accepted")),
            json={"id": "accepted"},
        ),
    ),
    Scenario(
        "start_job",
        "same_request_again",
        "Who got no answer asks once more, and is told of the same job.",
        _start(b"again"),
        Expected(status=202, headers=((b"location", b"/jobs/again"),)),
        before=(_start(b"again"),),
    ),
    Scenario(
        "start_job",
        "same_key_other_body",
        "A key stands for one request; with another body it is a mistake.",
        _start(b"other-body", body=(b"another",)),
        Expected(status=422),
        before=(_start(b"other-body"),),
    ),
    Scenario(
        "start_job",
        "without_key",
        "Without a key nobody could tell a second request from a second job.",
        Request("POST", b"/jobs", body=UPLOAD),
        Expected(status=400),
    ),
    Scenario(
        "start_job",
        "too_large",
        "An upload has a bound: it is kept until the job is done.",
        _start(b"too-large", body=(b"x" * 65_537,)),
        Expected(status=413),
    ),
    Scenario(
        "start_job",
        "fifty_at_once",
        "Fifty times the same request at once.",
        _start(b"fifty"),
        Expected(status=202, headers=((b"location", b"/jobs/fifty"),)),
        at_once=50,
        deadline=15,
    ),
)

WATCHING = (
    Scenario(
        "job",
        "done_once",
        "Three requests with one key are one job, which is done once.",
        _get(b"once"),
        Expected(
            headers=(JSON,),
            json={"state": "done", "attempt": 1, "done": 4, "steps": 4},
        ),
        before=(*(_start(b"once"),) * 3, _until_over(b"once")),
    ),
    Scenario(
        "job",
        "comes_to_be_done",
        "A client that polls sees the end.",
        _get(b"polled"),
        Expected(json={"state": "done"}),
        before=(_start(b"polled"),),
        eventually=True,
    ),
    Scenario(
        "job",
        "retried",
        "An attempt that failed is followed by another one.",
        _get(b"retried"),
        Expected(json={"state": "done", "attempt": 2}),
        before=(_start(b"retried", b"?fails=1"), _until_over(b"retried")),
    ),
    Scenario(
        "job",
        "given_up",
        "After three attempts a job has failed, and says so.",
        _get(b"given-up"),
        Expected(json={"state": "failed", "attempt": 3}),
        before=(_start(b"given-up", b"?fails=9"), _until_over(b"given-up")),
    ),
    Scenario(
        "job",
        "outlives_its_watcher",
        "A client that stops watching does not stop the job.",
        _get(b"unwatched"),
        Expected(json={"state": "done"}),
        before=(
            _start(b"unwatched"),
            Request(
                target=b"/jobs/unwatched/events", client=Client(leaves_after_hearing=1)
            ),
        ),
        eventually=True,
    ),
    Scenario(
        "job",
        "unknown",
        "A job that nobody has started is not there.",
        _get(b"unknown"),
        Expected(status=404),
    ),
    Scenario(
        "job_events",
        "retried",
        "Each event is a line of the job's history, so none is missed between two.",
        _get(b"watched", b"/events"),
        Expected(headers=(STREAM,), body=b"".join(HISTORY)),
        before=(_start(b"watched", b"?fails=1"),),
    ),
    Scenario(
        "job_events",
        "continued",
        "Who comes back with Last-Event-ID hears what came since.",
        _get(b"continued", b"/events", ((b"last-event-id", b"7"),)),
        Expected(headers=(STREAM,), body=b"".join(HISTORY[7:])),
        before=(_start(b"continued", b"?fails=1"),),
    ),
    Scenario(
        "job_events",
        "client_leaves",
        "Who watches is let go when the client has left, though nothing happens.",
        Request(target=b"/jobs/left/events", client=Client(leaves_after=1.0)),
        Expected(stops=True),
        before=(_start(b"left", LONG),),
    ),
    Scenario(
        "job_events",
        "unknown",
        "What is not there is said by a status, before a stream begins.",
        _get(b"unknown", b"/events"),
        Expected(status=404),
    ),
)

ENDING = (
    Scenario(
        "job_result",
        "done",
        "The result has an address of its own.",
        _get(b"result", b"/result"),
        Expected(headers=(JSON,), json={"bytes": 10, "lines": 2}),
        before=(_start(b"result"), _until_over(b"result")),
    ),
    Scenario(
        "job_result",
        "not_yet",
        "409 with Retry-After: there will be one, and when to ask again.",
        _get(b"not-yet", b"/result"),
        Expected(status=409, headers=((b"retry-after", b"1"),)),
        before=(_start(b"not-yet", LONG),),
    ),
    Scenario(
        "job_result",
        "failed",
        "410: there will never be one.",
        _get(b"no-result", b"/result"),
        Expected(status=410, absent=(b"retry-after",)),
        before=(_start(b"no-result", b"?fails=9"), _until_over(b"no-result")),
    ),
    Scenario(
        "cancel_job",
        "under_way",
        "To cancel is a request as well: 202, and the job ends at its next step.",
        _cancel(b"cancelled"),
        Expected(status=202, headers=((b"location", b"/jobs/cancelled"),)),
        before=(_start(b"cancelled", LONG),),
    ),
    Scenario(
        "job",
        "cancelled",
        "A job that was cancelled says so.",
        _get(b"ended"),
        Expected(json={"state": "cancelled"}),
        before=(_start(b"ended", b"?pause=0.1"), _cancel(b"ended")),
        eventually=True,
    ),
    Scenario(
        "cancel_job",
        "over",
        "What is done cannot be cancelled.",
        _cancel(b"over"),
        Expected(status=409),
        before=(_start(b"over"), _until_over(b"over")),
    ),
    Scenario(
        "cancel_job",
        "unknown",
        "What is not there cannot be cancelled.",
        _cancel(b"unknown"),
        Expected(status=404),
    ),
)

SCENARIOS = (*STARTING, *WATCHING, *ENDING)
