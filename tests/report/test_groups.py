"""Many cells that say the same thing are one line."""

from __future__ import annotations

import pytest

from asgi_compare.model.results import Run
from asgi_compare.report.common.wording import without_noise
from asgi_compare.report.run import groups, view

ALL = ("raw@here", "raw@uvicorn", "django@here", "django@uvicorn")


def test_differences_with_the_same_reason_are_one_group(run: Run) -> None:
    found = groups.differences(run)
    security = ("header:x-content-type-options", "header:referrer-policy")
    assert [(g.aspects, g.known, g.count) for g in found] == [
        (("body",), False, 3),
        (security, True, 108),
        (("header:x-frame-options",), True, 54),
    ]
    assert found[1].where == ("django-asgi", "django-wsgi")
    assert len(found[1].scenarios) == 9
    assert found[0].example.scenario == "hello/options"


def test_reasons_are_grouped_in_the_order_asked_for(run: Run) -> None:
    table = view.matrix(run)
    found = groups.reasons(table, "failed", "error", "unsupported")
    assert [(g.kind, g.where, len(g.scenarios)) for g in found] == [
        ("failed", ("django-wsgi",), 1),
        ("error", ("all on hypercorn",), 1),
        ("unsupported", ("django-asgi", "django-wsgi"), 1),
        ("unsupported", ("raw-wsgi", "django-wsgi"), 2),
        ("unsupported", ("django-asgi",), 2),
    ]


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["raw@here"], ("raw@here",)),
        (["raw@here", "raw@uvicorn"], ("raw",)),
        (["raw@here", "raw@here"], ("raw@here",)),
        (["raw@uvicorn", "django@uvicorn"], ("all on uvicorn",)),
        (
            ["raw@uvicorn", "django@uvicorn", "raw@here"],
            ("all on uvicorn", "raw@here"),
        ),
        (ALL, ("everywhere",)),
    ],
)
def test_cells_are_named_with_few_words(
    names: list[str], short: tuple[str, ...]
) -> None:
    assert groups.in_short(names, ALL) == short


def test_hosts_are_listed_where_nobody_knows_whether_they_are_all() -> None:
    assert groups.in_short(["raw@a", "raw@b", "x@a"]) == ("raw@a,b", "x@a")


def test_some_names_the_first_and_counts_the_rest() -> None:
    assert groups.some(("a", "b"), 2) == "a, b"
    assert groups.some(("a", "b", "c", "d"), 2) == "a, b and 2 more"


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ('{"elapsed": 0.0512}', '{"elapsed": …}'),
        ("port 54321", "port …"),
        ("thread 139872361", "thread …"),
        ("csrftoken=Zyx" + "a1" * 30, "csrftoken=…"),
        ("<object at 0x7f00aa>", "<object at …>"),
        ("length 100 of 2048", "length 100 of 2048"),
        ("sha " + "ab12" * 16, "sha " + "ab12" * 16),
    ],
)
def test_noise_is_blanked_out_and_nothing_else(text: str, blank: str) -> None:
    assert without_noise(text) == blank
