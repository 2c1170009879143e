from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.seen import Seen
from tests.domain import quick

calls = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 10), st.integers(0, 4))
)


@quick
@given(calls)
def test_key_is_new_once_until_it_is_forgotten(
    comings: list[tuple[str, int, int]],
) -> None:
    seen, known, now = Seen(), dict[str, int](), 0
    for key, lifetime, wait in comings:
        now += wait
        known = {each: until for each, until in known.items() if until >= now}
        assert seen.first(key, now + lifetime, now) is (key not in known)
        known.setdefault(key, now + lifetime)
        assert len(seen) == len(known)
