"""JSON of the nouns, both ways: a transcript from another process, a run from a file.

A table says of each noun which fields it has and what shape (see `shapes.py`) each of
them is in. Both directions read that table, so they cannot come apart. Fields keep
their names and are all there; what came from an application is written as `values.py`
says.

What is read here may have been written by a process that an application has turned
against us, or by hand. So nothing is trusted: each field must be there and have its
shape, or a `CodecError` says in one sentence what was expected, where, and what came.

The JSON is plain data (`dict`, `list`, `str`, ...) of well-formed text and finite
numbers; `dumps` and `loads` make text of it.
"""

from __future__ import annotations

import json
from typing import Any, get_args

from asgi_compare.model.results import (
    Difference,
    Finding,
    Level,
    Measurement,
    Run,
    Side,
    Verdict,
    VerdictKind,
)
from asgi_compare.model.serialization.schema import (
    FLAG,
    HEADERS,
    INTEGER,
    INTEGERS,
    NUMBER,
    OBJECT,
    PAIR_OF_TEXTS,
    TEXT,
    TEXTS,
    VALUE,
    CodecError,
    Shape,
    by_name,
    each,
    one_of,
    optional,
    record,
    short_repr,
)
from asgi_compare.model.serialization.values import value_to_json
from asgi_compare.model.transcript import (
    Dialogue,
    Direction,
    Ending,
    EndKind,
    Event,
    Response,
    Transcript,
)

__all__ = [
    "VERSION",
    "CodecError",
    "dumps",
    "loads",
    "run_from_json",
    "run_to_json",
    "transcript_from_json",
    "transcript_to_json",
]

VERSION = 1
"""The version of the run file. It changes when a field does."""


def dumps(written: object) -> str:
    """Make text of what this module writes."""
    return json.dumps(
        written, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def loads(text: str | bytes) -> Any:
    """Read JSON text; raises `CodecError` if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        problem = " ".join(str(error).split())
        raise CodecError("JSON", f"something else ({problem})") from error


def transcript_to_json(transcript: Transcript) -> dict[str, Any]:
    """Write a transcript, with the transcripts inside it."""
    return _write(TRANSCRIPT, transcript)


def transcript_from_json(found: object) -> Transcript:
    """Read a transcript; raises `CodecError` if it is not one."""
    transcript: Transcript = _read_whole(TRANSCRIPT, found)
    return transcript


def run_to_json(run: Run) -> dict[str, Any]:
    """Write a run; its `version` comes first."""
    return {"version": VERSION, **_write(RUN, run)}


def run_from_json(found: object) -> Run:
    """Read a run; raises `CodecError` if it is not one, or of another version."""
    if not isinstance(found, dict) or "version" not in found:
        raise CodecError("a run with a 'version'", short_repr(found))
    if found["version"] != VERSION:
        raise CodecError(f"a run of version {VERSION}", short_repr(found["version"]))
    rest = {key: value for key, value in found.items() if key != "version"}
    run: Run = _read_whole(RUN, rest)
    return run


def _write(shape: Shape, noun: object) -> dict[str, Any]:
    written: dict[str, Any] = shape.write(noun)
    return written


def _read_whole(shape: Shape, found: object) -> Any:
    try:
        return shape.read(found)
    except RecursionError as error:
        raise CodecError("data of sensible depth", "a deeper one") from error


def _answer(found: Any) -> Any:
    is_dialogue = isinstance(found, dict) and "handshake" in found
    return (DIALOGUE if is_dialogue else RESPONSE).read(found)


RESPONSE = record(
    Response,
    {
        "status": INTEGER,
        "reason": TEXT,
        "headers": HEADERS,
        "body": VALUE,
        "pieces": INTEGERS,
        "complete": FLAG,
        "http_version": TEXT,
    },
)
DIALOGUE = record(
    Dialogue,
    {
        "handshake": RESPONSE,
        "subprotocol": optional(TEXT),
        "heard": each(VALUE),
        "code": optional(INTEGER),
        "reason": TEXT,
    },
)
ANSWER = Shape(
    lambda value: (DIALOGUE if isinstance(value, Dialogue) else RESPONSE).write(value),
    _answer,
)
EVENT = record(
    Event,
    {
        "at_ns": INTEGER,
        "direction": one_of(get_args(Direction)),
        "event": VALUE,
        "size": INTEGER,
        "thread": INTEGER,
    },
)
ENDING = record(
    Ending, {"kind": one_of(get_args(EndKind)), "error": TEXT, "at_ns": INTEGER}
)
TRANSCRIPT: Shape = record(
    Transcript,
    {
        "scenario": TEXT,
        "interface": one_of(("asgi", "wsgi", "wire")),
        "scope": Shape(lambda scope: value_to_json(dict(scope)), OBJECT.read),
        "events": each(EVENT),
        "ending": ENDING,
        "answer": optional(ANSWER),
        "left_at_ns": optional(INTEGER),
        "elapsed_ns": INTEGER,
        "threads": INTEGERS,
        "notes": TEXTS,
        # The table does not stand yet while this line of it is read, hence the calls.
        "requests": each(
            Shape(lambda value: TRANSCRIPT.write(value), lambda f: TRANSCRIPT.read(f))
        ),
    },
)
VERDICT = record(
    Verdict,
    {
        "scenario": TEXT,
        "implementation": TEXT,
        "host": TEXT,
        "verdict": one_of(get_args(VerdictKind)),
        "reason": TEXT,
    },
)
DIFFERENCE = record(
    Difference,
    {
        "scenario": TEXT,
        "between": PAIR_OF_TEXTS,
        "what": TEXT,
        "values": PAIR_OF_TEXTS,
        "known": FLAG,
        "reason": TEXT,
        "layer": TEXT,
        "source": TEXT,
    },
)
MEASUREMENT = record(
    Measurement,
    {
        "what": TEXT,
        "scenario": TEXT,
        "implementation": TEXT,
        "host": TEXT,
        "value": NUMBER,
        "unit": TEXT,
        "low": optional(NUMBER),
        "high": optional(NUMBER),
        "n": INTEGER,
    },
)
FINDING = record(
    Finding,
    {
        "rule": TEXT,
        "side": one_of(get_args(Side)),
        "level": one_of(get_args(Level)),
        "message": TEXT,
        "scenario": TEXT,
        "evidence": INTEGERS,
    },
)
RUN = record(
    Run,
    {
        "environment": OBJECT,
        "scenarios": each(OBJECT, list),
        "implementations": each(OBJECT, list),
        "hosts": each(OBJECT, list),
        "verdicts": each(VERDICT, list),
        "differences": each(DIFFERENCE, list),
        "measurements": each(MEASUREMENT, list),
        "findings": each(FINDING, list),
        "transcripts": by_name(TRANSCRIPT),
        "interrupted": FLAG,
    },
)
