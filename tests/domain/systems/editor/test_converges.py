"""Many clients, a network that delays and cuts, and one text in the end."""

from collections import deque
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.domain.systems.editor import (
    Accepted,
    Client,
    Document,
    Edit,
    Operation,
)
from asgi_compare.domain.systems.editor.client import Gap
from asgi_compare.domain.systems.untrusted import Refused
from tests.domain import quick


class Laptop:
    """A client and its connection: two queues, in which messages wait."""

    def __init__(self, number: int, document: Document) -> None:
        self.number = number
        self.loads = 0
        self.up: deque[Edit] = deque()
        self.down: deque[Accepted | Refused] = deque()
        self.load(document)

    def load(self, document: Document) -> None:
        self.loads += 1
        name = f"c{self.number}-{self.loads}"
        self.client = Client(name, document.text, document.revision)
        self.connected = True
        self.up.clear()
        self.down.clear()


class Network:
    """Moves one message at a time, in an order that the test decides."""

    def __init__(self, clients: int, kept: int) -> None:
        self.document = Document("once", kept=kept)
        self.laptops = [Laptop(number, self.document) for number in range(clients)]
        # The server reads these although the client has gone: a cut loses what has
        # not arrived, and nobody knows what has.
        self.late: list[Edit] = []
        self.order: list[Accepted] = []

    def send(self, laptop: Laptop, edit: Edit | None) -> None:
        if edit is not None and laptop.connected:
            laptop.up.append(edit)

    def arrive(self, edit: Edit, sender: Laptop | None) -> None:
        answer = self.document.receive(edit)
        if isinstance(answer, Refused):
            if sender:
                sender.down.append(answer)
            return
        if answer.revision > len(self.order):
            self.order.append(answer)
        for laptop in self.laptops:
            if laptop.connected:
                laptop.down.append(answer)

    def hear(self, laptop: Laptop) -> None:
        heard = laptop.down.popleft()
        if isinstance(heard, Refused):
            laptop.load(self.document)
            return
        self.send(laptop, laptop.client.hear(heard))

    def cut(self, laptop: Laptop, arrives: bool) -> None:
        if arrives:
            self.late += laptop.up
        laptop.up.clear()
        laptop.down.clear()
        laptop.connected = False

    def come_back(self, laptop: Laptop) -> None:
        laptop.connected = True
        missed = self.document.since(laptop.client.revision)
        if isinstance(missed, Refused):
            laptop.load(self.document)
            return
        # Before what is missed: the server must find its place by the revision.
        self.send(laptop, laptop.client.resend())
        laptop.down.extend(missed)

    def settle(self) -> None:
        """Let everybody come back, and everything arrive."""
        for edit in self.late:
            self.arrive(edit, None)
        for laptop in self.laptops:
            if not laptop.connected:
                self.come_back(laptop)
        while any(laptop.up or laptop.down for laptop in self.laptops):
            for laptop in self.laptops:
                if laptop.up:
                    self.arrive(laptop.up.popleft(), laptop)
                if laptop.down:
                    self.hear(laptop)


def play(network: Network, script: bytes) -> None:
    """Let each two bytes be one step: what is done, and where."""
    for what, where in zip(script[::2], script[1::2], strict=False):
        laptop = network.laptops[what % len(network.laptops)]
        client = laptop.client
        match what // 8 % 16:
            case 0 | 1 | 2:
                place = where % (len(client.text) + 1)
                rest = len(client.text) - place
                typed = chr(ord("A") + where % 26) * (1 + where % 3)
                network.send(laptop, client.edit(Operation.of([place, typed, rest])))
            case 3:
                place = where % (len(client.text) + 1)
                size = min(2, len(client.text) - place)
                rest = len(client.text) - place - size
                network.send(laptop, client.edit(Operation.of([place, -size, rest])))
            case 4:
                network.send(laptop, client.undo() if where % 3 else client.redo())
            case 5 | 6 | 7 | 8 if laptop.up:
                network.arrive(laptop.up.popleft(), laptop)
            case 9 | 10 | 11 | 12 | 13 if laptop.down:
                network.hear(laptop)
            case 14:
                if not laptop.connected:
                    network.come_back(laptop)
                else:
                    network.cut(laptop, arrives=bool(where % 2))
            case _ if network.late:
                network.arrive(network.late.pop(where % len(network.late)), None)


@settings(max_examples=1_000, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(15, 60),
    st.integers(2, 4),
    st.sampled_from([2, 8, 1_000]),
)
def test_all_read_the_same_text_in_the_end(
    seed: int, steps: int, clients: int, kept: int
) -> None:
    network = Network(clients, kept)
    # Not drawn by hypothesis, which prefers short scripts in which nothing happens.
    play(network, Random(seed).randbytes(2 * steps))
    network.settle()
    document = network.document
    for laptop in network.laptops:
        assert laptop.client.text == document.text
        assert laptop.client.revision == document.revision
        assert laptop.client.state == "synchronized"
        assert 0 <= laptop.client.cursor <= len(document.text)
    # Nothing twice, and nothing lost of what a client that was never refused sent.
    ids = [accepted.id for accepted in network.order]
    assert len(ids) == len(set(ids)) == document.revision
    for laptop in network.laptops:
        sent = {f"{laptop.client.name}-{n + 1}" for n in range(laptop.client._edits)}
        assert sent <= set(ids)


@quick
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=8))
def test_undo_leads_back_and_redo_forward(edits: list[tuple[int, int]]) -> None:
    client = Client("c", "once", 0)
    texts = [client.text]
    for place, deleted in edits:
        place = min(place, len(client.text))
        deleted = min(deleted, len(client.text) - place)
        rest = len(client.text) - place - deleted
        client.edit(Operation.of([place, "X", -deleted, rest]))
        texts.append(client.text)
    for text in texts[-2::-1]:
        client.undo()
        assert client.text == text
    assert client.undo() is None
    for text in texts[1:]:
        client.redo()
        assert client.text == text
    assert client.redo() is None


def test_undo_leaves_what_others_have_written() -> None:
    client = Client("c", "", 0)
    edit = client.edit(Operation.of(["tea"]))
    assert edit is not None
    client.hear(Accepted(edit.id, 1, edit.operation))
    client.hear(Accepted("other-1", 2, Operation.of([1, "XY", 2])))
    client.undo()
    assert client.text == "XY"
    client.redo()
    assert client.text == "tXYea"


def test_undo_has_nothing_left_when_others_have_deleted_it() -> None:
    client = Client("c", "", 0)
    edit = client.edit(Operation.of(["tea"]))
    assert edit is not None
    client.hear(Accepted(edit.id, 1, edit.operation))
    client.hear(Accepted("other-1", 2, Operation.of([-3])))
    assert client.undo() is None
    assert client.edit(Operation.of([])) is None


def test_client_says_when_something_is_missing() -> None:
    client = Client("c", "", 0)
    with pytest.raises(Gap):
        client.hear(Accepted("other-2", 2, Operation.of(["x"])))
    assert (client.text, client.revision) == ("", 0)


def test_client_sends_one_edit_at_a_time() -> None:
    client = Client("c", "", 0)
    first = client.edit(Operation.of(["t"]))
    assert first == Edit("c-1", 0, Operation.of(["t"])) == client.resend()
    assert client.state == "waiting"
    assert client.edit(Operation.of([1, "e"])) is None
    assert client.edit(Operation.of([2, "a"])) is None
    assert client.state == "buffering"
    assert client.hear(Accepted("c-1", 1, Operation.of(["t"]))) == Edit(
        "c-2", 1, Operation.of([1, "ea"])
    )
    assert client.hear(Accepted("c-2", 2, Operation.of([1, "ea"]))) is None
    assert (client.state, client.resend(), client.text) == ("synchronized", None, "tea")
