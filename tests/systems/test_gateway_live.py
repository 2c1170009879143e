"""The gateway on a real server, with the other HTTP client."""

import pytest

from asgi_compare.contract.stories import STORIES
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tests.systems.live import failures

NAMES = [name for name in STORIES if name.startswith("gateway/")]


@pytest.mark.slow
@pytest.mark.parametrize("implementation", ["raw-asgi", "starlette", "django-asgi"])
def test_gateway_is_kept_with_aiohttp(
    implementation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_CLIENT", "aiohttp")
    assert failures(IMPLEMENTATIONS[implementation], "uvicorn", NAMES) == []
