"""Rules of the extensions of ASGI that add an event to a response.

Each rule is run only where the server offers the extension; where it does not,
`asgi/extension-not-offered` says so, and that is enough.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    BODY,
    REQUEST,
    START,
    Step,
    extended,
    http,
    sent,
)
from asgi_compare.judge.rules.engine.judge_http import HttpJudge
from asgi_compare.judge.rules.engine.rule import EXTENSIONS, Example, rule
from asgi_compare.judge.rules.engine.values import (
    entries,
    is_int,
    is_iterable,
    kind,
    shown,
)

PUSH = EXTENSIONS + "http-2-server-push"
ZEROCOPY = EXTENSIONS + "zero-copy-send"
EARLY = EXTENSIONS + "early-hints"
DEBUG = EXTENSIONS + "debug"


def _offering(name: str, *steps: Step) -> Example:
    return http(REQUEST, *steps, scope=extended(f"http.response.{name}"))


@rule(
    "asgi-extensions/push-order",
    "application",
    "must",
    "sent http.response.push",
    quote="This message can be sent at any time after the Response Start message but "
    "before the final Response Body message",
    link=PUSH,
    statement="A push is sent after the start of the response.",
    why="A promise belongs to a response that has begun.",
    hint="Send it right after `http.response.start`.",
    breaks=_offering(
        "push", sent("http.response.push", path="/a", headers=[]), START, BODY
    ),
    keeps=_offering(
        "push", START, sent("http.response.push", path="/a", headers=[]), BODY
    ),
)
def push_order(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    # After the last body, asgi-http/after-final-body says what is wrong.
    if judge.response.phase == "waiting":
        yield "Expected 'http.response.start' before 'http.response.push'"


@rule(
    "asgi-extensions/push-path",
    "application",
    "must",
    "sent http.response.push",
    quote="path (Unicode string): HTTP path from URL, with percent-encoded sequences "
    "and UTF-8 byte sequences decoded into characters",
    link=PUSH,
    statement="A push has a `path`, a Unicode string.",
    why="It becomes the path of a request that the server makes.",
    hint="Send the path decoded, as it is in a scope.",
    breaks=_offering(
        "push", START, sent("http.response.push", path=b"/a", headers=[]), BODY
    ),
    keeps=_offering(
        "push", START, sent("http.response.push", path="/a b", headers=[]), BODY
    ),
    invalid=True,
)
def push_path(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    if not isinstance(event.get("path"), str):
        yield f"Expected a path that is a str, but got {shown(event.get('path'))}"


@rule(
    "asgi-extensions/zerocopysend-file",
    "application",
    "must",
    "sent http.response.zerocopysend",
    quote="An opened file descriptor object with an underlying OS file descriptor "
    "that can be used to call os.sendfile. (e.g. not BytesIO)",
    link=ZEROCOPY,
    statement="The `file` of a zero-copy send is a file of the operating system.",
    why="The operating system copies it, and knows only its own files.",
    hint="Send the bytes of anything else with `http.response.body`.",
    breaks=_offering(
        "zerocopysend",
        START,
        sent("http.response.zerocopysend", file=io.BytesIO(b"hello")),
    ),
    keeps=_offering(
        "zerocopysend",
        START,
        sent("http.response.zerocopysend", file=io.FileIO(0, closefd=False)),
    ),
    invalid=True,
)
def zerocopysend_file(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    file = event.get("file")
    if is_int(file):
        return  # it may be meant: see the rule below
    if isinstance(file, (io.BytesIO, io.StringIO)) or not hasattr(file, "fileno"):
        yield f"Expected a file with a descriptor, but got {kind(file)}, {shown(file)}"


@rule(
    "asgi-extensions/zerocopysend-descriptor",
    "application",
    "unclear",
    "sent http.response.zerocopysend",
    quote="An opened file descriptor object with an underlying OS file descriptor "
    "that can be used to call os.sendfile. (e.g. not BytesIO)",
    link=ZEROCOPY,
    statement="The `file` of a zero-copy send is an object, and not the number of a "
    "descriptor. The text can be read either way.",
    why="Some servers ask the object for its number, others take the number itself.",
    hint="Send the open file, unless all of your servers take the number.",
    breaks=_offering("zerocopysend", START, sent("http.response.zerocopysend", file=5)),
    keeps=_offering(
        "zerocopysend",
        START,
        sent("http.response.zerocopysend", file=io.FileIO(0, closefd=False)),
    ),
)
def zerocopysend_descriptor(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    if is_int(event.get("file")):
        yield f"Expected a file, but got the number {shown(event['file'])}"


@rule(
    "asgi-extensions/zerocopysend-numbers",
    "application",
    "must",
    "sent http.response.zerocopysend",
    quote="offset (int): Optional ... count (int): Optional",
    link=ZEROCOPY,
    statement="`offset` and `count` of a zero-copy send are ints, if they are there.",
    why="They are handed to the operating system.",
    hint="Leave the keys away for the whole file.",
    breaks=_offering(
        "zerocopysend",
        START,
        sent(
            "http.response.zerocopysend",
            file=io.FileIO(0, closefd=False),
            offset="0",
        ),
    ),
    keeps=_offering(
        "zerocopysend",
        START,
        sent(
            "http.response.zerocopysend",
            file=io.FileIO(0, closefd=False),
            offset=1,
            count=2,
            more_body=True,
        ),
        BODY,
    ),
    invalid=True,
)
def zerocopysend_numbers(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    for key in ("offset", "count"):
        if key in event and not is_int(event[key]):
            yield f"Expected {key!r} to be an int, but got {shown(event[key])}"


@rule(
    "asgi-extensions/early-hint-after-start",
    "application",
    "must",
    "sent http.response.early_hint",
    quote="before the Response Start message",
    link=EARLY,
    statement="Early hints are sent before the start of the response.",
    why="A 103 is on the wire before the status that it announces.",
    hint="Send them first. Until August 2026 the text had them after the start.",
    breaks=_offering(
        "early_hint", START, sent("http.response.early_hint", links=[b"</a>"]), BODY
    ),
    keeps=_offering(
        "early_hint", sent("http.response.early_hint", links=[b"</a>"]), START, BODY
    ),
)
def early_hint_after_start(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.response.phase in ("body", "trailers"):
        yield "Expected 'http.response.early_hint' before the start, but it came after"


@rule(
    "asgi-extensions/early-hint-links",
    "application",
    "must",
    "sent http.response.early_hint",
    quote="links (Iterable[byte string]): An iterable of link header field values",
    link=EARLY,
    statement="The `links` of an early hint are an iterable of byte strings.",
    why="Each becomes the value of a `Link` header.",
    hint="Encode each value, and put it into a list.",
    breaks=_offering(
        "early_hint", sent("http.response.early_hint", links=["</a>"]), START, BODY
    ),
    keeps=_offering(
        "early_hint", sent("http.response.early_hint", links=()), START, BODY
    ),
    invalid=True,
)
def early_hint_links(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    links = event.get("links")
    if not is_iterable(links):
        yield f"Expected links that are a list of bytes, but got {shown(links)}"
    for link in entries(links) or ():
        if not isinstance(link, bytes):
            yield f"Expected a link of type bytes, but got {kind(link)}, {shown(link)}"


@rule(
    "asgi-extensions/debug-order",
    "application",
    "must",
    "sent http.response.debug",
    quote="This message must be sent once, before the Response Start message",
    link=DEBUG,
    statement="Debug information is sent once, before the start of the response.",
    why="A test client has stopped looking for it by then.",
    hint="Collect the information first, and send it in one event.",
    breaks=_offering("debug", START, sent("http.response.debug", info={}), BODY),
    keeps=_offering("debug", sent("http.response.debug", info={}), START, BODY),
)
def debug_order(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.response.phase != "waiting":
        yield "Expected 'http.response.debug' before the start, but it came after"
    elif judge.debugged:
        yield "Expected one 'http.response.debug', but got a second"


@rule(
    "asgi-extensions/debug-info",
    "application",
    "must",
    "sent http.response.debug",
    quote="info (Dict[Unicode string, Any]): A dictionary containing the debug "
    "information",
    link=DEBUG,
    statement="The `info` of debug information is a dict with Unicode strings as keys.",
    why="A test client looks things up in it by name.",
    hint="Give each piece of information a name.",
    breaks=_offering("debug", sent("http.response.debug", info=["a"]), START, BODY),
    keeps=_offering(
        "debug", sent("http.response.debug", info={"template": object()}), START, BODY
    ),
    invalid=True,
)
def debug_info(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    info = event.get("info")
    if not isinstance(info, dict):
        yield f"Expected info that is a dict, but got {shown(info)}"
        return
    for key in dict.keys(info):
        if not isinstance(key, str):
            yield f"Expected keys of type str in info, but got {shown(key)}"
