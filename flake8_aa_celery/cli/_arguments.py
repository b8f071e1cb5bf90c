"""What stands on the command line."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, HelpFormatter
from functools import partial
from typing import TYPE_CHECKING

from flake8_aa_celery.cli._output import complain
from flake8_aa_celery.wording import nearest

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from types import ModuleType
    from typing import NoReturn


def parse(prog: str, command: ModuleType, arguments: Sequence[str]) -> Namespace:
    """The arguments of a subcommand; its options and its paths may stand in any order.

    :param prog: what the subcommand is called in messages.
    :raises SystemExit: by ``argparse``, for ``--help`` and for misuse.
    """
    parser = _Parser(prog, command.HELP)
    command.add_arguments(parser)
    # which does not know in every Python that only paths stand after "--"
    read = parser.parse_known_args if "--" in arguments else parser.parse_known_intermixed_args
    asked, unknown = read(arguments)
    if unknown:
        parser.refuse(unknown)
    return asked


class _Parser(ArgumentParser):
    """A parser that looks how wide the terminal is only for its help.

    What ``argparse`` asks for that takes 4 ms to import, twice as long as ``argparse`` itself.
    """

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog, "%(prog)s [OPTION …]", description, formatter_class=partial(HelpFormatter, width=80))

    def refuse(self, words: Sequence[str]) -> NoReturn:
        """Say which option there is not, and which is the nearest; ends as :meth:`error`."""
        name = next((word.partition("=")[0] for word in words if word.startswith("-")), "")
        if not name:
            self.error(f"{self.prog}: there is nothing to be done with {words[0]!r}")
        self.error(f"{self.prog} has no option {name!r}{nearest(name, self._option_string_actions)}")

    def format_help(self) -> str:
        """The help text, as wide as the terminal."""
        self.formatter_class = HelpFormatter
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Say what is wrong on one line, and end with the exit code for misuse."""
        sys.exit(complain(message))
