"""Whether something is drawn for a person, and in colour. What draws it is imported only then."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import write

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


def is_drawn(color: str, stream: TextIO | None = None) -> bool:
    """Whether what goes to a stream is laid out for a person: on a terminal, and where colour is forced.

    :param color: the option's value.
    :param stream: standard output where None.
    """
    return (stream or sys.stdout).isatty() or color == "always" or (color == "auto" and _is_set("FORCE_COLOR"))


def console(color: str, stream: TextIO | None = None) -> Console:
    """What draws on a stream, in the colours that every terminal has or in none."""
    from rich.console import Console
    from rich.theme import Theme

    stream = stream or sys.stdout
    write("", stream)  # prepares it for what its encoding does not have
    plain = color == "never" or (color == "auto" and _is_set("NO_COLOR"))
    return Console(
        file=stream,
        force_terminal=True,
        force_interactive=False,
        color_system=None if plain else "standard",
        no_color=plain,
        theme=Theme({"markdown.code": "cyan", "markdown.code_block": "default"}),
        highlight=False,
        markup=False,
        emoji=False,
    )


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")
