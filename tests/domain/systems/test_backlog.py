import asyncio

from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.backlog import HALF, Backlog, Outgoing
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


async def test_who_is_answered_faster_than_it_reads_waits_for_room() -> None:
    outgoing = Outgoing[int]("one")
    for number in range(HALF + 2):
        outgoing.put(number)
    waiting = asyncio.create_task(outgoing.until_room())
    await asyncio.sleep(0)
    assert await outgoing.take() == 0
    await asyncio.sleep(0)
    assert not waiting.done()
    assert await outgoing.take() == 1
    await asyncio.wait_for(waiting, 5)


async def test_who_waits_for_room_is_told_of_the_end() -> None:
    outgoing = Outgoing[int]("one")
    waiting = asyncio.create_task(outgoing.until_room())
    for number in range(HALF + 1):
        outgoing.put(number)
    outgoing.end(1000, "")
    await asyncio.wait_for(waiting, 5)
