"""Call the target with an application, in whatever form it wants it.

class or function           target(app, *args, **kwargs)
"$app" among the arguments  it goes there, as often as it stands there
starlette.Middleware(...)   its class, with its own arguments
dispatch(request, call_next)  inside Starlette's BaseHTTPMiddleware
takes `get_response`        a middleware of Django's: see `django.py`
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

from asgi_compare.drive.in_process.recorder import described
from asgi_compare.drive.targets.target import Form, TargetError, interface_of
from asgi_compare.judge.middleware.trial import APP, Wrapping


def is_django(target: Any) -> bool:
    """Return whether the target takes `get_response`, as Django's middleware does."""
    return parameters(target)[:1] == ["get_response"]


def parameters(target: Any) -> list[str]:
    """Return the names of what the target takes; nothing if it does not say."""
    try:
        return list(inspect.signature(target).parameters)
    except (TypeError, ValueError):
        return []


def wrapped(target: Any, wrapping: Wrapping, application: Any) -> Any:
    """Call the target with an application, and return the layer."""
    make = maker(target)
    args, kwargs = wrapping.args, dict(wrapping.kwargs)
    if holds_app(args) or holds_app(kwargs):
        args, kwargs = filled(args, application), filled(kwargs, application)
    else:
        args = (application, *args)
    try:
        layer = make(*args, **kwargs)
    except Exception as error:
        raise TargetError(
            f"Expected a middleware that is called with an application, but calling "
            f"{getattr(target, '__qualname__', target)!r} raised {described(error)}; "
            f"give what else it takes with --args and --kwargs, in JSON."
        ) from error
    if not callable(layer):
        raise TargetError(
            f"Expected an application from the middleware, but got "
            f"{type(layer).__name__!r}; name what is called with an application."
        )
    return layer


def maker(target: Any) -> Callable[..., Any]:
    """Return what is called with an application."""
    recorded = getattr(target, "cls", None)
    if callable(recorded) and hasattr(target, "kwargs"):
        given = tuple(getattr(target, "args", ()))
        return lambda app, *args, **kwargs: recorded(
            app, *given, *args, **{**target.kwargs, **kwargs}
        )
    if inspect.iscoroutinefunction(target) and parameters(target)[1:] == ["call_next"]:
        base = import_module("starlette.middleware.base").BaseHTTPMiddleware
        return lambda app, **kwargs: base(app, dispatch=target, **kwargs)
    made: Callable[..., Any] = target
    return made


def holds_app(value: Any) -> bool:
    """Return whether the application's place is somewhere in the arguments."""
    if isinstance(value, dict):
        return any(map(holds_app, value.values()))
    if isinstance(value, list | tuple):
        return any(map(holds_app, value))
    return bool(value == APP)


def filled(value: Any, application: Any) -> Any:
    """Put the application where its place is."""
    if isinstance(value, dict):
        return {key: filled(each, application) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(filled(each, application) for each in value)
    return application if value == APP else value


def interface_outside(layer: Any) -> Form:
    """Return how a server has to call the layer."""
    try:
        return interface_of(layer)
    except TargetError:
        call = getattr(layer, "__call__", None)  # noqa: B004 - it may be in a slot
        if inspect.ismethod(call) or inspect.isfunction(call):
            return interface_of(call)
        raise
