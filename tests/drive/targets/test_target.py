"""The target's name leads to an application, or to one sentence that says why not."""

import functools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import pytest

from asgi_compare.drive.targets.target import TargetError, interface_of, load


@pytest.fixture(autouse=True)
def _same_path_afterwards() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def write(directory: Path, name: str, code: str) -> str:
    """Write a module and give the directory as `app_dir`."""
    file = directory / f"{name}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(code)
    return str(directory)


# --- load: what works


def test_load_gives_the_attribute(tmp_path: Path) -> None:
    app_dir = write(tmp_path, "main", "def application(a, b): return 'served'")
    assert load("main:application", app_dir=app_dir)(1, 2) == "served"


def test_load_follows_nested_attributes(tmp_path: Path) -> None:
    app_dir = write(tmp_path, "main", "class api:\n class v1:\n  app = print")
    assert load("main:api.v1.app", app_dir=app_dir) is print


def test_load_runs_a_factory_that_is_a_coroutine_function(tmp_path: Path) -> None:
    (tmp_path / "later.py").write_text("async def create():\n    return print\n")
    assert load("later:create", factory=True, app_dir=str(tmp_path)) is print


def test_load_names_the_line_of_the_user_s_that_raised(tmp_path: Path) -> None:
    source = "import os\n\nKEY = os.environ['NO_SUCH_KEY']\n"
    (tmp_path / "wants_a_key.py").write_text(source)
    with pytest.raises(TargetError, match=r"'NO_SUCH_KEY' \(wants_a_key.py:3\);"):
        load("wants_a_key:app", app_dir=str(tmp_path))


def test_load_calls_the_factory(tmp_path: Path) -> None:
    app_dir = write(tmp_path, "main", "def create(): return print")
    assert load("main:create", factory=True, app_dir=app_dir) is print


def test_load_looks_in_the_current_directory_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "wave", "app = print")  # such a name may be anywhere on the path
    monkeypatch.chdir(tmp_path)
    assert load("wave:app") is print
    assert sys.path[0] == str(tmp_path)


def test_load_twice_leaves_one_entry_on_the_path(tmp_path: Path) -> None:
    app_dir = write(tmp_path, "main", "app = print")
    load("main:app", app_dir=app_dir)
    load("main:app", app_dir=app_dir)
    assert sys.path.count(app_dir) == 1


# --- load: what does not, and what is said

MODULES = {
    "main": "application = number = 7\napp = print\n",
    "inner": "import not_there_at_all\n",
    "broken": "x = 1\nraise ValueError('no\\n  secret')\n",
    "typo": "def app(:\n",
    "leaver": "import sys\nsys.exit(3)\n",
    "makers": (
        "number = 7\n"
        "def application(scope, receive, send): ...\n"
        "def nothing(): return None\n"
    ),
    "package/__init__": "",
}

NOT_LOADED = {
    "no colon": (
        "main",
        "Expected 'module:attribute', but got 'main'; "
        "write, for example, 'main:application'.",
    ),
    "no attribute name": (
        "main:",
        "Expected 'module:attribute', but got 'main:'; "
        "write, for example, 'main:application'.",
    ),
    "no module name": (
        ":app",
        "Expected 'module:attribute', but got ':app'; "
        "write, for example, 'main:application'.",
    ),
    "a file": (
        "./src/main.py:app",
        "Expected the name of a module before the colon, but got the file "
        "'./src/main.py'; write 'src.main:app'.",
    ),
    "no such module": (
        "nowhere:app",
        "Expected a module 'nowhere', but there is no module 'nowhere' in {dir!r} or "
        "elsewhere on the path; check the name, or say with --app-dir where it is.",
    ),
    "no such module in a package": (
        "package.nowhere.deep:app",
        "Expected a module 'package.nowhere.deep', but there is no module "
        "'package.nowhere' in {dir!r} or elsewhere on the path; check the name, or say "
        "with --app-dir where it is.",
    ),
    "an import in it fails": (
        "inner:app",
        "Expected to import 'inner', but its code raised ModuleNotFoundError: No "
        "module named 'not_there_at_all' (inner.py:1); mend it, and see that "
        "`python -c 'import inner'` works.",
    ),
    "its code raises": (
        "broken:app",
        "Expected to import 'broken', but its code raised ValueError: no secret "
        "(broken.py:2); mend it, and see that `python -c 'import broken'` works.",
    ),
    "its code is no Python": (
        "typo:app",
        "Expected to import 'typo', but its code raised SyntaxError: invalid syntax "
        "(typo.py, line 1); mend it, and see that `python -c 'import typo'` works.",
    ),
    "its code exits": (
        "leaver:app",
        "Expected to import 'leaver', but its code raised SystemExit: 3 (leaver.py:2); "
        "mend it, and see that `python -c 'import leaver'` works.",
    ),
    "a near miss": (
        "main:aplication",
        "Expected an attribute 'aplication' in 'main', but there is none; "
        "did you mean 'application'?",
    ),
    "nothing near": (
        "main:app.xyzzy",
        "Expected an attribute 'xyzzy' in 'main.app', but there is none; "
        "check the name.",
    ),
    "not callable": (
        "main:number",
        "Expected 'main:number' to be an application, which is callable, but got "
        "'int'; name the application object.",
    ),
}

NOT_MADE = {
    "not callable": (
        "makers:number",
        "Expected 'makers:number' to be a factory, which is callable, but got 'int'; "
        "leave --factory away.",
    ),
    "an application": (
        "makers:application",
        "Expected 'makers:application' to give an application when called without "
        "arguments, but it raised TypeError: application() missing 3 required "
        "positional arguments: 'scope', 'receive', and 'send'; "
        "leave --factory away if it is the application itself.",
    ),
    "makes nothing": (
        "makers:nothing",
        "Expected 'makers:nothing' to be an application, which is callable, but got "
        "'NoneType'; name the application object.",
    ),
}


@pytest.mark.parametrize(("target", "sentence"), NOT_LOADED.values(), ids=NOT_LOADED)
def test_load_says_what_is_wrong(tmp_path: Path, target: str, sentence: str) -> None:
    for name, code in MODULES.items():
        write(tmp_path, name, code)
    with pytest.raises(TargetError) as caught:
        load(target, app_dir=str(tmp_path))
    assert str(caught.value) == sentence.replace("{dir!r}", repr(str(tmp_path)))


@pytest.mark.parametrize(("target", "sentence"), NOT_MADE.values(), ids=NOT_MADE)
def test_load_says_what_is_wrong_with_a_factory(
    tmp_path: Path, target: str, sentence: str
) -> None:
    app_dir = write(tmp_path, "makers", MODULES["makers"])
    with pytest.raises(TargetError) as caught:
        load(target, factory=True, app_dir=app_dir)
    before, _, after = sentence.partition("{line}")
    assert str(caught.value).startswith(before)
    assert str(caught.value).endswith(after)


# --- interface_of


async def asgi(scope: Any, receive: Any, send: Any) -> None: ...
async def asgi_any(*args: Any) -> None: ...
async def handler(request: Any) -> None: ...
def asgi_plain(scope: Any, receive: Any, send: Any) -> Any: ...
def asgi2(scope: Any) -> Any: ...
def wsgi(environ: Any, start_response: Any) -> Any: ...
def wsgi_more(environ: Any, start_response: Any, extra: Any = None) -> Any: ...
def factory() -> Any: ...
def anything(*args: Any) -> Any: ...
def wants_keyword(environ: Any, start_response: Any, *, debug: bool) -> Any: ...
def positional(environ: Any, start_response: Any, /) -> Any: ...
def with_config(config: Any, scope: Any, receive: Any, send: Any) -> Any: ...
async def async_with_config(c: Any, scope: Any, receive: Any, send: Any) -> Any: ...


class AsgiObject:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class WsgiObject:
    def __call__(self, environ: Any, start_response: Any) -> Any: ...


class WsgiClass:
    """As the example in PEP 3333: an instance is the iterable."""

    def __init__(self, environ: Any, start_response: Any) -> None: ...


class Asgi2Class:
    """As applications were for ASGI 2: an instance takes the rest."""

    def __init__(self, scope: Any) -> None: ...
    async def __call__(self, receive: Any, send: Any) -> None: ...


class AsgiClass:
    """As Starlette's endpoints: an instance is awaited."""

    def __init__(self, scope: Any, receive: Any, send: Any) -> None: ...


class Hinted:
    _asgi_double_callable = True

    def __call__(self, *args: Any) -> Any: ...


class InASlot:
    """Its `__call__` is one of the instance, where `signature` does not look."""

    __slots__ = ("__call__",)

    def __init__(self) -> None:
        self.__call__ = asgi


INTERFACES = {
    "function": (asgi, "asgi"),
    "async *args": (asgi_any, "asgi"),
    "plain function that returns an awaitable": (asgi_plain, "asgi"),
    "object": (AsgiObject(), "asgi"),
    "class to be awaited": (AsgiClass, "asgi"),
    "partial": (functools.partial(with_config, 1), "asgi"),
    "async partial": (functools.partial(async_with_config, 1), "asgi"),
    "bound method": (AsgiObject().__call__, "asgi"),
    "double callable": (asgi2, "asgi2"),
    "double callable class": (Asgi2Class, "asgi2"),
    "hinted": (Hinted(), "asgi2"),
    "WSGI function": (wsgi, "wsgi"),
    "WSGI function with a default": (wsgi_more, "wsgi"),
    "WSGI positional only": (positional, "wsgi"),
    "WSGI object": (WsgiObject(), "wsgi"),
    "WSGI class": (WsgiClass, "wsgi"),
    # What servers do with it, too: only a coroutine function is taken for ASGI.
    "plain *args": (anything, "wsgi"),
    "a lint of the standard library": (validator(wsgi), "wsgi"),
    "call in a slot": (InASlot(), "asgi"),
}

EXPECTED = (
    "Expected an application that takes (scope, receive, send) or "
    "(environ, start_response), but got "
)
NO_INTERFACE = {
    "handler": (handler, "handler(request: Any) -> None."),
    "factory": (
        factory,
        "factory() -> Any; if it makes the application, add --factory.",
    ),
    "keyword": (
        wants_keyword,
        "wants_keyword(environ: Any, start_response: Any, *, debug: bool) -> Any.",
    ),
    "too many": (
        with_config,
        "with_config(config: Any, scope: Any, receive: Any, send: Any) -> Any.",
    ),
    "written in C": (dict, "'dict', whose arguments cannot be seen."),
}


@pytest.mark.parametrize(("app", "interface"), INTERFACES.values(), ids=INTERFACES)
def test_interface_of_counts_arguments(app: Any, interface: str) -> None:
    assert interface_of(app) == interface


@pytest.mark.parametrize(("app", "shown"), NO_INTERFACE.values(), ids=NO_INTERFACE)
def test_interface_of_says_what_it_cannot_tell(app: Any, shown: str) -> None:
    with pytest.raises(TargetError) as caught:
        interface_of(app)
    assert str(caught.value).replace("typing.", "") == EXPECTED + shown
