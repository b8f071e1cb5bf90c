"""What tasks make of the number of their retries."""

from __future__ import annotations

import ast
import operator
import sys
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.callees import within
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import Site
from flake8_aa_celery.model.code.syntax import given_to
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, Constant, Mapping
from flake8_aa_celery.model.tasks.bound import is_itself
from flake8_aa_celery.model.tasks.retries import is_retried_by_itself, retries_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task

#: How often a task is retried unless told.
_DEFAULT = 3
#: Names that say otherwise how often a task is retried.
_TELLING = frozenset({"max_retries", "override_max_retries"})
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Lt: ast.Gt, ast.LtE: ast.GtE,
}  # fmt: skip
#: Functions that leave 0 as it is.
_ROUNDING = frozenset({"abs", "float", "int", "round"})


class RetryCount(NamedTuple):
    """Something that a task makes of the number of its retries, and that is not what was meant.

    :param node: the comparison that is never true, or the countdown that is 0 the first time.
    :param most: the greatest number that there ever is; None for a countdown.
    """

    node: ast.expr
    most: int | None


@fact
def retry_counts_of(module: Module) -> list[RetryCount]:
    """Every such comparison and countdown of a module."""
    found = [RetryCount(node, None) for node in _countdowns(module)]
    for task in run_by_workers_of(module):
        compared = list(_comparisons(task))
        most = _most_retries(task) if compared else None
        if most is not None:
            found += [RetryCount(node, most) for node, site in compared if _never_is(node, task, site, most)]
    return found


def _is_count(node: ast.expr, task: Task) -> bool:
    """Whether an expression is ``self.request.retries``, or a name that is bound to that alone."""
    if isinstance(node, ast.Name):
        bindings = task.scope.bindings.get(node.id, [])
        value = bindings[0].value if len(bindings) == 1 and bindings[0].kind == "assign" else None
        return value is not None and not isinstance(value, ast.Name) and _is_count(value, task)
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "retries"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "request"
        and is_itself(node.value.value, task)
    )


# -- comparisons --------------------------------------------------------------------------------------------------


def _comparisons(task: Task) -> Iterator[tuple[ast.Compare, Site]]:
    """The comparisons of the number of retries with something, in the order of the source."""
    site = Site(task.scope.block, task.node.body[-1], sys.maxsize)  # where all that it binds is bound
    for node in ast.walk(task.node):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            sides = (node.left, node.comparators[0])
            if any(_is_count(side, task) for side in sides):
                yield node, site


def _never_is(node: ast.Compare, task: Task, site: Site, most: int) -> bool:
    """Whether a comparison is false for all numbers of retries that there are."""
    operation, other = type(node.ops[0]), node.comparators[0]
    if not _is_count(node.left, task):
        operation, other = _MIRRORED.get(operation, operation), node.left
    number = most if _is_own_limit(other, task) else _number(other, site)
    if number is None:
        return False
    if operation is ast.Gt:
        return number >= most
    return operation in (ast.GtE, ast.Eq) and number > most


def _is_own_limit(node: ast.expr, task: Task) -> bool:
    """Whether an expression is ``self.max_retries``."""
    return isinstance(node, ast.Attribute) and node.attr == "max_retries" and is_itself(node.value, task)


def _number(node: ast.expr, site: Site) -> int | None:
    value = value_of(node, site)
    number = value.value if isinstance(value, Constant) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _most_retries(task: Task) -> int | None:
    """The greatest number of retries that a task can have had; None where that is not known, or has no end."""
    if _says_otherwise(task):
        return None
    own = task.options.constant("max_retries") if not task.options.lacks("max_retries") else _DEFAULT
    if task.options.lacks("max_retries") and bases_of(task).may_define("max_retries"):
        return None
    by_calls, by_options = _limits_of_retries(task, own), _limits_of_options(task)
    only_options = bool(by_options) and not by_calls and is_retried_by_itself(task)
    limits = by_options if only_options else [own, *by_calls, *by_options]
    known = [limit for limit in limits if isinstance(limit, int) and not isinstance(limit, bool)]
    return max(known) if len(known) == len(limits) else None


def _says_otherwise(task: Task) -> bool:
    """Whether a limit is set by hand, or the task is handed to somebody who may retry it."""
    stores = (store.target for scope in task.module.scopes.all for store in scope.stores)
    if any(isinstance(target, ast.Attribute) and target.attr in _TELLING for target in stores):
        return True
    calls = [call.node for scope in within(task.scope) for call in scope.calls]
    return any(is_itself(given, task) for call in calls for given in given_to(call))


def _limits_of_retries(task: Task, own: object) -> list[object]:
    """What the calls of ``retry`` say, None among them: that stands for the task's own limit."""
    limits: list[object] = []
    for call, retried in retries_of(task.module):
        if retried is task:
            given = keywords_of(call.node, call.site)
            limit = own if given.lacks("max_retries") else given.constant("max_retries")
            limits.append(own if limit is None else limit)
    return limits


def _limits_of_options(task: Task) -> list[object]:
    """What ``retry_kwargs`` say."""
    if task.options.lacks("retry_kwargs"):
        return [UNKNOWN] if bases_of(task).may_define("retry_kwargs") else []
    entry = task.options.get("retry_kwargs")
    value = entry.value if entry else UNKNOWN
    if not isinstance(value, Mapping):
        return [UNKNOWN]
    return [] if value.lacks("max_retries") else [value.constant("max_retries")]


# -- countdowns ---------------------------------------------------------------------------------------------------


def _countdowns(module: Module) -> Iterator[ast.expr]:
    """The countdowns of retries that are 0 the first time because they are made of the number of retries."""
    for call, task in retries_of(module):
        entry = keywords_of(call.node, call.site).get("countdown")
        if entry is None or entry.module is not module:
            continue
        node = entry.node
        bindings = task.scope.bindings.get(node.id, []) if isinstance(node, ast.Name) else []
        if len(bindings) == 1 and bindings[0].kind == "assign" and bindings[0].value is not None:
            node = bindings[0].value
        if _speaks_of_it(node, task) and _first(node, task, entry.site) == 0 and not _comes_later(call.site, task):
            yield entry.node


def _speaks_of_it(node: ast.expr, task: Task) -> bool:
    return any(_is_count(part, task) for part in ast.walk(node) if isinstance(part, ast.expr))


def _comes_later(site: Site, task: Task) -> bool:
    """Whether a place is not reached before there was a retry: by an ``if`` around it, or one before it that leaves."""
    for block in site.block.around():
        is_choice = isinstance(block.node, ast.If) and block.kind in ("if", "else")
        test = block.node.test if is_choice and isinstance(block.node, ast.If) else None
        if test is not None and _is_so_first(test, task, site) is (block.kind == "else"):
            return True
        before = [each for each in block.body if isinstance(each, ast.If) and each.lineno < site.statement.lineno]
        leaving = [each for each in before if isinstance(each.body[-1], (ast.Raise, ast.Return))]
        if any(_is_so_first(each.test, task, site) for each in leaving):
            return True
    return False


def _is_so_first(test: ast.expr, task: Task, site: Site) -> bool | None:
    """Whether a condition holds when there was no retry yet; None where that does not follow from it."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        answer = _is_so_first(test.operand, task, site)
        return None if answer is None else not answer
    if isinstance(test, ast.BoolOp):
        answers = [_is_so_first(each, task, site) for each in test.values]
        decides = isinstance(test.op, ast.Or)
        return decides if decides in answers else None if None in answers else not decides
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and _speaks_of_it(test, task):
        left, right = _first(test.left, task, site), _first(test.comparators[0], task, site)
        compare = _COMPARISONS.get(type(test.ops[0]))
        return compare(left, right) if compare and left is not None and right is not None else None
    return False if _is_count(test, task) else None


def _first(node: ast.expr, task: Task, site: Site) -> float | None:
    """What a number is when there was no retry yet; None where that is not known."""
    if _is_count(node, task):
        return 0
    if isinstance(node, ast.BinOp):
        left, right = _first(node.left, task, site), _first(node.right, task, site)
        if isinstance(node.op, ast.Mult) and 0 in (left, right):
            return 0
        combine = _OPERATIONS.get(type(node.op))
        return combine(left, right) if combine and left is not None and right is not None else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        given = [_first(argument, task, site) for argument in node.args]
        known = [number for number in given if number is not None]
        if node.func.id in _ROUNDING and known[:1] == [0]:
            return 0
        if node.func.id in ("max", "min") and known and len(known) == len(given):
            return max(known) if node.func.id == "max" else min(known)
        return None
    value = value_of(node, site)
    number = value.value if isinstance(value, Constant) else None
    return float(number) if isinstance(number, (int, float)) else None


def _power(base: float, exponent: float) -> float | None:
    return 0 if base == 0 and exponent > 0 else None


_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le,
}  # fmt: skip
_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float | None]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Pow: _power,
}
