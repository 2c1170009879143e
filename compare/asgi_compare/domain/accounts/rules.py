"""What is asked for, and when it is refused.

Money is a whole number of cents: no float, which cannot hold 0.1, and no rounding. An
account has a balance and a version, which counts its changes. Each change leaves an
entry with the version as its number. So the books can be proved at any time: a balance
is the sum of the entries, and its version is how many there are.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Query = Mapping[str, str]

WAYS = (
    "naive",
    "atomic",
    "serializable",
    "row_lock",
    "optimistic",
    "conditional",
)
"""In which way a transfer keeps others out.

naive         read, wait, write: each statement by itself
atomic        the same in one transaction, as isolated as the database has it by default
serializable  the same, and the database refuses what no order of transfers would give
row_lock      the rows are locked when they are read, so others wait
optimistic    written only if the version is still the one that was read
conditional   the database adds and subtracts: nothing is read before
"""
REPORTS = ("each", "prefetch", "together")
"""How a report asks: once for each account, once for all entries, or once for all."""
TRIES = 10
"""How often a transfer is tried that others have come in the way of."""
BATCH = 100
"""How many rows a cursor brings at a time."""

OWNER = re.compile(r"[a-z0-9-]{1,40}")
WHOLE = re.compile(r"[0-9]{1,10}")
SECONDS = re.compile(r"[0-9](\.[0-9]{1,6})?")
MOST = 1_000_000_000
"""The largest amount, in cents."""
MANY = 10_000
"""The most entries that an account opens with, and the most rows of a page."""


class Refusal(Exception):
    """The answer is no: a status, and the sentence that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Overtaken(Exception):
    """Somebody else has changed the account since it was read."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An account that is to be opened."""

    owner: str
    amount: int
    """What is paid in, in cents."""
    deposits: int
    """How often it is paid in; each is an entry."""

    @property
    def balance(self) -> int:
        """What is in the account then."""
        return self.amount * self.deposits


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that is to go from one account to another."""

    way: str
    source: str
    target: str
    amount: int
    wait: float
    """Seconds between reading and writing, so that others may come in between."""
    fails: bool
    """Whether the application raises between the two writes."""
    in_order: bool
    """Whether two accounts are always taken in the same order: then nobody holds one
    and waits for the other. Without it, two transfers the other way round can."""

    @property
    def owners(self) -> tuple[str, str]:
        """The two accounts, in the order in which they are taken."""
        if self.in_order and self.target < self.source:
            return self.target, self.source
        return self.source, self.target

    def change(self, owner: str) -> int:
        """Return by how much the balance of one of the two changes."""
        return -self.amount if owner == self.source else self.amount

    def other(self, owner: str) -> str:
        """Return who is at the other end."""
        return self.target if owner == self.source else self.source

    def failure(self) -> RuntimeError:
        """Return what is raised where it `fails`."""
        return RuntimeError("The transfer was asked to fail between its two writes.")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a statement is asked for; without a limit, all of it as a stream.

    A page begins after the number of an entry. An offset would have the database count
    again what was shown before, and show a row twice when one comes in meanwhile.
    """

    owner: str
    after: int
    limit: int | None


def read_opening(query: Query) -> Opening:
    """Read what `open_account` is asked for."""
    deposits = _whole(query, "deposits", "1", MANY)
    return Opening(read_owner(query), _whole(query, "amount", None, MOST), deposits)


def read_transfer(query: Query) -> Transfer:
    """Read what `transfer` is asked for."""
    source, target = read_owner(query, "source"), read_owner(query, "target")
    if source == target:
        raise Refusal(400, f"Expected two accounts, but got {source!r} twice.")
    amount = _whole(query, "amount", None, MOST)
    if amount == 0:
        raise Refusal(400, "Expected an 'amount' of at least one cent, but got '0'.")
    return Transfer(
        way=_one_of(query, "way", WAYS),
        source=source,
        target=target,
        amount=amount,
        wait=read_seconds(query, "wait", "0"),
        fails=query.get("fails") == "1",
        in_order=query.get("in_order") != "0",
    )


def read_page(query: Query) -> Page:
    """Read what `statement` is asked for."""
    limit = _whole(query, "limit", None, MANY) if "limit" in query else None
    return Page(read_owner(query), _whole(query, "after", "0", MOST), limit)


def read_report(query: Query) -> tuple[str, str]:
    """Read what `report` is asked for: how, and how the names of accounts begin."""
    return _one_of(query, "way", REPORTS), read_owner(query, "owners")


def read_seconds(query: Query, name: str, default: str) -> float:
    """Read a number of seconds below ten."""
    text = query.get(name, default)
    if not SECONDS.fullmatch(text):
        raise Refusal(400, f"Expected {name!r} in seconds below 10, but got {text!r}.")
    return float(text)


def read_owner(query: Query, name: str = "owner") -> str:
    """Read the name of an account."""
    text = query.get(name, "")
    if not OWNER.fullmatch(text):
        raise Refusal(
            400,
            f"Expected {name!r} as 1 to 40 of a-z, 0-9 and -, but got {text!r}.",
        )
    return text


def unknown(owner: str) -> Refusal:
    """Return the refusal for an account that is not there."""
    return Refusal(404, f"There is no account {owner!r}; open it first.")


def check_funds(transfer: Transfer, balance: int) -> None:
    """Refuse a transfer of more than there is."""
    if balance < transfer.amount:
        raise Refusal(
            409,
            f"Expected at least {transfer.amount} cents in {transfer.source!r}, "
            f"but there are {balance}.",
        )


def pause(attempt: int, chance: float) -> float:
    """Return the seconds before the next try: longer each time, and never the same.

    `chance` is between 0 and 1. Without it, those who met would meet again.
    """
    return chance * min(0.01 * float(2**attempt), 0.3)


def as_line(number: int, amount: int, other: str) -> bytes:
    """Return one entry of a statement, as a line of JSON."""
    row = {"number": number, "amount": amount, "other": other}
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def as_page(page: Page, rows: Iterable[tuple[int, int, str]]) -> dict[str, object]:
    """Return a page: its rows, and after which number the next one begins."""
    found = [
        {"number": number, "amount": amount, "other": other}
        for number, amount, other in rows
    ]
    full = bool(found) and len(found) == page.limit
    return {"rows": found, "next": found[-1]["number"] if full else None}


def as_report(rows: Iterable[tuple[str, int]], queries: int) -> dict[str, object]:
    """Return what `report` answers: the sums, and how many queries they took."""
    return {"sums": [f"{owner} {amount}" for owner, amount in rows], "queries": queries}


def _one_of(query: Query, name: str, names: tuple[str, ...]) -> str:
    text = query.get(name, "")
    if text not in names:
        raise Refusal(
            400, f"Expected {name!r} to be one of {', '.join(names)}, but got {text!r}."
        )
    return text


def _whole(query: Query, name: str, default: str | None, most: int) -> int:
    text = query.get(name, default or "")
    if not WHOLE.fullmatch(text) or int(text) > most:
        raise Refusal(
            400, f"Expected {name!r} as a whole number up to {most}, but got {text!r}."
        )
    return int(text)
