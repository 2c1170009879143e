"""Chapter: the syntax of header fields, and what of them reaches the application."""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, Level
from asgi_compare.judge.server.checks.application import (
    called,
    of_call,
    saw_no,
    saw_values,
)
from asgi_compare.judge.server.checks.wire import answers, both, either, on, refused
from asgi_compare.judge.server.client.build import CLOSE, case, request
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import http, http1, www

GRAMMAR = http1(
    "2.2",
    "receives a sequence of octets that does not match the HTTP-message grammar",
)
CONTROLS = http(
    "5.5",
    "a recipient of CR, LF, or NUL within a field value MUST either reject the message",
)
SPACE_BEFORE_COLON = http1(
    "5.1",
    "any received request message that contains whitespace between a header field name "
    "and colon",
)
FOLDED = http1(
    "5.2",
    "replace each received obs-fold with one or more SP octets prior to interpreting",
)
SCOPE = "http-connection-scope"


def _get(*lines: bytes) -> bytes:
    return request(*lines, CLOSE)


def _refused(name: str, level: Level, shows: str, *lines: bytes) -> Case:
    return case(name, level, shows, GRAMMAR, _get(*lines), refused(400))


def _lower(call: Call) -> object:
    names = [bytes(name) for name, _ in call.scope["headers"]]
    return all(name == name.lower() for name in names) or repr(names)


def _pairs_in_order(call: Call) -> object:
    names = (b"x-b", b"x-a")
    found = [(bytes(k).lower(), bytes(v)) for k, v in call.scope["headers"]]
    kept = [pair for pair in found if pair[0] in names]
    a = [v for k, v in kept if k == b"x-a"]
    b = [v for k, v in kept if k == b"x-b"]
    return (a == [b"1", b"3"] and b == [b"2", b"4"]) or repr(kept)


CASES: tuple[Case, ...] = (
    case(
        "space-before-colon",
        "must",
        "A field name with a space before the colon is refused.",
        SPACE_BEFORE_COLON,
        _get(b"X-Odd : 1"),
        refused(400),
    ),
    case(
        "content-length-space-before-colon",
        "must",
        "The same for Content-Length, where the length would be disputed.",
        SPACE_BEFORE_COLON,
        request(b"Content-Length : 5", CLOSE, method=b"POST", body=b"hello"),
        refused(400),
        danger=True,
    ),
    case(
        "tab-before-colon",
        "must",
        "A field name with a tab before the colon is refused.",
        SPACE_BEFORE_COLON,
        _get(b"X-Odd\t: 1"),
        refused(400),
    ),
    case(
        "folded-line",
        "must",
        "A folded line is refused, or each fold becomes spaces.",
        FOLDED,
        _get(b"X-Odd: one\r\n two"),
        either(
            both(
                answers(200), of_call("one line with a space", lambda c: _unfolded(c))
            ),
            refused(400),
        ),
    ),
    case(
        "folded-line-before-first-field",
        "must",
        "White space between the start line and the first field is refused, or such "
        "lines are skipped.",
        http1(
            "2.2", "consume each whitespace-preceded line without further processing"
        ),
        request(CLOSE, host=b" X-Odd: 1\r\nHost: <host>"),
        either(both(answers(200), saw_no(b"x-odd")), refused(400)),
    ),
    _refused(
        "empty-field-name", "should", "A field without a name is refused.", b": 1"
    ),
    _refused(
        "line-without-colon", "should", "A line without a colon is refused.", b"X-Odd"
    ),
    _refused(
        "space-in-field-name", "should", "A name with a space is refused.", b"X Odd: 1"
    ),
    _refused(
        "parenthesis-in-field-name",
        "should",
        "A name that is no token is refused.",
        b"X(Odd): 1",
    ),
    _refused(
        "non-ascii-field-name",
        "should",
        "A name with bytes beyond ASCII is refused.",
        b"X-\xd6dd: 1",
    ),
    _refused(
        "control-character-in-field-name",
        "should",
        "A name with a control character is refused.",
        b"X-\x01Odd: 1",
    ),
    case(
        "nul-in-value",
        "must",
        "NUL in a value is refused, or becomes a space.",
        CONTROLS,
        _get(b"X-Odd: a\x00b"),
        either(refused(400), both(answers(200), saw_values(b"x-odd", (b"a b",)))),
    ),
    case(
        "bare-cr-in-value",
        "must",
        "A carriage return in a value is refused, or becomes a space.",
        CONTROLS,
        _get(b"X-Odd: a\rb"),
        either(refused(400), both(answers(200), saw_values(b"x-odd", (b"a b",)))),
    ),
    case(
        "bare-cr-before-a-field",
        "must",
        "A carriage return never ends a line: what follows is no field of its own.",
        http1(
            "2.2",
            "A recipient of such a bare CR MUST consider that element to be invalid or "
            "replace each bare CR with SP",
        ),
        _get(b"X-Odd: a\rX-Other: b"),
        either(refused(400), both(answers(200), saw_no(b"x-other"))),
    ),
    case(
        "lines-end-in-line-feed",
        "may",
        "Lines that end in a bare LF are taken, or refused.",
        http1("2.2", "a recipient MAY recognize a single LF as a line terminator"),
        _get(b"X-Odd: 1").replace(b"\r\n", b"\n"),
        either(both(answers(200), saw_values(b"x-odd", (b"1",))), refused(400)),
    ),
    case(
        "one-line-ends-in-line-feed",
        "may",
        "One line that ends in a bare LF is ended by it, or the request is refused.",
        http1("2.2", "a recipient MAY recognize a single LF as a line terminator"),
        _get(b"X-Odd: 1\nX-Other: 2"),
        either(
            both(answers(200), saw_values(b"x-odd", (b"1",))),
            refused(400),
        ),
    ),
    case(
        "other-control-character-in-value",
        "may",
        "Other control characters in a value are kept, or refused.",
        http("5.5", "Field values containing other CTL characters are also invalid"),
        _get(b"X-Odd: a\x01b"),
        either(both(answers(200), saw_values(b"x-odd", (b"a\x01b",))), refused(400)),
    ),
    case(
        "value-beyond-ascii",
        "must",
        "Bytes beyond ASCII arrive as they were sent, or are refused.",
        www(
            "wsgi-encoding-differences",
            "These are byte strings of the exact byte sequences sent by the client",
        ),
        _get(b"X-Odd: caf\xe9 \xe2\x82\xac"),
        either(
            both(answers(200), saw_values(b"x-odd", (b"caf\xe9 \xe2\x82\xac",))),
            refused(400),
        ),
    ),
    case(
        "white-space-around-value",
        "must",
        "White space around a value is no part of it.",
        http("5.5", "A field value does not include leading or trailing whitespace"),
        _get(b"X-Odd: \t one two\t "),
        answers(200),
        saw_values(b"x-odd", (b"one two",)),
    ),
    case(
        "no-space-after-colon",
        "must",
        "The white space after the colon is optional.",
        http1("5", "followed by a colon"),
        _get(b"X-Odd:1"),
        answers(200),
        saw_values(b"x-odd", (b"1",)),
    ),
    case(
        "empty-value",
        "must",
        "A field may have an empty value.",
        http1("5", "field-line = field-name"),
        _get(b"X-Odd:"),
        answers(200),
        saw_values(b"x-odd", (b"",)),
    ),
    case(
        "repeated-field",
        "must",
        "Each value of a repeated field arrives, in order.",
        www(SCOPE, "Duplicates are possible and must be preserved in the message"),
        _get(b"X-Odd: 1", b"X-Even: 0", b"x-odd: 2", b"X-Odd: 1"),
        answers(200),
        saw_values(b"x-odd", (b"1", b"2", b"1")),
    ),
    case(
        "order-of-values",
        "must",
        "The order of the values is that of the wire.",
        www(SCOPE, "Order of header values must be preserved"),
        _get(b"X-A: 1", b"X-B: 2", b"X-A: 3", b"X-B: 4"),
        answers(200),
        on("asgi", of_call("the values in order", _pairs_in_order)),
        on("wsgi", called(1)),
    ),
    case(
        "names-in-lower-case",
        "should",
        "Header names are lower-cased for the application.",
        www(SCOPE, "Header names should be lowercased, but it is not required"),
        _get(b"X-ODD: 1"),
        answers(200),
        on("asgi", of_call("lower-case names", _lower)),
    ),
    case(
        "name-with-underscore",
        "may",
        "A name with an underscore arrives, or is dropped, or refused.",
        http("5.6.2", "tchar"),
        _get(b"X_Odd: 1"),
        either(answers(200), refused()),
    ),
    case(
        "name-of-all-token-characters",
        "must",
        "Every character of a token may stand in a name (but see the one above).",
        http("5.6.2", "any VCHAR, except delimiters"),
        _get(b"x!#$%&'*+-.^`|~9: 1"),
        answers(200),
        on("asgi", saw_values(b"x!#$%&'*+-.^`|~9", (b"1",))),
    ),
)


def _unfolded(call: Call) -> object:
    found = call.values(b"x-odd")
    value = found[0] if len(found) == 1 else b"\n"
    good = (
        b"\r" not in value and b"\n" not in value and value.split() == [b"one", b"two"]
    )
    return good or repr(found)
