"""``aa-celery server``: serve an editor."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from flake8_aa_celery.cli._output import CommandError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP = "serve an editor: diagnostics, quick fixes, hover, definitions, references"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what it is for; it has no options."""
    parser.epilog = (
        "An editor starts it and speaks the Language Server Protocol to it by standard input and output. "
        "The settings are those of the nearest pyproject.toml of each file."
    )


def run(arguments: Namespace) -> int:
    """Serve until the editor says goodbye.

    :return: 0.
    :raises CommandError: where pygls is not installed.
    """
    if find_spec("pygls") is None:
        raise CommandError("the server needs pygls: pip install 'flake8-aa-celery[server]'")
    import gc

    from flake8_aa_celery.server.protocol import serve

    gc.enable()  # which runs for days
    serve()
    return 0
