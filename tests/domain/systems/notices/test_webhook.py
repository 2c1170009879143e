import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.notices import webhook
from asgi_compare.domain.systems.untrusted import Refused
from tests.domain import quick

SECRET, OLD, OTHER = b"s" * 24, b"o" * 24, b"x" * 24
NOW = 1_700_000_000.0


@quick
@given(st.binary(), st.binary(min_size=1), st.floats(-300, 300).map(int))
def test_signature_holds_for_the_body_and_no_other(
    body: bytes, more: bytes, skew: int
) -> None:
    headers = webhook.sign("n1:webhook", body, [SECRET], NOW)
    assert webhook.verify(headers, body, [SECRET], NOW + skew) == "n1:webhook"
    refused = Refused("bad-signature", "No webhook-signature fits the secret.")
    assert webhook.verify(headers, body + more, [SECRET], NOW) == refused
    assert webhook.verify(headers, body, [OTHER], NOW) == refused
    for name, other in (("webhook-id", "n2"), ("webhook-timestamp", "1700000001")):
        changed = {**headers, name: other}
        assert webhook.verify(changed, body, [SECRET], NOW) == refused


def test_secret_can_be_replaced_on_either_side_first() -> None:
    both = webhook.sign("n1", b"", [SECRET, OLD], NOW)
    assert webhook.verify(both, b"", [OLD], NOW) == "n1"
    alone = webhook.sign("n1", b"", [SECRET], NOW)
    assert webhook.verify(alone, b"", [OLD, SECRET], NOW) == "n1"


def test_signature_is_that_of_the_specification() -> None:
    """As in the tests of the Standard Webhooks libraries."""
    secret = webhook.decode_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = webhook.sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        [secret],
        1614265330,
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


BAD_HEADERS = {
    "none": (
        {},
        "bad-timestamp",
        "Expected seconds as webhook-timestamp, but got ''.",
    ),
    "not a number": (
        {"webhook-timestamp": "soon"},
        "bad-timestamp",
        "Expected seconds as webhook-timestamp, but got 'soon'.",
    ),
    "long ago": (
        {"webhook-timestamp": "1699999699"},
        "old-timestamp",
        "Expected a web hook of the last 300 s, but its timestamp is 1699999699; "
        "sign it again.",
    ),
    "to come": (
        {"webhook-timestamp": "1700000301"},
        "old-timestamp",
        "Expected a web hook of the last 300 s, but its timestamp is 1700000301; "
        "sign it again.",
    ),
    "no signature": (
        {"webhook-timestamp": "1700000000"},
        "bad-signature",
        "No webhook-signature fits the secret.",
    ),
}


@pytest.mark.parametrize("case", BAD_HEADERS)
def test_web_hook_without_proof_is_refused(case: str) -> None:
    headers, code, sentence = BAD_HEADERS[case]
    assert webhook.verify(headers, b"", [SECRET], NOW) == Refused(code, sentence)


@quick
@given(
    st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]),
        st.text() | st.integers(1_699_999_990, 1_700_000_010).map(str),
    )
)
def test_anything_at_all_is_refused(headers: dict[str, str]) -> None:
    assert isinstance(webhook.verify(headers, b"{}", [SECRET], NOW), Refused)
