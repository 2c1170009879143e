"""For whom an answer may be kept, and for how long."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.domain.caching import (
    FOR_ALL,
    FOR_ONE,
    KEPT,
    LIFE,
    Asked,
    AwayShelf,
    Mistake,
    Page,
    Press,
    Shelf,
    fields_of,
    is_known,
    read_asked,
)

USERS = st.sampled_from([None, "one", "two"])
ASKED = st.builds(
    Asked,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["en", "fr"]),
    USERS,
    st.just(0.0),
    st.booleans(),
    st.just(False),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(ASKED, max_size=12))
def test_nobody_gets_what_was_made_for_another(requests: list[Asked]) -> None:
    """Whoever asks in whatever order, through one shelf."""
    shelf, press = Shelf(lambda: 0.0), Press()
    for asked in requests:
        kept = shelf.get(asked.key) if asked.for_all else None
        page = Page.from_json(kept) if kept else press.make(asked, 1)
        if asked.for_all:
            shelf.put(asked.key, page.to_json())
        fields = dict(fields_of(asked, page))
        assert (page.hello, page.language) == (asked.user, asked.language)
        assert fields["cache-control"] == (FOR_ALL if asked.for_all else FOR_ONE)
        assert ("set-cookie" in fields) == asked.welcome
        assert not is_known(asked, page, "*") or asked.for_all


def test_user_is_told_by_session_or_by_key() -> None:
    found = [
        read_asked({}, None, cookie, key).user
        for cookie, key in [
            (None, None),
            ("session=one", None),
            (None, "Bearer two"),
            ("session=one", "Bearer two"),
            ("other=1", None),
            ("=;;\x00", None),
        ]
    ]
    assert found == [None, "one", "two", "one", None, None]


@pytest.mark.parametrize(
    ("field", "language"),
    [(None, "en"), ("fr-CH, en;q=0.5", "fr"), ("de", "en"), ("", "en")],
)
def test_first_language_that_there_is_counts(field: str | None, language: str) -> None:
    assert read_asked({}, field, None, None).language == language


@pytest.mark.parametrize("query", [{"id": "A B"}, {"id": ""}, {"seconds": "nan"}])
def test_request_that_names_nothing_is_a_mistake(query: dict[str, str]) -> None:
    with pytest.raises(Mistake, match=r"^Expected small letters, digits and - as id, "):
        read_asked(query, None, None, None)


def test_version_is_known_by_its_tag() -> None:
    asked = read_asked({"id": "a"}, None, None, None)
    page = Press().make(asked, 1)
    tags = [None, '"a-en"', 'W/"a-en"', '"x", "a-en"', "*", '"a-fr"', ""]
    assert [is_known(asked, page, each) for each in tags] == [
        *(False, True, True, True, True, False, False)
    ]


def test_shelf_keeps_for_a_minute_and_so_many() -> None:
    now = 0.0
    shelf = Shelf(lambda: now)
    shelf.put("a", "text")
    now = LIFE - 1.0
    assert shelf.get("a") == "text"
    now = float(LIFE)
    assert shelf.get("a") is None
    for number in range(KEPT + 1):
        shelf.put(str(number), "")
    assert (shelf.get("0"), shelf.get("1")) == (None, "")


def test_shelf_that_is_away_raises() -> None:
    with pytest.raises(ConnectionError):
        AwayShelf().get("a")
    with pytest.raises(ConnectionError):
        AwayShelf().put("a", "")
