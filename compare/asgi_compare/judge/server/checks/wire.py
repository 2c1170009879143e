"""The checks of the wire cases, as small functions that make functions.

Each maker is called where a case is written down, and gives a check: it looks at what
was observed, and gives a `Problem`, or None if there is none. A case names several, and
they are asked in turn.

Some texts say both that a request must not be taken and which status is to say so. It
is the first that others rely on: an application that is called all the same is `fail`,
and a refusal in other words than the text's is `warn`.
"""

from __future__ import annotations

from collections.abc import Callable

from asgi_compare.judge.server.case import Check, Problem
from asgi_compare.judge.server.observed import Answer, Observed
from asgi_compare.model.sanitize import show_bytes
from asgi_compare.model.transcript import Interface

Statuses = int | range | tuple[int, ...]
ERROR = range(400, 600)
SUCCESS = range(200, 300)


def _fits(status: int, wanted: Statuses) -> bool:
    return status == wanted if isinstance(wanted, int) else status in wanted


def _said(wanted: Statuses) -> str:
    if isinstance(wanted, range):
        return f"{wanted.start // 100}xx" if len(wanted) == 100 else "4xx or 5xx"
    return str(wanted) if isinstance(wanted, int) else " or ".join(map(str, wanted))


def statuses(seen: Observed) -> str:
    """Name the statuses of the answers that came over the wire."""
    return ", ".join(map(str, seen.wire.finals)) or "no answer"


def what_came(seen: Observed) -> str:
    """Say in a few words what came over the wire."""
    wire, came = seen.wire, statuses(seen)
    if wire.problem:
        came = f"{came}, then bytes that are no HTTP: {show_bytes(wire.rest, 40)}"
    ended = {"closed": "the connection was closed", "reset": "it was reset"}
    return f"{came}, and {ended.get(wire.ended, 'the connection stayed open')}"


def answers(*wanted: Statuses) -> Check:
    """The final responses have these statuses, and there are no others."""

    def check(seen: Observed) -> Problem | None:
        wire, expected = seen.wire, ", ".join(map(_said, wanted))
        if wire.problem:
            began = f" It began {show_bytes(wire.rest[:60])}." if wire.rest else ""
            return Problem(wire.problem + began)
        if len(wire.finals) == len(wanted) and all(map(_fits, wire.finals, wanted)):
            return _whole(seen)
        silent = len(wire.finals) < len(wanted) and not wire.ended
        sentence = f"Expected the status {expected}, but got {what_came(seen)}."
        return Problem(sentence, "timeout" if silent else "fail")

    return check


def _whole(seen: Observed) -> Problem | None:
    if all(answer.complete for answer in seen.wire.answers):
        return None
    return Problem("The last answer broke off before its end.")


def first(wanted: Statuses) -> Check:
    """The first final response has this status, whatever comes after it."""

    def check(seen: Observed) -> Problem | None:
        if seen.wire.finals and _fits(seen.wire.finals[0], wanted):
            return None
        silent = not seen.wire.finals and not seen.wire.ended
        said = f"Expected first the status {_said(wanted)}, but got {what_came(seen)}."
        return Problem(said, "timeout" if silent else "fail")

    return check


def refused(*named: int) -> Check:
    """The application is not called, and the client is told so with `named`."""

    def check(seen: Observed) -> Problem | None:
        wire = seen.wire
        if seen.calls:
            call = seen.calls[0]
            return Problem(
                f"Expected a refusal, but the application was called: {call.method} "
                f"{call.path!r} with {show_bytes(call.body, 60)}; the client got "
                f"{what_came(seen)}."
            )
        if wire.finals and wire.finals[0] in ERROR:
            if not named or wire.finals[0] in named:
                return None
            wanted = " or ".join(map(str, named))
            said = f"It was refused with {wire.finals[0]}; the text names {wanted}."
            return Problem(said, "warn")
        if wire.ended and not wire.finals:
            if not named:
                return None
            wanted = " or ".join(map(str, named))
            how = "by bytes without a head" if wire.problem else "without an answer"
            said = f"The connection was ended {how}; the text asks for {wanted}."
            return Problem(said, "warn")
        kind = Problem(f"Expected a refusal, but got {what_came(seen)}.", "timeout")
        return Problem(kind.sentence) if wire.finals else kind

    return check


def _show(value: object) -> str:
    if isinstance(value, bytes):
        return show_bytes(value, 80)
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."


def closed() -> Check:
    """The server ended the connection."""

    def check(seen: Observed) -> Problem | None:
        if seen.wire.ended:
            return None
        return Problem(f"Expected the connection to be closed, but {_waited(seen)}.")

    return check


def _waited(seen: Observed) -> str:
    last = seen.wire.waited[-1] if seen.wire.waited else 0.0
    return f"it was still open after {last:.1f} s"


def of_answer(what: str, test: Callable[[Answer], object], number: int = 0) -> Check:
    """One answer passes a test; as `of_call`."""

    def check(seen: Observed) -> Problem | None:
        if len(seen.wire.answers) <= number:
            silent = not seen.wire.ended
            said = f"Expected {what}, but got {what_came(seen)}."
            return Problem(said, "timeout" if silent else "fail")
        found = test(seen.wire.answers[number])
        if found is None or found is True:
            return None
        return Problem(f"Expected {what}, but got {_show(found)}.")

    return check


def has(name: bytes, *values: bytes, number: int = 0) -> Check:
    """An answer has a field, with just these values if any are given."""
    what = f"the answer to have {name.decode()}"
    what += f" with {list(values)}" if values else ""

    def test(answer: Answer) -> object:
        found = answer.values(name)
        return (found == list(values) if values else bool(found)) or found

    return of_answer(what, test, number)


def in_order(*wanted: tuple[bytes, bytes]) -> Check:
    """The fields of the answer whose names begin with `x-` are these, in this order."""

    def test(answer: Answer) -> object:
        found = [field for field in answer.headers if field[0].startswith(b"x-")]
        return found == list(wanted) or found

    return of_answer(f"{list(wanted)!r} in this order", test)


def lacks(name: bytes, number: int = 0) -> Check:
    """An answer does not have a field."""
    what = f"the answer to have no {name.decode()}"
    return of_answer(what, lambda a: not a.values(name) or a.values(name), number)


def no_answer_has(name: bytes) -> Check:
    """No answer has a field, however many there are."""

    def check(seen: Observed) -> Problem | None:
        found = [v for answer in seen.wire.answers for v in answer.values(name)]
        if not found:
            return None
        return Problem(f"Expected no field {name.decode()}, but got {found}.")

    return check


def only_answers() -> Check:
    """All that came is HTTP: nothing stands between the answers, or behind them."""

    def check(seen: Observed) -> Problem | None:
        if not seen.wire.problem:
            return None
        return Problem(f"Expected nothing but answers, but got {what_came(seen)}.")

    return check


def nothing_after() -> Check:
    """Nothing came after the answers: no body where there must be none."""

    def check(seen: Observed) -> Problem | None:
        wire = seen.wire
        extra = b"".join(a.body for a in wire.answers) + wire.rest
        if not extra:
            return None
        return Problem(f"Expected no content, but got {show_bytes(extra, 60)}.")

    return check


def broken_off() -> Check:
    """The client can tell that the answer is not whole."""

    def check(seen: Observed) -> Problem | None:
        wire = seen.wire
        if not wire.ended:
            return Problem(
                f"Expected the connection to break off, but {_waited(seen)}."
            )
        if wire.answers and wire.answers[-1].complete:
            return Problem("The answer looks whole, though the application failed.")
        return None

    return check


def on(interface: Interface, *checks: Check) -> Check:
    """Ask these checks on one interface only."""

    def check(seen: Observed) -> Problem | None:
        if seen.interface != interface:
            return None
        return next((found for each in checks if (found := each(seen))), None)

    return check


def either(*checks: Check) -> Check:
    """One of them holds; if none does, the mildest says why, or the first."""

    def check(seen: Observed) -> Problem | None:
        problems = [each(seen) for each in checks]
        if None in problems:
            return None
        return next((p for p in problems if p and p.kind == "warn"), problems[0])

    return check


def both(*checks: Check) -> Check:
    """All of them hold, as one check to put into `either`."""

    def check(seen: Observed) -> Problem | None:
        return next((found for each in checks if (found := each(seen))), None)

    return check


def mild(check: Check) -> Check:
    """The same check, for a part of a text that only says `should`."""

    def milder(seen: Observed) -> Problem | None:
        found = check(seen)
        return Problem(found.sentence, "warn") if found else None

    return milder


def told() -> Check:
    """The client is not left waiting: there is an answer, or the end."""

    def check(seen: Observed) -> Problem | None:
        if seen.wire.finals or seen.wire.ended:
            return None
        return Problem("The client got no answer, and the connection stayed open.")

    return mild(check)


def speaks_1_1() -> Check:
    """What follows is not asked of a server that answers as HTTP/1.0."""

    def check(seen: Observed) -> Problem | None:
        if seen.wire.answers and seen.wire.answers[0].version == "1.0":
            said = "The server answers as HTTP/1.0, which does not have this."
            return Problem(said, "unsupported")
        return None

    return check


def without_tls(check: Check) -> Check:
    """The same check, or none where there is TLS below."""

    def plain(seen: Observed) -> Problem | None:
        return None if seen.wire.tls else check(seen)

    return plain


def early(wait: int, limit: float) -> Check:
    """One of the client's waits was over so soon."""

    def check(seen: Observed) -> Problem | None:
        waited = seen.wire.waited
        if len(waited) > wait and waited[wait] < limit:
            return None
        took = f"{waited[wait]:.2f} s" if len(waited) > wait else "never"
        return Problem(f"Expected it within {limit:g} s, but it took {took}.")

    return check
