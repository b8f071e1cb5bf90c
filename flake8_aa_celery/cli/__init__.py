"""The command's door: one module a subcommand, found by its name.

A subcommand's module has ``HELP``, one line; ``add_arguments(parser)``; and ``run(arguments)``, which returns the
exit code. Only the module of the subcommand that is asked for is imported.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from flake8_aa_celery import __version__

TYPE_CHECKING = False  # as type checkers know it: importing typing would take longer than all of --version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

MISUSE = 2
#: What a shell reports for a program that SIGINT or SIGPIPE ended.
INTERRUPTED, PIPE_CLOSED = 128 + 2, 128 + 13


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    :param arguments: what stands behind ``aa-celery``; of this process, where None.
    :return: the exit code.
    :raises SystemExit: by argparse, for ``--help`` and for misuse.
    """
    try:
        try:
            return _run(sys.argv[1:] if arguments is None else list(arguments))
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # the interpreter flushes once more when it ends, and would complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED


def complain(message: str) -> int:
    """Say on standard error what is wrong; returns the exit code for misuse."""
    print(f"aa-celery: {message}", file=sys.stderr)
    return MISUSE


def write(text: str, stream: TextIO | None = None) -> None:
    """Print a report; what the encoding does not have, such as a strange file name, is escaped.

    :param stream: standard output where None.
    """
    stream = stream or sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    stream.write(text)


def subcommands() -> list[str]:
    """The names of all subcommands."""
    files = os.listdir(os.path.dirname(__file__))
    return sorted(file[:-3] for file in files if file.endswith(".py") and not file.startswith("_"))


def _run(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if name in ("-V", "--version"):
        print(f"aa-celery {__version__}")
        return 0
    if name in ("", "-h", "--help"):
        print(_help(), end="", file=sys.stdout if name else sys.stderr)
        return 0 if name else MISUSE
    return _run_subcommand(name, arguments[1:])


def _run_subcommand(name: str, arguments: list[str]) -> int:
    from argparse import ArgumentParser

    from flake8_aa_celery.settings import SettingsError, nearest

    if name not in subcommands():
        return complain(f"there is no command {name!r}{nearest(name, subcommands())}")
    command = import_module(f"{__name__}.{name}")
    parser = ArgumentParser(prog=f"aa-celery {name}", description=command.HELP)
    command.add_arguments(parser)
    try:
        code: int = command.run(parser.parse_args(arguments))
    except SettingsError as error:
        return complain(str(error))
    return code


def _help() -> str:
    width = max(map(len, subcommands()))
    lines = [f"  {name:{width}}  {import_module(f'{__name__}.{name}').HELP}\n" for name in subcommands()]
    return (
        "usage: aa-celery COMMAND …\n\nFinds and fixes mistakes in Celery code.\n\ncommands:\n"
        + "".join(lines)
        + "\naa-celery COMMAND --help shows the options of a command, aa-celery --version the version.\n"
    )
