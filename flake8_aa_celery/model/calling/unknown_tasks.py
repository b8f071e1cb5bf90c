"""Tasks that are asked of a module or class that does not have them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.handlers import caught_by
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import ImportedName, last_part, reaching
from flake8_aa_celery.model.knowledge.celery import DISPATCH_METHODS, SIGNATURE_METHODS
from flake8_aa_celery.model.resolve.bindings import is_read_whole, star_imported
from flake8_aa_celery.model.resolve.classes import lineage, mro
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import Class, ModuleValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, Site
    from flake8_aa_celery.model.resolve.values import Task

_METHODS = DISPATCH_METHODS | SIGNATURE_METHODS
#: By these a module or class may get names that nobody sees.
_SETTING = frozenset({"exec", "globals", "locals", "setattr", "vars"})
_HIDDEN_NAMES = frozenset({"__getattr__", "__getattribute__", "__init_subclass__"})
#: Errors that an import or an attribute raises which is not there.
_TOLERATED = frozenset({
    "AttributeError", "BaseException", "Exception", "ImportError", "ModuleNotFoundError", "NameError",
})  # fmt: skip


class UnknownTask(NamedTuple):
    """A name that is asked of a module or class which certainly does not bind it.

    :param owner: what the module or class is called.
    :param node: where to report it.
    :param is_import: whether an import asks for it.
    :param known: the names of the tasks that are there.
    """

    name: str
    owner: str
    node: ast.expr | ast.alias
    is_import: bool
    known: list[str]


@fact
def unknown_tasks_of(module: Module) -> list[UnknownTask]:
    """Every import from a tasks module, dispatch and signature of a name that is not there, each place once."""
    return [*_imported(module), *_sent(module)]


def _imported(module: Module) -> Iterator[UnknownTask]:
    seen: set[ast.alias] = set()
    for scope in module.scopes.all:
        for bindings in scope.bindings.values():
            for binding in bindings:
                if isinstance(binding.node, ast.ImportFrom) and not _is_tolerated(binding.site.block):
                    for alias in binding.node.names:
                        if alias not in seen:
                            seen.add(alias)
                            yield from _missing_import(binding.node, alias, module)


def _missing_import(node: ast.ImportFrom, alias: ast.alias, module: Module) -> Iterator[UnknownTask]:
    dotted, path = module.project.imported_module(ImportedName(node.level, node.module or "", ""), module)
    if module.project.tasks_modules.search(dotted) is None:
        return  # no other file is worth reading
    loaded = module.project.load(path) if path and path.endswith(".py") else None
    if path is None or loaded is None or not module.project.holds_tasks(loaded) or _may_bind(loaded, path, alias.name):
        return
    yield UnknownTask(alias.name, dotted.lstrip("."), alias, is_import=True, known=_names(tasks_of(loaded)))


def _sent(module: Module) -> Iterator[UnknownTask]:
    for call in module.calls_of(_METHODS):
        function = call.node.func
        if call.name in _METHODS and isinstance(function, ast.Attribute) and isinstance(function.value, ast.Attribute):
            owner, site = function.value.value, call.site
            is_open = _is_parameter(owner, site) or _is_tolerated(site.block) or _is_imported_tolerantly(owner, site)
            if not is_open:
                yield from _missing(function.value, site, module)


def _is_parameter(node: ast.expr, site: Site) -> bool:
    """Whether what is asked is a parameter, such as ``cls``: a class that is derived from its own may be given."""
    bindings = reaching(node.id, site) if isinstance(node, ast.Name) else []
    return any(binding.kind == "parameter" for binding in bindings)


def _missing(asked: ast.Attribute, site: Site, module: Module) -> Iterator[UnknownTask]:
    name = asked.attr
    if name.startswith("__") or name in module.scopes.stored_attributes:
        return
    owner = value_of(asked.value, site)
    if isinstance(owner, ModuleValue):
        loaded = module.project.load(owner.path) if owner.path and owner.path.endswith(".py") else None
        if loaded is not None and owner.path and not _may_bind(loaded, owner.path, name):
            yield UnknownTask(name, owner.dotted, asked, is_import=False, known=_names(tasks_of(loaded)))
    elif isinstance(owner, Class) and not _may_have(owner, name):
        classes = mro(owner)
        tasks = [task for found in classes for task in tasks_of(found.module) if task.site.scope is found.scope]
        if tasks:
            yield UnknownTask(name, owner.node.name, asked, is_import=False, known=_names(tasks))


def _names(tasks: list[Task]) -> list[str]:
    return [task.name for task in tasks]


# -- what is there ------------------------------------------------------------------------------------------------


def _may_bind(module: Module, path: str, name: str) -> bool:
    """Whether a module has a name, or may have it in a way that nobody sees."""
    return (
        name in module.scopes.module.bindings
        or module.project.submodule(path, name) is not None
        or not _shows_all(module)
        or name in module.scopes.stored_attributes
        or star_imported(module, name) is not None
    )


@fact
def _shows_all(module: Module) -> bool:
    """Whether a module has no other names than those that stand in it."""
    if not _HIDDEN_NAMES.isdisjoint(module.scopes.module.bindings) or not is_read_whole(module):
        return False
    return not any(call.name in _SETTING for call in module.calls_of(_SETTING))


def _may_have(owner: Class, name: str) -> bool:
    """Whether a class has an attribute, or may have it in a way that nobody sees."""
    bases = lineage(owner)
    if not bases.complete or not {"builtins.object"}.issuperset(bases.origins):
        return True
    return any(
        name in found.scope.bindings
        or not _HIDDEN_NAMES.isdisjoint(found.scope.bindings)
        or found.node.decorator_list
        or found.node.keywords
        or name in found.module.scopes.stored_attributes
        or not _shows_all(found.module)
        for found in bases.classes
    )


# -- what is tolerated --------------------------------------------------------------------------------------------


def _is_imported_tolerantly(node: ast.expr, site: Site) -> bool:
    """Whether the module or class itself is imported where it may not be there."""
    while isinstance(node, ast.Attribute):
        node = node.value
    bindings = reaching(node.id, site) if isinstance(node, ast.Name) else []
    return any(_is_tolerated(binding.site.block) for binding in bindings)


def _is_tolerated(block: Block) -> bool:
    """Whether a place is one where a name may be missing: in a ``try`` for that, or under a condition that asks."""
    for around in block.outward():
        if around.kind in ("try", "handler") and _catches(around):
            return True
        if around.kind == "if" and isinstance(around.node, ast.If) and _asks(around.node.test):
            return True
    return False


def _catches(block: Block) -> bool:
    statement = block.node if block.kind == "try" else block.site.statement if block.site else None
    handlers = getattr(statement, "handlers", [])
    caught = [each for handler in handlers for each in caught_by(handler)]
    return any(handler.type is None for handler in handlers) or any(
        last_part(ast.unparse(each)) in _TOLERATED for each in caught
    )


def _asks(test: ast.expr) -> bool:
    """Whether a condition is about what is there, or about types alone."""
    names = {part.id for part in ast.walk(test) if isinstance(part, ast.Name)}
    names |= {part.attr for part in ast.walk(test) if isinstance(part, ast.Attribute)}
    return not names.isdisjoint({"TYPE_CHECKING", "apps", "getattr", "hasattr", "is_installed"})
