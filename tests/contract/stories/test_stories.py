"""Every story can be read, and is kept by every implementation in process."""

from collections import Counter

import pytest

from asgi_compare.contract.stories import STORIES, SYSTEMS
from asgi_compare.contract.stories.chat import enters, hears_of
from asgi_compare.contract.story import (
    Story,
    Vanishes,
    matches,
    numbers_in,
)
from asgi_compare.drive.stories.arrange import NO_NEWS, TWO_SERVERS
from asgi_compare.drive.stories.child import Child
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tests.tables import slow_but

CHAT = SYSTEMS["chat"]


def test_story_read_aloud_is_a_test() -> None:
    steps = (*enters("one"), Vanishes("one"), hears_of("two", "one", "left"))
    story = Story(CHAT, "case", "It shows something.", steps)
    assert str(story) == (
        "one connects; one enters room tea; one hears who is there, within 2 s; "
        "one vanishes; two hears that one has left, within 2 s."
    )
    assert story.participants == ("one", "two")


def test_every_story_says_what_it_shows_in_one_sentence() -> None:
    wrong = [
        name
        for name, story in STORIES.items()
        if not story.shows.endswith(".") or not all(map(str, story.steps))
    ]
    assert wrong == []
    assert {story.system.name for story in STORIES.values()} == set(SYSTEMS)


def test_pattern_matches_what_has_its_keys() -> None:
    message = {"type": "a", "inner": {"n": 1, "m": 2}, "list": [{"n": 1}, 2]}
    assert matches({"inner": {"n": 1}, "list": [{}, 2]}, message)
    assert not matches({"inner": {"n": 2}}, message)
    assert not matches({"list": [{}]}, message)
    assert not matches({"n": True}, {"n": 1})
    assert not matches({"n": 1}, ["n"])


def test_numbers_are_found_in_order() -> None:
    paths = ("number", "messages.number")
    assert numbers_in({"number": 7}, paths) == (7,)
    assert numbers_in({"messages": [{"number": 1}, {"number": 2}]}, paths) == (1, 2)
    assert numbers_in("text", paths) == ()


@pytest.mark.parametrize(
    "implementation", slow_but(("raw-asgi", "django-asgi"), IMPLEMENTATIONS)
)
def test_stories_are_kept_in_process(implementation: str) -> None:
    """Each by all transports that there are for it."""
    row = IMPLEMENTATIONS[implementation]
    plays = [
        (story, transport)
        for story in STORIES.values()
        for transport in story.system.transports[row.interface]
        if transport in story.by
    ]
    with Child(row) as child:
        played = child.play_all(plays)
    kinds = Counter(each.verdict for each in played)
    reasons = {each.reason for each in played if each.verdict == "unsupported"}
    assert [
        f"{each.story} {each.transport}: {each.reason}"
        for each in played
        if each.verdict in ("failed", "error")
    ] == []
    assert reasons <= {TWO_SERVERS, NO_NEWS}
    assert kinds["passed"] >= 60
