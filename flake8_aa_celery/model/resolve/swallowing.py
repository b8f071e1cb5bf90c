"""What keeps an exception of Celery's from whoever has to see it: a handler, ``suppress``, the project's own code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.handlers import catching, includes, is_expected, may_be_caught, raises, written
from flake8_aa_celery.model.code.names import last_part, origin
from flake8_aa_celery.model.code.parents import parents_of
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.knowledge.standard_library import CONTEXT_MANAGERS, EXITS, SUPPRESS
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import BoundMethod, Class, Function, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Block, Scope, Site

#: So many callers are looked at, each above the one before.
_MOST_STEPS = 3


class Swallowed(NamedTuple):
    """What swallows an exception that is raised at a place.

    :param block: the body around the place.
    :param by: the handler, or what a ``with`` enters.
    """

    block: Block
    by: ast.ExceptHandler | ast.expr

    @property
    def written(self) -> str:
        """How a message calls it: ``except Exception``, ``with suppress(Exception)``."""
        return written(self.by) if isinstance(self.by, ast.ExceptHandler) else f"with {ast.unparse(self.by)}"


def swallowing(site: Site, exception: str) -> Swallowed | None:
    """What keeps an exception of Celery's from everybody that is raised at a place; None where nothing does.

    :param exception: the name of its class.
    """
    for block in site.block.around():
        if block.kind == "try":
            handler = catching(block, exception)
            if handler is not None and not raises(handler):
                return Swallowed(block, handler)
        elif block.kind == "with" and isinstance(block.node, (ast.With, ast.AsyncWith)) and block.site is not None:
            for item in block.node.items:
                if _suppresses(item.context_expr, block.site, exception):
                    return Swallowed(block, item.context_expr)
    return None


def _suppresses(context: ast.expr, site: Site, exception: str) -> bool:
    """Whether a context manager keeps an exception that is raised in it to itself."""
    if isinstance(context, ast.Call) and origin(context.func, site) == SUPPRESS:
        return any(includes(caught, exception, site) for caught in context.args)
    value = value_of(without_call(context), site)
    function = value.function if isinstance(value, BoundMethod) else value
    if isinstance(function, Function):
        return _is_context_manager(function) and _swallows_around_yield(function, exception)
    owner = value.of if isinstance(value, Instance) else value
    return isinstance(owner, Class) and any(_returns_true(scope) for scope in owner.scope.children)


def _is_context_manager(function: Function) -> bool:
    return any(origin(part, function.site) in CONTEXT_MANAGERS for part in function.node.decorator_list)


def _swallows_around_yield(function: Function, exception: str) -> bool:
    scope = function.module.scopes.by_node[function.node]
    return any(
        handler is not None and not raises(handler)
        for _, site in scope.yields
        for block in site.block.around()
        if block.kind == "try" and (handler := catching(block, exception)) is not None
    )


def _returns_true(scope: Scope) -> bool:
    """Whether a function is an ``__exit__`` that swallows whatever it is told of."""
    if not isinstance(scope.node, FUNCTIONS) or scope.node.name not in EXITS:
        return False
    return any(
        isinstance(node.value, ast.Constant) and node.value.value is True and site.block.kind == "function"
        for node, site in scope.returns
    )


# -- by who calls -----------------------------------------------------------------------------------------------


def is_caught_anywhere(site: Site, exception: str) -> bool:
    """Whether an exception of Python's may be caught around a place, or is expected by who calls its function.

    Of callers in other modules those count that name it: ``except AttributeError``. A lambda that a function of the
    project is given may be called anywhere.
    """
    if may_be_caught(site, exception) or swallowing(site, last_part(exception)) is not None:
        return True
    return _is_expected_above(site, exception, _MOST_STEPS)


def _is_expected_above(site: Site, exception: str, steps: int) -> bool:
    node = site.scope.runs_in().node
    if isinstance(node, ast.Lambda):
        return _is_handed_on(node, site.module)
    if not steps or not isinstance(node, FUNCTIONS):
        return False
    return any(
        (may_be_caught if caller.module is site.module else is_expected)(caller, exception)
        or _is_expected_above(caller, exception, steps - 1)
        for caller in _callers_of(node.name, site.module)
    )


def _is_handed_on(node: ast.Lambda, module: Module) -> bool:
    """Whether a lambda is an argument of a function or method of the project."""
    call = parents_of(module).get(node)
    sites = (found.site for found in module.all_calls() if found.node is call)
    values = [value_of(call.func, site) for site in sites if isinstance(call, ast.Call) and call.func is not node]
    return any(isinstance(value, (BoundMethod, Function)) for value in values)


def _callers_of(name: str, module: Module) -> Iterator[Site]:
    """Where functions of a name are called, in the modules of the project that speak of it."""
    wanted = f"{name}(".encode()
    others = modules_with(module.project, lambda data: wanted in data)
    modules = {module.path: module} | {found.path: found for found in others}
    for found in modules.values():
        yield from (call.site for call in found.calls_of(frozenset({name})))
