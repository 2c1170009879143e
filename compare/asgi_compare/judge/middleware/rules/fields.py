"""Fields: none gets lost, and those that speak of the content speak of what comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from asgi_compare.judge.middleware.rules.bodies import came_to_an_end
from asgi_compare.judge.middleware.rules.rule import rule
from asgi_compare.judge.middleware.rules.sentences import (
    CODINGS,
    DUPLICATES,
    STRONG,
)
from asgi_compare.judge.middleware.trial import (
    Pair,
    body_of,
    head_of,
    noted,
    values,
)
from asgi_compare.judge.rules.engine.rule import PEP, RFC9110, WWW

Fields = list[tuple[bytes, bytes]]


def heads(pair: Pair) -> tuple[tuple[int, Fields], tuple[int, Fields]] | None:
    """Return the heads outside and inside, if they are of the same answer."""
    if pair.both is None or not came_to_an_end(pair):
        return None
    outside, inside = head_of(pair.layered), head_of(pair.inside[0])
    if outside is None or inside is None or outside[0] != inside[0]:
        return None
    return outside, inside


def both(sentence: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """Name one sentence for both interfaces."""
    return {"asgi": sentence, "wsgi": sentence}


@rule(
    "response-fields-lost",
    "must",
    asgi=(
        "Header order must be preserved in the HTTP response",
        WWW + "response-start-send-event",
    ),
    wsgi=(
        "the server or gateway must transmit them; it must not alter them",
        PEP + "the-start-response-callable",
    ),
    statement="The fields of the response come out, also those that are repeated.",
    hint="Keep the fields as a list of pairs: a dict keeps only the last of a name.",
)
def response_fields_lost(pair: Pair) -> Iterator[str]:
    """Look for fields that were sent inside and did not come out."""
    found = heads(pair)
    if found is None or pair.trial.act != "answers":
        return
    (_, outside), (_, inside) = found
    if pair.inside[0].scope.get("type") == "view":  # Django writes cookies itself
        inside = [*inside, *(head_of(pair.plain) or (0, []))[1]]
    for name in (b"set-cookie", b"x-inside"):
        said, came = values(inside, name), values(outside, name)
        if any(each not in came for each in said):
            yield f"Expected the fields {name.decode()} {said!r}, but got {came!r}"


NEEDED_FIELDS = {
    "answers": (b"content-type",),
    "is compressible": (b"content-type",),
    "redirects": (b"location",),
    "sends a part": (b"content-range",),
}
"""By act, fields without which the answer is not what it was."""


@rule(
    "response-field-dropped",
    "should",
    **both(
        (
            "a sender that generates a message containing content SHOULD generate a "
            "Content-Type header field in that message unless the intended media type "
            "of the enclosed representation is unknown to the sender",
            RFC9110 + "8.3",
        )
    ),
    statement="What says of the content what it is, or where it is, comes out with it.",
    hint="Take out fields by name, and leave those that the layer does not know.",
)
def response_field_dropped(pair: Pair) -> Iterator[str]:
    """Look for fields that are needed and did not come out."""
    found = heads(pair)
    if found is None:
        return
    (_, outside), (_, inside) = found
    for name in NEEDED_FIELDS.get(pair.trial.act, ()):
        if values(inside, name) and not values(outside, name):
            yield f"Expected the field {name.decode()!r} to come out, but got none"


@rule(
    "status-changed",
    "should",
    **both(
        (
            "The first digit of the status code defines the class of response",
            RFC9110 + "15",
        )
    ),
    statement="The status that the application has sent comes out with its content.",
    hint="Pass `status` on as it is.",
)
def status_changed(pair: Pair) -> Iterator[str]:
    """Look for the same content with another status."""
    if pair.both is None or not came_to_an_end(pair) or "begins" in pair.trial.act:
        return
    outside, inside = head_of(pair.layered), head_of(pair.inside[0])
    if outside is None or inside is None or outside[0] == inside[0]:
        return
    if body_of(pair.layered) == body_of(pair.inside[0]) and outside[0] < 300:
        yield f"Expected the status {inside[0]}, but got {outside[0]}"


@rule(
    "request-fields-lost",
    "must",
    asgi=DUPLICATES,
    statement="Fields of the request that are repeated come inside, each of them.",
    hint="Keep the fields as a list of pairs: a dict keeps only the last of a name.",
)
def request_fields_lost(pair: Pair) -> Iterator[str]:
    """Look for repeated fields of which only some came inside."""
    for inside, plain in zip(pair.inside, pair.plain_inside, strict=False):
        if inside.interface != "asgi" or plain.interface != "asgi":
            continue
        expected, got = readable(plain.scope), readable(inside.scope)
        for name in {name for name, _ in expected}:
            said, came = values(expected, name), values(got, name)
            together = b", ".join(came)
            if len(said) > 1 and came and not all(v in together for v in said):
                yield f"Expected {name.decode('latin-1')} {said!r}, but got {came!r}"


@rule(
    "path-decoded-twice",
    "must",
    asgi=(
        "percent-encoded sequences and UTF-8 byte sequences decoded into characters",
        WWW + "http-connection-scope",
    ),
    wsgi=(
        'The remainder of the request URL\'s "path", designating the virtual '
        '"location" of the request\'s target within the application',
        PEP + "environ-variables",
    ),
    statement="The path comes inside decoded once: `%2541` is `%41`, and not `A`.",
    hint="Use the path as it is; the server has decoded it.",
)
def path_decoded_twice(pair: Pair) -> Iterator[str]:
    """Look for a path in which percent-encodings that are text have been decoded."""
    for inside, plain in zip(pair.inside, pair.plain_inside, strict=False):
        for key in ("path", "PATH_INFO"):
            given, got = plain.scope.get(key), inside.scope.get(key)
            if not isinstance(given, str) or not isinstance(got, str):
                continue
            _, text, rest = given.partition(ENCODED_AGAIN)
            if text and got.endswith(unquote(text + rest)):
                yield f"Expected the path {given!r} inside, but got {got!r}"


ENCODED_AGAIN = "%41"
"""In the path of a probe this is text, since its percent sign was encoded."""


def readable(scope: Any) -> Fields:
    """Return the fields of a scope, as far as they are pairs of byte strings."""
    found = []
    for pair in scope.get("headers") or ():
        if (
            isinstance(pair, list | tuple)
            and len(pair) == 2
            and all(isinstance(each, bytes) for each in pair)
        ):
            found.append((pair[0].lower(), pair[1]))
    return found


@rule(
    "headers-read-once",
    "should",
    asgi=(
        "headers (Iterable[[byte string, byte string]]) - An iterable of [name, value] "
        "two-item iterables",
        WWW + "http-connection-scope",
    ),
    statement="The fields of the request can be read more than once.",
    hint="Give a list instead of a generator, map or filter.",
)
def headers_read_once(pair: Pair) -> Iterator[str]:
    """Look for an iterator in the place of a list."""
    for inside in pair.inside:
        for kind in noted(inside, "headers"):
            yield f"Expected a list of fields, but got a {kind!r}, which is read once"


@rule(
    "etag-kept",
    "should",
    **both(STRONG),
    statement="With the content, a strong ETag changes, or becomes a weak one.",
    hint="Write W/ before the ETag where the content is encoded, or make another.",
)
def etag_kept(pair: Pair) -> Iterator[str]:
    """Look for the ETag of other content."""
    found = heads(pair)
    if found is None or found[0][0] != 200 or is_head(pair):
        return
    (_, outside), (_, inside) = found
    tags = values(outside, b"etag")
    changed = body_of(pair.layered) != body_of(pair.inside[0])
    if (
        changed
        and tags
        and tags == values(inside, b"etag")
        and not tags[0].startswith(b"W/")
    ):
        yield f"Expected another ETag, or a weak one, but got {tags[0]!r}"


def is_head(pair: Pair) -> bool:
    """Return whether the client asked for the head only."""
    scope = pair.layered.scope
    return "HEAD" in (scope.get("method"), scope.get("REQUEST_METHOD"))


@rule(
    "range-changed",
    "must",
    **both(
        (
            'The "Content-Range" header field is sent in a single part 206 (Partial '
            "Content) response to indicate the partial range of the selected "
            "representation enclosed as the message content",
            RFC9110 + "14.4",
        )
    ),
    statement="The content of a part is what Content-Range says.",
    hint="Leave a 206 as it is.",
)
def range_changed(pair: Pair) -> Iterator[str]:
    """Look for a part whose content is another one."""
    found = heads(pair)
    if found is None or found[0][0] != 206:
        return
    ranges = values(found[0][1], b"content-range")
    (_, outside), (_, inside) = found
    recoded = values(outside, b"content-encoding") != values(
        inside, b"content-encoding"
    )
    same_length = len(body_of(pair.layered)) == len(body_of(pair.inside[0]))
    if ranges and (recoded or not same_length):
        yield f"Expected the bytes of {ranges[0]!r}, but got other ones"


@rule(
    "coding-lost",
    "must",
    **both(
        (
            "If one or more encodings have been applied to a representation, the "
            "sender that applied the encodings MUST generate a Content-Encoding header "
            "field that lists the content codings in the order in which they were "
            "applied",
            CODINGS,
        )
    ),
    statement="A content coding that was there before is still named.",
    hint="Leave alone what has a Content-Encoding.",
)
def coding_lost(pair: Pair) -> Iterator[str]:
    """Look for the coding that the application has named."""
    found = heads(pair)
    if found is None or pair.trial.act != "is encoded":
        return
    named = b", ".join(values(found[0][1], b"content-encoding"))
    if b"x-ours" not in named:
        yield f"Expected the content coding 'x-ours' to be named, but got {named!r}"


@rule(
    "coding-not-asked-for",
    "should",
    **both(
        (
            "If the representation has a content coding and the content coding is "
            "listed in the Accept-Encoding field value, then it is acceptable unless "
            "it is accompanied by a qvalue of 0",
            RFC9110 + "12.5.3",
        )
    ),
    statement="Content gets no coding that the client refuses.",
    hint="Read the qvalues: `gzip;q=0` means no gzip.",
)
def coding_not_asked_for(pair: Pair) -> Iterator[str]:
    """Look for a coding where the client refuses all."""
    found = heads(pair)
    if found is None or pair.trial.name != "compressible, not asked for":
        return
    named = values(found[0][1], b"content-encoding")
    if named and not values(found[1][1], b"content-encoding"):
        yield f"Expected no content coding at q=0, but got {named[0]!r}"


@rule(
    "vary-missing",
    "should",
    **both(
        (
            "An origin server SHOULD generate a Vary header field on a cacheable "
            "response when it wishes that response to be selectively reused for "
            "subsequent requests",
            RFC9110 + "12.5.5",
        )
    ),
    statement="Where the coding depends on Accept-Encoding, Vary names it.",
    hint="Add Accept-Encoding to Vary.",
)
def vary_missing(pair: Pair) -> Iterator[str]:
    """Look for Vary where the layer has chosen a coding."""
    found = heads(pair)
    if found is None or pair.trial.name != "compressible":
        return
    (_, outside), (_, inside) = found
    new = values(outside, b"content-encoding") != values(inside, b"content-encoding")
    vary = b",".join(values(outside, b"vary")).lower()
    if new and b"accept-encoding" not in vary and b"*" not in vary:
        yield f"Expected Vary to name Accept-Encoding, but got {vary!r}"
