"""``aa-celery clean``: remove what earlier runs have kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flake8_aa_celery.cli._output import MISUSE, Complaints
from flake8_aa_celery.places import Places

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP = "remove what earlier runs have kept"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``clean``."""
    parser.usage = "%(prog)s [OPTION …] [PATH …]"
    parser.epilog = "Exits with 0, or with 2 where something could not be removed."
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="where the projects are; this folder if none"
    )
    parser.add_argument("--cache-dir", default="", metavar="FOLDER", help="as for check")


def run(arguments: Namespace) -> int:
    """Remove the caches of the projects that some paths lie in; what is none of ours is left alone.

    :return: 0, or 2 where something could not be removed.
    """
    from flake8_aa_celery.cache.answers import folder_of
    from flake8_aa_celery.cache.store import remove

    complaints, places = Complaints(), Places()
    for path in arguments.paths:
        if not os.path.exists(path):
            complaints(path, "No such file or directory")
            continue
        folder = folder_of(places.project_root(os.path.join(path, "x.py")), arguments.cache_dir)
        try:
            remove(folder)
        except OSError as error:
            complaints(folder, error.strerror or str(error))
    return MISUSE if complaints.any else 0
