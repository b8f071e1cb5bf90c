"""Parameters that default to ``None`` and are passed on as they are."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import reaching, scope_of
from flake8_aa_celery.model.code.scopes import COMPREHENSIONS, FUNCTIONS
from flake8_aa_celery.model.code.syntax import is_none, keyword_of, names_in, positional_parameters
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding, Block, FunctionNode, Scope, Site

_EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
#: Through this many private functions and names that stand for one another a default is followed.
_DEEPEST = 5


def unguarded(node: ast.expr, site: Site, depth: int = 0) -> str | None:
    """The name of the parameter that an expression is, where it may well be the ``None`` that it defaults to.

    None where it is something else, where a condition on it stands in between, or where it is a parameter of a
    module-private function whose every caller in this file sets it.
    """
    if not isinstance(node, ast.Name) or depth > _DEEPEST:
        return None
    bindings, scope = reaching(node.id, site), scope_of(node.id, site)
    if scope is None or len(bindings) != 1:
        return None
    name = _unguarded_when_bound(node.id, bindings[0], scope.node, depth)
    return None if name is None or _is_guarded(node, site, scope) else name


def _unguarded_when_bound(name: str, binding: Binding, owner: ast.AST, depth: int) -> str | None:
    """As :func:`unguarded`, for what a name is bound to.

    :param owner: the function, class or module that the name belongs to.
    """
    if binding.kind == "assign" and binding.value is not None:
        return unguarded(binding.value, binding.site, depth + 1)
    if binding.kind != "parameter" or not isinstance(owner, FUNCTIONS) or not _is_none_by_default(name, owner):
        return None
    return None if _is_always_set(name, owner, binding.site.module, depth) else name


def _is_none_by_default(name: str, function: FunctionNode) -> bool:
    arguments = function.args
    by_position = positional_parameters(function)
    pairs = [
        *zip(by_position[len(by_position) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *((parameter.arg, given) for parameter, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)),
    ]
    return any(parameter == name and is_none(default) for parameter, default in pairs)


# -- conditions -------------------------------------------------------------------------------------------------


def _is_guarded(node: ast.Name, site: Site, scope: Scope) -> bool:
    """Whether a condition on the name decides whether ``node`` is reached."""
    if any(_decides(outer, inner, node.id) for outer, inner in pairwise(_path(site.statement, node))):
        return True
    return any(_guards(block, node.id) or _was_settled(block, node) for block in _blocks(site, scope))


def _path(outer: ast.AST, node: ast.Name) -> list[ast.AST]:
    """``outer``, what in it leads to ``node``, and that one; empty where it does not lie in there."""
    if outer is node:
        return [node]
    ways = (_path(child, node) for child in ast.iter_child_nodes(outer))
    return next(([outer, *way] for way in ways if way), [])


def _decides(outer: ast.AST, inner: ast.AST, name: str) -> bool:
    """Whether ``outer`` is ``… if name else …`` or ``name and …``, and reaches ``inner`` by that."""
    if isinstance(outer, ast.IfExp):
        return inner is not outer.test and name in names_in(outer.test)
    return isinstance(outer, ast.BoolOp) and name in names_in(outer.values[0])


def _blocks(site: Site, scope: Scope) -> Iterator[Block]:
    """The blocks around a place up to the body of the function that ``scope`` is."""
    block: Block | None = site.block
    while block is not None:
        yield block
        block = None if block is scope.block else block.parent


def _guards(block: Block, name: str) -> bool:
    """Whether the statement or comprehension that a block belongs to runs it by a condition on a name."""
    owner = block.node
    if isinstance(owner, ast.If):
        return block.kind == "else" if _says_none(owner.test, name) else name in names_in(owner.test)
    if isinstance(owner, ast.While):
        return name in names_in(owner.test)
    if isinstance(owner, COMPREHENSIONS):
        return any(name in names_in(test) for part in owner.generators for test in part.ifs)
    statement = block.site.statement if block.site else None
    return block.kind == "case" and isinstance(statement, ast.Match) and name in names_in(statement.subject)


def _says_none(test: ast.expr, name: str) -> bool:
    """Whether a condition is ``name is None``, ``name == None`` or ``not name``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Name) and test.operand.id == name
    if not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Name) or test.left.id != name:
        return False
    return isinstance(test.ops[0], (ast.Is, ast.Eq)) and len(test.ops) == 1 and is_none(test.comparators[0])


def _was_settled(block: Block, node: ast.Name) -> bool:
    """Whether an earlier statement of the block leaves it depending on the name, or asserts something of it."""
    return _settled(block).get(node.id, node.lineno) < node.lineno


@fact
def _settled(block: Block) -> dict[str, int]:
    """The line from which on it is settled by a statement of a block what each name is."""
    found: dict[str, int] = {}
    for statement in block.body:
        if isinstance(statement, ast.Assert) or (
            isinstance(statement, ast.If) and isinstance(statement.body[-1], _EXITS)
        ):
            for name in names_in(statement.test):
                found.setdefault(name, statement.lineno)
    return found


# -- callers ----------------------------------------------------------------------------------------------------


def _is_always_set(name: str, function: FunctionNode, module: Module, depth: int) -> bool:
    """Whether a private function is called in this file alone, and always with a value for the parameter."""
    if not function.name.startswith("_"):
        return False
    calls = list(module.calls_of(frozenset({function.name})))
    if not calls:
        return any(task.node is function for task in run_by_workers_of(module))  # whose callers dispatch it
    return all(_sets(call.node, name, function, call.site, depth) for call in calls)


def _sets(call: ast.Call, name: str, function: FunctionNode, site: Site, depth: int) -> bool:
    given = _given(call, name, function)
    if given is None:
        hidden = any(keyword.arg is None for keyword in call.keywords)
        return hidden or any(isinstance(argument, ast.Starred) for argument in call.args)
    return not is_none(given) and unguarded(given, site, depth + 1) is None


def _given(call: ast.Call, name: str, function: FunctionNode) -> ast.expr | None:
    """What a call gives a parameter, None where that cannot be seen."""
    named = keyword_of(call, name)
    if named is not None:
        return named
    names = positional_parameters(function)
    if names[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute):
        del names[0]
    index = names.index(name) if name in names else len(call.args)
    return call.args[index] if index < len(call.args) else None
