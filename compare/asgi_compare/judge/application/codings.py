"""Content codings: whether content is in the one that its head names, and kept apart.

Conclusions from one transcript, or from an answer with a coding beside one without.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

from asgi_compare.judge.application.conclusions import CODING, ETAG_OF_CODINGS, VARY
from asgi_compare.judge.application.probe import Trial
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Excerpt, Transcript


def content_coding(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find content that is not in the coding that its head names."""
    response = came.response
    if response is None or not response.body:
        return
    codings = response.header(b"content-encoding")
    decoder = DECODERS.get(codings[0].lower()) if len(codings) == 1 else None
    if decoder is None:
        return
    named = codings[0].decode("latin-1")
    whole = not isinstance(response.body, Excerpt)
    body = response.body.head if isinstance(response.body, Excerpt) else response.body
    try:
        inside = decoder()
        inside.decompress(body)
    except zlib.error:
        yield CODING.finding(
            f"Expected content in {named}, as Content-Encoding says, but it begins "
            f"with {body[:8]!r}",
            made.name,
        )
        return
    if whole and response.complete and not inside.eof and came.left_at_ns is None:
        yield CODING.finding(
            f"Expected a whole {named} stream, but it breaks off after {len(body)} "
            f"bytes",
            made.name,
        )


def two_codings(made: Trial, plain: Transcript, coded: Transcript) -> Iterator[Finding]:
    """Hold an answer to who takes a coding against that to who names none."""
    one, other = plain.response, coded.response
    if one is None or other is None or (one.status, other.status) != (200, 200):
        return
    coding = other.header(b"content-encoding")
    if not coding or coding == one.header(b"content-encoding"):
        return
    kept = b",".join(other.header(b"cache-control")).lower()
    vary = b",".join(other.header(b"vary")).lower()
    named = b"accept-encoding" in vary or b"*" in vary
    if not named and b"private" not in kept and b"no-store" not in kept:
        yield VARY.finding(
            f"Expected Vary to name Accept-Encoding, as there is content in "
            f"{coding[0].decode('latin-1')} for who asks for it, but got {vary!r}",
            made.name,
        )
    tags = other.header(b"etag")
    if tags and tags == one.header(b"etag") and not tags[0].startswith(b"W/"):
        yield ETAG_OF_CODINGS.finding(
            f"Expected an ETag of its own for content in "
            f"{coding[0].decode('latin-1')}, but got {tags[0].decode('latin-1')!r}, "
            f"as without it",
            made.name,
        )


class Deflate:
    """Decompress zlib's format, or the bare one, which is as common."""

    def __init__(self) -> None:
        self.inside = zlib.decompressobj()

    def decompress(self, body: bytes) -> bytes:
        """Decompress a whole body."""
        try:
            return self.inside.decompress(body)
        except zlib.error:
            self.inside = zlib.decompressobj(wbits=-15)
            return self.inside.decompress(body)

    @property
    def eof(self) -> bool:
        """Whether the stream has come to its end."""
        return self.inside.eof


DECODERS: dict[bytes, Callable[[], Any]] = {
    b"gzip": lambda: zlib.decompressobj(wbits=31),
    b"x-gzip": lambda: zlib.decompressobj(wbits=31),
    b"deflate": Deflate,
}
"""What reads a content coding; of others the standard library knows nothing."""
