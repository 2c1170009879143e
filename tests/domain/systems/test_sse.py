import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems import sse
from tests.domain import quick

one_line = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n")
)


def parse(stream: str) -> list[tuple[str, str, str]]:
    """Read a stream as the specification of `EventSource` has it."""
    events, data, event, last_id = [], list[str](), "", ""
    for line in re.split("\r\n|\r|\n", stream):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append((event or "message", last_id, "\n".join(data)))
            data, event = [], ""
        elif field == "data":
            data.append(value)
        elif field == "event":
            event = value
        elif field == "id" and "\0" not in value:
            last_id = value
    return events


@quick
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"])), one_line, one_line
        ),
        max_size=4,
    )
)
def test_browser_hears_what_was_sent(sent: list[tuple[str, str, str]]) -> None:
    stream, expected, last = "", [], ""
    for data, event, id in sent:
        stream += sse.format_event(data, event=event, id=id) + sse.format_comment("-")
        last = id or last
        expected.append((event or "message", last, re.sub("\r\n|\r", "\n", data)))
    assert parse(stream) == expected


def test_event_is_these_lines() -> None:
    assert sse.format_event("1\r\n2", event="change", id="r-7", retry_ms=500) == (
        "event: change\nid: r-7\nretry: 500\ndata: 1\ndata: 2\n\n"
    )


@pytest.mark.parametrize("field", ["event", "id"])
@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b"])
def test_field_of_several_lines_is_an_error(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"Expected one line as {field}, but got 'a"):
        sse.format_event("data", **{field: value})  # type: ignore[arg-type]
