"""What keeps an exception of Celery's from whoever has to see it: a handler, ``suppress``, the project's own code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.handlers import catching, includes, raises, written
from flake8_aa_celery.model.code.names import origin
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.knowledge.standard_library import CONTEXT_MANAGERS, EXITS, SUPPRESS
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import BoundMethod, Class, Function, Instance

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Block, Scope, Site


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
