"""The certificates of a run do what they are for, and nothing else."""

import ssl
import sys
from pathlib import Path

import pytest

from asgi_compare.drive.servers.certificates import HOST, Certificates
from asgi_compare.judge.server.client import authority
from asgi_compare.judge.server.client.authority import make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make(tmp_path_factory.mktemp("certificates"))


def shake(
    made: Certificates,
    *,
    shows: str = "",
    name: str = HOST,
    flags: ssl.VerifyFlags = ssl.VERIFY_DEFAULT,
) -> ssl.SSLObject:
    """Shake hands in memory, with a server that requires a certificate of a client."""
    accepts = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    accepts.load_cert_chain(made.certificate, made.key)
    accepts.load_verify_locations(made.authority)
    accepts.verify_mode = ssl.CERT_REQUIRED
    asks = made.context()
    if shows:
        asks.load_cert_chain(shows)
    accepts.verify_flags |= flags
    asks.verify_flags |= flags
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = accepts.wrap_bio(up, down, server_side=True)
    client = asks.wrap_bio(down, up, server_hostname=name)
    done: set[ssl.SSLObject] = set()
    while len(done) < 2:
        for side in (client, server):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
    return server


def test_known_client_is_verified(made: Certificates) -> None:
    server = shake(made, shows=made.client)
    found = server.getpeercert()
    assert found is not None
    assert found["subject"] == ((("commonName", authority.CLIENT),),)


def test_stranger_is_not(made: Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(made, shows=made.stranger)


def test_no_certificate_is_not_enough(made: Certificates) -> None:
    with pytest.raises(ssl.SSLError, match="PEER_DID_NOT_RETURN_A_CERTIFICATE"):
        shake(made)


def test_server_is_held_to_its_name(made: Certificates) -> None:
    assert shake(made, shows=made.client, name="127.0.0.1").version() == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake(made, shows=made.client, name="example.org")


def test_all_fit_the_strict_reading_of_their_format(made: Certificates) -> None:
    """Python 3.13 reads them so by default."""
    assert shake(made, shows=made.client, flags=ssl.VERIFY_X509_STRICT)


def test_each_time_they_are_others(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = make(tmp_path / "one"), make(tmp_path / "two")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(one, shows=two.client)


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert authority.missing() == ""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert authority.missing() == (
        "The certificates are made with the package 'cryptography', which is not "
        'installed; add it with: pip install "asgi-compare[servers]"'
    )
