"""Whether a result backend is configured anywhere in the project.

Without one, what a dispatch returns answers no question and a chord cannot be started:
https://docs.celeryq.dev/en/stable/userguide/configuration.html#result-backend
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.index import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.project import Project

#: One of these stands in every file that can configure a backend.
_WORDS = (b"result_backend", b"RESULT_BACKEND", b"Celery")
#: Values that switch a backend off; Celery's own word for that is the last.
_NONE = (None, "", "disabled", "disabled://")
#: The place of ``backend`` among the parameters of ``Celery(main, loader, backend, …)``.
_POSITION = 2


def is_configured(project: Project) -> bool:
    """Whether a project has a result backend: as its setting says, or by any of its files.

    Test code does not count: what it configures is not there in production.
    """
    asked = project.settings.result_backend
    if asked != "auto":
        return asked == "true"
    return any(_configures(module) for path in files(project, _can_configure) if (module := project.load(path)))


def _can_configure(data: bytes) -> bool:
    return any(word in data for word in _WORDS)


def _configures(module: Module) -> bool:
    return any(_is_backend(value) for value in (*_given(module.tree), *_given_to_app(module)))


def _given(tree: ast.Module) -> Iterator[ast.expr]:
    """What anything called ``result_backend`` is set to: a name, an attribute, a key, an argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from (node.value for target in node.targets if _is_called_so(target))
        elif isinstance(node, ast.AnnAssign):
            yield from [node.value] if node.value is not None and _is_called_so(node.target) else []
        elif isinstance(node, ast.keyword):
            yield from [node.value] if _is_name(node.arg) else []
        elif isinstance(node, ast.Dict):
            yield from (value for key, value in zip(node.keys, node.values, strict=True) if _is_key(key))


def _given_to_app(module: Module) -> Iterator[ast.expr]:
    """The backend of ``Celery(backend=…)``."""
    for call in module.all_calls():
        if module.origin(call.node.func, call.site) == "celery.Celery":
            yield from call.node.args[_POSITION : _POSITION + 1]
            yield from (keyword.value for keyword in call.node.keywords if keyword.arg == "backend")


def _is_called_so(target: ast.expr) -> bool:
    if isinstance(target, ast.Name):
        return _is_name(target.id)
    if isinstance(target, ast.Attribute):
        return _is_name(target.attr)
    return isinstance(target, ast.Subscript) and _is_key(target.slice)


def _is_key(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and _is_name(node.value)


def _is_name(name: object) -> bool:
    """Whether it is the setting, new or old, under whatever namespace: ``CELERY_RESULT_BACKEND``."""
    return isinstance(name, str) and (name == "result_backend" or name.endswith("RESULT_BACKEND"))


def _is_backend(value: ast.expr) -> bool:
    """Whether a value configures a backend; one that is no literal does, whatever it comes from."""
    return not (isinstance(value, ast.Constant) and value.value in _NONE)
