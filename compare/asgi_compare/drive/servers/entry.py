"""What every server is told to load: `asgi_compare.drive.servers.entry:application`.

Importing this module loads the target that the environment names, wraps it so that it
answers with the nonce (see `nonce.py`), and calls the result `application`. A target
that cannot be loaded fails the import, as it would if the server had been given the
target itself; the sentence that says why is in the server's log then.

Only a server's process imports this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from asgi_compare.drive.servers.nonce import as_asgi3, wrap_asgi, wrap_wsgi
from asgi_compare.drive.targets.target import interface_of, load

TARGET = "asgi_compare.drive.servers.entry:application"
"""What servers are told to load."""


def variables(
    target: str, interface: str, nonce: str, *, factory: bool, app_dir: str | None
) -> dict[str, str]:
    """Return the environment in which this module makes its `application`."""
    return {
        "ASGI_COMPARE_TARGET": target,
        "ASGI_COMPARE_INTERFACE": interface,
        "ASGI_COMPARE_NONCE": nonce,
        "ASGI_COMPARE_FACTORY": "1" if factory else "",
        "ASGI_COMPARE_APP_DIR": app_dir or "",
    }


def application_for(environment: Mapping[str, str]) -> Callable[..., Any]:
    """Load and wrap the target that `environment` names."""
    loaded = load(
        environment["ASGI_COMPARE_TARGET"],
        factory=bool(environment["ASGI_COMPARE_FACTORY"]),
        app_dir=environment["ASGI_COMPARE_APP_DIR"] or None,
    )
    nonce = environment["ASGI_COMPARE_NONCE"]
    if environment["ASGI_COMPARE_INTERFACE"] == "wsgi":
        return wrap_wsgi(loaded, nonce)
    if interface_of(loaded) == "asgi2":
        loaded = as_asgi3(loaded)
    return wrap_asgi(loaded, nonce)


if "ASGI_COMPARE_TARGET" in os.environ:
    application = application_for(os.environ)
