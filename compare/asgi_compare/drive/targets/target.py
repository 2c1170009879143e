"""Find the object that `module:attribute` names.

A target is named as uvicorn names it: a module as `import` knows it, a colon, and an
attribute of that module, which may be nested (`project.asgi:api.application`). `load`
imports it; `interface_of` says how a server would have to call it.

An ASGI application takes `scope`, `receive` and `send`. Its older form, ASGI 2, takes
the `scope` and gives back something that takes the other two. A WSGI application takes
`environ` and `start_response`. So the number of arguments tells them apart, and nothing
has to be called to find out. (Of `*args` it is a guess; `--interface` says it.)

Whatever goes wrong is a `TargetError` with one sentence for the user.
"""

from __future__ import annotations

import asyncio
import difflib
import functools
import importlib
import inspect
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from asgi_compare.drive.targets.blame import place_of
from asgi_compare.model.transcript import Interface

Form = Literal[Interface, "asgi2"]
"""How a server has to call an application; ASGI 2 is the older form of ASGI."""
Application = Callable[..., Any]

FORMS: dict[int, Form] = {1: "asgi2", 2: "wsgi", 3: "asgi"}
"""The form, by the number of positional arguments that the application takes."""

USUAL = ("application", "app", "api", "asgi_app", "wsgi_app")
"""What an application is called as a rule."""
HINTS: dict[str, Form] = {
    "_asgi_single_callable": "asgi",
    "_asgi_double_callable": "asgi2",
}
"""Attributes by which an object says what it is; asgiref gave them these names."""


class TargetError(Exception):
    """The target cannot be used; the message is one sentence that says why."""


def load(
    target: str, *, factory: bool = False, app_dir: str | None = None
) -> Application:
    """Import the application that `target` names.

    With `factory`, the attribute is called without arguments and gives the application.
    The module is looked for in `app_dir`, or else in the current directory, first.
    """
    module_name, attributes = _split(target)
    _look_first_in(os.path.abspath(app_dir or os.curdir))
    found = _attribute(_import(module_name), module_name, attributes)
    if factory:
        found = _made_by(found, target)
    if not callable(found):
        raise TargetError(
            f"Expected {target!r} to be an application, which is callable, but got "
            f"{type(found).__name__!r}; name the application object."
        )
    application: Application = found
    return application


def source_of(target: str, app_dir: str | None = None) -> str:
    """Return the file of the target's module, as seen from here; empty if it is not.

    It is looked for by its name alone: the module is not imported.
    """
    here = Path.cwd()
    parts = target.partition(":")[0].split(".")
    base = Path(here, app_dir or "", *parts)
    for file in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
        if file.is_file() and file.resolve().is_relative_to(here.resolve()):
            return file.resolve().relative_to(here.resolve()).as_posix()
    return ""


def interface_of(application: Application) -> Form:
    """Return how a server has to call `application`."""
    for attribute, interface in HINTS.items():
        with suppress(Exception):  # an object may raise at a name that it has not
            if getattr(application, attribute, False) is True:
                return interface
    count = _arguments(application)
    if _is_coroutine_function(application) and count != 3:
        count = -1  # `async def handler(request)` is no application of any kind
    if count not in FORMS:
        raise TargetError(
            f"Expected an application that takes (scope, receive, send) or (environ, "
            f"start_response), but got {_shown(application)}"
            f"{_if_factory(application, count)}."
        )
    return FORMS[count]


def _split(target: str) -> tuple[str, str]:
    module_name, colon, attributes = target.partition(":")
    if not (module_name and colon and attributes):
        raise TargetError(
            f"Expected 'module:attribute', but got {target!r}; "
            f"write, for example, 'main:application'."
        )
    if "/" in module_name or module_name.endswith(".py"):
        dotted = module_name.removesuffix(".py").strip("./").replace("/", ".")
        raise TargetError(
            f"Expected the name of a module before the colon, but got the file "
            f"{module_name!r}; write '{dotted}:{attributes}'."
        )
    return module_name, attributes


def _look_first_in(directory: str) -> None:
    if sys.path[:1] != [directory]:
        sys.path.insert(0, directory)


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # `name` is 'a.b.c'; the one that is not there may be 'a', 'a.b' or 'a.b.c'.
        # Any other is missing from inside of a module that was found.
        missing = error.name or ""
        if name == missing or name.startswith(missing + "."):
            raise TargetError(
                f"Expected a module {name!r}, but there is no module {missing!r} in "
                f"{sys.path[0]!r} or elsewhere on the path; check the name, or say "
                f"with --app-dir where it is."
            ) from None
        raise _import_failed(name, error) from error
    except BaseException as error:  # a module may raise SystemExit, and much else
        raise _import_failed(name, error) from error


def _import_failed(name: str, error: BaseException) -> TargetError:
    return TargetError(
        f"Expected to import {name!r}, but its code raised "
        f"{_described(error)}; mend it, and see that `python -c 'import {name}'` works."
    )


def _described(error: BaseException) -> str:
    """Return type, message and place of an exception, on one line."""
    said = " ".join(str(error).split())
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {said}"  # which names the place itself
    at = place_of(error)
    place = f" ({at})" if at else ""
    name = type(error).__name__
    return f"{name}: {said}{place}" if said else f"{name}{place}"


def _attribute(module: ModuleType, module_name: str, attributes: str) -> object:
    found: object = module
    path = module_name
    for name in attributes.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            near = difflib.get_close_matches(name, dir(found), n=3)
            near = near or [each for each in USUAL if hasattr(found, each)]
            hint = " or ".join(repr(other) for other in near)
            raise TargetError(
                f"Expected an attribute {name!r} in {path!r}, but there is none; "
                + (f"did you mean {hint}?" if near else "check the name.")
            ) from None
        except Exception as error:  # of a property, or of a module's __getattr__
            raise TargetError(
                f"Expected an attribute {name!r} in {path!r}, but looking for it "
                f"raised {_described(error)}; mend what it does."
            ) from error
        path = f"{path}.{name}"
    return found


def _made_by(factory: object, target: str) -> object:
    if not callable(factory):
        raise TargetError(
            f"Expected {target!r} to be a factory, which is callable, but got "
            f"{type(factory).__name__!r}; leave --factory away."
        )
    try:
        made = factory()
        return asyncio.run(_awaited(made)) if inspect.iscoroutine(made) else made
    except BaseException as error:
        raise TargetError(
            f"Expected {target!r} to give an application when called without "
            f"arguments, but it raised {_described(error)}; "
            f"leave --factory away if it is the application itself."
        ) from error


async def _awaited(made: Any) -> object:
    found: object = await made
    return found


def _is_coroutine_function(application: Application) -> bool:
    while isinstance(application, functools.partial):
        application = application.func
    if inspect.isclass(application):
        return False  # calling a class makes an instance, whatever that does then
    try:
        return inspect.iscoroutinefunction(application) or inspect.iscoroutinefunction(
            getattr(application, "__call__", None)  # noqa: B004 - we look at what it is
        )
    except Exception:  # such an object may raise at a name that it has not
        return False


def _arguments(application: Application) -> int:
    """Count the positional arguments that it must be given; -1 if there is no saying.

    `*args` says nothing by itself, so it counts as room for as many as are missing: to
    ASGI, whose applications are coroutine functions, or else to WSGI.
    """
    parameters = _parameters(application)
    if parameters is None:
        return -1
    kinds = [p.kind for p in parameters if p.default is p.empty]
    count = kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD)
    count += kinds.count(inspect.Parameter.POSITIONAL_ONLY)
    if inspect.Parameter.KEYWORD_ONLY in kinds:
        return -1  # no server would pass it
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        room = 3 if _is_coroutine_function(application) else 2
        return room if count <= room else -1
    return count


def _parameters(application: Application) -> list[inspect.Parameter] | None:
    """Return what it takes, or None: callables written in C do not always say."""
    # An instance may have its `__call__` in a slot, where `signature` does not look.
    with suppress(Exception):  # such an object may raise anything
        return [*inspect.signature(application).parameters.values()]
    with suppress(Exception):
        instance: Any = None if inspect.isclass(application) else application
        return [*inspect.signature(instance.__call__).parameters.values()]
    return None


def _shown(application: Application) -> str:
    name = type(application).__qualname__
    try:
        name = getattr(application, "__qualname__", name)
        return f"{name}{inspect.signature(application)}"
    except Exception:
        return f"{name!r}, whose arguments cannot be seen"


def _if_factory(application: Application, count: int) -> str:
    is_factory = count == 0 and not _is_coroutine_function(application)
    return "; if it makes the application, add --factory" if is_factory else ""
