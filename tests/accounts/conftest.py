"""All applications on real servers, with one PostgreSQL, for the tests that want it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg
import pytest

from asgi_compare.drive.services import Service, empty_database
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tools.data_figures import Bank, serve


@dataclass(frozen=True)
class Town:
    """The banks of a town, which share a database."""

    banks: dict[str, Bank]
    url: str
    service: Service

    def query(self, *statements: str) -> list[tuple[object, ...]]:
        """Tell the database itself, and return what the last statement gives."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def all_banks(url: str) -> Iterator[dict[str, Bank]]:
    """Serve every application with a database; they take a while to start and stop."""
    served = [serve(name, url) for name in IMPLEMENTATIONS]
    with ThreadPoolExecutor(len(served)) as pool:
        try:
            banks = list(pool.map(lambda each: each.__enter__(), served))
            yield {bank.name: bank for bank in banks}
        finally:
            list(pool.map(lambda each: each.__exit__(None, None, None), served))


@pytest.fixture(scope="session")
def town(postgres_service: Service) -> Iterator[Town]:
    """Serve every application; a dead lock is found within a tenth of a second."""
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(postgres_service.url))
        with psycopg.connect(url, autocommit=True) as connection:
            name = url.rpartition("/")[2]
            connection.execute(
                f"ALTER DATABASE {name} SET deadlock_timeout = '100ms'".encode()
            )
        banks = stack.enter_context(all_banks(url))
        yield Town(banks, url, postgres_service)
