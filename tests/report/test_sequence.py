"""Sequence diagrams: what is drawn, for how many, and from what."""

import xml.etree.ElementTree as ET

import pytest

from asgi_compare.contract.scenario import Client, Lifetime, Request
from asgi_compare.drive.in_process import asgi_http, asgi_lifespan
from asgi_compare.report.common.sequence import (
    CHARACTER,
    Item,
    Message,
    Note,
    drawing,
    ended,
    messages,
    moments,
)
from asgi_raw.app import application

SVG = "{http://www.w3.org/2000/svg}"
PEOPLE = ("browser", "server", "application", "database")
STORY: list[Item] = [
    Note("Somebody asks.", heading=True),
    Message("browser", "server", "GET /", ("host: <example>",)),
    Message("server", "application", "call", call=True),
    Message("application", "application", "thinks " * 12),
    Message("database", "database", "vacuums"),
    Message("application", "browser", "x" * 300),
    Note("All is well. " * 20),
    Note("It waits.", at="browser"),
    Note("It rests.", at="database"),
]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def test_each_participant_and_each_item_is_text() -> None:
    shown = texts(drawing("A story", PEOPLE, STORY))
    assert set(PEOPLE) < set(shown)
    assert {"GET /", "host: <example>", "It waits."} < set(shown)
    assert "".join(shown).count("x") >= 300


@pytest.mark.parametrize("people", [PEOPLE, PEOPLE[:2], PEOPLE[:1]], ids=len)
def test_nothing_is_drawn_beside_the_picture(people: tuple[str, ...]) -> None:
    items: list[Item] = [Note("Long ago. " * 20), Note("Now. " * 20, heading=True)]
    items += [Note("It waits for a long time.", name) for name in people]
    items += [Message(name, name, "thinks " * 9) for name in people]
    root = parsed(drawing("A story", people, items))
    width = float(root.attrib["width"])
    for text in root.iter(f"{SVG}text"):
        x, long = float(text.attrib["x"]), len(text.text or "") * CHARACTER
        share = {"middle": long / 2, "end": long}.get(
            text.attrib.get("text-anchor", ""), 0
        )
        assert x - share >= 0, text.text
        assert x - share + long <= width, text.text
    assert all(
        float(text.attrib["y"]) < float(root.attrib["height"])
        for text in root.iter(f"{SVG}text")
    )


def test_picture_of_two_fits_into_400_pixels() -> None:
    assert parsed(drawing("", ("server", "application"), [])).attrib["width"] == "400"


def test_what_is_hostile_is_shown_and_not_obeyed() -> None:
    bad = "</text><script>alert(1)</script>\x00\u202e"
    svg = drawing(bad, ("a", bad), [Message("a", bad, bad, (bad,)), Note(bad)])
    assert not list(parsed(svg).iter(f"{SVG}script"))
    assert "\x00" not in svg
    assert "\u202e" not in svg


async def test_requests_of_a_lifespan_come_within_it() -> None:
    transcript = await asgi_lifespan.exchange(
        application, Lifetime(requests=(Request("HEAD", b"/"),))
    )
    assert [
        item.title if isinstance(item, Message) else item.text
        for item in messages(transcript)
    ] == [
        "call: lifespan",
        "lifespan.startup",
        "lifespan.startup.complete",
        "call: HEAD /",
        "http.request",
        "http.response.start",
        "http.response.body",
        "returns",
        "The client gets 200, 0 bytes.",
        "lifespan.shutdown",
        "lifespan.shutdown.complete",
        "returns",
    ]


async def test_client_that_leaves_last_is_noted_before_the_end() -> None:
    async def silent(scope: object, receive: object, send: object) -> None:
        return None

    request = Request(client=Client(leaves_after_sending=0))
    transcript = await asgi_http.exchange(silent, request)
    assert [moment.what for moment in moments(transcript)] == ["call", "left", "end"]
    assert texts(drawing("", ("server", "application"), messages(transcript)))[2:] == [
        "call: GET /",
        "The client leaves.",
        "returns",
        "The client gets nothing.",
    ]


async def test_event_that_is_none_is_drawn_all_the_same() -> None:
    async def wrong(scope: object, receive: object, send: object) -> None:
        await send(7)  # type: ignore[operator]

    transcript = await asgi_http.exchange(wrong, Request())
    assert Message("application", "server", "7") in list(messages(transcript))
    assert ended(transcript) == "raises TypeError"
