"""The tasks that are known of a site, against those that Celery has in memory after importing it.

``python -m benchmarks.registry ENVIRONMENT SITE APPLICATION [SETTINGS]``: the folder of an environment, the folder in
which imports of the site start, and the dotted names of its application (``myauth.celery:app``) and its settings. Look
at the site first: it is imported, which the analyser never does. Prints how many names, lines, parameters, options and
entries of the schedule are the same, and each that is not; exits with 1 where something is known wrong. What is not
known is no mistake, but counted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.configuration.environment_apps import environment_apps_of
from flake8_aa_celery.model.priorities.settings import own_options
from flake8_aa_celery.model.resolve.values import Constant
from flake8_aa_celery.model.tasks.index import installed_tasks_of, task_index_of
from flake8_aa_celery.settings import Settings
from flake8_aa_celery.site.build import site_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.resolve.values import Task

SCRIPT = Path(__file__).with_name("in_registry.py")


class Comparison(NamedTuple):
    """What is the same, what is not known, and what is known wrong.

    :param same: how often, by what is compared.
    :param unknown: likewise.
    :param wrong: what and how, a line each.
    """

    same: Counter[str]
    unknown: Counter[str]
    wrong: list[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and print; 1 where something is known wrong or missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("environment", type=Path)
    parser.add_argument("site", type=Path)
    parser.add_argument("application")
    parser.add_argument("settings", nargs="?", default="")
    given = parser.parse_args(arguments)
    python = given.environment / "bin" / "python"
    real = registered(str(python), given.site, given.application, given.settings)
    found = compare(real, given.environment, given.site)
    for kind in sorted({*found.same, *found.unknown}):
        print(f"{kind}: {found.same[kind]} the same, {found.unknown[kind]} not known")
    for line in found.wrong:
        print(line)
    return 1 if found.wrong else 0


def registered(python: str, site: Path, application: str, settings: str = "", path: str = "") -> dict[str, Any]:
    """What Celery has in memory.

    :param python: that of the environment.
    :param path: what ``PYTHONPATH`` is to be.
    :raises subprocess.CalledProcessError: where the site cannot be imported; its output says why.
    """
    command = [python, str(SCRIPT), application, *([settings] if settings else [])]
    environment = {**os.environ, "PYTHONPATH": path}
    ended = subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.stderr.write(ended.stderr)
    ended.check_returncode()
    found: dict[str, Any] = json.loads(ended.stdout.rstrip().rpartition("\n")[2])
    return found


def compare(real: dict[str, Any], environment: Path, site: Path) -> Comparison:
    """What is known of a site without importing it, against what Celery has."""
    project = Workspace().project_of(str(site / "x.py"), Settings(environment=str(environment)))
    found = Comparison(Counter(), Counter(), [])
    known = {task.registered_name: task for task in _tasks(project)}
    for name in sorted({*real["tasks"], *filter(None, known)}):
        if name not in known:
            found.wrong.append(f"{name} is registered and not known")
        elif name not in real["tasks"]:
            found.wrong.append(f"{name} is known and not registered")
        else:
            found.same["names"] += 1
            _compare_task(name, known[name], real["tasks"][name], found)
    entries = {entry.name: entry.task for entry in site_of(project).entries if not entry.origin}
    for name in sorted({*real["beat"], *entries}):
        _judge("entries", name, entries.get(name, "none"), real["beat"].get(name, "none"), found)
    return found


def _tasks(project: Project) -> Iterator[Task]:
    yield from task_index_of(project).tasks()
    installed = environment_apps_of(project)
    for app in installed.apps:
        for task in installed_tasks_of(project).index_of(app).tasks():
            if installed.installs(app, task.module.dotted):
                yield task


def _compare_task(name: str, task: Task, real: dict[str, Any], found: Comparison) -> None:
    if real["path"] == os.path.realpath(task.module.path):
        first = min([task.node.lineno, *(decorator.lineno for decorator in task.node.decorator_list)])
        _judge("lines", name, first, real["line"], found)
    parameters = [*task.parameters.by_position, *task.parameters.keyword_only]
    _judge("parameters", name, parameters, real["parameters"], found)
    options = own_options(task)
    for option, value in real["options"].items():
        entry = options.get(option)
        if entry is None:
            continue
        if isinstance(entry.value, Constant):
            _judge("options", f"{name}: {option}", entry.value.value, value, found)
        else:
            found.unknown["options"] += 1


def _judge(kind: str, name: str, known: object, real: object, found: Comparison) -> None:
    if known == real:
        found.same[kind] += 1
    else:
        found.wrong.append(f"{kind} of {name}: {known!r} is known, {real!r} is true")


if __name__ == "__main__":
    sys.exit(main())
