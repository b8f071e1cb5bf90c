"""Whether and where answers are kept, as the command line says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from flake8_aa_celery.cache.answers import Cache
    from flake8_aa_celery.pyproject import SettingsTree


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options that say whether and where answers are kept."""
    group = parser.add_argument_group("cache", "What was found is kept for as long as nothing changes in a project.")
    group.add_argument("--no-cache", action="store_true", help="neither read nor write it")
    group.add_argument(
        "--cache-dir",
        default="",
        metavar="FOLDER",
        help="where it is, if not in .aa_celery_cache beside each project; also AA_CELERY_CACHE_DIR",
    )


def cache_for(arguments: Namespace, tree: SettingsTree) -> Cache | None:
    """The cache; None where nothing is to be kept, and where more is asked for than what is found in files."""
    writes = arguments.add_noqa or arguments.update_baseline or arguments.fix or arguments.diff or arguments.fix_only
    is_other = arguments.watch or arguments.verbose or "-" in arguments.paths
    if arguments.no_cache or writes or is_other:
        return None
    from flake8_aa_celery.cache.answers import Cache

    return Cache(arguments.paths, tree, arguments.cache_dir, heed_noqa=not arguments.ignore_noqa)
