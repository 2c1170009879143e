"""The command: `asgi-compare`. Each of its commands is a file in `commands/`.

Exit codes, the same for every command:

    0    all that is required passed
    1    something required failed
    2    wrong usage
    3    a target could not be loaded or started
    4    a report could not be written
    130  interrupted; what was done until then is in the report
    141  broken pipe

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
from click.shell_completion import CompletionItem

from asgi_compare.cli.completion import offer_names
from asgi_compare.cli.examples import epilog
from asgi_compare.model.environment import environment, versions
from asgi_compare.model.sanitize import clean, plain

NOT_WRITTEN = 4
INTERRUPTED = 130
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What the system says when our output has no room where it goes."""
NOT_STARTED = 3
SCARCE = {
    errno.EMFILE: "allow more open files, for example by ulimit -n 1024",
    errno.ENFILE: "close some of the files that are open on this machine",
    errno.EAGAIN: "end some processes, or allow more by ulimit -u",
    errno.ENOMEM: "free some memory",
    errno.EADDRNOTAVAIL: "free some ports of the loopback interface",
    errno.EADDRINUSE: "free some ports of the loopback interface",
}
"""What the system has too little of, and what helps."""

COMMANDS = {
    "run": ("run:run", "Drive all implementations, and show what differs."),
    "serve": ("serve:serve", "Start them on real servers, side by side."),
    "list": ("listing:list_", "List everything that has a name."),
    "show": ("show:show", "Show one endpoint: its code everywhere, and what came."),
    "trace": ("trace:trace", "Show one conversation with any target, event by event."),
    "diff": ("diff:diff", "Compare two targets, aspect by aspect."),
    "check": ("check:check", "Check your application against the specifications."),
    "check-server": (
        "check_server:check_server",
        "Check a server, by raw bytes, against the specifications.",
    ),
    "check-middleware": (
        "check_middleware:check_middleware",
        "Check middleware and adapters, on both of their sides.",
    ),
    "check-client": (
        "check_client:check_client",
        "Check that a test client keeps the rules for servers.",
    ),
    "rules": ("rules:rules", "List the rules and the probes."),
    "explain": ("explain:explain", "Explain a rule, or whatever else has a name."),
    "layers": ("layers:layers", "Measure what each layer of Django adds and costs."),
    "bench": ("bench:bench", "Measure requests a second, beside others and before."),
    "systems": ("systems:systems", "Play, serve and show whole systems: the chat."),
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
        _complete(name, command)
        return command

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the commands, for which none of them need be imported."""
        commands = [
            CompletionItem(name, help=about)
            for name, (_, about) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands, for which none of them need be imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front of options that are not those of the group."""
        own = {"--help", "-h", "--version"}
        # A shell that completes a command has typed nothing yet.
        nothing = not args and not ctx.resilient_parsing
        if nothing or (args and args[0].startswith("-") and args[0] not in own):
            args = ["run", *args]
        return super().parse_args(ctx, args)


def _complete(path: str, command: click.Command) -> None:
    """Add examples and completion to a command and to those below it."""
    own = command.epilog or ""
    if f"asgi-compare {path}" not in own:
        command.epilog = "\n\n".join(filter(None, [own, epilog(path)]))
    offer_names(path, command)
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            _complete(f"{path} {name}", below)


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
    help="Show the versions of this and of all that it drives.",
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
    _open_standard_streams()
    _write_everywhere(sys.stdout)
    try:
        code = _in_a_directory() or cli.main(standalone_mode=False)
    except click.ClickException as error:
        # One sentence, wherever it came from; it may quote what a target said.
        _say(clean(error.format_message(), lines=True))
        if isinstance(error, click.UsageError) and error.ctx is not None:
            click.echo(f"See {error.ctx.command_path} --help.", err=True)
        code = error.exit_code
    except OSError as error:
        code = _surroundings(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        code = INTERRUPTED
    sys.exit(code)


def _say(sentence: str) -> None:
    click.echo(f"Error: {sentence}", err=True)


def _open_standard_streams() -> None:
    """Let none of the numbers 0 to 2 be free: the next file would get it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _in_a_directory() -> int:
    try:
        os.getcwd()
    except FileNotFoundError:
        _say("The working directory is no more; change to one that is there.")
        return NOT_STARTED
    return 0


def _surroundings(error: OSError) -> int:
    """Print in one sentence what the system refused; our own mistakes are raised."""
    if error.errno in FULL:
        _say(
            f"Could not write the output: {error.strerror}; make room, or send it "
            "elsewhere."
        )
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is not written yet
        return NOT_WRITTEN
    if error.errno not in SCARCE:
        raise error
    _say(f"Could not go on: {error.strerror}; {SCARCE[error.errno]}.")
    return NOT_STARTED
