"""``aa-celery site``: show the tasks of a site and what starts them, and find what cannot run."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _settings, _terminal
from flake8_aa_celery.cli._output import MISUSE, CommandError, complain
from flake8_aa_celery.places import has_marker

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from flake8_aa_celery.pyproject import SettingsTree
    from flake8_aa_celery.site.elements import Site

#: Where Alliance Auth's installation for Docker has the settings of a site: no package lies around them.
_OF_DOCKER = os.path.join("conf", "local.py")

HELP = "show the tasks of a site and what starts them, and find what cannot run"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``site``."""
    parser.usage = "%(prog)s [OPTION …] [PATH]"
    parser.epilog = (
        "Without --environment the one that is activated is read, one beside the site, or that of the Python that runs "
        "this command. Nothing is imported or run. Exits with 0 where all that is scheduled can run, with 1 where "
        "something cannot, and with 2 for misuse, a broken setting, and a path or an environment that is none."
    )
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the folder of the site, or this one")
    _terminal.add_output_format(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="list tasks that nothing schedules, too")
    _terminal.add_argument(parser)
    _settings.add_arguments(parser)


def run(arguments: Namespace) -> int:
    """Show a site.

    :return: 0, or 1 where something that is scheduled cannot run.
    """
    arguments.paths = [arguments.path]
    code: int = _run(arguments)
    return code


@_settings.given
def _run(arguments: Namespace, tree: SettingsTree) -> int:
    from flake8_aa_celery.installed import is_usable
    from flake8_aa_celery.model.code.workspace import Workspace
    from flake8_aa_celery.settings import AUTO
    from flake8_aa_celery.site.build import site_of

    path: str = arguments.path
    if not os.path.isdir(path):
        raise CommandError(f"{path}: {'Not a directory' if os.path.exists(path) else 'No such file or directory'}")
    settings = tree.of_folder(path)
    settings = settings._replace(environment=settings.environment or AUTO)
    if not is_usable(settings.environment):
        return MISUSE  # which has been said
    folder = os.path.dirname(os.path.join(path, _OF_DOCKER)) if _is_of_docker(path) else path
    site = site_of(Workspace().project_of(os.path.join(folder, "x.py"), settings))
    if not site.entries:
        complain(f"{path}: no schedule is set here: run this where the settings of the site lie, or its manage.py")
    if arguments.output_format == "json":
        from flake8_aa_celery.site import json

        sys.stdout.write(json.render(site))
    else:
        _write_text(site, arguments)
    return 1 if site.stops else 0


def _is_of_docker(path: str) -> bool:
    return os.path.isfile(os.path.join(path, _OF_DOCKER)) and not has_marker(path)


def _write_text(site: Site, arguments: Namespace) -> None:
    from flake8_aa_celery.site import text

    if _terminal.is_drawn(arguments.color):
        text.draw(site, _terminal.console(arguments.color), all_tasks=arguments.verbose)
    else:
        sys.stdout.write(text.render(site, all_tasks=arguments.verbose))
