"""Each duty of an application on ASGI stands beside the section that asks for it."""

import pytest

from tests.asgi_raw.citations import cited, sections

NOT_HERE = {
    ("ASGI", "legacy-applications"),  # ASGI 2 had two callables; this is ASGI 3.
}
DUTIES = {
    (text, section)
    for text, section in sections("application", "both", "middleware")
    if text in ("ASGI", "www", "lifespan")
}


@pytest.mark.parametrize(("text", "section"), sorted(DUTIES - NOT_HERE))
def test_section_that_binds_applications_is_cited(text: str, section: str) -> None:
    assert (text, section) in cited("asgi_raw")


def test_no_section_is_cited_that_the_texts_do_not_have() -> None:
    assert cited("asgi_raw") - sections() == set()


def test_duties_are_those_of_three_texts() -> None:
    assert {text for text, _ in DUTIES} == {"ASGI", "www", "lifespan"}
    assert NOT_HERE < DUTIES
