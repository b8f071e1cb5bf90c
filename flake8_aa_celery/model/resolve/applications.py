"""What a project does with Celery applications: it keeps them in attributes, and gives them a class for their tasks.

``flask_app.celery = celery``, ``celery.Task = ContextTask``.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import App

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.project import Project

#: How an application is given a class for its tasks.
_GIVES_CLASS = re.compile(rb"\.Task\s*=[^=]|\btask_cls\b|\bTASK_CLS\b")


def application_stored_as(name: str, project: Project) -> App | None:
    """The application that an attribute of this name holds, of whatever object; None where no file stores one so."""
    known = _stored(project)
    if name not in known:
        known[name] = None  # while it is looked for
        known[name] = _search(name, project)
    return known[name]


@fact
def _stored(project: Project) -> dict[str, App | None]:
    """The attributes that were asked for so far."""
    return {}


def _search(name: str, project: Project) -> App | None:
    written = f".{name}".encode()
    for path in files(project, lambda data: written in data and b"elery" in data):
        module = project.load(path)
        for scope in module.scopes.all if module is not None else ():
            for store in scope.stores:
                if isinstance(store.target, ast.Attribute) and store.target.attr == name:
                    value = value_of(store.value, store.site)
                    if isinstance(value, App):
                        return value
    return None


@fact
def has_task_class(project: Project) -> bool:
    """Whether an application may be given a class for its tasks: ``Celery(task_cls=…)``, ``app.Task = …``."""
    return any(True for _ in files(project, lambda data: _GIVES_CLASS.search(data) is not None))
