"""Objects that raise wherever they are looked at are refused in one sentence."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.drive.targets.target import TargetError, interface_of, load, source_of


@pytest.fixture(autouse=True)
def _same_path_afterwards() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


SOURCE = """
class Api:
    @property
    def app(self):
        raise ValueError('no\\n settings')

api = Api()

def made():
    raise KeyboardInterrupt

def __getattr__(name):
    if name == 'lazy':
        raise RuntimeError('too early')
    raise AttributeError(name)
"""


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise BaseException('no')", "BaseException: no"),
    ],
)
def test_module_that_raises_anything_is_one_sentence(
    tmp_path: Path, code: str, raised: str
) -> None:
    (tmp_path / "odd_module.py").write_text(code)
    with pytest.raises(TargetError) as caught:
        load("odd_module:app", app_dir=str(tmp_path))
    assert str(caught.value) == (
        f"Expected to import 'odd_module', but its code raised {raised} "
        f"(odd_module.py:1); mend it, and see that `python -c 'import odd_module'` "
        f"works."
    )


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "api.app",
            "Expected an attribute 'app' in 'odd_things.api', but looking for it "
            "raised ValueError: no settings (odd_things.py:5); mend what it does.",
        ),
        (
            "lazy",
            "Expected an attribute 'lazy' in 'odd_things', but looking for it raised "
            "RuntimeError: too early (odd_things.py:14); mend what it does.",
        ),
    ],
)
def test_attribute_that_raises_is_one_sentence(
    tmp_path: Path, target: str, said: str
) -> None:
    (tmp_path / "odd_things.py").write_text(SOURCE)
    with pytest.raises(TargetError) as caught:
        load(f"odd_things:{target}", app_dir=str(tmp_path))
    assert str(caught.value) == said


def test_factory_that_raises_anything_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "odd_things.py").write_text(SOURCE)
    with pytest.raises(TargetError, match="but it raised KeyboardInterrupt "):
        load("odd_things:made", factory=True, app_dir=str(tmp_path))


class Unwilling:
    """Nothing can be asked of it, and it can be called."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __call__(self, *args: Any) -> Any: ...


def test_object_of_which_nothing_can_be_asked_is_known_by_its_call() -> None:
    assert interface_of(Unwilling()) == "wsgi"


def test_file_of_a_module_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("main.py", "src/shop/__init__.py", "src/shop/asgi.py"):
        (tmp_path / "here" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "here" / name).write_text("")
    (tmp_path / "elsewhere.py").write_text("")
    monkeypatch.chdir(tmp_path / "here")

    assert source_of("main:app") == "main.py"
    assert source_of("shop.asgi:app", "src") == "src/shop/asgi.py"
    assert source_of("shop:app", str(tmp_path / "here/src")) == "src/shop/__init__.py"
    assert source_of("json:app") == ""
    # Nobody who shows a report knows of files outside of the project.
    assert source_of("elsewhere:app", "..") == ""
