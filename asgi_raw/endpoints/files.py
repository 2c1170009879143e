"""Chapter 4: a file, with its validators and its ranges.

Everything that a browser's cache needs to know stands in the header fields, and all of
it is the application's business. Neither ASGI nor a server does anything about it.
"""

import asyncio
import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import formatdate
from hashlib import sha256

from asgi_compare.domain import SAMPLE
from asgi_raw.events import TEXT, Receive, Scope, Send, header, respond, text

RANGE = re.compile(rb"(?i:bytes)=([0-9]{0,18})-([0-9]{0,18})")
"""One range. For several of them the whole file is sent, as RFC 9110, 14.2 allows."""
DATES = (
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %d %H:%M:%S %Y",
)
"""The forms of a date: today's, and two from the past that must be understood as well;
all of them are in UTC (RFC 9110, 5.6.7)."""


async def file(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a file, with what makes it cacheable, or with a part of it."""
    # In a thread: a disk may be slow, and the event loop has others to serve.
    content, written_at = await asyncio.to_thread(read)
    etag = b'"%s"' % sha256(content).hexdigest()[:16].encode()
    validators = [
        (b"etag", etag),
        (b"last-modified", formatdate(written_at, usegmt=True).encode()),
    ]
    if precondition_failed(scope, etag, written_at):
        return await text(send, "This is another version of the file.", status=412)
    if not_modified(scope, etag, written_at):
        # No Content-Type and no body, but the validators again (RFC 9110, 15.4.5).
        return await respond(send, b"", 304, validators)
    validators.append((b"accept-ranges", b"bytes"))
    span = requested_range(scope, etag, len(content))
    if span is None:
        return await respond(send, content, headers=[TEXT, *validators])
    if not span:
        there_is = (b"content-range", b"bytes */%d" % len(content))
        message = "Expected a range that begins within the file."
        return await text(send, message, 416, [there_is])
    extent = b"bytes %d-%d/%d" % (span.start, span.stop - 1, len(content))
    await respond(
        send,
        content[span.start : span.stop],
        206,
        [TEXT, *validators, (b"content-range", extent)],
    )


def read() -> tuple[bytes, int]:
    """Return the file's bytes, and when it was written, in seconds since the epoch."""
    return SAMPLE.read_bytes(), int(SAMPLE.stat().st_mtime)


def precondition_failed(scope: Scope, etag: bytes, written_at: int) -> bool:
    """Whether the client wants no other version than one that we no longer have.

    This comes before the question whether it has ours already (RFC 9110, 13.2.2).
    """
    if (wanted := header(scope, b"if-match")) is not None:
        # Strong comparison: a weak tag is never good enough (RFC 9110, 13.1.1).
        tags = [tag.strip() for tag in wanted.split(b",")]
        return tags != [b"*"] and etag not in tags
    since = date(header(scope, b"if-unmodified-since") or b"")
    return since is not None and written_at > since


def not_modified(scope: Scope, etag: bytes, written_at: int) -> bool:
    """Whether the client has this very version, by what it says of its own."""
    if (known := header(scope, b"if-none-match")) is not None:
        # Weak comparison (RFC 9110, 13.1.2); and it takes precedence over the date.
        tags = [tag.strip().removeprefix(b"W/") for tag in known.split(b",")]
        return tags == [b"*"] or etag in tags
    since = date(header(scope, b"if-modified-since") or b"")
    return since is not None and written_at <= since


def date(value: bytes) -> float | None:
    """Return the seconds since the epoch, or None if it is no date.

    A precondition with such a date is ignored (RFC 9110, 13.1.3 and 13.1.4).
    """
    for form in DATES:
        with suppress(ValueError):
            found = datetime.strptime(value.decode("latin-1"), form)
            return found.replace(tzinfo=UTC).timestamp()
    return None


def requested_range(scope: Scope, etag: bytes, length: int) -> range | None:
    """Return the bytes asked for: None for all, an empty range if there are none."""
    if scope["method"] != "GET":
        return None  # Ranges are defined for GET alone (RFC 9110, 14.2).
    match = RANGE.fullmatch(header(scope, b"range") or b"")
    first, last = match.groups() if match else (b"", b"")
    if not first + last:
        return None  # No Range, or one that we do not understand, and so ignore.
    if header(scope, b"if-range") not in (None, etag):
        return None  # The client has a part of another version (RFC 9110, 13.1.5).
    if not first:
        return range(max(length - int(last), 0), length)
    if last and int(last) < int(first):
        return None  # Not valid, and so ignored as well (RFC 9110, 14.1.1).
    return range(int(first), min(int(last or length) + 1, length))
