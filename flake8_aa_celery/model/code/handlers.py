"""Which handler catches what is raised at a place, and whether it raises again."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.names import last_part, origin
from flake8_aa_celery.model.code.scopes import FUNCTIONS, LOOPS
from flake8_aa_celery.model.code.syntax import statements_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import Block, Site

_EVERYTHING = frozenset({"builtins.BaseException", "builtins.Exception"})
#: A body of no more statements than this is short.
_FEW = 3
_WITHS = (ast.With, ast.AsyncWith)
_LEAVES = (*FUNCTIONS, ast.ClassDef, ast.Lambda)


class _Named(NamedTuple):
    """An exception that is caught around a place, by its dotted name.

    :param handler: the one that catches it; None stands for ``contextlib.suppress``.
    """

    exception: str
    handler: ast.ExceptHandler | None


def tries_around(site: Site) -> Iterator[Block]:
    """The ``try`` statements in whose body a place stands, innermost first; not those whose handler it stands in."""
    return (block for block in site.block.around() if block.kind == "try")


def catching(block: Block, exception: str) -> ast.ExceptHandler | None:
    """The handler of a ``try`` that catches an exception of Celery's, the first that does.

    :param exception: the name of its class; any module of Celery or billiard may have been asked for it.
    """
    if not isinstance(block.node, ast.Try) or block.site is None:
        return None  # the handlers of ``except*`` see groups
    return next((found for found in block.node.handlers if _catches(found, exception, block.site)), None)


def caught_by(handler: ast.ExceptHandler) -> list[ast.expr]:
    """The exceptions that a handler names; none for a bare ``except``."""
    if handler.type is None:
        return []
    return handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]


def _catches(handler: ast.ExceptHandler, exception: str, site: Site) -> bool:
    return handler.type is None or any(includes(caught, exception, site) for caught in caught_by(handler))


def includes(caught: ast.expr, exception: str, site: Site) -> bool:
    """Whether a class of exceptions is one of Celery's, or one that it is derived from.

    :param exception: the name of the class; any module of Celery or billiard may have been asked for it.
    """
    dotted = origin(caught, site) or ""
    return dotted in _EVERYTHING or (
        last_part(dotted) == exception and dotted.partition(".")[0] in ("billiard", "celery")
    )


def names_it(handler: ast.ExceptHandler, exception: str) -> bool:
    """Whether a handler is one for this very exception and no other."""
    return handler.type is not None and last_part(ast.unparse(handler.type)) == exception


def raises(handler: ast.ExceptHandler) -> bool:
    """Whether anything in a handler may raise on purpose: ``raise``, or a ``retry`` of the task."""
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "retry")
        for node in _walk(handler)
    )


def is_around_work(block: Block) -> bool:
    """Whether a ``try`` or ``with`` may take its time: in a loop or around one, a long one, or the last of a function.

    What is short and stands before the rest of a function looks something up.
    """
    if not isinstance(block.node, (ast.Try, ast.With, ast.AsyncWith)) or block.site is None:
        return False
    if any(outer.kind == "loop" for outer in block.site.block.around()):
        return True
    inside = list(statements_in(block.node.body))
    return len(inside) > _FEW or any(isinstance(node, LOOPS) for node in inside) or _is_last(block.node, block)


def _is_last(node: ast.Try | ast.With | ast.AsyncWith, block: Block) -> bool:
    body = block.site.block.body if block.site else []
    following = body[body.index(node) + 1 :] if node in body else body
    return all(isinstance(statement, (ast.Expr, ast.Return)) for statement in following)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it that runs as part of it."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _LEAVES):
            yield from _walk(child)


def written(handler: ast.ExceptHandler) -> str:
    """How a handler is written: ``except Exception``."""
    return f"except {ast.unparse(handler.type)}" if handler.type else "except"


def is_expected(site: Site, exception: str) -> bool:
    """Whether a handler or a ``suppress`` around a place names an exception of Python's: ``builtins.TypeError``."""
    return any(found.exception == exception for found in _named_around(site))


def may_be_caught(site: Site, exception: str) -> bool:
    """Whether an exception of Python's that a place raises may be caught around it, and not be raised again."""
    return any(
        found.exception in (exception, *_EVERYTHING)
        and not (found.handler and isinstance(found.handler.body[-1], ast.Raise))
        for found in _named_around(site)
    )


def _named_around(site: Site) -> Iterator[_Named]:
    """What the handlers and the ``suppress`` around a place catch, in its function; a bare ``except`` everything."""
    for block in site.block.around():
        outside = block.site
        if block.kind == "try" and outside:
            for handler in getattr(block.node, "handlers", ()):  # of `except*`, too
                names = [origin(caught, outside) or "" for caught in caught_by(handler)]
                yield from (_Named(name, handler) for name in names or ["builtins.BaseException"])
        for item in block.node.items if isinstance(block.node, _WITHS) and outside else ():
            entered = item.context_expr
            if isinstance(entered, ast.Call) and outside and origin(entered.func, outside) == "contextlib.suppress":
                yield from (_Named(origin(caught, outside) or "", None) for caught in entered.args)
