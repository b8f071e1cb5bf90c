"""Whether tasks without a priority are sent at the normal one: by the settings, routes and annotations of a project."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import given_in, only_constant
from flake8_aa_celery.model.resolve.applications import has_task_class

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.project import Project

#: The priority that Alliance Auth gives to what has none.
_NORMAL = 5
_GIVING = ("task_routes", "task_annotations")


@fact
def is_normal_by_default(project: Project) -> bool:
    """Whether nothing in a project gives another priority to tasks that have none themselves."""
    if only_constant(project, "task_default_priority") not in (None, _NORMAL):
        return False
    entries = [setting.entry.node for name in _GIVING for setting in given_in(project, name)]
    return not any(map(_gives_priority, entries)) and not has_task_class(project)


def _gives_priority(node: ast.expr) -> bool:
    """Whether routes or annotations give a priority, or are made by something that may."""
    return any(
        (isinstance(part, ast.Constant) and part.value == "priority")
        or (isinstance(part, ast.keyword) and part.arg == "priority")
        or isinstance(part, (ast.Call, ast.Name, ast.Attribute, ast.Lambda))
        for part in ast.walk(node)
    )
