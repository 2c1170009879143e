"""A place for the files of services, in which nothing may be left."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.services import ServiceError
from asgi_compare.drive.services.keeper import workers
from tests.drive.servers.conftest import MARK, marked


@pytest.fixture
def place(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Return an empty temporary directory; nothing may be left in it at the end.

    Everybody can enter it, as PostgreSQL has to when we are root.
    """
    tmp_path_factory.getbasetemp()  # so that pytest does not make its own in ours
    mark = secrets.token_hex(16)
    with tempfile.TemporaryDirectory() as made:
        os.chmod(made, 0o755)
        monkeypatch.setenv(MARK, mark)
        monkeypatch.setenv("TMPDIR", made)
        monkeypatch.setattr(tempfile, "tempdir", made)
        for variable in ("DATABASE_URL", "REDIS_URL"):
            monkeypatch.delenv(variable, raising=False)
        yield Path(made)

        def left() -> list[object]:
            # PostgreSQL writes its title over its environment, and the mark is gone.
            return [*marked(mark), *workers(Path(made)), *os.listdir(made)]

        wait_until(lambda: not left(), 15.0)
        assert left() == []


def refusal(service: AbstractContextManager[object]) -> ServiceError:
    """Return the error with which a service does not start."""
    with pytest.raises(ServiceError) as error:
        service.__enter__()
    return error.value
