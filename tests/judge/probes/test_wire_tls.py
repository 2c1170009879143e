"""The cases over TLS: on a server that keeps the rules, and on ones that break them."""

import asyncio
import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from asgi_compare.drive.servers.certificates import Certificates
from asgi_compare.judge.server.case import Problem
from asgi_compare.judge.server.chapters import CASES, CHAPTER_OF
from asgi_compare.judge.server.checks.tls import chosen, reported, told
from asgi_compare.judge.server.client.authority import make
from asgi_compare.judge.server.host import Host
from asgi_compare.judge.server.observed import Connection, Negotiated, Observed
from asgi_compare.judge.server.runner import Wish, run_host
from asgi_compare.judge.server.verdict import Result
from tests.judge.probes.tiny import Tiny
from tests.judge.probes.tiny_tls import TinyTls, context_of, host_of

TLS = ("TLS", "TLS handshake", "TLS extension")
OF_WSGI = ("wire/tls-url-scheme", "wire/tls-environ-https")
NOT_BY_TINY = (
    *("wire/tls-websocket-scheme", "wire/tls-http2", "wire/tls-http2-scope"),
    *OF_WSGI,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make(tmp_path_factory.mktemp("certificates"))


def in_chapters(*chapters: str) -> list[str]:
    return [name for name in CASES if CHAPTER_OF[name] in chapters]


def played(host: Host, names: Sequence[str]) -> dict[str, Result]:
    # Nothing waits longer for what comes; so a busy machine is no reason to fail.
    wish = Wish(tuple(CASES[name] for name in names), patience=3.0)
    table = asyncio.run(run_host(host, wish))
    assert not table.refused
    return {result.case: result for result in table.results}


def one(kind: type[Tiny], made: Certificates, name: str, **more: Any) -> Result:
    with host_of(kind, made, **more) as host:
        return played(host, [f"wire/{name}"])[f"wire/{name}"]


@pytest.fixture(scope="module")
def of_tiny(made: Certificates) -> Iterator[dict[str, Result]]:
    with host_of(TinyTls, made) as host:
        yield played(host, in_chapters(*TLS))


def test_correct_server_passes_all(of_tiny: dict[str, Result]) -> None:
    """Of the extension as well, which the servers of the table do not offer."""
    verdicts = {name: result.verdict for name, result in of_tiny.items()}
    assert {n for n, v in verdicts.items() if v == "unsupported"} == set(NOT_BY_TINY)
    assert {n: v for n, v in verdicts.items() if v != "pass"} == dict.fromkeys(
        NOT_BY_TINY, "unsupported"
    )


def test_what_was_chosen_is_reported(of_tiny: dict[str, Result]) -> None:
    said = {name[5:]: result.sentence for name, result in of_tiny.items()}
    assert said["tls-1.2"].startswith("It chose TLSv1.2, ECDHE-")
    assert said["tls-handshake"].startswith("It chose TLSv1.3, TLS_")
    assert said["tls-handshake"].endswith(", and nothing by ALPN.")
    assert said["tls-stranger"] == "It is not answered."
    assert said["tls-http2"] == (
        "The server does not choose HTTP/2 where it is offered by ALPN."
    )


def telling(**told: Any) -> type[Tiny]:
    class Odd(TinyTls):
        def extension(self, tls: ssl.SSLObject) -> dict[str, Any]:
            return super().extension(tls) | told

    return Odd


class ToldWithout(TinyTls):
    def extension(self, tls: ssl.SSLObject) -> dict[str, Any]:
        return {"server_cert": None}


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        pytest.param(
            "tls-server-cert",
            telling(server_cert="no certificate"),
            "Expected server_cert to be the server's certificate or None, but got "
            "'no certificate'.",
            id="no-certificate",
        ),
        pytest.param(
            "tls-server-cert",
            telling(server_cert=b"bytes"),
            "Expected server_cert to be the server's certificate or None, but got "
            "b'bytes'.",
            id="certificate-as-bytes",
        ),
        pytest.param(
            "tls-version",
            telling(tls_version="TLSv1.3"),
            "Expected tls_version to be the number of the version in use or None, but "
            "got 'TLSv1.3'.",
            id="version-as-text",
        ),
        pytest.param(
            "tls-version",
            telling(tls_version=0x0303),
            "Expected tls_version to be the number of the version in use or None, but "
            "got 771.",
            id="other-version",
        ),
        pytest.param(
            "tls-version",
            ToldWithout,
            "Expected tls_version to be the number of the version in use or None, but "
            "got nothing.",
            id="no-version",
        ),
        pytest.param(
            "tls-cipher-suite",
            telling(cipher_suite="TLS_AES_256_GCM_SHA384"),
            "Expected cipher_suite to be the number of the suite in use or None, but "
            "got 'TLS_AES_256_GCM_SHA384'.",
            id="suite-as-text",
        ),
        pytest.param(
            "tls-entry",
            ToldWithout,
            "Expected server_cert, tls_version and cipher_suite, but got "
            "['server_cert'].",
            id="keys",
        ),
        pytest.param(
            "tls-no-client-certificate",
            telling(client_cert_chain=["x"]),
            "Expected client_cert_chain to be empty, but got ['x'].",
            id="chain-of-nobody",
        ),
        pytest.param(
            "tls-no-client-certificate",
            telling(client_cert_error=""),
            "Expected client_cert_error to be None, but got ''.",
            id="empty-error",
        ),
        pytest.param(
            "tls-client-chain",
            telling(client_cert_chain=["x"]),
            "Expected client_cert_chain to be a list that begins with the client's "
            "certificate, or empty, but got ['x'].",
            id="other-chain",
        ),
        pytest.param(
            "tls-client-name",
            telling(client_cert_name="Ada, the client"),
            "Expected client_cert_name to be the client's name, but got "
            "'Ada, the client'.",
            id="not-by-rfc-4514",
        ),
        pytest.param(
            "tls-client-error",
            telling(client_cert_error="none"),
            "Expected client_cert_error to be None, but got 'none'.",
            id="error-of-none",
        ),
    ],
)
def test_what_is_told_wrong_fails(
    name: str, kind: type[Tiny], sentence: str, made: Certificates
) -> None:
    result = one(kind, made, name)
    assert (result.verdict, result.sentence) == ("fail", sentence)


def test_optional_keys_may_be_absent(made: Certificates) -> None:
    class Least(TinyTls):
        def extension(self, tls: ssl.SSLObject) -> dict[str, Any]:
            return {"server_cert": None, "tls_version": None, "cipher_suite": None}

    with host_of(Least, made) as host:
        found = played(host, in_chapters("TLS extension"))
    assert {result.verdict for result in found.values()} == {"pass"}


def test_extension_that_is_not_offered_is_unsupported(made: Certificates) -> None:
    result = one(Tiny, made, "tls-version")
    assert result.verdict == "unsupported"
    assert result.sentence == "The server does not offer the extension tls."


def test_scheme_of_a_plain_connection_fails(made: Certificates) -> None:
    result = one(Tiny, made, "tls-scheme")
    assert result.sentence == "Expected scheme to be 'https', but got 'http'."


class Abrupt(TinyTls):
    """Ends the TCP connection without a word of TLS."""

    async def one(self) -> bool:
        again = await super().one()
        if not again:
            self.writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
        return again


@pytest.mark.parametrize("name", ["tls-close-notify", "tls-close-notify-ends-the-body"])
def test_end_without_notice_fails(name: str, made: Certificates) -> None:
    result = one(Abrupt, made, name)
    assert result.verdict == "fail"
    assert result.sentence.startswith("Expected close_notify ")


class Trusting(TinyTls):
    """Takes the end of a connection for the end of a body."""

    def hear(self, data: bytes) -> bytes:
        return data or b"world"


def test_truncated_body_taken_for_whole_fails(made: Certificates) -> None:
    result = one(Trusting, made, "tls-truncated-body")
    assert result.verdict == "fail"
    assert "b'helloworld' and then the end" in result.sentence


def test_stranger_who_is_answered_unawares_fails(made: Certificates) -> None:
    context = context_of(made)
    context.load_verify_locations(made.stranger)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    result = one(Tiny, made, "tls-stranger", context=context)
    assert (result.verdict, result.sentence) == ("pass", "It is answered.")
    result = one(TinyTls, made, "tls-stranger-error", context=context)
    assert result.verdict == "fail"
    assert result.sentence.startswith("Expected a refusal, but the application was")


def test_other_protocol_than_was_offered_cannot_be_chosen(made: Certificates) -> None:
    """It can be chosen, but not be spoken: HTTP/2 by a server that has HTTP/1.1."""
    context = context_of(made)
    context.set_alpn_protocols(["h2"])
    result = one(Tiny, made, "tls-http2", context=context)
    assert result.verdict == "fail"
    assert result.sentence == "The server chose HTTP/2 by ALPN, and does not speak it."


def test_checks_say_where_there_was_no_handshake() -> None:
    seen = Observed("asgi", (Connection(ended="reset"),))
    said = "There was no handshake: no answer, and it was reset."
    assert chosen("h2")(seen) == Problem(said)
    assert reported(seen) == said
    anything = told("tls_version", "a number", lambda v, tls: True, optional=False)
    assert anything(seen) == Problem(said)


def test_choice_that_was_not_offered_fails() -> None:
    tls = Negotiated("TLSv1.3", "a cipher", 0x1301, "h2", b"")
    seen = Observed("asgi", (Connection(tls=tls),))
    assert chosen("http/1.1", "")(seen) == Problem(
        "Expected the protocol 'http/1.1' or '', but got 'h2'."
    )
    assert chosen("h2")(seen) is None
    assert reported(seen) == "It chose TLSv1.3, a cipher, and by ALPN h2."
