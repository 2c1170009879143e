"""The fixtures for all tests give what they say."""

import psycopg
import redis


def test_each_test_gets_what_it_asks_for(
    database_url: str, empty_database_url: str, redis_url: str
) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()
    with (
        psycopg.connect(database_url) as shared,
        psycopg.connect(empty_database_url) as own,
    ):
        assert shared.info.dbname != own.info.dbname
