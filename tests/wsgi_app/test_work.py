import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest

import django_app.work
import wsgi_app.work


@pytest.mark.parametrize("module", [wsgi_app.work, django_app.work])
def test_threads_that_come_first_at_once_have_the_same_jobs(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def __init__(self) -> None:
            time.sleep(0.05)

    monkeypatch.setattr(module, "Work", Slow)
    module._made.cache_clear()
    try:
        with ThreadPoolExecutor(4) as pool:
            made = [pool.submit(module.work) for _ in range(4)]
        assert len({id(each.result()) for each in made}) == 1
    finally:
        module._made.cache_clear()
