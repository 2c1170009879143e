"""Completion in the shell, for everything that has a name.

click completes commands and options. Here is which parameter takes the names of which
kind; `offer_names` gives these parameters a type that completes them.
"""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

PARAMETERS: dict[str, dict[str, tuple[str, ...]]] = {
    "run": {"select": ("scenarios",), "implementations": ("implementations",)},
    "serve": {"implementations": ("implementations",), "servers": ("servers",)},
    "list": {},
    "show": {"scenario": ("scenarios", "endpoints")},
    "trace": {"target": ("implementations",)},
    "diff": {"a": ("implementations",), "b": ("implementations",)},
    "check": {"select": ("rules",), "exclude": ("rules",), "probes": ("probes",)},
    "check-server": {
        "server": ("servers",),
        "select": ("cases",),
        "exclude": ("cases",),
    },
    "check-client": {"target": ("clients",)},
    "rules": {"select": ("rules", "probes"), "exclude": ("rules", "probes")},
    "explain": {
        "name": (
            "rules",
            "probes",
            "cases",
            "scenarios",
            "systems",
            "stories",
            "endpoints",
            "implementations",
            "servers",
            "behaviours",
            "clients",
            "layers",
            "experiments",
            "differences",
        )
    },
    "bench": {
        "servers": ("servers",),
        "implementations": ("implementations",),
        "patterns": ("scenarios", "endpoints"),
    },
    "layers": {
        "patterns": ("layers",),
        "sort": ("columns",),
        "explain": ("behaviours",),
    },
    "systems run": {
        "select": ("systems", "stories"),
        "implementations": ("implementations",),
    },
    "systems trace": {"story": ("stories",)},
    "systems serve": {"system": ("systems",)},
    "systems show": {"system": ("systems",)},
    "experiments show": {"name": ("experiments",)},
    "experiments run": {"names": ("experiments",)},
}
"""By command and parameter: the kinds whose names it takes, as `list` calls them."""


class Name(click.types.StringParamType):
    """A text that is the name of something, at least mostly."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        """Take the kinds, as `list` calls them."""
        self.kinds = kinds

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin like this, or continue a list with commas."""
        from asgi_compare.cli.names import BY_LISTED

        done, comma, begun = incomplete.rpartition(",")
        return [
            CompletionItem(f"{done}{comma}{name}")
            for kind in self.kinds
            for name in BY_LISTED[kind].names()
            if name.startswith(begun)
        ]


def offer_names(path: str, command: click.Command) -> None:
    """Let the parameters of a command complete names."""
    kinds = PARAMETERS.get(path, {})
    for param in command.params:
        if param.name in kinds and isinstance(param.type, click.types.StringParamType):
            param.type = Name(kinds[param.name])
