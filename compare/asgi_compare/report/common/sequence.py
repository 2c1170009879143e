"""Draw who says what to whom, and when: a sequence diagram in SVG.

Participants stand beside each other, each with a line that runs down from it, and time
runs down. A `Message` is an arrow from one line to another, a `Note` is a text across
all lines or at one of them. `drawing` turns a list of these into a picture for any
number of participants; `messages` makes the list from a transcript, for two.

The picture is one file. It has no script, text stays text, it fits into 400 pixels for
two participants, and it follows the reader's choice of a dark or a light page.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from asgi_compare.model.sanitize import clean
from asgi_compare.model.transcript import Dialogue, Event, Transcript
from asgi_compare.report.common.values import is_fields, show_field, show_value

NARROWEST = 400
MARGIN = 44
GAP_OF_TWO, GAP = 312, 220
"""Between two lines: wide if there are only two."""
LINE = 15
"""Height of a line of text."""
CHARACTER = 6.7
"""Width of a character of the text, which is set in a fixed width."""

SHEET = """
.sequence{--back:#ffffff;--text:#1f2328;--faint:#57606a;--line:#afb8c1;--right:#0550ae;
--left:#116329;font:11px ui-monospace,Menlo,Consolas,monospace}
@media(prefers-color-scheme:dark){.sequence{--back:#0d1117;--text:#e6edf3;
--faint:#9ea7b3;--line:#484f58;--right:#79c0ff;--left:#7ee787}}
.sequence rect{fill:var(--back)}.sequence text{fill:var(--text);white-space:pre}
.sequence .faint{fill:var(--faint)}.sequence .strong{font-weight:bold}
.sequence .over{paint-order:stroke;stroke:var(--back);stroke-width:4px}
.sequence path{fill:none;stroke:var(--line)}
.sequence .right path{stroke:var(--right)}.sequence .left path{stroke:var(--left)}
.sequence .right text{fill:var(--right)}.sequence .left text{fill:var(--left)}
.sequence .right .faint,.sequence .left .faint{fill:var(--faint)}
.sequence .call .line{stroke-dasharray:4 3}.sequence .box{stroke:var(--line)}
""".replace("\n", "")


@dataclass(frozen=True, slots=True)
class Message:
    """One arrow, with what it stands for above it."""

    sender: str
    receiver: str
    title: str
    details: tuple[str, ...] = ()
    call: bool = False
    """Whether it is a call or its end, and no event: the arrow is dashed."""


@dataclass(frozen=True, slots=True)
class Note:
    """A text across all lines, or at the line of one participant."""

    text: str
    at: str | None = None
    heading: bool = False


Item = Message | Note

# Reading a transcript --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing in a transcript; which one it is in, since they may be nested."""

    transcript: Transcript
    what: Literal["call", "event", "left", "end"]
    event: Event | None = None


def moments(transcript: Transcript) -> Iterator[Moment]:
    """Yield what happened, in order: requests of a lifespan are within it."""
    yield Moment(transcript, "call")
    left = transcript.left_at_ns
    requests = list(transcript.requests)
    for event in transcript.events:
        if left is not None and event.at_ns >= left:
            yield Moment(transcript, "left")
            left = None
        if event.event == {"type": "lifespan.shutdown"}:
            for request in requests:
                yield from moments(request)
        yield Moment(transcript, "event", event)
    if left is not None:
        yield Moment(transcript, "left")
    yield Moment(transcript, "end")


def messages(
    transcript: Transcript, server: str = "server", application: str = "application"
) -> Iterator[Item]:
    """Yield the arrows of one transcript between a server and an application."""
    for moment in moments(transcript):
        if moment.event is not None:
            ends = (server, application)
            sender, receiver = (
                ends if moment.event.direction == "receive" else reversed(ends)
            )
            yield Message(sender, receiver, *_parts(moment.event.event))
        elif moment.what == "call":
            title = f"call: {asked(moment.transcript.scope)}"
            yield Message(server, application, title, call=True)
        elif moment.what == "left":
            yield Note("The client leaves.", server)
        else:
            yield Message(application, server, ended(moment.transcript), call=True)
            if got := outcome(moment.transcript):
                yield Note(f"The client gets {got}.")


def asked(scope: Any) -> str:
    """Describe a scope in a few words: `GET /hello`, `WebSocket /echo`, `lifespan`."""
    if scope["type"] == "lifespan":
        return "lifespan"
    target = scope["path"]
    if scope.get("query_string"):
        target += "?" + scope["query_string"].decode("latin-1")
    return clean(f"{scope.get('method', 'WebSocket')} {target}")


def ended(transcript: Transcript) -> str:
    """Return how a call has ended: `returns`, or `raises ValueError`."""
    if transcript.ending.kind == "returned":
        return "returns"
    error = transcript.ending.error.partition(":")[0]
    kind = "raises" if transcript.ending.kind == "raised" else transcript.ending.kind
    return clean(f"{kind} {error}".strip())


def outcome(transcript: Transcript) -> str:
    """Return what the client has got in the end; empty if there was no client."""
    if transcript.scope["type"] == "lifespan":
        return ""
    answer = transcript.answer
    if isinstance(answer, Dialogue):
        shake = answer.handshake
        told = [str(shake.status)]
        if count := len(answer.heard):
            told.append(f"{count} message" + ("" if count == 1 else "s"))
        if answer.code is not None:
            told.append(f"close code {answer.code}")
        return ", ".join(told)
    if answer is None:
        return "nothing"
    whole = "" if answer.complete else ", not whole"
    return f"{answer.status}, {len(answer.body)} bytes{whole}"


def _parts(event: Any) -> tuple[str, tuple[str, ...]]:
    if not isinstance(event, dict):
        return show_value(event), ()
    short, fields = [], []
    for key, value in event.items():
        name = clean(str(key))
        if is_fields(value):
            fields += [f"{name}:", *(f"  {show_field(pair)}" for pair in value)]
        elif key != "type":
            short.append(f"{name}={show_value(value)}")
    kind = clean(str(event.get("type")))
    return kind, (*(["  ".join(short)] if short else []), *fields)


# Drawing ---------------------------------------------------------------------------


def drawing(title: str, participants: Sequence[str], items: Iterable[Item]) -> str:
    """Draw `items` from the top to the bottom, and return the SVG file's text."""
    gap = GAP_OF_TWO if len(participants) == 2 else GAP
    places = {name: MARGIN + n * gap for n, name in enumerate(participants)}
    width = max(NARROWEST, 2 * MARGIN + (len(participants) - 1) * gap)
    drawn: list[str] = []
    y = 40
    for item in items:
        if isinstance(item, Note):
            part, y = _note(item, places, width, y)
        elif item.sender == item.receiver:
            part, y = _to_itself(item, places, width, y)
        else:
            part, y = _arrow(item, places, y)
        drawn.append(part)
    height = y + 12
    lines = "".join(f'<path d="M{x} 30V{height}"/>' for x in places.values())
    names = "".join(_name(name, x, width) for name, x in places.items())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="sequence" role="img" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f"<title>{_text(title)}</title>\n<style>{SHEET}</style>\n"
        f'<rect width="{width}" height="{height}"/>\n{lines}{names}\n'
        + "\n".join(drawn)
        + "\n</svg>\n"
    )


def _arrow(message: Message, places: dict[str, int], y: int) -> tuple[str, int]:
    start, end = places[message.sender], places[message.receiver]
    side, back = ("right", -7) if end > start else ("left", 7)
    text, y = _lines(message, min(start, end) + 8, abs(end - start) - 16, y)
    y += 6
    head = f"M{start} {y}H{end}"
    point = f"M{end + back} {y - 4}L{end} {y}L{end + back} {y + 4}"
    kind = f"{side} call" if message.call else side
    path = f'<path class="line" d="{head}"/><path d="{point}"/>'
    return f'<g class="{kind}">{text}{path}</g>', y + 8


def _to_itself(
    message: Message, places: dict[str, int], width: int, y: int
) -> tuple[str, int]:
    x = places[message.sender]
    # Where there is more room: the last line has its text on the left.
    after = x + GAP - MARGIN < width
    at = x + 22 if after else max(x - GAP + 30, 8)
    text, bottom = _lines(message, at, GAP - 52, y)
    out = 14 if after else -14
    loop = f"M{x} {y + 8}h{out}v12h{-out}"
    return f'<g class="right">{text}<path d="{loop}"/></g>', max(bottom, y + 24) + 6


def _lines(message: Message, x: int, room: int, y: int) -> tuple[str, int]:
    """Set the title and the details of a message, one below the other."""
    parts = []
    texts = [(message.title, "strong over")]
    texts += [(detail, "faint over") for detail in message.details]
    for text, style in texts:
        for line in _wrapped(text, room):
            y += LINE
            parts.append(_set(line, x, y, style))
    return "".join(parts), y


def _note(note: Note, places: dict[str, int], width: int, y: int) -> tuple[str, int]:
    if note.heading:
        y += 14
        parts = [f'<path d="M8 {y}H{width - 8}"/>']
        for line in _wrapped(note.text, width - 16):
            y += LINE + 2
            parts.append(_set(line, 8, y, "strong over"))
        return f"<g>{''.join(parts)}</g>", y + 4
    middle, anchor = width // 2, "middle"
    if note.at is not None:
        middle, anchor = places[note.at] + 8, "start"
        if middle > width * 2 // 3:
            middle, anchor = places[note.at] - 8, "end"
    parts = []
    for line in _wrapped(note.text, width - 2 * MARGIN if note.at is None else GAP):
        y += LINE + 1
        parts.append(_set(line, middle, y, "over", anchor))
    return f"<g>{''.join(parts)}</g>", y + 6


def _name(name: str, x: int, width: int) -> str:
    wide = int(len(name) * CHARACTER) + 12
    left = max(2, min(x - wide // 2, width - wide - 2))
    box = f'<rect class="box" x="{left}" y="8" width="{wide}" height="22" rx="4"/>'
    return box + _set(name, left + 6, 23, "strong")


def _set(text: str, x: int, y: int, style: str, anchor: str = "start") -> str:
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{style}" x="{x}" y="{y}"{where}>{_text(text)}</text>'


def _wrapped(text: str, room: int) -> list[str]:
    lines = textwrap.wrap(text, max(8, int(room / CHARACTER)), subsequent_indent="  ")
    return lines or [""]


def _text(text: str) -> str:
    return escape(clean(text), quote=False)
