"""What a project does with Celery applications: it keeps them somewhere, and gives them a class for their tasks.

``flask_app.celery = celery``, ``flask_app.extensions["celery"] = celery``, ``celery.Task = ContextTask``.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import files, modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import App

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_aa_celery.model.code.project import Project

_EXTENSIONS = "extensions"
#: How an application is given a class for its tasks.
_GIVES_CLASS = re.compile(rb"\.Task\s*=[^=]|\btask_cls\b|\bTASK_CLS\b")


def application_stored_as(name: str, project: Project) -> App | None:
    """The application that an attribute of this name holds, of whatever object; None where no file stores one so."""
    return _stored_in(name, project, lambda target: isinstance(target, ast.Attribute) and target.attr == name)


def application_among_extensions(project: Project) -> App | None:
    """The application that ``flask_app.extensions["celery"]`` holds; None where no file stores one so.

    https://flask.palletsprojects.com/en/stable/patterns/celery/
    """
    return _stored_in(_EXTENSIONS, project, is_celery_extension)


def is_celery_extension(node: ast.expr) -> bool:
    """Whether an expression is ``flask_app.extensions["celery"]``."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and node.slice.value == "celery"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == _EXTENSIONS
    )


def _stored_in(attribute: str, project: Project, is_it: Callable[[ast.expr], bool]) -> App | None:
    known = _stored(project)
    if attribute not in known:
        known[attribute] = None  # while it is looked for
        known[attribute] = _search(f".{attribute}".encode(), is_it, project)
    return known[attribute]


@fact
def _stored(project: Project) -> dict[str, App | None]:
    """The attributes that were asked for so far."""
    return {}


def _search(written: bytes, is_it: Callable[[ast.expr], bool], project: Project) -> App | None:
    for module in modules_with(project, lambda data: written in data and b"elery" in data):
        for store in (each for scope in module.scopes.all for each in scope.stores):
            value = value_of(store.value, store.site) if is_it(store.target) else None
            if isinstance(value, App):
                return value
    return None


@fact
def has_task_class(project: Project) -> bool:
    """Whether an application may be given a class for its tasks: ``Celery(task_cls=…)``, ``app.Task = …``."""
    return any(True for _ in files(project, lambda data: _GIVES_CLASS.search(data) is not None))
