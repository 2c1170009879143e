"""The boundary of a multipart form; the rest is tested through the applications."""

import pytest

from asgi_compare.domain.multipart import MalformedMultipart, boundary_of


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
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize(
    "content_type", ["", "multipart/form-data", "multipart/mixed; boundary=x"]
)
def test_boundary_that_is_missing_is_malformed(content_type: str) -> None:
    with pytest.raises(MalformedMultipart):
        boundary_of(content_type)
