"""The command: one module a subcommand, found by its name.

A subcommand's module has ``HELP``, one line; ``add_arguments(parser)``; and ``run(arguments)``, which returns the
exit code. Only the module of the subcommand that is asked for is imported.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

from flake8_aa_celery import __version__
from flake8_aa_celery.cli._output import MISUSE, CommandError, complain, discard, end_complaints, prepare_streams

TYPE_CHECKING = False  # as type checkers know it: importing typing would take longer than all of --version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

#: What a shell reports for a program that SIGINT or SIGPIPE ended.
INTERRUPTED, PIPE_CLOSED = 128 + 2, 128 + 13


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    :param arguments: what stands after ``aa-celery``; what this process was given, where None.
    :return: the exit code.
    :raises SystemExit: by argparse, for ``--help`` and for misuse.
    """
    prepare_streams()
    try:
        return _run_to_the_end(sys.argv[1:] if arguments is None else list(arguments))
    finally:
        end_complaints()


def _run_to_the_end(arguments: list[str]) -> int:
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        discard(sys.stdout)
        return PIPE_CLOSED
    except OSError as error:  # what goes wrong with a file is told where that is read or written
        discard(sys.stdout)
        return complain(f"standard output: {error.strerror or error}")
    except Exception as error:
        from flake8_aa_celery.interrupts import hides_interrupt

        if hides_interrupt(error):
            return INTERRUPTED
        raise


def subcommands() -> list[str]:
    """The names of all subcommands."""
    files = os.listdir(os.path.dirname(__file__))
    return sorted(file[:-3] for file in files if file.endswith(".py") and not file.startswith("_"))


def subcommand(name: str) -> ModuleType:
    """The module of a subcommand."""
    return import_module(f"{__name__}.{name}")


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
    from flake8_aa_celery.cli._arguments import parse
    from flake8_aa_celery.settings import SettingsError

    if not _is_somewhere():
        return complain("the current folder: it does not exist any more")
    if name not in subcommands():
        return complain(_no_command(name))
    gc.disable()  # syntax trees are many objects and no garbage: looking for some takes longer than the rules
    command = subcommand(name)
    try:
        code: int = command.run(parse(f"aa-celery {name}", command, arguments))
    except (CommandError, SettingsError) as error:
        return complain(str(error))
    finally:
        gc.freeze()  # nor is any looked for when the process ends
    return code


def _no_command(name: str) -> str:
    """What is said of a command that there is not; a path or an option alone may be meant for ``check``."""
    if name.startswith("-") or os.path.exists(name) or os.sep in name or name.endswith((".py", ".md", ".rst")):
        what = "option without a command" if name.startswith("-") and len(name) > 1 else "command"
        return f"there is no {what} {name!r}; did you mean 'check {name}'?"
    from flake8_aa_celery.wording import nearest

    return f"there is no command {name!r}{nearest(name, subcommands())}"


def _is_somewhere() -> bool:
    """Whether there is a current folder: somebody may have removed it."""
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _help() -> str:
    width = max(map(len, subcommands()))
    lines = [f"  {name:{width}}  {subcommand(name).HELP}\n" for name in subcommands()]
    return (
        "usage: aa-celery COMMAND …\n\nFinds and fixes mistakes in Celery code.\n\ncommands:\n"
        + "".join(lines)
        + "\naa-celery COMMAND --help shows the options of a command, aa-celery --version the version.\n"
    )
