"""A command whose options may stand in `pyproject.toml`, and types of options."""

from __future__ import annotations

from typing import Any

import click

from asgi_compare.judge.selection import SelectionError, settings

A_DAY = 24 * 3600
ONLY_ON_THE_LINE = ("no_color", "write_expected", "help")


class Configured(click.Command):
    """A command whose options may stand in `pyproject.toml` as well."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Take what the file says for the defaults."""
        options = [p for p in self.params if isinstance(p, click.Option)]
        # The name in the file is that of the option, `json` for `--json`.
        names = {p.opts[0].lstrip("-").replace("-", "_"): p for p in options}
        known = {
            name: option.multiple
            for name, option in names.items()
            if option.name not in ONLY_ON_THE_LINE
        }
        try:
            found = settings(known)
        except SelectionError as error:
            raise click.UsageError(str(error)) from error
        extra["default_map"] = {
            names[name].name: _as_typed(names[name], value)
            for name, value in found.items()
        }
        return super().make_context(info_name, args, parent, **extra)


def _as_typed(option: click.Option, value: Any) -> Any:
    """Take `true` for an option whose value may be left away, such as `--openapi`."""
    if value is True and isinstance(option.flag_value, str):
        return option.flag_value
    return value


class Seconds(click.FloatRange):
    """A length of time; `nan` is none, though Python takes it for a number."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Read it."""
        found = super().convert(value, param, ctx)
        if found != found:
            self.fail(f"{value!r} is not a valid float.", param, ctx)
        return found
