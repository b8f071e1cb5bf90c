"""Parameters that default to ``None`` and are passed on as they are."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_aa_celery.model.facts import Task
from flake8_aa_celery.model.names import dotted_name, last_part, reaching, scope_of
from flake8_aa_celery.model.scopes import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import Block, FunctionNode, Scope, Site

_EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
#: Through this many private functions a default is followed.
_DEEPEST = 5


def unguarded(node: ast.expr, site: Site, module: Module, depth: int = 0) -> str | None:
    """The name of the parameter that an expression is, where it may well be the ``None`` that it defaults to.

    None where it is something else, where a condition on it stands in between, or where it is a parameter of a
    module-private function whose every caller in this file sets it.
    """
    if not isinstance(node, ast.Name) or depth > _DEEPEST:
        return None
    bindings, scope = reaching(node.id, site), scope_of(node.id, site)
    if scope is None or len(bindings) != 1 or _is_guarded(node, site, scope):
        return None
    (binding,) = bindings
    if binding.kind == "assign" and binding.value is not None:
        return unguarded(binding.value, binding.site, module, depth + 1)
    function = scope.node
    if binding.kind != "parameter" or not isinstance(function, FUNCTIONS) or not _is_none_by_default(node.id, function):
        return None
    return None if _is_always_set(node.id, function, module, depth) else node.id


def _is_none_by_default(name: str, function: FunctionNode) -> bool:
    arguments = function.args
    by_position = [*arguments.posonlyargs, *arguments.args]
    with_default = by_position[len(by_position) - len(arguments.defaults) :]
    pairs = [
        *zip(with_default, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return any(parameter.arg == name and _is_none(default) for parameter, default in pairs)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


# -- conditions -------------------------------------------------------------------------------------------------


def _is_guarded(node: ast.Name, site: Site, scope: Scope) -> bool:
    """Whether a condition on the name decides whether ``node`` is reached."""
    if any(_decides(part, node) for part in ast.walk(site.statement)):
        return True
    return any(_guards(block, node) or _was_settled(block, node) for block in _blocks(site, scope))


def _blocks(site: Site, scope: Scope) -> Iterator[Block]:
    """The blocks around a place up to the body of the function that ``scope`` is."""
    block: Block | None = site.block
    while block is not None:
        yield block
        block = None if block is scope.block else block.parent


def _decides(part: ast.AST, node: ast.Name) -> bool:
    """Whether ``part`` is ``… if name else …`` or ``name and …`` around ``node``."""
    if isinstance(part, ast.IfExp):
        return _mentions(part.test, node.id) and _holds(part, node) and not _holds(part.test, node)
    return isinstance(part, ast.BoolOp) and _mentions(part.values[0], node.id) and _holds(part, node)


def _guards(block: Block, node: ast.Name) -> bool:
    owner = block.node
    if isinstance(owner, ast.If):
        if _says_none(owner.test, node.id):
            return block.kind == "else"
        return _mentions(owner.test, node.id)
    if isinstance(owner, ast.While):
        return _mentions(owner.test, node.id)
    if isinstance(owner, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
        return any(_mentions(test, node.id) for part in owner.generators for test in part.ifs)
    statement = block.site.statement if block.site else None
    return block.kind == "case" and isinstance(statement, ast.Match) and _mentions(statement.subject, node.id)


def _was_settled(block: Block, node: ast.Name) -> bool:
    """Whether an earlier statement of the block leaves it depending on the name, or asserts something of it."""
    return _settled(block).get(node.id, node.lineno) < node.lineno


@lru_cache(maxsize=8)
def _settled(block: Block) -> dict[str, int]:
    """The line from which on it is settled by a statement of a block what each name is."""
    found: dict[str, int] = {}
    for statement in block.body:
        if isinstance(statement, ast.Assert) or (
            isinstance(statement, ast.If) and isinstance(statement.body[-1], _EXITS)
        ):
            for part in ast.walk(statement.test):
                if isinstance(part, ast.Name):
                    found.setdefault(part.id, statement.lineno)
    return found


def _says_none(test: ast.expr, name: str) -> bool:
    """Whether a condition is ``name is None``, ``name == None`` or ``not name``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Name) and test.operand.id == name
    if not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Name) or test.left.id != name:
        return False
    return isinstance(test.ops[0], (ast.Is, ast.Eq)) and len(test.ops) == 1 and _is_none(test.comparators[0])


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _holds(outer: ast.AST, node: ast.AST) -> bool:
    return any(part is node for part in ast.walk(outer))


# -- callers ----------------------------------------------------------------------------------------------------


def _is_always_set(name: str, function: FunctionNode, module: Module, depth: int) -> bool:
    """Whether a private function is called in this file alone, and always with a value for the parameter."""
    if not function.name.startswith("_"):
        return False
    calls = [call for call in module.all_calls() if last_part(dotted_name(call.node.func) or "") == function.name]
    if not calls:
        return isinstance(module.functions.get(function), Task)  # whose callers dispatch it
    return all(_sets(call.node, name, function, call.site, module, depth) for call in calls)


def _sets(call: ast.Call, name: str, function: FunctionNode, site: Site, module: Module, depth: int) -> bool:
    given = _given(call, name, function)
    if given is None:
        hidden = any(keyword.arg is None for keyword in call.keywords)
        return hidden or any(isinstance(argument, ast.Starred) for argument in call.args)
    return not _is_none(given) and unguarded(given, site, module, depth + 1) is None


def _given(call: ast.Call, name: str, function: FunctionNode) -> ast.expr | None:
    """What a call gives a parameter, None where that cannot be seen."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    if names and names[0] in ("self", "cls") and isinstance(call.func, ast.Attribute):
        del names[0]
    index = names.index(name) if name in names else len(call.args)
    return call.args[index] if index < len(call.args) else None
