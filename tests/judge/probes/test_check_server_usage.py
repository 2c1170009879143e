"""`asgi-compare check-server` with words that make no sense."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from asgi_compare.cli.commands.check_server import check_server


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--url", "http://a:99999"], "Expected http://HOST:PORT or https://HOST, but"),
        (["--url", "http://[::1"], "Expected http://HOST:PORT or https://HOST, but"),
        (["--url", "http://a:0"], "Expected http://HOST:PORT or https://HOST, but"),
        (["python 'x"], 'Expected a command line, but got "python \'x"'),
        (["wsgiref", "--interface", "asgi"], "wsgiref does not speak ASGI."),
        (["wsgiref", "--max-time", "nan"], "'nan' is not a valid float"),
    ],
)
def test_words_that_make_no_sense_are_refused(words: list[str], said: str) -> None:
    result = CliRunner().invoke(check_server, words)

    assert result.exit_code == 2, result.output
    assert said in " ".join(result.output.split())
