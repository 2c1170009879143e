"""Multipart forms: the tests of `asgi_raw` hold here, since the code is the same."""

from inspect import getsource

import pytest

from asgi_raw import multipart as on_asgi
from wsgi_app import multipart as on_wsgi


@pytest.mark.parametrize(
    "name", ["MalformedMultipart", "Part", "parts", "_part", "media_type", "parameters"]
)
def test_code_is_the_same_on_both_interfaces(name: str) -> None:
    """Only the Content-Type has another type, and so `boundary_of` differs."""
    assert getsource(getattr(on_wsgi, name)) == getsource(getattr(on_asgi, name))
    assert on_wsgi.PARAMETER == on_asgi.PARAMETER


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=x", b"x"),
        ('Multipart/Form-Data; charset=utf-8; boundary="a b"', b"a b"),
        ("multipart/form-data; boundary=\xe9", b"\xe9"),
    ],
    ids=["plain", "quoted", "latin-1"],
)
def test_boundary_is_a_byte_string(content_type: str, boundary: bytes) -> None:
    assert on_wsgi.boundary_of(content_type) == boundary


@pytest.mark.parametrize(
    "content_type", ["", "multipart/form-data", "multipart/mixed; boundary=x"]
)
def test_boundary_that_is_missing_is_malformed(content_type: str) -> None:
    with pytest.raises(on_wsgi.MalformedMultipart):
        on_wsgi.boundary_of(content_type)
