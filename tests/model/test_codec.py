"""The nouns come back from JSON as they went, and nothing else is let in."""

import dataclasses
import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.model.results import Difference, Finding, Measurement, Run, Verdict
from asgi_compare.model.serialization import codec
from asgi_compare.model.serialization import schema as shapes
from asgi_compare.model.serialization.codec import (
    CodecError,
    dumps,
    loads,
    run_from_json,
    run_to_json,
    transcript_from_json,
    transcript_to_json,
)
from asgi_compare.model.transcript import (
    Dialogue,
    Ending,
    Event,
    Excerpt,
    Response,
    Transcript,
)
from tests.anything import anything, same, texts

numbers = st.integers(0, 1 << 62)
headers = st.lists(st.tuples(st.binary(), st.binary()), max_size=3).map(tuple)
bodies = st.binary() | st.binary().map(Excerpt.of)
responses = st.builds(
    Response,
    numbers,
    texts,
    headers,
    bodies,
    st.lists(numbers, max_size=3).map(tuple),
    st.booleans(),
    texts,
)
dialogues = st.builds(
    Dialogue,
    responses,
    st.none() | texts,
    st.lists(texts | bodies, max_size=3).map(tuple),
    st.none() | numbers,
    texts,
)
events = st.builds(
    Event, numbers, st.sampled_from(["receive", "send"]), anything, numbers, numbers
)
endings = st.builds(
    Ending, st.sampled_from(["returned", "crashed", "timed out"]), texts, numbers
)
transcripts: st.SearchStrategy[Transcript] = st.deferred(
    lambda: st.builds(
        Transcript,
        texts,
        st.sampled_from(["asgi", "wsgi", "wire"]),
        st.dictionaries(texts, anything, max_size=3),
        st.lists(events, max_size=3).map(tuple),
        endings,
        st.none() | responses | dialogues,
        st.none() | numbers,
        numbers,
        st.lists(numbers, max_size=3).map(tuple),
        st.lists(texts, max_size=2).map(tuple),
        st.just(()) | st.tuples(transcripts),
    )
)


@given(transcripts)
def test_a_transcript_comes_back_unchanged(transcript: Transcript) -> None:
    text = dumps(transcript_to_json(transcript))
    assert same(transcript_from_json(loads(text.encode())), transcript)


def test_a_scope_may_be_any_mapping() -> None:
    transcript = Transcript("a/b", "asgi", MappingProxyType({"type": "http"}))
    assert transcript_from_json(transcript_to_json(transcript)).scope == {
        "type": "http"
    }


def a_run() -> Run:
    """Return a run that has something of everything."""
    return Run(
        environment={"python": "3.11", "versions": {"django": "5.2"}, "seconds": 1.5},
        scenarios=[{"name": "hello/get", "chapter": "http"}],
        implementations=[{"name": "raw-asgi"}],
        hosts=[{"name": "in-process"}],
        verdicts=[Verdict("hello/get", "raw-asgi", "uvicorn", "failed", "No.")],
        differences=[
            Difference("hello/get", ("a@b", "c@d"), "body", ("1", "2"), known=True)
        ],
        measurements=[
            Measurement("x", "hello/get", "raw-asgi", "uvicorn", 1, "s", low=0.5)
        ],
        findings=[
            Finding("asgi-http/x", "application", "must", "No.", "hello/get", (1, 2))
        ],
        transcripts={"hello/get raw-asgi@b": Transcript("hello/get", "asgi")},
        interrupted=True,
    )


def test_a_run_comes_back_unchanged() -> None:
    run = a_run()
    assert same(run_from_json(loads(dumps(run_to_json(run)))), run)


def test_a_run_is_written_with_the_published_keys() -> None:
    written = run_to_json(a_run())
    assert list(written) == [
        "version",
        "environment",
        "scenarios",
        "implementations",
        "hosts",
        "verdicts",
        "differences",
        "measurements",
        "findings",
        "transcripts",
        "interrupted",
    ]
    assert written["version"] == 1
    assert written["verdicts"] == [
        {
            "scenario": "hello/get",
            "implementation": "raw-asgi",
            "host": "uvicorn",
            "verdict": "failed",
            "reason": "No.",
        }
    ]


@pytest.mark.parametrize(
    ("noun", "shape"),
    [
        (Verdict, codec.VERDICT),
        (Finding, codec.FINDING),
        (Difference, codec.DIFFERENCE),
        (Measurement, codec.MEASUREMENT),
        (Run, codec.RUN),
        (Transcript, codec.TRANSCRIPT),
        (Ending, codec.ENDING),
        (Response, codec.RESPONSE),
        (Dialogue, codec.DIALOGUE),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_tables_have_all_fields_of_their_nouns(
    noun: Any, shape: shapes.Shape
) -> None:
    """A field that a noun gains must be written too; an empty object names them all."""
    with pytest.raises(CodecError) as caught:
        shape.read({})
    names = ", ".join(field.name for field in dataclasses.fields(noun))
    assert str(caught.value) == f"Expected the keys {names}, but got none."


def changed(path: str, value: object) -> Any:
    """Return the JSON of a run with something else at one place."""
    written = json.loads(dumps(run_to_json(a_run())))
    *way, last = path.split("/")
    at: Any = written
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step.replace("|", "/")]
    at[last] = value
    return written


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (
            [],
            "Expected a run with a 'version', but got [].",
        ),
        (
            {"a": 1},
            "Expected a run with a 'version', but got {'a': 1}.",
        ),
        (
            changed("version", 2),
            "Expected a run of version 1, but got 2.",
        ),
        (
            changed("verdicts/0/verdict", "good"),
            "Expected 'passed' or 'failed' or 'unsupported' or 'error' at "
            "'verdicts[0].verdict', but got 'good'.",
        ),
        (
            changed("interrupted", 1),
            "Expected true or false at 'interrupted', but got 1.",
        ),
        (
            changed("findings", {}),
            "Expected a list at 'findings', but got {}.",
        ),
        (
            changed("transcripts", []),
            "Expected an object at 'transcripts', but got [].",
        ),
        (
            changed("differences/0/between", ["a"]),
            "Expected a pair at 'differences[0].between', but got 1 of them.",
        ),
        (
            changed("transcripts/hello|get raw-asgi@b/ending", 3),
            "Expected the keys kind, error, at_ns at "
            "\"transcripts['hello/get raw-asgi@b'].ending\", but got 3.",
        ),
        (
            changed("environment", {"$what": 1}),
            "Expected a value at 'environment', but got the unknown mark '$what'.",
        ),
    ],
    ids=lambda value: value[-40:] if isinstance(value, str) else "",
)
def test_a_malformed_run_is_refused_in_one_sentence(found: Any, message: str) -> None:
    with pytest.raises(CodecError) as caught:
        run_from_json(found)
    assert str(caught.value) == message


def test_what_is_not_json_is_refused_in_one_sentence() -> None:
    with pytest.raises(CodecError) as caught:
        loads("{")
    assert str(caught.value).startswith("Expected JSON, but got something else (")


def test_json_that_is_too_deep_is_refused() -> None:
    with pytest.raises(CodecError, match=r"^Expected JSON, but got something else"):
        loads(b"[" * 1_000_000)


def test_data_that_is_too_deep_is_refused() -> None:
    deep: Any = 0
    for _ in range(5_000):
        deep = [deep]
    written = run_to_json(a_run()) | {"environment": {"a": deep}}
    with pytest.raises(CodecError, match=r"^Expected data of sensible depth"):
        run_from_json(written)
