"""The checks of what the application saw, made as those of the wire are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgi_compare.judge.server.case import Check, Problem, Report
from asgi_compare.judge.server.checks.wire import (
    _show,
    both,
    either,
    first,
    refused,
    statuses,
    what_came,
)
from asgi_compare.judge.server.observed import Call, Observed
from asgi_compare.model.sanitize import show_bytes


def called(times: int) -> Check:
    """The application was called so many times for this case."""

    def check(seen: Observed) -> Problem | None:
        if len(seen.calls) == times:
            return None
        paths = ", ".join(f"{c.method} {c.path[-30:]!r}" for c in seen.calls)
        return Problem(
            f"Expected {times} call(s) of the application, but there were "
            f"{len(seen.calls)}: {paths or 'none'}; the client got {what_came(seen)}."
        )

    return check


def of_call(what: str, test: Callable[[Call], object], number: int = 0) -> Check:
    """One call of the application passes a test: `what` says what was expected.

    The test gives True or None if it passes; anything else is shown as what came, so
    that it should not give a bare False.
    """

    def check(seen: Observed) -> Problem | None:
        if len(seen.calls) <= number:
            return Problem(
                f"Expected {what}, but the application was not called; the client got "
                f"{what_came(seen)}."
            )
        found = test(seen.calls[number])
        if found is None or found is True:
            return None
        return Problem(f"Expected {what}, but got {_show(found)}.")

    return check


def that(shows: str) -> str:
    """Make of the sentence of a case what its check expects."""
    return "that " + shows.removesuffix(".").replace("The ", "the ", 1)


def saw_body(body: bytes, number: int = 0) -> Check:
    """The application received just this body."""
    what = f"the body {show_bytes(body, 60)}"
    return of_call(what, lambda c: c.body == body or c.body, number)


def saw_body_if_read(body: bytes) -> Check:
    """The application received just this body; on WSGI, if it was read at all."""

    def test(call: Call) -> object:
        unread = call.wsgi and not any(e[0] == "wsgi.input" for e in call.events)
        return unread or call.body == body or call.body

    return of_call(f"the body {show_bytes(body, 60)}", test)


def saw_values(name: bytes, *allowed: tuple[bytes, ...], number: int = 0) -> Check:
    """The application saw one of these lists of values of a field."""
    said = " or ".join(repr(list(each)) for each in allowed)
    what = f"the field {name.decode()} to be {said}"

    def test(call: Call) -> object:
        found = tuple(call.values(name))
        # WSGI has one string for each name, so values are joined there.
        joined = {(b",".join(each),) for each in allowed}
        joined |= {(b", ".join(each),) for each in allowed if each}
        return found in allowed or (call.wsgi and found in joined) or list(found)

    return of_call(what, test, number)


def saw_no(name: bytes) -> Check:
    """The application saw no field of this name."""
    what = f"no field {name.decode('latin-1')}"
    return of_call(what, lambda call: not call.values(name) or call.values(name))


def saw_scope(key: str, *allowed: object) -> Check:
    """A key of the scope (or environ) has one of these values, of just this type."""
    what = f"{key} to be {' or '.join(map(repr, allowed))}"

    def test(call: Call) -> object:
        found = call.scope.get(key, "missing")
        same = any(type(found) is type(a) and found == a for a in allowed)
        return same or repr(found)

    return of_call(what, test)


def received(kind: str) -> Check:
    """The application got an event of this type out of `receive`."""

    def test(call: Call) -> object:
        return bool(call.received(kind)) or repr([_kind(e) for e in call.received()])

    return of_call(f"the application to receive {kind}", test)


def _kind(event: Any) -> Any:
    return event.get("type") if isinstance(event, dict) else event


def send_raised(*kinds: str) -> Check:
    """An exception came out of `send` for an event of these types."""
    what = f"send() to raise for {' or '.join(kinds) or 'an event'}"
    return of_call(what, lambda call: bool(call.raised(*kinds)) or "no exception")


def send_did_not_raise(*kinds: str) -> Check:
    """No exception came out of `send` for events of these types."""
    said = " or ".join(kinds) or "any event"
    what = f"send() not to raise for {said}"
    return of_call(what, lambda call: not call.raised(*kinds) or call.raised(*kinds)[0])


def send_raised_os_error() -> Check:
    """What came out of `send` after the end was an `OSError`."""

    def test(call: Call) -> object:
        found = call.raised()
        if not found:
            return "no exception"
        return "OSError" in found[-1] or found[-1]

    return of_call("send() to raise a subclass of OSError", test)


def announces(version: str) -> Check:
    """What follows is not asked of a server that announces an older version.

    "Spec versions let you understand what the server you are using understands" (ASGI
    HTTP & WebSocket, spec versions); "if missing assume 2.0" (connection scope).
    """

    def check(seen: Observed) -> Problem | None:
        if seen.call is None:
            return None  # it has announced nothing; the other checks say what is wrong
        found = _announced(seen.call)
        if _parts(found) >= _parts(version):
            return None
        said = (
            f"The server announces version {found} of the text; {version} asks for it."
        )
        return Problem(said, "unsupported")

    return check


def since(version: str, check: Check) -> Check:
    """The same check, or none for a server that announces an older version."""

    def later(seen: Observed) -> Problem | None:
        return None if announces(version)(seen) else check(seen)

    return later


def _announced(call: Call) -> str:
    asgi = call.scope.get("asgi")
    found = asgi.get("spec_version") if isinstance(asgi, dict) else None
    return found if isinstance(found, str) else "2.0"


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def how_send_went(*kinds: str) -> Report:
    """Report what came out of `send` for an event of these types."""

    def report(seen: Observed) -> str:
        raised = seen.call.raised(*kinds) if seen.call else []
        said = f"raised {raised[0].partition(':')[0]}" if raised else "took it"
        return f"send() {said}; the client got {statuses(seen)}."

    return report


def ended() -> Check:
    """Each call of the application has come to its end."""

    def check(seen: Observed) -> Problem | None:
        still = [call for call in seen.calls if not call.ended]
        if not still:
            return None
        return Problem("The call of the application was still under way at the end.")

    return check


def never_whole() -> Check:
    """No call was told that its request body is whole."""

    def check(seen: Observed) -> Problem | None:
        for call in seen.calls:
            if _is_whole(call):
                return Problem(
                    "Expected that the application is never told that the body is "
                    f"whole, but it got {show_bytes(call.body, 60)} and then the end; "
                    f"the client got {what_came(seen)}."
                )
        return None

    return check


def _is_whole(call: Call) -> bool:
    if call.wsgi:
        # An exception, or fewer bytes than were asked for, tells that it is not.
        got = [e for e in call.events if e[0] == "wsgi.input" and not e[2]]
        wanted = str(call.scope.get("CONTENT_LENGTH") or "")
        return bool(got and call.body) and wanted in ("", str(len(call.body)))
    events = call.received("http.request")
    return any(not event.get("more_body", False) for event in events)


def turned_down(*named: int) -> Check:
    """A refusal, if need be after the application was called, but never with a body.

    A server that calls the application with the header section, and then finds that it
    cannot know where the body ends, has kept the rule.
    """
    return either(refused(*named), both(first(named), never_whole()))


def broken_body() -> Check:
    """A request whose body is broken is refused, or at least never taken for whole."""
    return either(never_whole(), refused(400))
