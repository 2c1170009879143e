"""Accounts, or who loses money when many write at once.

A transfer takes from one account and gives to another, in one of six ways that differ
in what they keep others from doing meanwhile. Alone, every way gives the same answer,
and these scenarios say which. What fifty at once do to the books, `docs/data.md` shows.

The database is a file of the process, or what `DATABASE_URL` names. Each scenario opens
accounts of its own, so it finds them as it needs them, whatever was there before.
"""

from dataclasses import replace

from asgi_compare.contract.chapters.http import JSON
from asgi_compare.contract.scenario import Endpoint, Expected, Request, Scenario
from asgi_compare.domain.accounts import BATCH, WAYS, as_line

ENDPOINTS = (
    Endpoint(
        "open_account",
        ("POST",),
        "/accounts/open",
        "Opens the account `owner` with `amount` cents, `deposits` times.",
    ),
    Endpoint(
        "balance",
        ("GET", "HEAD"),
        "/accounts/balance",
        "Answers with a balance, and whether the entries prove it.",
    ),
    Endpoint(
        "transfer",
        ("POST",),
        "/accounts/transfer",
        "Moves `amount` from `source` to `target`, in the way `way`.",
    ),
    Endpoint(
        "statement",
        ("GET", "HEAD"),
        "/accounts/statement",
        "Answers with all entries as a stream, or with `limit` of them after `after`.",
    ),
    Endpoint(
        "report",
        ("GET", "HEAD"),
        "/accounts/report",
        "Answers with the sums of the accounts that begin with `owners`, by `way`.",
    ),
    Endpoint(
        "slow_query",
        ("GET", "HEAD"),
        "/accounts/slow-query",
        "Answers after a query that takes `seconds`.",
    ),
)


def opened(owner: str, amount: int = 100, deposits: int = 1) -> Request:
    """Return the request that opens an account."""
    target = f"/accounts/open?owner={owner}&amount={amount}&deposits={deposits}"
    return Request("POST", target.encode())


def moved(way: str, source: str, target: str, amount: int, more: str = "") -> Request:
    """Return the request for a transfer."""
    asked = f"way={way}&source={source}&target={target}&amount={amount}{more}"
    return Request("POST", f"/accounts/transfer?{asked}".encode())


def asked(target: str) -> Request:
    """Return a request below `/accounts/`."""
    return Request(target=f"/accounts/{target}".encode())


def refused(status: int, sentence: str) -> Expected:
    """Return what is expected where the answer is no."""
    return Expected(status=status, headers=(JSON,), json={"error": sentence})


OPENING = (
    Scenario(
        "open_account",
        "opens",
        "An account begins with what is paid in.",
        opened("opens", 250, 2),
        Expected(status=201, headers=(JSON,), json={"owner": "opens", "balance": 500}),
    ),
    Scenario(
        "open_account",
        "opens_anew",
        "An account that is opened again has lost its entries.",
        asked("statement?owner=anew&limit=10"),
        Expected(json={"rows": [{"number": 1, "amount": 7, "other": ""}]}),
        before=(opened("anew", 5, 3), opened("anew", 7)),
    ),
    Scenario(
        "open_account",
        "no_cents",
        "Money is a whole number of cents: anything else is the client's mistake.",
        Request("POST", b"/accounts/open?owner=ada&amount=0.1"),
        refused(
            400, "Expected 'amount' as a whole number up to 1000000000, but got '0.1'."
        ),
    ),
    Scenario(
        "balance",
        "proved_by_entries",
        "A balance is the sum of its entries.",
        asked("balance?owner=proved"),
        Expected(json={"owner": "proved", "balance": 300, "proved": True}),
        before=(opened("proved", 100, 3),),
    ),
    Scenario(
        "balance",
        "unknown",
        "What is not there is not found.",
        asked("balance?owner=nobody"),
        refused(404, "There is no account 'nobody'; open it first."),
    ),
)

TRANSFERS = tuple(
    Scenario(
        "transfer",
        way,
        "Alone, every way moves the money.",
        moved(way, f"{way.replace('_', '-')}-a", f"{way.replace('_', '-')}-b", 30),
        Expected(json={"moved": 30, "tries": 1}),
        before=(
            opened(f"{way.replace('_', '-')}-a"),
            opened(f"{way.replace('_', '-')}-b"),
        ),
    )
    for way in WAYS
)

RULES = (
    Scenario(
        "transfer",
        "not_enough",
        "An account cannot be overdrawn: 409, and the sentence says what is there.",
        moved("conditional", "poor", "rich", 101),
        refused(409, "Expected at least 101 cents in 'poor', but there are 100."),
        before=(opened("poor"), opened("rich")),
    ),
    Scenario(
        "transfer",
        "to_itself",
        "A transfer has two ends.",
        moved("conditional", "same", "same", 1),
        refused(400, "Expected two accounts, but got 'same' twice."),
    ),
    Scenario(
        "transfer",
        "unknown_target",
        "Money for an account that is not there stays where it is.",
        moved("conditional", "giver", "nobody", 1),
        refused(404, "There is no account 'nobody'; open it first."),
        before=(opened("giver"),),
    ),
    Scenario(
        "transfer",
        "unknown_way",
        "The ways are named in the answer.",
        moved("fast", "giver", "taker", 1),
        refused(400, f"Expected 'way' to be one of {', '.join(WAYS)}, but got 'fast'."),
    ),
    Scenario(
        "balance",
        "after_a_transfer",
        "What one account loses, the other one gets.",
        asked("balance?owner=got"),
        Expected(json={"balance": 130, "proved": True}),
        before=(opened("gave"), opened("got"), moved("row_lock", "gave", "got", 30)),
    ),
    Scenario(
        "balance",
        "exception_in_transaction",
        "The application raises between two writes: neither counts.",
        asked("balance?owner=whole-a"),
        Expected(json={"balance": 100, "proved": True}),
        before=(
            opened("whole-a"),
            opened("whole-b"),
            moved("atomic", "whole-a", "whole-b", 30, "&fails=1"),
        ),
    ),
    Scenario(
        "balance",
        "exception_without_transaction",
        "It raises between two writes, each by itself: 30 cents are nowhere.",
        asked("balance?owner=half-a"),
        Expected(json={"balance": 70, "proved": True}),
        before=(
            opened("half-a"),
            opened("half-b"),
            moved("naive", "half-a", "half-b", 30, "&fails=1"),
        ),
    ),
)

MANY = 2 * BATCH + 50
PIECES = tuple(
    sum(
        len(as_line(number, 1, ""))
        for number in range(first, min(first + BATCH, MANY + 1))
    )
    for first in range(1, MANY + 1, BATCH)
)

READING = (
    Scenario(
        "statement",
        "in_batches",
        "A long statement comes in batches: nobody holds all of it.",
        asked("statement?owner=many"),
        Expected(headers=((b"content-type", b"application/x-ndjson"),), pieces=PIECES),
        before=(opened("many", 1, MANY),),
    ),
    Scenario(
        "statement",
        "first_page",
        "A page says after which entry the next one begins.",
        asked("statement?owner=pages&limit=2"),
        Expected(
            json={
                "rows": [
                    {"number": 1, "amount": 9, "other": ""},
                    {"number": 2, "amount": 9, "other": ""},
                ],
                "next": 2,
            }
        ),
        before=(opened("pages", 9, 3),),
    ),
    Scenario(
        "statement",
        "last_page",
        "The last page has none after it.",
        asked("statement?owner=last-page&limit=2&after=2"),
        Expected(
            json={"rows": [{"number": 3, "amount": 9, "other": ""}], "next": None}
        ),
        before=(opened("last-page", 9, 3),),
    ),
    *(
        Scenario(
            "report",
            way,
            shows,
            asked(f"report?owners={way}-&way={way}"),
            Expected(json={"sums": [f"{way}-a 5", f"{way}-b 12"], "queries": queries}),
            before=(opened(f"{way}-a", 5), opened(f"{way}-b", 6, 2)),
        )
        for way, queries, shows in (
            ("each", 3, "One query for the accounts, and one for each of them."),
            ("prefetch", 2, "One query for the accounts, and one for all entries."),
            ("together", 1, "The database adds up: one query, however many there are."),
        )
    ),
    Scenario(
        "slow_query",
        "short",
        "A query that takes its time.",
        asked("slow-query?seconds=0.01"),
        Expected(json={"slept": 0.01}),
    ),
)

SCENARIOS = tuple(
    # The first one that is asked may have to import an ORM, on a machine that is busy.
    replace(scenario, deadline=20)
    for scenario in (*OPENING, *TRANSFERS, *RULES, *READING)
)
