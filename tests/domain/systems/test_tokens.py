import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.seen import Seen
from asgi_compare.domain.systems.tokens import (
    Token,
    origin_allowed,
    sign,
    use_once,
    verify,
)
from asgi_compare.domain.systems.untrusted import Refused
from tests.domain import quick

SECRET, OLD, OTHER = b"s" * 32, b"o" * 32, b"x" * 32
TOKEN = Token("ann", expires=100, nonce="n1")
NOT_OURS = Refused("bad-token", "The signature of the token is not ours.")

plain = st.text(st.characters(categories=["L", "Nd", "Zs", "So"]), min_size=1)


@quick
@given(plain.filter(lambda user: len(user) <= 150), st.integers(1, 2**40), st.data())
def test_token_is_good_until_it_expires_and_unless_it_is_changed(
    user: str, expires: int, data: st.DataObject
) -> None:
    token = Token(user, expires, "n1")
    text = sign(token, SECRET)
    assert set(text) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )
    assert verify(text, [OLD, SECRET], expires - 1) == token
    assert verify(text, [OTHER], expires - 1) == NOT_OURS
    assert verify(text, [SECRET], expires) == Refused(
        "expired-token", "The token has expired; fetch a new one."
    )
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.sampled_from("Aa-.~é")) + text[place + 1 :]
    assert changed == text or isinstance(verify(changed, [SECRET], 0), Refused)


@quick
@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_anything_at_all_is_refused(text: str) -> None:
    assert isinstance(verify(text, [SECRET], 0), Refused)


@pytest.mark.parametrize("text", ["", "abc", "a" * 2_000 + ".b", "é.b"])
def test_text_that_is_no_token_is_refused_unread(text: str) -> None:
    assert verify(text, [SECRET], 0) == Refused(
        "bad-token", "Expected a token as payload.signature."
    )


@pytest.mark.parametrize(
    ("payload", "code"), [(b"[]", "not-json"), (b'{"user": 1}', "bad-field")]
)
def test_token_of_another_form_is_refused(payload: bytes, code: str) -> None:
    """The secret is ours, but the form is of another time."""
    text = base64.urlsafe_b64encode(payload).decode().rstrip("=")
    digest = hmac.digest(SECRET, text.encode(), hashlib.sha256)
    signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    refused = verify(f"{text}.{signature}", [SECRET], 0)
    assert isinstance(refused, Refused)
    assert refused.code == code


def test_token_is_good_once() -> None:
    seen = Seen()
    assert use_once(TOKEN, seen, now=0) is None
    assert use_once(TOKEN, seen, now=99) == Refused(
        "used-token", "The token has been used; fetch a new one."
    )
    assert use_once(Token("ann", 100, "n2"), seen, now=0) is None


ALLOWED = ["Example.org", ".example.net", "https://example.com:8443", "[::1]"]
ORIGINS = {
    "https://example.org": True,
    "http://example.org:8000": True,
    "HTTPS://EXAMPLE.ORG": True,
    "https://www.example.org": False,
    "https://example.org.evil.test": False,
    "https://evilexample.org": False,
    "https://example.net": True,
    "https://a.b.example.net": True,
    "https://evilexample.net": False,
    "https://example.com:8443": True,
    "https://example.com": False,
    "http://example.com:8443": False,
    "http://[::1]:8000": True,
    "http://[::1": False,
    "https://example.org:port": False,
    "https://example.org@evil.test": False,
    "https://evil.test/example.org": False,
    "https://evil.test#example.org": False,
    "example.org": False,
    "null": False,
    "": False,
    None: False,
}


def test_origin_is_allowed_by_host_or_as_a_whole() -> None:
    assert {origin: origin_allowed(origin, ALLOWED) for origin in ORIGINS} == ORIGINS


def test_star_allows_every_origin_and_no_row_allows_none() -> None:
    assert all(origin_allowed(origin, ["*"]) for origin in ORIGINS)
    assert not any(origin_allowed(origin, []) for origin in ORIGINS)


@quick
@given(st.text())
def test_any_text_as_origin_has_an_answer(text: str) -> None:
    assert origin_allowed(text, ALLOWED) in (True, False)
    assert origin_allowed(f"https://{text}", ALLOWED) in (True, False)
