"""Each duty of an application on WSGI stands beside the section that asks for it."""

import pytest

from tests.asgi_raw.citations import cited, sections

WITHOUT_A_DUTY = {"a-note-on-string-types"}
"""What is cited as an explanation: the book has no sentence of it."""
DUTIES = {
    section
    for text, section in sections("application", "both", "middleware")
    if text == "PEP"
}


@pytest.mark.parametrize("section", sorted(DUTIES))
def test_section_that_binds_applications_is_cited(section: str) -> None:
    assert ("PEP", section) in cited("wsgi_app")


def test_no_section_is_cited_that_the_text_does_not_have() -> None:
    unknown = cited("wsgi_app") - sections()
    assert unknown == {("PEP", section) for section in WITHOUT_A_DUTY}
