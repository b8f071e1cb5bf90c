"""Routes, annotations and imports of the configuration that lead to no task or module of the project."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.task_names import SpokenName, is_unknown, nearest
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of
from flake8_aa_celery.model.resolve.evaluation import keywords_of
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.model.resolve.values import Constant, Entry, Items, Mapping
from flake8_aa_celery.model.tasks.index import task_index_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.resolve.values import Element

_NAMING = frozenset({"task_routes", "task_annotations"})
_IMPORTING = frozenset({"imports", "include"})
#: What a file holds that may register tasks in ways that are not followed.
_OTHER_WAYS = re.compile(
    rb"register_task|\bTask\b|import \*|setattr|globals\(\)|=\s*[\w.]+\.task\(|@(?!shared_task|periodic_task)\w+_task\b"
)


class NamedInVain(NamedTuple):
    """A name or pattern in the configuration that nothing of the project has.

    :param name: as it is written.
    :param node: where.
    :param setting: the setting that it stands in, as it is written.
    :param is_module: whether it should be a module; otherwise a task.
    :param meant: a task that may be meant; empty where none is near.
    """

    name: str
    node: ast.expr
    setting: str
    is_module: bool
    meant: str = ""


@fact
def named_in_vain_of(module: Module) -> list[NamedInVain]:
    """The keys of routes and annotations that match no task, and the imports that are no modules."""
    found: list[NamedInVain] = []
    for setting in celery_settings_of(module):
        if setting.name in _NAMING:
            found += _of_names(setting.entry, setting.written, module)
        elif setting.name in _IMPORTING:
            found += _of_modules(setting.entry, setting.written, module)
    for call in apps_of(module):
        included = keywords_of(call.node, call.site).get("include")
        found += _of_modules(included, "include", module) if included else ()
    return found


def _of_names(entry: Entry, setting: str, module: Module) -> Iterator[NamedInVain]:
    for name, node in _names_in(entry):
        if _matches_nothing(name, node, module):
            yield NamedInVain(name, node, setting, False, nearest(name, task_index_of(module.project)) or "")
        elif meant := _meant_by_function(name, module.project):
            yield NamedInVain(name, node, setting, False, meant)


def _meant_by_function(name: str, project: Project) -> str:
    """The one task whose function is called as a name that no task has; empty where tasks are not all known."""
    names = task_index_of(project).all_names() if name.isidentifier() else []
    if not names or None in names or name in names:
        return ""
    meant = [known for known in names if known is not None and known.endswith(f".{name}")]
    return meant[0] if len(meant) == 1 else ""


def _names_in(entry: Entry | Element) -> Iterator[tuple[str, ast.expr]]:
    """The names of a dict, or of a list of dicts or of pairs, each with where it is written."""
    value = entry.value
    if isinstance(entry.node, ast.Dict):  # of which some keys may be expressions that nobody knows
        keys = (Entry(key, entry.site) for key in entry.node.keys if key is not None)
        yield from ((name, key.node) for key in keys if (name := _text(key)))
    elif isinstance(value, Mapping):
        entries = value.entries.items()
        yield from ((name, each.key) for name, each in entries if each.key and each.module is entry.module)
    elif isinstance(value, Items):
        for element in value.elements:
            inner = element.value
            if isinstance(inner, Items) and len(inner.elements) == 2 and (text := _text(inner.elements[0])):
                yield text, inner.elements[0].node
            elif isinstance(inner, (Items, Mapping)):
                yield from _names_in(element)


def _matches_nothing(name: str, node: ast.expr, module: Module) -> bool:
    """Whether a name or pattern leads into the project, and certainly to no task of it."""
    if "*" not in name and "?" not in name:
        return is_unknown(SpokenName(name, node, scheduled=False), module)
    before = _before_pattern(name.split("."))
    project = module.project
    if not before or not _is_of_project(before[0], module):
        return False
    pattern = re.compile(re.escape(name).replace(r"\*", ".*").replace(r"\?", "."))
    names = task_index_of(project).all_names()
    if None in names or any(known is not None and pattern.fullmatch(known) for known in names):
        return False
    below = ".".join(before)
    return not any(_OTHER_WAYS.search(data) for path, data in project.files if _lies_in(path, below, module))


def _before_pattern(parts: list[str]) -> list[str]:
    """The parts of a pattern before the first that is none of a plain name."""
    found: list[str] = []
    for part in parts:
        if "*" in part or "?" in part:
            break
        found.append(part)
    return found


def _lies_in(path: str, dotted: str, module: Module) -> bool:
    place = module.project.find(dotted, module)
    folder = place.removesuffix("__init__.py") if place else None
    return folder is not None and path.startswith(folder)


def _of_modules(entry: Entry, setting: str, module: Module) -> Iterator[NamedInVain]:
    value = entry.value
    for element in value.elements if isinstance(value, Items) else ():
        name = _text(element)
        is_ours = bool(name) and element.module is module and _is_of_project(name.partition(".")[0], module)
        if is_ours and module.project.find(name, module) is None:
            yield NamedInVain(name, element.node, setting, True)


def _is_of_project(package: str, module: Module) -> bool:
    project = module.project
    path = project.find(package, module)
    return path is not None and path.endswith(".py") and project.app_of(path) is None


def _text(element: Element | Entry) -> str:
    value = element.value
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else ""
