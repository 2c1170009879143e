"""The command: `asgi-compare`. Each of its commands is a file in `commands/`.

Exit codes, the same for every command:

    0    all that is required passed
    1    something required failed
    2    wrong usage
    3    a target could not be loaded or started
    4    a report could not be written
    130  interrupted; what was done until then is in the report
    141  nobody reads our output any more

This module knows the commands and these codes, and nothing of what a command does.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from importlib import import_module

import click

from asgi_compare.model.environment import environment, versions
from asgi_compare.model.sanitize import clean, plain

NOT_WRITTEN = 4
INTERRUPTED = 130
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What the system says when our output has no room where it goes."""

COMMANDS = {
    "run": ("run:run", "Drive all implementations, and show what differs."),
    "serve": ("serve:serve", "Start them on real servers, side by side."),
    "list": ("listing:list_", "List what there is to be driven, and by what."),
    "show": ("show:show", "Show one endpoint: its code everywhere, and what came."),
    "trace": ("trace:trace", "Show one conversation with any target, event by event."),
    "diff": ("diff:diff", "Compare two targets, aspect by aspect."),
    "check": ("check:check", "Check your application against the specifications."),
    "check-server": (
        "check_server:check_server",
        "Check a server, by raw bytes, against the specifications.",
    ),
    "rules": ("rules:rules", "List the rules and the probes."),
    "explain": ("explain:explain", "Explain one rule: the sentence, why, an example."),
    "layers": ("layers:layers", "Measure what each layer of Django adds and costs."),
    "experiments": (
        "experiments:experiments",
        "Answer questions and test claims by measurement.",
    ),
}
"""Where each command is in `commands/`, and what it does, in at most 60 characters; in
the order in which they are listed."""
ALIASES = {"adds": "layers"}
"""Earlier names of commands."""


class Commands(click.Group):
    """The commands, each imported when it is asked for; without one, it is `run`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        name = ALIASES.get(name, name)
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command = getattr(
            import_module(f"asgi_compare.cli.commands.{module}"), attribute
        )
        assert isinstance(command, click.Command)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands, for which none of them need be imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front of options that are not those of the group."""
        own = {"--help", "-h", "--version"}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["run", *args]
        return super().parse_args(ctx, args)


def _version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    about = environment()
    click.echo(f"asgi-compare {versions(['asgi-compare']).get('asgi-compare', '?')}")
    click.echo(f"{about['python']} on {about['platform']}")
    found = about["versions"]
    assert isinstance(found, dict)
    for name, version in found.items():
        if name != "asgi-compare":
            click.echo(f"{name} {version}")
    ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Say the versions of this and of all that it drives.",
)
def cli() -> None:
    """Drive the same application, written by hand and in frameworks, and compare.

    Without a command: run.
    """


def _write_everywhere(stream: object) -> None:
    """Let what an encoding does not have be written plainly, and not raise."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error("plain", _plain)
        stream.reconfigure(errors="plain")


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return plain(error.object[error.start : error.end]), error.end


def main() -> None:
    """Run the command line, and end the process with one of the codes above."""
    _write_everywhere(sys.stdout)
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        # One sentence, wherever it came from; it may quote what a target said.
        click.echo(f"Error: {clean(error.format_message(), lines=True)}", err=True)
        if isinstance(error, click.UsageError) and error.ctx is not None:
            click.echo(f"See {error.ctx.command_path} --help.", err=True)
        code = error.exit_code
    except OSError as error:
        if error.errno not in FULL:
            raise
        click.echo(
            f"Error: Could not write the output: {error.strerror}; make room, or send "
            "it elsewhere.",
            err=True,
        )
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is not written yet
        code = NOT_WRITTEN
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        code = INTERRUPTED
    sys.exit(code)
