"""A page that takes long to make: for whom it may be kept, and what is said of that.

What is made for everybody is kept on the server for a minute, and clients may do so as
well. What is made for somebody, or tells the client something (a cookie), is nobody
else's: it is neither kept here nor looked for here, and says `private, no-store`.

Who asks is told by a session cookie or by Authorization. Neither is proved here: the
subject is what a second client may get of the answer to the first.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from http.cookies import CookieError, SimpleCookie

LIFE = 60
"""Seconds for which a page is kept."""
LANGUAGES = {"en": "Good day", "fr": "Bonjour"}
VARY = "Accept-Language, Authorization, Cookie"
"""The request's fields that an answer depends on."""
FOR_ALL, FOR_ONE = f"max-age={LIFE}", "private, no-store"
KEPT = 1000

NAME = re.compile(r"[a-z0-9-]{1,40}")
SECONDS = re.compile(r"[0-9](\.[0-9]{1,6})?")


class Mistake(Exception):
    """The client has asked for something that is not there; the message says what."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, and by whom."""

    id: str
    language: str
    user: str | None
    """None for anybody."""
    seconds: float
    welcome: bool
    """Whether the answer sets a cookie."""
    away: bool
    """Whether to look into a cache that is away."""

    @property
    def key(self) -> str:
        """Return by what it is kept; only what is for all has a key."""
        assert self.for_all
        return f"{self.id} {self.language}"

    @property
    def for_all(self) -> bool:
        """Whether others may have the answer as well."""
        return self.user is None and not self.welcome


@dataclass(frozen=True, slots=True)
class Page:
    """What was made."""

    id: str
    language: str
    text: str
    hello: str | None
    made: int
    """How often a page of this id had been made then, this one included."""
    running: int
    """How many were being made at that time."""
    thread: int

    @property
    def etag(self) -> str:
        """Return the name of this version: of the text, and not of its making."""
        return f'"{self.id}-{self.language}"'

    def content(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return asdict(self)

    def to_json(self) -> str:
        """Return it as a text that `from_json` reads."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "Page":
        """Return the page that `to_json` has written."""
        return Page(**json.loads(text))


def read_asked(
    query: Mapping[str, str],
    language: str | None,
    cookie: str | None,
    authorization: str | None,
) -> Asked:
    """Return what a request asks for, by its query and the fields that matter."""
    page, seconds = query.get("id", "page"), query.get("seconds", "0")
    if not NAME.fullmatch(page) or not SECONDS.fullmatch(seconds):
        raise Mistake(
            "Expected small letters, digits and - as id, and seconds below 10, "
            f"but got {page!r} and {seconds!r}."
        )
    # Weights are left out: whoever names French first wants it.
    wanted = (language or "en").strip().lower()[:2]
    return Asked(
        page,
        wanted if wanted in LANGUAGES else "en",
        _user(cookie, authorization),
        float(seconds),
        "welcome" in query,
        query.get("cache") == "away",
    )


def _user(cookie: str | None, authorization: str | None) -> str | None:
    try:
        session = SimpleCookie(cookie or "").get("session")
    except CookieError:
        session = None
    if session is not None:
        return session.value
    return authorization.rpartition(" ")[2] if authorization else None


class Press:
    """Counts how often each page was made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: Counter[str] = Counter()

    def make(self, asked: Asked, running: int) -> Page:
        """Return a page; to wait for as long as it takes is the caller's business."""
        with self._lock:
            self._made[asked.id] += 1
            made = self._made[asked.id]
        return Page(
            asked.id,
            asked.language,
            LANGUAGES[asked.language],
            asked.user,
            made,
            running,
            threading.get_ident(),
        )


def fields_of(asked: Asked, page: Page) -> list[tuple[str, str]]:
    """Return the header fields that say what may be done with an answer."""
    if not asked.for_all:
        cookie = f"welcome={page.made}; Path=/"
        return [
            ("cache-control", FOR_ONE),
            *([("set-cookie", cookie)] if asked.welcome else []),
        ]
    return [("cache-control", FOR_ALL), ("vary", VARY), ("etag", page.etag)]


def is_known(asked: Asked, page: Page, if_none_match: str | None) -> bool:
    """Return whether a client has this version already (RFC 9110, 13.1.2)."""
    if if_none_match is None or not asked.for_all:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return page.etag in tags or tags == ["*"]


class Shelf:
    """Texts that are kept for a while, in memory; what came first goes first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._kept: dict[str, tuple[str, float]] = {}

    def get(self, key: str) -> str | None:
        """Return what is kept, if it is not too old."""
        with self._lock:
            text, until = self._kept.get(key, ("", 0.0))
            return text if self._clock() < until else None

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = text, self._clock() + LIFE
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]


class AwayShelf(Shelf):
    """A cache that is on another machine, and cannot be reached."""

    def get(self, key: str) -> str | None:
        """Raise."""
        raise ConnectionError("the cache is away")

    def put(self, key: str, text: str) -> None:
        """Raise."""
        raise ConnectionError("the cache is away")
