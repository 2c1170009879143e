"""Where test clients take an application, and how to step in there.

`CLIENTS` is the list. A row names a function or method, the module that defines it, and
the argument that is the application; while clients are watched, that argument is
wrapped on its way in. No module of a client is imported for it: one that is there
already is changed at once, any other when somebody imports it.

Django's clients are different: they call the view below the handler, and nothing
crosses an interface. There is a response all the same, and what the handler would send
of it can be judged; that is `django_response`.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import inspect
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any

Wrap = Callable[[Any], Any]
"""Takes an application, and gives what is to be driven in its place."""
Judge = Callable[[Any, Any], None]
"""Takes a request and a response of Django's."""


@dataclass(frozen=True, slots=True)
class Client:
    """Where one test client takes the application."""

    module: str
    function: str
    """Its name in the module, or that of its class, a dot, and its own."""
    argument: str = "app"
    """The application; empty where a request is answered by a response of Django's."""


CLIENTS = (
    Client("starlette.testclient", "TestClient.__init__"),
    Client("httpx._transports.asgi", "ASGITransport.__init__"),
    Client("httpx._transports.wsgi", "WSGITransport.__init__"),
    Client("httpx2._transports.asgi", "ASGITransport.__init__"),
    Client("httpx2._transports.wsgi", "WSGITransport.__init__"),
    # Channels' communicators are made of this one.
    Client("asgiref.testing", "ApplicationCommunicator.__init__", "application"),
    Client("async_asgi_testclient.testing", "TestClient.__init__", "application"),
    Client("asgi_tools.tests", "ASGITestClient.__init__"),
    Client("webtest.app", "TestApp.__init__"),
    # Flask's client is made of Werkzeug's, and both call this.
    Client("werkzeug.test", "run_wsgi_app"),
    Client("django.test.client", "ClientHandler.__call__", ""),
    Client("django.test.client", "AsyncClientHandler.__call__", ""),
)


class Clients(importlib.abc.MetaPathFinder):
    """All clients of the list, watched from `start` until `stop`."""

    def __init__(self, wrap: Wrap, judge: Judge) -> None:
        self.wrap = wrap
        self.judge = judge
        self._changed: list[tuple[Any, str, Any]] = []
        self._looking = False

    def start(self) -> None:
        """Change what is imported already, and wait for the rest."""
        for name in dict.fromkeys(row.module for row in CLIENTS):
            if name in sys.modules:
                self.change(sys.modules[name])
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Put everything back."""
        with suppress(ValueError):
            sys.meta_path.remove(self)
        while self._changed:
            setattr(*self._changed.pop())

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a client as everybody would, and have it changed once it is loaded."""
        if self._looking or all(row.module != fullname for row in CLIENTS):
            return None
        self._looking = True
        try:
            for finder in sys.meta_path:
                spec = finder.find_spec(fullname, path, target)
                if spec is not None and spec.loader is not None:
                    spec.loader = _Then(spec.loader, self.change)
                    return spec
        finally:
            self._looking = False
        return None

    def change(self, module: ModuleType) -> None:
        """Change the functions of one module. One that is not there is left out."""
        for row in CLIENTS:
            if row.module != module.__name__:
                continue
            path, _, name = row.function.rpartition(".")
            owner: Any = getattr(module, path, None) if path else module
            function = getattr(owner, name, None)
            if function is not None:
                self._changed.append((owner, name, function))
                setattr(owner, name, self._instead_of(function, row))

    def _instead_of(self, function: Any, row: Client) -> Any:
        if row.argument:
            return _with_wrapped(function, row.argument, self.wrap)
        if inspect.iscoroutinefunction(function):
            return _with_judged_later(function, self.judge)
        return _with_judged(function, self.judge)


class _Then(importlib.abc.Loader):
    """A loader that has something done when its module is there."""

    def __init__(self, loader: Any, then: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._then = then

    def create_module(self, spec: Any) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._then(module)


def _with_wrapped(function: Any, argument: str, wrap: Wrap) -> Any:
    place = list(inspect.signature(function).parameters).index(argument)

    @functools.wraps(function)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if argument in kwargs:
            kwargs[argument] = wrap(kwargs[argument])
        elif len(args) > place:
            args = (*args[:place], wrap(args[place]), *args[place + 1 :])
        return function(*args, **kwargs)

    return watched


def _with_judged(function: Any, judge: Judge) -> Any:
    @functools.wraps(function)
    def watched(self: Any, given: Any) -> Any:
        response = function(self, given)
        judge(response.wsgi_request, response)
        return response

    return watched


def _with_judged_later(function: Any, judge: Judge) -> Any:
    @functools.wraps(function)
    async def watched(self: Any, given: Any) -> Any:
        response = await function(self, given)
        judge(response.asgi_request, response)
        return response

    return watched
