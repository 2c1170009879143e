"""Real services for any test that asks: one of each, started at the first request.

It lives as long as the session, which under pytest-xdist is that of one worker. So a
test may restart a service; one that stops or kills it must restart it. Where
`DATABASE_URL` or `REDIS_URL` is set, others use that service too: keep to the database
given here, and to keys that nobody else has.
"""

from collections.abc import Iterator

import pytest

from asgi_compare.drive.services import Service, empty_database, postgres, valkey


@pytest.fixture(scope="session")
def postgres_service() -> Iterator[Service]:
    with postgres() as service:
        yield service


@pytest.fixture(scope="session")
def database_url(postgres_service: Service) -> Iterator[str]:
    """Return a database that the tests of this session share."""
    with empty_database(postgres_service.url) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres_service: Service) -> Iterator[str]:
    """Return a database that this test has for itself."""
    with empty_database(postgres_service.url) as url:
        yield url


@pytest.fixture(scope="session")
def valkey_service() -> Iterator[Service]:
    with valkey() as service:
        yield service


@pytest.fixture(scope="session")
def redis_url(valkey_service: Service) -> str:
    return valkey_service.url
