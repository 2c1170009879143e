"""A trace shows where an application goes to another thread, and comes back."""

import pytest
from asgiref.sync import SyncToAsync, async_to_sync, sync_to_async

from asgi_compare.contract.scenario import Expected, Lifetime, Request, Scenario
from asgi_compare.drive.hops import drive
from asgi_compare.drive.workers.worker import Child
from asgi_compare.model.transcript import Interface, Transcript

HELLO = Scenario("hello", "get", "", Request(), Expected())
DJANGO_HOPS = [
    "Signal.asend.<locals>.sync_send",
    "SecurityMiddleware.process_request",
    "SessionMiddleware.process_request",
    "CommonMiddleware.process_request",
    "CsrfViewMiddleware.process_request",
    "AuthenticationMiddleware.process_request",
    "MessageMiddleware.process_request",
    "CsrfViewMiddleware.process_view",
    "hello",
    "XFrameOptionsMiddleware.process_response",
    "MessageMiddleware.process_response",
    "CsrfViewMiddleware.process_response",
    "CommonMiddleware.process_response",
    "SessionMiddleware.process_response",
    "SecurityMiddleware.process_response",
    "HttpResponseBase.close",
]
"""Those of a sync view behind the middleware of startproject."""


def hops(transcript: Transcript) -> list[str]:
    return [e.event["function"] for e in transcript.events if e.direction == "hop"]


def always(transcript: Transcript) -> bool:
    return True


def test_django_hops_for_each_middleware() -> None:
    with Child(
        "django_app.asgi:application", driver="asgi_compare.drive.hops:drive"
    ) as child:
        transcript = child.drive(HELLO)
    assert hops(transcript) == DJANGO_HOPS
    assert transcript.notes == ("16 hops, 1 thread besides the first.",)
    assert len(transcript.threads) == 2


def test_raw_application_makes_none() -> None:
    with Child(
        "asgi_raw.app:application", driver="asgi_compare.drive.hops:drive"
    ) as child:
        transcript = child.drive(HELLO)
    assert hops(transcript) == []
    assert transcript.notes == ()


def call(*arguments: object) -> None:
    """Do nothing, in a thread."""


async def application(scope, receive, send):  # type: ignore[no-untyped-def]
    if scope["type"] != "http":
        raise ValueError("http only")
    await sync_to_async(call)()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_hop_stands_between_the_events_of_its_own_request() -> None:
    """Within a lifespan each request has its own hops."""
    lifetime = Lifetime(requests=(Request(), Request()))
    transcript = drive(application, "asgi", Scenario("a", "b", "", lifetime), always)
    assert hops(transcript) == []
    for request in transcript.requests:
        directions = [event.direction for event in request.events]
        assert directions == ["hop", "send", "send"]
        assert hops(request) == ["call"]


def test_wsgi_application_hops_to_a_loop() -> None:
    async def work() -> None:
        pass

    def application(environ, start_response):  # type: ignore[no-untyped-def]
        async_to_sync(work)()
        start_response("200 OK", [])
        return [b""]

    transcript = drive(application, "wsgi", HELLO, always)
    kinds = [e.event["type"] for e in transcript.events if e.direction == "hop"]
    assert kinds == ["async_to_sync"]


def test_wrapping_is_undone() -> None:
    before = SyncToAsync.thread_handler
    drive(application, "asgi", HELLO, always)
    assert SyncToAsync.thread_handler is before


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        # Django opens a transaction only where it is asked to.
        ("django_app.asgi:application", ["SELECT"]),
        ("django_app.wsgi:application", ["SELECT"]),
        ("starlette_app.app:application", ["BEGIN", "SELECT"]),
    ],
)
def test_query_stands_where_it_was_sent(target: str, sent: list[str]) -> None:
    """Also if its library is imported by the request before, and once at each level."""
    asked = Request(target=b"/accounts/report?way=each&owners=nobody")
    interface: Interface = "wsgi" if ".wsgi" in target else "asgi"
    wanted = Lifetime(requests=(asked, asked)) if interface == "asgi" else asked
    with Child(
        target, interface=interface, driver="asgi_compare.drive.hops:drive"
    ) as child:
        transcript = child.drive(Scenario("a", "b", "", wanted, Expected()))
    shown = transcript.requests[-1] if transcript.requests else transcript
    queries = [each for each in shown.events if each.direction == "query"]
    assert [each.event["sql"].split()[0] for each in queries][-len(sent) :] == sent
    assert {each.thread for each in queries} <= set(shown.threads)
    assert "quer" in shown.notes[-1]
