"""What Django's settings say of the databases.

https://docs.djangoproject.com/en/stable/ref/settings/#databases
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project

_DATABASES = "DATABASES"
_ATOMIC_REQUESTS = "ATOMIC_REQUESTS"
#: Through so many names the entries of the databases are followed.
_MOST_STEPS = 5


@fact
def has_atomic_requests(project: Project) -> bool:
    """Whether an entry of ``DATABASES`` puts every request into a transaction; Django looks for it nowhere else."""
    return any(map(_sets_atomic_requests, modules_with(project, lambda data: _ATOMIC_REQUESTS.encode() in data)))


def _sets_atomic_requests(module: Module) -> bool:
    return any(_is_true_in(part) for statement in ast.walk(module.tree) for part in _of_databases(statement, module))


def _of_databases(statement: ast.AST, module: Module) -> Iterator[ast.AST]:
    """What a statement puts into the databases: the value of an assignment, or the whole of another change."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if any(_root(target) == _DATABASES for target in targets):
            yield statement
            yield from _named_in(statement.value, module, _MOST_STEPS) if statement.value else ()
    elif isinstance(statement, ast.Call) and _root(statement.func) == _DATABASES:
        yield statement


def _root(node: ast.expr) -> str:
    """The name that an expression begins with: ``DATABASES`` of ``DATABASES["default"].update``."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _named_in(node: ast.expr, module: Module, steps: int) -> Iterator[ast.AST]:
    """The dicts that names of the module in an expression stand for."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and steps:
            for binding in module.scopes.module.bindings.get(part.id, ()):
                if binding.value is not None and binding.value is not node:
                    yield binding.value
                    yield from _named_in(binding.value, module, steps - 1)


def _is_true_in(part: ast.AST) -> bool:
    """Whether something sets ``ATOMIC_REQUESTS`` to True: a key, a keyword argument, an item."""
    if isinstance(part, ast.Assign) and _is_true(part.value):
        return any(isinstance(target, ast.Subscript) and _is_name(target.slice) for target in part.targets)
    return any(map(_holds_true, ast.walk(part)))


def _holds_true(node: ast.AST) -> bool:
    if isinstance(node, ast.Dict):
        items = zip(node.keys, node.values, strict=True)
        return any(key is not None and _is_name(key) and _is_true(value) for key, value in items)
    return isinstance(node, ast.keyword) and node.arg == _ATOMIC_REQUESTS and _is_true(node.value)


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == _ATOMIC_REQUESTS


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
