"""What is refused, what an error of a database means, and the embedded file."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.accounts import (
    SQLITE,
    TRIES,
    Overtaken,
    Refusal,
    UnknownDatabase,
    dialect_of,
    embedded_file,
    make_folder,
    pause,
    problem_of,
    read_opening,
    read_page,
    read_report,
    read_seconds,
    read_transfer,
)
from asgi_compare.domain.accounts.file import PREFIX
from tests.tables import each_row

GOOD = {"way": "atomic", "source": "ada", "target": "bob", "amount": "5"}
REFUSED = [
    (read_opening, {"owner": "Ada", "amount": "5"}, "Expected 'owner' as 1 to 40 of"),
    (read_opening, {"owner": "ada"}, "Expected 'amount' as a whole number up to"),
    (read_opening, {"owner": "ada", "amount": "-5"}, "but got '-5'"),
    (read_opening, {"owner": "ada", "amount": "1e3"}, "but got '1e3'"),
    (read_opening, {"owner": "ada", "amount": "1000000001"}, "up to 1000000000"),
    (read_opening, {"owner": "ada", "amount": "٣"}, "but got '٣'"),
    (read_transfer, {**GOOD, "amount": "0"}, "at least one cent"),
    (read_transfer, {**GOOD, "target": "ada"}, "Expected two accounts"),
    (read_transfer, {**GOOD, "way": ""}, "Expected 'way' to be one of naive, atomic"),
    (read_transfer, {**GOOD, "wait": "10"}, "in seconds below 10, but got '10'"),
    (read_page, {"owner": "ada", "limit": "10001"}, "up to 10000"),
    (read_report, {"owners": "ada", "way": "all"}, "one of each, prefetch, together"),
]


@each_row(("read", "query", "said"), REFUSED)
def test_query_that_makes_no_sense_is_refused_with_400(
    read: Callable[[dict[str, str]], object], query: dict[str, str], said: str
) -> None:
    with pytest.raises(Refusal) as refused:
        read(query)
    assert refused.value.status == 400
    assert said in refused.value.sentence
    assert refused.value.sentence.endswith(".")


@given(st.text(max_size=12))
def test_amount_is_ascii_digits_or_refused(text: str) -> None:
    try:
        opening = read_opening({"owner": "ada", "amount": text})
    except Refusal:
        return
    assert text.isascii()
    assert opening.amount == int(text) <= 1_000_000_000


@given(st.text(max_size=6))
def test_seconds_are_short_or_refused(text: str) -> None:
    try:
        seconds = read_seconds({"seconds": text}, "seconds", "0")
    except Refusal:
        return
    assert 0 <= seconds < 10


def test_accounts_are_taken_in_one_order_unless_asked_otherwise() -> None:
    back = {**GOOD, "source": "bob", "target": "ada"}
    assert read_transfer(GOOD).owners == read_transfer(back).owners == ("ada", "bob")
    assert read_transfer({**back, "in_order": "0"}).owners == ("bob", "ada")
    assert [read_transfer(back).change(owner) for owner in ("ada", "bob")] == [5, -5]


def test_pauses_grow_to_a_limit() -> None:
    longest = [pause(attempt, 1.0) for attempt in range(TRIES)]
    assert longest == sorted(longest)
    assert longest[-1] == 0.3
    assert pause(3, 0.0) == 0


def busy(folder: Path) -> None:
    with (
        closing(sqlite3.connect(folder / "db", isolation_level=None)) as first,
        closing(sqlite3.connect(folder / "db", timeout=0)) as second,
    ):
        first.execute("BEGIN EXCLUSIVE")
        second.execute("CREATE TABLE t (a)")


def overtaken(folder: Path) -> None:
    with (
        closing(sqlite3.connect(folder / "db", isolation_level=None)) as first,
        closing(sqlite3.connect(folder / "db", isolation_level=None)) as second,
    ):
        first.execute("PRAGMA journal_mode = WAL")
        first.execute("CREATE TABLE t (a)")
        second.execute("BEGIN")
        second.execute("SELECT * FROM t")
        first.execute("INSERT INTO t VALUES (1)")
        second.execute("INSERT INTO t VALUES (2)")


def full(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "db")) as connection:
        connection.execute("PRAGMA max_page_count = 2")
        connection.execute("CREATE TABLE t (a)")
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")


def read_only(folder: Path) -> None:
    sqlite3.connect(folder / "db").close()
    with closing(sqlite3.connect(f"file:{folder}/db?mode=ro", uri=True)) as connection:
        connection.execute("CREATE TABLE t (a)")


def nowhere(folder: Path) -> None:
    sqlite3.connect(folder / "none" / "db")


def other_tables(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "db")) as connection:
        connection.execute("SELECT version FROM accounts")


def no_database(folder: Path) -> None:
    (folder / "db").write_bytes(b"no database" * 1000)
    with closing(sqlite3.connect(folder / "db")) as connection:
        connection.execute("SELECT 1 FROM accounts")


def behind(folder: Path) -> None:
    raise Overtaken


def unknown(folder: Path) -> None:
    dialect_of("mysql://localhost")


def missing(folder: Path) -> None:
    __import__("no_such_client")


def wrapped(folder: Path) -> None:
    try:
        read_only(folder)
    except sqlite3.Error as error:
        raise RuntimeError("a library's own") from error


NAMED = {
    busy: "locked",
    overtaken: "conflict",
    full: "full",
    read_only: "read-only",
    nowhere: "away",
    other_tables: "schema",
    no_database: "schema",
    behind: "conflict",
    unknown: "unknown",
    missing: "missing",
    wrapped: "read-only",
}


@each_row(("act", "name"), NAMED.items(), ids=lambda row: getattr(row, "__name__", row))
def test_error_of_a_database_has_a_name(
    act: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    folder = tmp_path / act.__name__
    folder.mkdir()
    with pytest.raises(Exception) as caught:  # noqa: PT011
        act(folder)
    problem = problem_of(caught.value)
    assert problem is not None
    assert problem.name == name
    assert problem.again == (name == "conflict")
    assert problem.sentence.endswith(".")


def test_error_that_is_not_of_a_database_has_none() -> None:
    assert problem_of(ValueError("something else")) is None


def test_url_that_names_no_known_database_is_refused() -> None:
    with pytest.raises(UnknownDatabase, match=r"^Expected DATABASE_URL to begin with"):
        dialect_of("mysql://localhost/bank")
    assert dialect_of("") is dialect_of("sqlite:///bank") is SQLITE


MAKE = """
import os, sys
from asgi_compare.domain.accounts import embedded_file, make_folder
make_folder(embedded_file())
open(embedded_file(), "w").close()
print(embedded_file(), flush=True)
if sys.argv[1] == "dies":
    os.kill(os.getpid(), 9)
if sys.argv[1] == "forks" and os.fork():
    os.wait()
    assert os.path.exists(embedded_file())
"""


def test_folder_ends_with_its_process_or_with_the_next(tmp_path: Path) -> None:
    def run(how: str) -> Path:
        done = subprocess.run(
            [sys.executable, "-c", MAKE, how],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert done.returncode == (-9 if how == "dies" else 0)
        return Path(done.stdout.split()[0])

    left = run("dies")
    assert left.parent.parent == tmp_path
    assert left.parent.name.startswith(PREFIX)
    assert left.exists()
    ended = run("forks")
    assert not left.parent.exists()
    assert not ended.parent.exists()


def test_folder_of_another_file_is_not_made(tmp_path: Path) -> None:
    make_folder(str(tmp_path / "none" / "db"))
    assert not (tmp_path / "none").exists()
    assert not Path(embedded_file()).is_relative_to(tmp_path)
