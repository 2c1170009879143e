"""Servers that break exactly one thing: the case that is about it says so.

`Tiny` keeps the rules, and passes the same cases.
"""

import asyncio
import contextlib
from typing import Any

import h11
import pytest

from asgi_compare.judge.server.chapters import CASES
from asgi_compare.judge.server.host import Host
from asgi_compare.judge.server.runner import Wish, run_host
from asgi_compare.judge.server.verdict import Result
from tests.judge.probes.tiny import Tiny, serving


def play(kind: type[Tiny], *names: str, patience: float = 0.3) -> list[Result]:
    with serving(kind) as port:
        host = Host("tiny", "asgi", None, ("127.0.0.1", port))
        cases = tuple(CASES[f"wire/{name}"] for name in names)
        wish = Wish(cases, patience=patience)
        return asyncio.run(run_host(host, wish)).results


class TakesSpaceBeforeColon(Tiny):
    def hear(self, data: bytes) -> bytes:
        return data.replace(b" : ", b": ")


class NeedsNoHost(Tiny):
    def hear(self, data: bytes) -> bytes:
        if b"\r\n\r\n" in data and b"Host:" not in data:
            return data.replace(b"\r\n", b"\r\nHost: x\r\n", 1)
        return data


class DropsNul(Tiny):
    def hear(self, data: bytes) -> bytes:
        return data.replace(b"\x00", b"")


class TakesMinus(Tiny):
    def hear(self, data: bytes) -> bytes:
        return data.replace(b"Content-Length: -", b"Content-Length: ")


class MakesFieldsOfBareCr(Tiny):
    def hear(self, data: bytes) -> bytes:
        return data.replace(b"a\rX", b"a\r\nX")


class ReadsOnlyFirstHost(Tiny):
    def hear(self, data: bytes) -> bytes:
        return data.replace(b"Host: other.example\r\n", b"")


class HasNoDate(Tiny):
    def own_fields(self) -> list[tuple[str, str]]:
        return []


class NamesInCapitals(Tiny):
    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        return scope | {"headers": [(n.upper(), v) for n, v in scope["headers"]]}


class LosesDuplicates(Tiny):
    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        return scope | {"headers": list(dict(scope["headers"]).items())}


class PortAsText(Tiny):
    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        return scope | {"client": (scope["client"][0], str(scope["client"][1]))}


class QueryInThePath(Tiny):
    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        query = scope["query_string"].decode()
        return scope | {"path": f"{scope['path']}?{query}"}


class DecodesTwice(Tiny):
    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        from urllib.parse import unquote

        return scope | {"path": unquote(scope["path"])}


class RawPathAsText(Tiny):
    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        return scope | {"raw_path": scope["raw_path"].decode()}


class SetInTheScope(Tiny):
    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        return scope | {"x": {1, 2}}


class WrongVersion(Tiny):
    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        return scope | {"http_version": "HTTP/1.1"}


class SendTakesEverything(Tiny):
    def passes_over(self, event: dict[str, Any]) -> bool:
        return event.get("type") == "http.response.flush"


class RefusesExtraKeys(Tiny):
    def check(self, event: dict[str, Any]) -> None:
        super().check(event)
        if any(key.startswith("x-") for key in event):
            raise ValueError("what is this?")


class MustHaveHeaders(Tiny):
    def check(self, event: dict[str, Any]) -> None:
        super().check(event)
        if event["type"] == "http.response.start" and "headers" not in event:
            raise KeyError("headers")


class HeadWithContent(Tiny):
    def say(self, data: bytes) -> bytes:
        end = b"\r\n\r\n"
        return data + b"hello" if self.head and data.endswith(end) else data


class NeverContinues(Tiny):
    def say(self, data: bytes) -> bytes:
        return b"" if data.startswith(b"HTTP/1.1 100") else data


class ContinuesIn10(Tiny):
    def say(self, data: bytes) -> bytes:
        self.said = getattr(self, "said", False)
        before = b"" if self.said else b"HTTP/1.1 100 Continue\r\n\r\n"
        self.said = True
        return before + data


class KeepsOpen(Tiny):
    async def serve(self) -> None:
        while await self.one():
            self.parser.start_next_cycle()
        await asyncio.sleep(8)


class GoesOnAfterClose(Tiny):
    async def serve(self) -> None:
        await self.one()
        left, _ = self.parser.trailing_data
        self.parser = h11.Connection(h11.SERVER)
        self.parser.receive_data(left)
        with contextlib.suppress(OSError):
            await super().serve()


class SwapsFields(Tiny):
    def say(self, data: bytes) -> bytes:
        return data.replace(b"x-b: 1\r\nx-a: 2\r\n", b"x-a: 2\r\nx-b: 1\r\n")


class JoinsCookies(Tiny):
    def say(self, data: bytes) -> bytes:
        return data.replace(b"\r\nset-cookie: b", b", b")


class EndsWhatBrokeOff(Tiny):
    def say(self, data: bytes) -> bytes:
        return data + b"0\r\n\r\n" if data == b"3\r\nhel\r\n" else data


FAULTS = [
    (TakesSpaceBeforeColon, "space-before-colon", "fail", "application was called"),
    (TakesSpaceBeforeColon, "content-length-space-before-colon", "fail", "b'hello'"),
    (NeedsNoHost, "host-missing", "fail", "Expected a refusal"),
    (DropsNul, "nul-in-value", "fail", "Expected a refusal"),
    (TakesMinus, "content-length-negative", "fail", "with b'hello'"),
    (MakesFieldsOfBareCr, "bare-cr-before-a-field", "fail", "Expected a refusal"),
    (ReadsOnlyFirstHost, "host-twice", "fail", "Expected a refusal"),
    (HasNoDate, "date-field", "fail", "the answer to have date"),
    (NamesInCapitals, "names-in-lower-case", "warn", "lower-case names"),
    (LosesDuplicates, "repeated-field", "fail", "x-odd to be"),
    (PortAsText, "scope-client", "fail", "is a host and a port"),
    (QueryInThePath, "query-string-empty", "fail", "no question mark"),
    (DecodesTwice, "percent-encoded-percent", "fail", "/%41"),
    (RawPathAsText, "scope-raw-path-type", "fail", "is bytes"),
    (SetInTheScope, "scope-plain-values", "fail", "plain values"),
    (WrongVersion, "scope-http-version", "fail", "one of the three"),
    (SendTakesEverything, "send-unknown-type", "warn", "no exception"),
    (RefusesExtraKeys, "send-extra-keys", "warn", "got"),
    (MustHaveHeaders, "start-without-headers", "fail", "500"),
    (HeadWithContent, "head-has-no-content", "fail", "Expected no content"),
    (NeverContinues, "expect-continue", "fail", "100 Continue first"),
    (ContinuesIn10, "expect-continue-from-http-1.0", "fail", "no 1xx response"),
    (KeepsOpen, "connection-close", "fail", "still open"),
    (GoesOnAfterClose, "connection-close-then-request", "fail", "Expected 1 call(s)"),
    (SwapsFields, "order-of-response-fields", "fail", "in this order"),
    (JoinsCookies, "set-cookie-twice", "fail", "set-cookie"),
    (EndsWhatBrokeOff, "error-in-the-middle", "fail", "looks whole"),
]


@pytest.mark.parametrize(
    ("kind", "name", "verdict", "part"),
    FAULTS,
    ids=[f"{kind.__name__}-{name}" for kind, name, *_ in FAULTS],
)
def test_case_names_the_fault(
    kind: type[Tiny], name: str, verdict: str, part: str
) -> None:
    """The server with the fault gets the verdict; the sentence says what was seen."""
    [result] = play(kind, name)
    assert (result.verdict, result.case) == (verdict, f"wire/{name}")
    assert part in result.sentence
    assert result.wire
    assert result.level == CASES[result.case].level


def test_correct_server_passes_the_same_cases() -> None:
    names = dict.fromkeys(name for _, name, *_ in FAULTS)
    assert {r.case: r.verdict for r in play(Tiny, *names)} == {
        f"wire/{name}": "pass" for name in names
    }


class Mumbles(Tiny):
    """Sends this in place of an answer, but tells what the application saw."""

    words = b"220 mail.example\r\n\r\n"
    asked = False

    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        self.asked = "asgi-compare-seen" in scope["path"]
        return scope

    def say(self, data: bytes) -> bytes:
        return data if self.asked else self.words


class SaysNothing(Mumbles):
    words = b""

    async def serve(self) -> None:
        await self.one()
        await asyncio.sleep(8)


def test_answer_that_is_not_http_is_shown() -> None:
    [result] = play(Mumbles, "content-length")
    assert result.verdict == "fail"
    assert result.sentence.startswith("What came is not HTTP/1.1: ")
    assert "220 mail.example" in result.sentence


def test_no_answer_at_all_is_a_timeout() -> None:
    [result] = play(SaysNothing, "content-length", patience=0.05)
    assert result.verdict == "timeout"
    assert result.sentence == (
        "Expected the status 200, but got no answer, and the connection stayed open."
    )


def test_case_that_passes_at_the_second_attempt_is_flaky() -> None:
    broken = iter([True])

    class FailsOnce(Mumbles):
        words = b"HTTP/1.1 503 Later\r\nContent-Length: 5\r\n\r\n"

        def say(self, data: bytes) -> bytes:
            first = b"200" in data and not self.asked and next(broken, False)
            return self.words if first else data

    [result] = play(FailsOnce, "content-length")
    assert result.verdict == "flaky"
    assert result.sentence.startswith(
        "It passed when it was tried again, but not at first: Expected the status 200, "
        "but got 503, "
    )
