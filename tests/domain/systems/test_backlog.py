from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.backlog import Backlog
from tests.domain import quick


@quick
@given(st.integers(1, 5), st.lists(st.booleans()))
def test_backlog_gives_all_in_order_or_is_over(limit: int, puts: list[bool]) -> None:
    backlog = Backlog[int](limit)
    accepted: list[int] = []
    taken: list[int] = []
    for number, put in enumerate(puts):
        if put and backlog.put(number):
            accepted.append(number)
        elif not put:
            taken += backlog.take_all()
        assert len(backlog) <= limit
        if backlog.overflowed:
            assert (backlog.put(-1), backlog.take_all()) == (False, [])
        else:
            assert len(backlog) == len(accepted) - len(taken)
    taken += backlog.take_all()
    assert taken == accepted[: len(taken)]
    assert backlog.overflowed or taken == accepted


def test_backlog_that_is_full_closes_with_1013_and_a_reason() -> None:
    backlog = Backlog[str](1)
    assert backlog.put("one")
    assert not backlog.put("two")
    assert (backlog.close_code, backlog.reason) == (
        1013,
        "More than 1 messages are waiting; come back for the rest.",
    )
    assert len(Backlog[str](10**9).reason.encode()) <= 123
