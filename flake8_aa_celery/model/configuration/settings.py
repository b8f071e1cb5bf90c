"""What a setting of Django's or Celery's is set to anywhere in a project."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project


def configured(project: Project, name: str) -> list[ast.expr]:
    """What anything is set to that is called so: a name, an attribute, a key of a dict, a keyword argument.

    Test code does not count: what it sets does not hold in production.

    :param name: in capital letters; small ones and a prefix with an underscore are the same setting.
    """
    known = _configured(project)
    if name not in known:
        known[name] = _search(project, name)
    return known[name]


@fact
def _configured(project: Project) -> dict[str, list[ast.expr]]:
    """The settings of a project that were asked for so far, by their names."""
    return {}


def _search(project: Project, name: str) -> list[ast.expr]:
    large, small = name.encode(), name.lower().encode()
    return [
        value
        for module in modules_with(project, lambda data: large in data or small in data)
        for written, values in given_names(module).items()
        if written == name or written.endswith(f"_{name}")
        for value in values
    ]


@fact
def given_names(module: Module) -> dict[str, list[ast.expr]]:
    """Everything that a module gives a name to, by that name in capital letters."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module.tree):
        for name, value in _named_in(node):
            found.setdefault(name.upper(), []).append(value)
    return found


def _named_in(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement, a call or a dict gives a value to."""
    if isinstance(node, ast.Assign):
        yield from ((_name(target), node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield _name(node.target), node.value
    elif isinstance(node, ast.keyword) and node.arg is not None:
        yield node.arg, node.value
    elif isinstance(node, ast.Call) and len(node.args) == 2 and _is_setdefault(node.func):
        yield _text(node.args[0]), node.args[1]
    elif isinstance(node, ast.Dict):
        yield from ((_text(key), value) for key, value in zip(node.keys, node.values, strict=True))


def _is_setdefault(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == "setdefault"


def _name(target: ast.expr) -> str:
    if isinstance(target, ast.Subscript):
        return _text(target.slice)
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
