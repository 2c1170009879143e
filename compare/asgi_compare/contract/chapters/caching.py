"""A page that takes long to make is made once, and what is private stays so.

What a client does with a validator is in the chapter `files`. Here the answers are kept
on the server, where one client's answer may become another's: several scenarios let two
clients ask, one after the other. Of fifty at once the report says how many were made.
"""

from asgi_compare.contract.chapters.http import JSON
from asgi_compare.contract.scenario import (
    Endpoint,
    Expected,
    Headers,
    Request,
    Scenario,
)
from asgi_compare.domain.caching import VARY

ENDPOINTS = (
    Endpoint(
        "article",
        ("GET", "HEAD"),
        "/article",
        "Answers with a page that is kept for a minute, unless it is for one client.",
    ),
)

FOR_ALL = (b"cache-control", b"max-age=60")
FOR_ONE = (b"cache-control", b"private, no-store")
FRENCH = ((b"accept-language", b"fr"),)


def _ask(name: bytes, headers: Headers = (), rest: bytes = b"") -> Request:
    return Request(target=b"/article?id=" + name + rest, headers=headers)


def _session(user: bytes) -> Headers:
    return ((b"cookie", b"session=" + user),)


def _bearer(user: bytes) -> Headers:
    return ((b"authorization", b"Bearer " + user),)


KEEPING = (
    Scenario(
        "article",
        "made",
        "An answer for all says how long it is good, and what it depends on.",
        _ask(b"made"),
        Expected(
            headers=(
                JSON,
                FOR_ALL,
                (b"vary", VARY.encode()),
                (b"etag", b'"made-en"'),
            ),
            json={"made": 1, "hello": None},
        ),
    ),
    Scenario(
        "article",
        "kept",
        "The second client gets what was made for the first.",
        _ask(b"kept"),
        Expected(headers=(FOR_ALL,), json={"made": 1}),
        before=(_ask(b"kept"),),
    ),
    Scenario(
        "article",
        "other_language",
        "What depends on a field of the request is kept once for each value.",
        _ask(b"language", FRENCH),
        Expected(json={"language": "fr", "made": 2}),
        before=(_ask(b"language"),),
    ),
    Scenario(
        "article",
        "known",
        "A client that has this version gets 304, and the version is still kept.",
        _ask(b"known", ((b"if-none-match", b'"known-en"'),)),
        Expected(status=304, headers=((b"etag", b'"known-en"'),), body=b""),
        before=(_ask(b"known"),),
    ),
    Scenario(
        "article",
        "other_version_known",
        "A client that has another version gets this one.",
        _ask(b"version", ((b"if-none-match", b'"version-fr"'),)),
        Expected(json={"made": 1}),
        before=(_ask(b"version"),),
    ),
    Scenario(
        "article",
        "fifty_at_once",
        "Fifty ask for a page that is not there: how many make it?",
        _ask(b"fifty", rest=b"&seconds=0.1"),
        Expected(headers=(FOR_ALL,)),
        at_once=50,
        deadline=15,
    ),
    Scenario(
        "article",
        "cache_away",
        "When the cache cannot be reached, a page is made anew, and is no error.",
        _ask(b"away", rest=b"&cache=away"),
        Expected(headers=(FOR_ALL,), json={"made": 2}),
        before=(_ask(b"away", rest=b"&cache=away"),),
    ),
)

PRIVATE = (
    Scenario(
        "article",
        "session_is_private",
        "What was made for the session of one is not given to another.",
        _ask(b"sessions", _session(b"two")),
        Expected(headers=(FOR_ONE,), absent=(b"etag",), json={"hello": "two"}),
        before=(_ask(b"sessions", _session(b"one")),),
    ),
    Scenario(
        "article",
        "session_is_not_for_all",
        "What was made for a session is not given to who has none.",
        _ask(b"no-session"),
        Expected(headers=(FOR_ALL,), json={"hello": None, "made": 2}),
        before=(_ask(b"no-session", _session(b"one")),),
    ),
    Scenario(
        "article",
        "kept_is_not_for_session",
        "Who has a session is not given what was made for all.",
        _ask(b"then-session", _session(b"two")),
        Expected(headers=(FOR_ONE,), json={"hello": "two", "made": 2}),
        before=(_ask(b"then-session"),),
    ),
    Scenario(
        "article",
        "authorization_is_private",
        "What was made for one key is not given to another.",
        _ask(b"keys", _bearer(b"two")),
        Expected(headers=(FOR_ONE,), json={"hello": "two"}),
        before=(_ask(b"keys", _bearer(b"one")),),
    ),
    Scenario(
        "article",
        "authorization_is_not_for_all",
        "What was made for a key is not given to who has none.",
        _ask(b"no-key"),
        Expected(headers=(FOR_ALL,), json={"hello": None}),
        before=(_ask(b"no-key", _bearer(b"one")),),
    ),
    Scenario(
        "article",
        "cookie_is_private",
        "An answer that sets a cookie is not kept: its cookie is for one client.",
        _ask(b"welcome", rest=b"&welcome=1"),
        Expected(
            headers=(FOR_ONE, (b"set-cookie", b"welcome=2; Path=/")), json={"made": 2}
        ),
        before=(_ask(b"welcome", rest=b"&welcome=1"),),
    ),
)

SCENARIOS = (*KEEPING, *PRIVATE)
