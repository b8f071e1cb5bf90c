"""Whether and where answers are kept, as the command line says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flake8_aa_celery.cache import FOLDER, VARIABLE

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from flake8_aa_celery.cache.answers import Cache
    from flake8_aa_celery.cli._files import Found
    from flake8_aa_celery.pyproject import SettingsTree


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options that say whether and where answers are kept."""
    group = parser.add_argument_group("cache", "What was found is kept for as long as nothing changes in a project.")
    group.add_argument("--no-cache", action="store_true", help="neither read nor write it")
    group.add_argument(
        "--cache-dir",
        default="",
        metavar="FOLDER",
        help=f"where it is, if not in {FOLDER} beside each project; also {VARIABLE}",
    )


def cache_for(arguments: Namespace, tree: SettingsTree, found: Found) -> Cache | None:
    """The cache; None where nothing is to be kept, and where more is asked for than what is found in files."""
    writes = arguments.add_noqa or arguments.update_baseline or arguments.fix or arguments.diff or arguments.fix_only
    is_other = arguments.watch or arguments.verbose or "-" in arguments.paths
    if arguments.no_cache or writes or is_other or found.failed:
        return None
    from flake8_aa_celery.cache.answers import Cache

    has_folders = any(map(os.path.isdir, arguments.paths))
    return Cache(
        found.checked, tree.of, arguments.cache_dir, has_folders=has_folders, heed_noqa=not arguments.ignore_noqa
    )
