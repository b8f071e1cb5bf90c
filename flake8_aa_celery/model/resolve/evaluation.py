"""What an expression is: one question, answered as far as imports, assignments and literals tell.

Nothing is guessed: what cannot be resolved is :data:`~flake8_aa_celery.model.resolve.values.UNKNOWN`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.values import UNKNOWN, Entry, Mapping, Value

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from flake8_aa_celery.model.code.scopes import Site

#: Beyond this many nested questions an answer is not worth having, and the interpreter's stack is not endless.
DEEPEST = 60

#: What answers for each kind of expression; imported with the first question, since it asks in turn.
_HANDLERS: dict[type[ast.expr], Callable[..., Value]] = {}


def value_of(node: ast.expr, site: Site) -> Value:
    """What ``node``, which stands at ``site``, is; follows imports into other files of the project."""
    if not _HANDLERS:
        _import_handlers()
    module = site.module
    memo = module.values if site.frame is None else site.frame.values
    known: Value | None = memo.get(id(node))
    if known is not None:
        return known
    handler, project = _HANDLERS.get(type(node)), module.project
    if handler is None or project.depth > DEEPEST:
        return UNKNOWN
    if not project.depth:
        project.frames = 0
    # a name that leads back to itself is not known
    memo[id(node)] = UNKNOWN
    project.depth += 1
    try:
        value = handler(node, site)
    finally:
        project.depth -= 1
    memo[id(node)] = value
    return value


def _import_handlers() -> None:
    from flake8_aa_celery.model.resolve.expressions import HANDLERS

    _HANDLERS.update(HANDLERS)


def keywords_of(node: ast.Call, site: Site, start: Mapping | None = None) -> Mapping:
    """The keyword arguments of a call, ``**`` resolved where it can be, over those of ``start``."""
    found = start or Mapping({})
    for keyword in node.keywords:
        if keyword.arg is not None:
            found = found.merged(Mapping({keyword.arg: Entry(keyword.value, site)}))
        else:
            more = value_of(keyword.value, site)
            found = found.merged(more if isinstance(more, Mapping) else Mapping({}, complete=False))
    return found
