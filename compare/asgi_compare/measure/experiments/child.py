"""A function in a fresh process of its own, on a core of its own.

    in_child("package.module:function", 1000)

calls the function there with these arguments and returns what it returned. Arguments
and result are JSON. Whatever the function leaves behind ends with the process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from typing import Any

from asgi_compare.drive.servers.process import inherited
from asgi_compare.measure.timing.machine import pinned


class ChildFailed(RuntimeError):
    """The function raised, or took too long."""


def in_child(
    function: str, *arguments: Any, core: int | None = None, limit: float = 60.0
) -> Any:
    """Call `module:function` in a process of its own; raise `ChildFailed`."""
    command = [sys.executable, "-P", "-m", __name__, function, json.dumps(arguments)]
    with pinned(core):
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, env=inherited(), timeout=limit
            )
        except subprocess.TimeoutExpired:
            raise ChildFailed(f"{function} took more than {limit:g} s.") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
        raise ChildFailed(f"{function} failed: {last}")
    return json.loads(done.stdout)


def main() -> None:
    """Call the function that the command line names."""
    module, _, name = sys.argv[1].partition(":")
    result = getattr(import_module(module), name)(*json.loads(sys.argv[2]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
