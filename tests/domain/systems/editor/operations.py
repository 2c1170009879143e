"""Texts, and operations that fit them."""

from hypothesis import strategies as st

from asgi_compare.domain.systems.editor import Operation, apply
from asgi_compare.domain.systems.editor.operation import Step

texts = st.text("abcd", max_size=8)
some_steps = st.lists(
    st.integers(-3, 3) | st.text("XYZ\N{GRINNING FACE}", max_size=2), max_size=6
)


def fit(steps: list[Step], text: str) -> Operation:
    """Return an operation on `text` that begins with `steps`, as far as they fit."""
    fitting, left = list[Step](), len(text)
    for step in steps:
        if isinstance(step, int):
            step = max(-left, min(left, step))
            left -= abs(step)
        fitting.append(step)
    return Operation.of([*fitting, left])


@st.composite
def edited(draw: st.DrawFn, following: int = 0) -> tuple[str, list[Operation]]:
    """Draw a text and operations on it, each on what the one before has left."""
    text = first = draw(texts)
    operations = []
    for _ in range(following):
        operations.append(fit(draw(some_steps), text))
        text = apply(operations[-1], text)
    return first, operations
