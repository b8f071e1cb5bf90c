"""Which apps a Django project installs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project

    Statement = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr

_SETTING = "INSTALLED_APPS"
#: What a list of apps is called: it may be put together of several.
_LISTS = "APPS"
#: What a list of apps is made of where all of it can be read.
_READABLE = (
    ast.Add, ast.BinOp, ast.Constant, ast.expr_context, ast.List, ast.Name, ast.Set, ast.Starred, ast.Tuple,
)  # fmt: skip
_CHANGES = frozenset({"append", "extend", "insert", "remove"})


class InstalledApps(NamedTuple):
    """The apps that the settings of a project install.

    :param packages: their dotted names, by whatever lists they come together.
    :param is_complete: whether the project has settings, and nothing that cannot be read adds to them.
    :param is_readable: whether nothing that cannot be read adds to them, be it that they are set elsewhere.
    """

    packages: frozenset[str]
    is_complete: bool
    is_readable: bool


@fact
def installed_apps_of(project: Project) -> InstalledApps:
    """What the settings of a project install; not those of test code."""
    loaded = modules_with(project, lambda data: _SETTING.encode() in data)
    statements = [statement for module in loaded for statement in _lists_in(module)]
    entries = {
        part.value
        for statement in statements
        for part in ast.walk(statement)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    configs = {last_part(entry) for entry in entries if last_part(entry)[:1].isupper()}
    packages = {*map(_package, entries), *_named_by(configs, project)}
    is_set = any(isinstance(statement, (ast.Assign, ast.AnnAssign)) and _sets(statement) for statement in statements)
    is_readable = all(map(_is_readable, statements))
    return InstalledApps(frozenset(packages), is_set and is_readable, is_readable)


def _package(entry: str) -> str:
    """The package of an entry, which may name the app's configuration: ``shop.apps.ShopConfig``."""
    owner = entry.rpartition(".")[0] if last_part(entry)[:1].isupper() else entry
    return owner.removesuffix(".apps") or entry


def _named_by(configs: set[str], project: Project) -> Iterator[str]:
    """The packages that configurations of apps name: they may stand elsewhere."""
    for module in modules_with(project, lambda data: b"AppConfig" in data) if configs else ():
        for scope in module.scopes.all:
            if isinstance(scope.node, ast.ClassDef) and scope.node.name in configs:
                for binding in scope.bindings.get("name", ()):
                    if isinstance(binding.value, ast.Constant) and isinstance(binding.value.value, str):
                        yield binding.value.value


def _lists_in(module: Module) -> Iterator[Statement]:
    """The statements that bind or change a list of apps: ``INSTALLED_APPS += […]``, ``LOCAL_APPS.append("x")``."""
    for statement in ast.walk(module.tree):
        if isinstance(statement, ast.Expr):
            call = statement.value
            owner = call.func.value if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None
            if isinstance(owner, ast.Name) and owner.id.endswith(_LISTS):
                yield statement
        elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(isinstance(target, ast.Name) and target.id.endswith(_LISTS) for target in targets):
                yield statement


def _sets(statement: ast.Assign | ast.AnnAssign) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(target, ast.Name) and target.id == _SETTING for target in targets)


def _is_readable(statement: Statement) -> bool:
    """Whether all that a statement adds to a list of apps is written in it, or in another list of apps."""
    value = statement.value
    if isinstance(statement, ast.Expr) and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr in _CHANGES and all(_is_of_texts(argument) for argument in value.args)
    return value is not None and _is_of_texts(value)


def _is_of_texts(node: ast.expr) -> bool:
    return all(
        part.id.endswith(_LISTS) if isinstance(part, ast.Name) else isinstance(part, _READABLE)
        for part in ast.walk(node)
    )
