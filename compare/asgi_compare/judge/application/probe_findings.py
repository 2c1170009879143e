"""What a probe concludes by itself, besides what the rules say.

A probe that compares has two transcripts: that of the plain exchange, and its own. An
application that raises only where an optional key is absent has relied on that key. One
that raises at a plain request, ends its process, does not answer or cannot be stopped
has gone beyond what a rule could judge: that is an error, in one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from asgi_compare.contract.scenario import Conversation
from asgi_compare.judge.application.probe import NO_FILE, Asked, Probe, Trial
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import (
    MAX_EVENTS,
    Dialogue,
    Excerpt,
    Response,
    Transcript,
)

LOST = ("crashed", "abandoned")
STARTS = ("http.response.start", "websocket.accept", "start_response")
CUT_SHORT = ("timed out", "flooded")
LAST_WORDS = (
    "lifespan.startup.failed",
    "lifespan.shutdown.complete",
    "lifespan.shutdown.failed",
)
"""A server waits for one of these, and need not wait for the return after it."""
UNKNOWN_EVENT = "asgi/unknown-event-type"
OF_FILES = "asgi-extensions/zerocopysend-file"


def is_lost(transcript: Transcript) -> bool:
    """Return whether the application has ended its process, or could not be stopped."""
    return transcript.ending.kind in LOST


def is_endless(transcript: Transcript) -> bool:
    """Return whether an answer was begun, and had no end in the time there was."""
    begun = any(map(transcript.sent, STARTS))
    return transcript.ending.kind in CUT_SHORT and begun


def failed(transcript: Transcript) -> str:
    """Return how an exchange failed; empty if it did not."""
    if transcript.ending.kind == "raised":
        return transcript.ending.error
    if is_lost(transcript):
        return f"an application that {transcript.ending.kind}"
    if transcript.ending.kind in CUT_SHORT and not is_endless(transcript):
        return "no answer in time"
    response = transcript.response
    if response is not None and response.status >= 500:
        return f"the status {response.status}"
    return ""


def same_answer(one: Transcript, other: Transcript) -> bool:
    """Return whether the client got the same status and body twice."""
    return answer_of(one) == answer_of(other)


def answer_of(transcript: Transcript) -> object:
    """Return what of an answer is compared."""
    answer = transcript.answer
    if isinstance(answer, Dialogue):
        return (answer.handshake.status, answer.heard)
    if isinstance(answer, Response):
        body = answer.body
        return (answer.status, body.sha256 if isinstance(body, Excerpt) else body)
    return None


def compared(
    probe: Probe,
    trial: Trial,
    transcript: Transcript,
    plain: Transcript,
    stable: bool = True,
) -> Iterator[Finding]:
    """Return what a probe finds by holding an exchange against the plain one.

    With an answer that is another one each time, `stable` is False, and only failures
    are looked for.
    """
    if probe.compares == "nothing" or failed(plain) or is_endless(plain):
        return
    if refuses_the_version(probe, transcript) or refuses_as_it_may(probe, transcript):
        return
    if transcript.ending.error.startswith(OF_THE_CHECKER):
        return
    got = failed(transcript)
    answers = stable and probe.compares == "answer"
    if not got and answers and not same_answer(plain, transcript):
        got = f"another one: {_in_short(transcript)}"
    status = stable and probe.compares == "status"
    if not got and status and refused(transcript, plain):
        got = _in_short(transcript)
    if got:
        yield Finding(
            probe.id,
            "application",
            probe.level,
            f"Expected {_in_short(plain)} as on a plain server, but got {got} "
            f"(at the end of {trial.name!r}).",
            trial.name,
        )


OF_THE_CHECKER = "KeyError: 'SCRIPT_NAME' (validate.py:"
"""The checker of the standard library, `wsgiref.validate`, reads SCRIPT_NAME for its
message where there is none: no application around which it stands can help that."""
NOT_THIS_WAY = (426, 505)
"""Statuses by which a server refuses a version of HTTP, as it may."""


def refused(transcript: Transcript, plain: Transcript) -> bool:
    """Return whether an exchange was refused, and the plain one was not."""
    one, other = plain.response, transcript.response
    if one is None or one.status >= 400:
        return False
    return other is None or other.status >= 400


def refuses_the_version(probe: Probe, transcript: Transcript) -> bool:
    """Return whether an application says that it does not serve a version of HTTP."""
    response = transcript.response
    return (
        probe.compares == "status"
        and "http_version" in probe.server.sets
        and response is not None
        and response.status in NOT_THIS_WAY
    )


NO_LENGTH = (400, 411, 413, 415)
"""Statuses by which content of an unknown length is refused, as it may be."""


def refuses_as_it_may(probe: Probe, transcript: Transcript) -> bool:
    """Return whether an application says that it does not serve such a request."""
    response = transcript.response
    if response is None or not transcript.sent():
        return False
    if "chunked" in probe.changes:
        return response.status in NO_LENGTH
    return "method" in probe.changes and response.status == 501


def raised_later(probe: Probe, transcript: Transcript, first: Transcript) -> str:
    """Say that an application failed at a request that it had answered before."""
    when = LATER.get(probe.id.rpartition("/")[2])
    now_only = transcript.ending.kind == "raised" != first.ending.kind
    talks = isinstance(transcript.answer, Dialogue) and now_only
    if when is None or not (talks or raised_in_vain(transcript)):
        return ""
    return f"The application raised {_said(transcript)} {when}."


LATER = {
    "again": "at the second of two equal requests",
    "afterwards": "at a request that it had answered before the other probes",
}


def _in_short(transcript: Transcript) -> str:
    response = transcript.response
    if response is None:
        return "no answer"
    if isinstance(transcript.answer, Dialogue):
        return f"a {response.status}"
    return f"a {response.status} with {len(response.body):,} bytes"


def trouble(probe: Probe, transcript: Transcript) -> str:
    """Say in one line what an application did that is beyond the rules."""
    ending = transcript.ending
    if probe.server.repeats and ending.kind == "abandoned":
        return ""  # to look for what is left takes time; that is not its fault
    if is_lost(transcript):
        return ending.error or (
            "The application went on after it was cancelled, and was left behind."
        )
    if ending.kind == "flooded" and probe.id.endswith("/plain"):
        return f"The application was stopped after {MAX_EVENTS:,} events."
    if raised_at_stop(transcript):
        return f"{raised(transcript)[:-1]} in place of an answer to lifespan.shutdown."
    in_vain = ending.kind == "timed out" and not (
        is_endless(transcript) or any(map(transcript.sent, LAST_WORDS))
    )
    if not in_vain or transcript.left_at_ns is not None or probe.server.cancels:
        return ""
    return TOO_LATE.get(probe.protocol, "")


def raised_at_stop(transcript: Transcript) -> bool:
    """Return whether an exception took the place of what a server waits for at last.

    `lifespan.shutdown.failed` would say why; an exception says it in no server's words.
    """
    asked = bool(transcript.received("lifespan.shutdown"))
    told = any(map(transcript.sent, LAST_WORDS))
    return transcript.ending.kind == "raised" and asked and not told


TOO_LATE = dict.fromkeys(
    ("http", "websocket", "wsgi"),
    "The application did not answer in time, and was cancelled.",
) | {"lifespan": "The application did not start and stop in time, and was cancelled."}
"""What to say of an application that did not come to an end, by protocol."""


def raised(transcript: Transcript) -> str:
    """Say what an application raised, and where."""
    return f"The application raised {_said(transcript)}."


def raised_in_vain(transcript: Transcript) -> bool:
    """Return whether an exception took the place of an answer.

    One that comes after the answer is of work that the client need not wait for.
    """
    if transcript.ending.kind != "raised" or transcript.left_at_ns is not None:
        return False
    answer = transcript.answer
    if isinstance(answer, Dialogue):
        return answer.handshake.status == 500 or not transcript.sent()
    if answer is None or not any(map(transcript.sent, STARTS)):
        return True
    return not answer.complete or (
        answer.status == 500 and not _has_started_500(transcript)
    )


def _has_started_500(transcript: Transcript) -> bool:
    """Return whether a 500 was the application's own words, not the server's."""
    starts = [event for kind in STARTS for event in transcript.sent(kind)]
    return any(str(event.get("status", "")).startswith("500") for event in starts)


def is_rejection(transcript: Transcript) -> bool:
    """Return whether an exception came before anything was received or sent.

    That is how an application rejects a protocol that it does not have. WSGI has one.
    """
    is_asgi = transcript.interface == "asgi"
    return is_asgi and transcript.ending.kind == "raised" and not transcript.events


def ran_out_of_time(transcript: Transcript) -> bool:
    """Return whether there was no answer in time, so that more time may help."""
    kind = transcript.ending.kind
    return kind in ("timed out", "abandoned") and not is_endless(transcript)


def was_answered(transcript: Transcript) -> bool:
    """Return whether the client got an answer of the application's own."""
    return transcript.response is not None and any(
        map(transcript.sent, (*STARTS, "websocket.close", DENIAL))
    )


DENIAL = "websocket.http.response.start"


def remark(transcript: Transcript, asked: Asked) -> str:
    """Return what is worth knowing of a plain exchange, and no fault."""
    if is_endless(transcript):
        count = len(transcript.events)
        return (
            f"{asked.label}: the answer had no end; it was cut off after {count:,} "
            f"events. Probes that need an end were left out."
        )
    if transcript.ending.kind == "raised" and not raised_in_vain(transcript):
        return f"{asked.label}: the application raised {_said(transcript)}."
    response = transcript.response
    if response and response.status >= 400 and was_answered(transcript):
        return (
            f"{asked.label}: the answer was {response.status}; nothing but that was "
            f"looked at. Ask as your clients do, with -H or another path."
        )
    return ""


def _said(transcript: Transcript) -> str:
    return transcript.ending.error.rstrip(".")


def why_not_worth_more(first: Transcript, asked: Asked, silent: bool) -> str:
    """Return why the other probes are not played with an exchange.

    Empty if they are.
    """
    silent_for_long = first.ending.kind == "timed out" and not is_endless(first)
    if is_lost(first) or silent_for_long or first.ending.kind == "flooded":
        return f"{asked.label}: the other probes were left out."
    if isinstance(asked.exchange, Conversation):
        if first.ending.kind == "raised" and not first.sent():
            return (
                f"{asked.label}: the application does not answer WebSocket; it raised "
                f"{_said(first)}."
            )
        if is_for_nobody(first, silent) and not asked.wanted:
            return f"{asked.label}: the application does not answer WebSocket."
    return ""


def is_for_nobody(transcript: Transcript, silent: bool) -> bool:
    """Return whether a protocol was passed over just as one that there is not.

    An application that returns from a scope type that it does not know breaks a rule
    there. That it does so for WebSocket, too, is the same fault, and no second one.
    """
    return (
        silent
        and transcript.scope.get("type") == "websocket"
        and not transcript.events
        and transcript.ending.kind == "returned"
    )


def why_not_started(transcript: Transcript) -> str:
    """Return why a server would not start the application; empty if it would."""
    for event in transcript.sent("lifespan.startup.failed"):
        said = event.get("message") or "it does not say why"
        return f"The application refused to start: {said}."
    return ""


def why_not_served(transcript: Transcript) -> str:
    """Return why a server would wait in vain for the start; empty if it would not."""
    if is_lost(transcript) or transcript.ending.kind == "timed out":
        error = _said(transcript) or "no answer to lifespan.startup in time"
        return f"The application did not start: {error}."
    return ""


PROTOCOLS = ("http", "websocket", "lifespan")


def believed(findings: Iterable[Finding], transcript: Transcript) -> Iterator[Finding]:
    """Leave out what binds the server, which is ours, and what cannot be known here."""
    unknown = transcript.scope.get("type") not in PROTOCOLS
    for finding in findings:
        # Nothing is an event of a protocol that there is not. That it was answered at
        # all is a rule of its own.
        if unknown and finding.rule == UNKNOWN_EVENT:
            continue
        # A file is no data: of the object itself only its name has come out of the
        # child. Whether it was a file, the server there has looked.
        if finding.rule == OF_FILES and NO_FILE not in transcript.notes:
            continue
        if finding.side == "application":
            yield of_the_head(finding, transcript)


def of_the_head(finding: Finding, transcript: Transcript) -> Finding:
    """Let a finding about fields point at the call that has them.

    Over WSGI they are settled by the first block, and judged only then.
    """
    events = transcript.events
    if transcript.interface != "wsgi" or not finding.rule.startswith("http/"):
        return finding
    for index in finding.evidence:
        if events[index].event["type"] not in ("yield", "write"):
            return finding
        starts = [
            i for i in range(index) if events[i].event["type"] == "start_response"
        ]
        if starts and "content" not in finding.rule:
            message = finding.message.replace(f"event {index}", f"event {starts[-1]}")
            return replace(finding, evidence=(starts[-1],), message=message)
    return finding
