"""Any value that an application could send, for tests with hypothesis."""

from typing import Any

from hypothesis import strategies as st

from asgi_compare.model.serialization.values import Foreign
from asgi_compare.model.transcript import (
    Excerpt,
)

lone = st.characters(categories=["Cs", "Lu", "Cc"])
texts = st.text() | st.text(lone, max_size=5)
atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | texts
    | st.binary()
    | st.binary().map(Excerpt.of)
    | st.builds(Foreign, texts, texts)
)
keys = atoms | st.tuples(atoms, atoms) | st.sampled_from(["$bytes", "$", "$tuple"])
anything = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=20,
)


def same(left: Any, right: Any) -> bool:
    """Compare with the types: for Python, 1, 1.0 and True are equal."""
    return repr(left) == repr(right) and left == right
