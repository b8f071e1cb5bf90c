"""Whether something is drawn for a person, and in colour. What draws it is imported only then."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _ActionsContainer
    from typing import TextIO

    from rich.console import Console

_CHOICES = ("auto", "always", "never")


def add_argument(parser: _ActionsContainer) -> None:
    """Add the option that says whether there is colour."""
    parser.add_argument(
        "--color",
        choices=_CHOICES,
        default="auto",
        help="auto, where nothing else is said: on a terminal; NO_COLOR and FORCE_COLOR are heeded",
    )


def add_output_format(parser: _ActionsContainer) -> None:
    """Add the option that says for whom something is printed."""
    parser.add_argument(
        "--output-format",
        choices=("text", "json"),
        default="text",
        help="text unless said otherwise; json for programs",
    )


def is_drawn(color: str, stream: TextIO | None = None) -> bool:
    """Whether what goes to a stream is laid out for a person: on a terminal, and where colour is forced.

    :param color: the option's value.
    :param stream: standard output where None.
    """
    return (stream or sys.stdout).isatty() or color == "always" or (color == "auto" and _is_forced())


def console(color: str, stream: TextIO | None = None) -> Console:
    """What draws on a stream, in the colours that every terminal has or in none."""
    from rich.console import Console
    from rich.theme import Theme

    class CommandConsole(Console):
        def on_broken_pipe(self) -> None:
            raise  # for the command to end as it does without colour

    plain = color == "never" or (color == "auto" and _is_plain())
    return CommandConsole(
        file=stream or sys.stdout,
        force_terminal=True,
        force_interactive=False,
        color_system=None if plain else "standard",
        no_color=plain,
        theme=Theme({"markdown.code": "cyan", "markdown.code_block": "default"}),
        highlight=False,
        markup=False,
        emoji=False,
    )


def _is_plain() -> bool:
    """Whether the environment wants no colour, whatever ``NO_COLOR`` is set to (https://no-color.org), or has none."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def _is_forced() -> bool:
    return os.environ.get("FORCE_COLOR", "") not in ("", "0")
