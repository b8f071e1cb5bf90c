"""``aa-celery trace``: show what a task, a view or a function leads to."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _settings, _terminal
from flake8_aa_celery.cli._output import MISUSE, CommandError, Complaints
from flake8_aa_celery.wording import nearest

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Scope
    from flake8_aa_celery.pyproject import SettingsTree
    from flake8_aa_celery.trace.elements import Trace

HELP = "show what a task, a view or a function leads to"

#: So many functions are listed where several have the name.
_LISTED = 5


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``trace``."""
    parser.usage = "%(prog)s [OPTION …] [NAME] [PATH …]"
    parser.epilog = (
        "Nothing of the project is imported or run. Exits with 0, or with 2 for misuse, a broken setting, a name that "
        "nothing or more than one function has, and a path that cannot be read."
    )
    parser.add_argument(
        "words",
        nargs="*",
        metavar="NAME_OR_PATH",
        help="app.tasks.update, a registered name, or a function's bare name if no other has it, and where the "
        "project is, this folder if nowhere else; without a name all tasks and views below the paths",
    )
    _terminal.add_output_format(parser)
    _terminal.add_argument(parser)
    _settings.add_arguments(parser)


def run(arguments: Namespace) -> int:
    """Show one trace, or those of all tasks and views.

    :return: 0, or 2 where a path could not be read.
    """
    words: list[str] = arguments.words
    is_named = bool(words) and not os.path.exists(words[0]) and os.sep not in words[0]
    arguments.name = words[0] if is_named else ""
    arguments.paths = words[is_named:] or ["."]
    code: int = _run(arguments)
    return code


@_settings.given
def _run(arguments: Namespace, tree: SettingsTree) -> int:
    from flake8_aa_celery.trace.build import trace_of

    complaints = Complaints()
    projects = _projects(arguments.paths, tree, complaints)
    functions = [_named(arguments.name, projects)] if arguments.name else _all(arguments.paths, projects, tree)
    traces = list(map(trace_of, functions))
    _write(traces if arguments.name else [trace for trace in traces if trace.below], arguments)
    return MISUSE if complaints.any else 0


def _projects(paths: Sequence[str], tree: SettingsTree, complaints: Complaints) -> list[Project]:
    """The projects that some paths lie in, each with the settings of the first of its paths."""
    from flake8_aa_celery.model.code.workspace import Workspace

    workspace = Workspace()
    found: dict[str, Project] = {}
    for path in paths:
        if not os.path.exists(path):
            complaints(path, "No such file or directory")
            continue
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        project = workspace.project_of(os.path.join(folder, "x.py"), tree.of_folder(folder))
        found.setdefault(project.root, project)
    return list(found.values())


def _named(name: str, projects: Sequence[Project]) -> Scope:
    """The one function that a name means.

    :raises CommandError: where there is none, or more than one.
    """
    from flake8_aa_celery.trace.functions import named, names_like, place_of, qualified_name

    found = [function for project in projects for function in named(name, project)]
    if not found:
        known = {each for project in projects for each in names_like(project)}
        raise CommandError(f"there is no function {name!r}{nearest(name, known)}")
    if len(found) > 1:
        listed = [f"{qualified_name(function)} ({place_of(function)})" for function in found[:_LISTED]]
        more = ["…"] if len(found) > _LISTED else []
        raise CommandError(f"{len(found)} functions are called {name!r}: {', '.join([*listed, *more])}")
    return found[0]


def _all(paths: Sequence[str], projects: Sequence[Project], tree: SettingsTree) -> list[Scope]:
    """The tasks and views below some paths."""
    from flake8_aa_celery.source import find
    from flake8_aa_celery.trace.functions import tasks_and_views

    there = [path for path in paths if os.path.exists(path)]
    wanted = {os.path.realpath(path) for path in find(there, tree.of_folder, lambda path, why: None)}
    return [function for project in projects for function in tasks_and_views(project, wanted)]


def _write(traces: Sequence[Trace], arguments: Namespace) -> None:
    from flake8_aa_celery.trace import json, text

    if arguments.output_format == "json":
        sys.stdout.write(json.render(traces))
    elif _terminal.is_drawn(arguments.color):
        text.draw(traces, _terminal.console(arguments.color))
    else:
        sys.stdout.write(text.render(traces))
