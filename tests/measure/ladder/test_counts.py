"""What each rung does with one request: counted, and so the same each time."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from asgi_compare.measure.ladder.ladder import RUNGS, configurations
from asgi_compare.measure.ladder.rung import VARIANTS, Rung
from asgi_compare.measure.timing.configuration import Configuration
from asgi_compare.measure.timing.figures import Call, Counts
from asgi_compare.measure.timing.worker import Worker

Row = tuple[int, int, int, int]
"""Hops, threads, queries, hops back."""

WITHOUT_HOPS = ("urls-1", "startproject", "gzip", "whitenoise", "session")
"""Rungs of which the variants without hops are counted here as well."""

OF_EACH_KIND = ("startproject", "sync-only-inside", "session", "atomic")
"""A rung with all hops, one that hops back, and two with queries."""

PLAIN: dict[str, tuple[int, int | None]] = {
    "handler": (2, 3),
    "urls-1": (2, 3),
    "urls-100": (2, 3),
    "urls-1000": (2, 3),
    "only-security": (4, 5),
    "only-sessions": (4, 5),
    "only-common": (4, 5),
    "only-csrf": (5, 6),
    "only-auth": (5, 6),
    "only-messages": (6, 7),
    "only-clickjacking": (3, 4),
    "to-sessions": (6, 7),
    "to-common": (8, 9),
    "to-csrf": (11, 12),
    "to-auth": (12, 13),
    "to-messages": (14, 15),
    "startproject": (15, 16),
    "sync-only-inside": (4, 5),
    "template": (15, 16),
    "gzip": (16, 17),
    "conditional-get": (16, 17),
    "locale": (17, 18),
    "cache": (16, 16),  # the answer is there before the view is called
    "whitenoise": (14, 15),
    "wait": (15, 16),
    "wait-sync-only": (4, 5),
    "wait-bare": (2, 3),
    "session": (16, 16),
    "user": (17, 16),
    "orm-get": (16, 16),
    "orm-get-kept": (16, 16),
    "orm-create": (16, 16),
    "atomic": (0, 16),
}
"""Hops with an async view and with a sync view, on ASGI."""

QUERIES = {
    "session": 3,
    "user": 2,
    "orm-get": 1,
    "orm-get-kept": 1,
    "orm-create": 1,
    "atomic": 2,
}

HOPS_BACK = {"sync-only-inside": 1, "wait-sync-only": 1, "whitenoise": 1}
"""A middleware that is sync only: what is inside of it is called from a thread."""

BARE: dict[tuple[str, str], Row] = {
    ("urls-1", "native"): (2, 2, 0, 0),
    ("urls-1", "no_thread_hops"): (0, 0, 0, 0),
    ("startproject", "native"): (2, 2, 0, 0),
    ("startproject", "no_thread_hops"): (0, 0, 0, 0),
    ("gzip", "native"): (2, 2, 0, 0),
    ("gzip", "no_thread_hops"): (0, 0, 0, 0),
    ("whitenoise", "native"): (3, 2, 0, 1),
    ("whitenoise", "no_thread_hops"): (1, 2, 0, 1),
    ("session", "native"): (4, 2, 3, 0),
}


def expected() -> dict[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = {}
    for rung, (in_async, in_sync) in PLAIN.items():
        back, queries = HOPS_BACK.get(rung, 0), QUERIES.get(rung, 0)
        assert in_sync is not None
        if rung != "atomic":
            found[rung, "async"] = (in_async, 2, queries, back)
        found[rung, "sync"] = (in_sync, 2, queries, back)
        found[rung, "wsgi"] = (0, 0, queries, 0)
    return found | BARE


def counted(configuration: Configuration) -> dict[tuple[str, str], Counts]:
    with Worker(configuration) as worker:
        return {
            (configuration.name, variant): worker.count(variant)[0]
            for variant in configuration.variants
        }


def all_counted(
    configurations: Iterable[Configuration],
) -> dict[tuple[str, str], Counts]:
    with ThreadPoolExecutor(max_workers=2) as threads:
        found: dict[tuple[str, str], Counts] = {}
        for each in threads.map(counted, configurations):
            found |= each
        return found


def counted_on(rungs: Iterable[Rung]) -> dict[tuple[str, str], Counts]:
    """Count every variant of these rungs, and check what is expected of them."""
    found = all_counted(
        configuration
        for rung in rungs
        for configuration in configurations(
            rung,
            [w for w in VARIANTS.values() if not w.native or rung.name in WITHOUT_HOPS],
        )
    )
    assert {counts.status for counts in found.values()} == {200}
    names = {rung for rung, _ in found}
    assert {
        key: (c.hops, c.threads, c.queries, c.hops_back) for key, c in found.items()
    } == {key: row for key, row in expected().items() if key[0] in names}
    return found


def test_rungs_of_each_kind_do_what_they_did() -> None:
    """No hop, thread or query more, and none less, in any variant."""
    assert counted_on(RUNGS[name] for name in OF_EACH_KIND)


@pytest.mark.slow
def test_every_rung_does_what_it_did() -> None:
    """No hop, thread or query more, and none less, in any variant of any rung."""
    found = counted_on(RUNGS.values())
    assert {rung for rung, _ in found} == set(RUNGS)
    assert grown(found, "only-clickjacking") == len(b"X-Frame-Options: DENY\r\n")
    assert grown(found, "only-common") == len(b"Content-Length: 13\r\n")
    assert grown(found, "only-csrf") == 0


def grown(found: dict[tuple[str, str], Counts], rung: str) -> int:
    """Bytes that a rung adds to the fields of the answer."""
    here, below = found[rung, "async"], found[RUNGS[rung].above, "async"]
    return here.header_bytes - below.header_bytes


def test_django_refuses_atomic_requests_with_an_async_view() -> None:
    """What the ladder says of it is so."""
    rung = replace(RUNGS["atomic"], cannot={})
    (only,) = configurations(rung, [VARIANTS["async"]])
    assert counted(only)["atomic", "async"].status == 500


def test_every_hop_is_in_the_tree() -> None:
    """And below it, on another thread, what was called there."""
    (only,) = configurations(RUNGS["startproject"], [VARIANTS["async"]])
    with Worker(only) as worker:
        counts, tree = worker.count("async", tree=True)
    assert tree is not None
    hops = [call for call in tree.walk() if call.name == "SyncToAsync.__call__"]
    assert len(hops) == counts.hops == 15
    for hop in hops:
        assert any(call.thread for call in hop.walk())
    assert middleware(tree) == [
        "SecurityMiddleware.__acall__",
        "SessionMiddleware.__acall__",
        "CommonMiddleware.__acall__",
        "CsrfViewMiddleware.__acall__",
        "AuthenticationMiddleware.__acall__",
        "MessageMiddleware.__acall__",
        "XFrameOptionsMiddleware.__acall__",
    ]


def middleware(tree: Call) -> list[str]:
    return [call.name for call in tree.walk() if call.name.endswith("__acall__")]
