"""Chapter 4: a file, with its validators and its ranges.

Everything that a browser's cache needs to know stands in the header fields, and all of
it is the application's business. Neither WSGI nor a server does anything about it (PEP,
"Other HTTP Features").

A server may offer `wsgi.file_wrapper`, to send a file without its bytes passing through
Python (PEP, "Optional Platform-Specific File Handling"). It works only if the server
gets its own wrapper back, and here a middleware stands in between, as it mostly does.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import formatdate
from hashlib import sha256
from wsgiref.types import StartResponse

from asgi_compare.domain import SAMPLE
from wsgi_app.environ import TEXT, Body, Environ, respond, text

RANGE = re.compile(r"(?i:bytes)=([0-9]{0,18})-([0-9]{0,18})")
"""One range. For several of them the whole file is sent, as RFC 9110, 14.2 allows."""
DATES = (
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %d %H:%M:%S %Y",
)
"""The forms of a date: today's, and two from the past that must be understood as well;
all of them are in UTC (RFC 9110, 5.6.7)."""


def file(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with a file, with what makes it cacheable, or with a part of it."""
    content, written_at = read()
    etag = f'"{sha256(content).hexdigest()[:16]}"'
    changed = formatdate(written_at, usegmt=True)
    validators = [("etag", etag), ("last-modified", changed)]
    if precondition_failed(environ, etag, written_at):
        return text(start_response, "This is another version of the file.", status=412)
    if not_modified(environ, etag, written_at):
        # No Content-Type and no body, but the validators again (RFC 9110, 15.4.5).
        return respond(start_response, b"", 304, validators)
    validators.append(("accept-ranges", "bytes"))
    span = requested_range(environ, etag, len(content))
    if span is None:
        return respond(start_response, content, headers=[TEXT, *validators])
    if not span:
        there_is = ("content-range", f"bytes */{len(content)}")
        message = "Expected a range that begins within the file."
        return text(start_response, message, 416, [there_is])
    extent = f"bytes {span.start}-{span.stop - 1}/{len(content)}"
    return respond(
        start_response,
        content[span.start : span.stop],
        206,
        [TEXT, *validators, ("content-range", extent)],
    )


def read() -> tuple[bytes, int]:
    """Return the file's bytes, and when it was written, in seconds since the epoch."""
    return SAMPLE.read_bytes(), int(SAMPLE.stat().st_mtime)


def precondition_failed(environ: Environ, etag: str, written_at: int) -> bool:
    """Whether the client wants no other version than one that we no longer have.

    This comes before the question whether it has ours already (RFC 9110, 13.2.2).
    """
    if (wanted := environ.get("HTTP_IF_MATCH")) is not None:
        # Strong comparison: a weak tag is never good enough (RFC 9110, 13.1.1).
        tags = [tag.strip() for tag in wanted.split(",")]
        return tags != ["*"] and etag not in tags
    since = date(environ.get("HTTP_IF_UNMODIFIED_SINCE", ""))
    return since is not None and written_at > since


def not_modified(environ: Environ, etag: str, written_at: int) -> bool:
    """Whether the client has this very version, by what it says of its own."""
    if (known := environ.get("HTTP_IF_NONE_MATCH")) is not None:
        # Weak comparison (RFC 9110, 13.1.2); and it takes precedence over the date.
        tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
        return tags == ["*"] or etag in tags
    since = date(environ.get("HTTP_IF_MODIFIED_SINCE", ""))
    return since is not None and written_at <= since


def date(value: str) -> float | None:
    """Return the seconds since the epoch, or None if it is no date.

    A precondition with such a date is ignored (RFC 9110, 13.1.3 and 13.1.4).
    """
    for form in DATES:
        with suppress(ValueError):
            return datetime.strptime(value, form).replace(tzinfo=UTC).timestamp()
    return None


def requested_range(environ: Environ, etag: str, length: int) -> range | None:
    """Return the bytes asked for: None for all, an empty range for none."""
    if environ["REQUEST_METHOD"] != "GET":
        return None  # Ranges are defined for GET alone (RFC 9110, 14.2).
    match = RANGE.fullmatch(environ.get("HTTP_RANGE", ""))
    first, last = match.groups() if match else ("", "")
    if not first + last:
        return None  # No Range, or one that we do not understand, and so ignore.
    if environ.get("HTTP_IF_RANGE") not in (None, etag):
        return None  # The client has a part of another version (RFC 9110, 13.1.5).
    if not first:
        return range(max(length - int(last), 0), length)
    if last and int(last) < int(first):
        return None  # Not valid, and so ignored as well (RFC 9110, 14.1.1).
    return range(int(first), min(int(last or length) + 1, length))
