"""What is asked of the result of a dispatch."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import reaching
from flake8_aa_celery.model.knowledge.celery import RESULT_METHODS, RESULTS
from flake8_aa_celery.model.resolve import prefilters
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import App, Dispatch, Task, UnreadableTask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite, Site

_TELLING = RESULT_METHODS | {name.rpartition(".")[2] for name in RESULTS}


class ResultUse(NamedTuple):
    """Something that is asked of the result of a dispatch, or ``AsyncResult(…)`` and its like.

    :param name: the attribute or method, or the class.
    :param dispatch: the dispatch; None for a result that was made by hand.
    """

    node: ast.expr
    name: str
    dispatch: Dispatch | None
    site: Site


@fact
def result_uses_of(module: Module) -> list[ResultUse]:
    """Everything that a module asks of the results of its dispatches, and of results that it makes of an id."""
    return [*_calls(module), *_reads(module)]


def _calls(module: Module) -> Iterator[ResultUse]:
    for call in module.calls_of(_TELLING):
        function = call.node.func
        if isinstance(function, ast.Attribute) and function.attr in RESULT_METHODS:
            dispatch = _dispatch(function.value, call.site)
            if dispatch is not None:
                yield ResultUse(call.node, function.attr, dispatch, call.site)
        else:
            made = _made_by_hand(call)
            if made:
                yield ResultUse(call.node, made, None, call.site)


def _made_by_hand(call: CallSite) -> str:
    """The class of ``AsyncResult(id)`` or ``task.AsyncResult(id)``; empty for any other call."""
    module = call.site.module
    function = call.node.func
    if isinstance(function, ast.Attribute) and function.attr in RESULTS.values():
        owner = value_of(function.value, call.site)
        if isinstance(owner, (App, Task, UnreadableTask)):
            return function.attr
    return RESULTS.get(module.origin(function, call.site) or "", "")


def is_only_revoked(made: ResultUse, module: Module) -> bool:
    """Whether a result that was made by hand serves to revoke its task, and for nothing else that is seen."""
    return _asked(module).get(id(made.node)) == {"revoke"}


@fact
def _asked(module: Module) -> dict[int, set[str]]:
    """Which methods and attributes are asked of each expression, by its ``id``."""
    called = [(node, call.site) for call in module.all_calls() if isinstance(node := call.node.func, ast.Attribute)]
    asked: dict[int, set[str]] = {}
    for node, site in [*called, *(read for scope in module.scopes.all for read in scope.attribute_reads)]:
        for meant in standing_for(node.value, site):
            asked.setdefault(id(meant), set()).add(node.attr)
    return asked


def standing_for(node: ast.expr, site: Site) -> Iterator[ast.expr | None]:
    """What an expression stands for: itself, or for a name what it was bound to."""
    if isinstance(node, ast.Name):
        yield from (binding.value for binding in reaching(node.id, site))
    else:
        yield node


def _reads(module: Module) -> Iterator[ResultUse]:
    for scope in module.scopes.all:
        for node, site in scope.attribute_reads:
            dispatch = _dispatch(node.value, site)
            if dispatch is not None:
                yield ResultUse(node, node.attr, dispatch, site)


def _dispatch(node: ast.expr, site: Site) -> Dispatch | None:
    value = value_of(node, site) if dispatches_of(site.module) and prefilters.result(node, site) else None
    return value if isinstance(value, Dispatch) else None
