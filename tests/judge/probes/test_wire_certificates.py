"""A server at an https URL: its certificate is verified, as any client would do it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands.check_server import check_server
from asgi_compare.drive.servers.certificates import HOST, Certificates
from asgi_compare.judge.server.client.authority import make
from asgi_compare.judge.server.runner import NOT_KNOWN
from tests.judge.probes.tiny import serving
from tests.judge.probes.tiny_tls import TinyTls, context_of, served

CASES = ("--select", "tls-scheme", "--select", "keep-alive")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def url(made: Certificates) -> Iterator[str]:
    served.append(made)
    with serving(TinyTls, context_of(made)) as port:
        yield f"https://127.0.0.1:{port}"
    served.pop()


def run(*words: str) -> Result:
    return CliRunner().invoke(check_server, ["--no-color", *words])


def said(result: Result) -> str:
    return " ".join(result.output.split())


def test_certificate_of_an_unknown_authority_is_refused(url: str) -> None:
    result = run("--url", url, *CASES)

    assert result.exit_code == 3
    assert said(result) == (
        f"Error: The certificate of {url} was refused (self-signed certificate in "
        f"certificate chain); name the authority that signed it with --cafile FILE, "
        f"or accept any certificate with --insecure."
    )


def test_authority_of_the_system_is_trusted(
    url: str, made: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", made.authority)
    result = run("--url", url, *CASES)

    assert result.exit_code == 0, result.output
    assert "2 cases, 1 server" in result.output


def test_authority_of_the_user_is_trusted_alone(url: str, made: Certificates) -> None:
    assert run("--url", url, "--cafile", made.authority, *CASES).exit_code == 0

    result = run("--url", url, "--cafile", made.stranger, *CASES)
    assert result.exit_code == 3
    assert "was refused" in said(result)


def test_certificate_for_another_name_is_refused(url: str, made: Certificates) -> None:
    other = url.replace("127.0.0.1", "[::ffff:127.0.0.1]")
    result = run("--url", other, "--cafile", made.authority, *CASES)

    assert result.exit_code == 3
    assert "IP address mismatch" in said(result)


def test_any_certificate_is_accepted_where_it_is_said(url: str) -> None:
    result = run("--url", url.replace("127.0.0.1", HOST), "--insecure", *CASES)

    assert result.exit_code == 0, result.output


def test_case_that_shows_a_certificate_of_ours_is_unsupported(
    url: str, tmp_path: Path
) -> None:
    report = tmp_path / "out.json"
    words = ("--insecure", "--select", "tls-stranger", "--json", str(report))
    assert run("--url", url, *words).exit_code == 0

    [case] = json.loads(report.read_text())["cases"]
    assert (case["verdict"], case["sentence"]) == ("unsupported", NOT_KNOWN)


def test_failure_is_played_again_with_the_same_trust(
    url: str, made: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scope(self: TinyTls, scope: dict[str, object]) -> dict[str, object]:
        return scope | {"scheme": "http"}

    monkeypatch.setattr(TinyTls, "scope", scope)
    result = run("--url", url, "--cafile", made.authority, *CASES)

    assert result.exit_code == 1
    again = f"asgi-compare check-server --url {url} --cafile {made.authority}"
    assert again in said(result)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("--url", "https://localhost:1", "--cafile", "a", "--insecure"),
            "Expected one of --cafile and --insecure, but got both.",
        ),
        (
            ("--url", "http://localhost:1", "--insecure"),
            "There is no certificate to verify at http://localhost:1.",
        ),
        (
            ("uvicorn", "--insecure"),
            "--cafile and --insecure go with --url https://HOST.",
        ),
        (
            ("--url", "https://localhost:1", "--cafile", "no-such.pem"),
            "Expected certificates in PEM, but 'no-such.pem' has none that can be "
            "read (No such file or directory).",
        ),
        (
            ("--url", "https://localhost:1", "--cafile", str(Path(__file__))),
            "has none that can be read (",
        ),
    ],
)
def test_wrong_usage_is_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert sentence in said(result)
