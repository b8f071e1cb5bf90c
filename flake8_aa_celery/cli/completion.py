"""``aa-celery completion``: what lets a shell complete the command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import subcommand, subcommands

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP = "print what lets a shell complete this command"

_SHELLS = ("bash", "zsh", "fish")
_FILES = frozenset({"FILE", "PATH", "FILE_OR_KEY=VALUE"})


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``completion``."""
    parser.usage = "%(prog)s [OPTION …] {bash,zsh,fish}"
    parser.epilog = (
        'bash: eval "$(aa-celery completion bash)"; zsh: aa-celery completion zsh > "${fpath[1]}/_aa-celery"; '
        "fish: aa-celery completion fish > ~/.config/fish/completions/aa-celery.fish"
    )
    parser.add_argument("shell", choices=_SHELLS, help="the shell that is to read it")


def run(arguments: Namespace) -> int:
    """Print the script for a shell; it asks nobody anything when a word is completed."""
    from shtab import complete

    sys.stdout.write(complete(whole_parser(), shell=arguments.shell) + "\n")
    return 0


def whole_parser() -> ArgumentParser:
    """One parser with all subcommands, which knows where files are meant and which rules there are."""
    from argparse import ArgumentParser

    parser = ArgumentParser(prog="aa-celery", description="Finds and fixes mistakes in Celery code.")
    parser.add_argument("-V", "--version", action="version", version="", help="print the version")
    commands = parser.add_subparsers()
    for name in subcommands():
        command = subcommand(name)
        of_command = commands.add_parser(name, help=command.HELP)
        command.add_arguments(of_command)
        _tell_what_is_meant(name, of_command)
    return parser


def _tell_what_is_meant(name: str, parser: ArgumentParser) -> None:
    from shtab import FILE

    from flake8_aa_celery.rules import all_rules
    from flake8_aa_celery.settings import OPTIONS

    choices = {option.field: option.choices for option in OPTIONS if option.choices}
    for action in parser._actions:
        if action.metavar in _FILES:
            action.complete = FILE  # type: ignore[attr-defined]
        elif (name, action.dest) == ("rule", "rules"):
            action.choices = list(all_rules())
        elif action.metavar == "CHOICE":
            action.choices = choices[action.dest]
