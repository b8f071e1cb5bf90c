"""What kind of body a task has: how long it is, whether it only dispatches, whether it does one thing alone."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.callees import called_functions, within
from flake8_aa_celery.model.code.scopes import COMPREHENSIONS
from flake8_aa_celery.model.code.syntax import choices_in, statements_in
from flake8_aa_celery.model.effects.bodies import Body
from flake8_aa_celery.model.effects.graph import graph_of
from flake8_aa_celery.model.knowledge.celery import DISPATCH_METHODS
from flake8_aa_celery.model.knowledge.logging import SAY_NOTHING
from flake8_aa_celery.model.knowledge.methods import OF_LIBRARIES
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.orm import asks_database
from flake8_aa_celery.model.resolve.values import UNKNOWN, Dispatch, Origin, Signature, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.resolve.values import Task

#: A task of no more statements may be one that only hands on to somebody else.
_SLIM = 3
#: What fills a list of signatures.
_GROWING = frozenset({"append", "extend", "insert"})
_SENDING_OPTIONS = frozenset({"countdown", "eta", "expires", "priority", "queue", "routing_key"})
#: Where functions come from that only count, sort, or tell the time.
_HARMLESS = ("builtins.", "datetime.", "django.utils.timezone.", "itertools.", "math.", "random.", "time.")


def statements(task: Task) -> list[ast.stmt]:
    """The statements of a task's body beside its docstring and its imports."""
    return [node for node in _without_docstring(task.node.body) if not isinstance(node, (ast.Import, ast.ImportFrom))]


def number_of_statements(task: Task) -> int:
    """How many statements a task has, nested ones included, its docstring not."""
    return sum(1 for _ in statements_in(_without_docstring(task.node.body)))


def is_slim(task: Task) -> bool:
    """Whether a task only hands on, to code of other modules that cannot be read and may log: a few calls and fetches.

    Or does nothing, or only raises.
    """
    body = statements(task)
    return (
        len(body) <= _SLIM
        and all(map(_is_slim_statement, body))
        and not any(_is_loop(node) for statement in body for node in ast.walk(statement))
        and not any(called_functions(task.scope))
        and (_leads_into_the_dark(task) or not any(part.calls for part in within(task.scope)) or _only_raises(body))
    )


def _only_raises(body: list[ast.stmt]) -> bool:
    return all(isinstance(node, ast.Raise) for node in body)


def _leads_into_the_dark(task: Task) -> bool:
    """Whether a task leads to a call of something that cannot be read and is no library known to say nothing."""
    graph = graph_of(task.module.project)
    return any(
        not step.callees and _is_unreadable(step.call)
        for body in graph.reached(Body(task.scope))
        for step in graph.steps(body)
    )


def _is_unreadable(call: CallSite) -> bool:
    called = value_of(call.node.func, call.site)
    if isinstance(called, Origin):
        return called.dotted.replace("()", "").partition(".")[0] not in SAY_NOTHING
    function = call.node.func
    if called is not UNKNOWN or isinstance(function, ast.Lambda):
        return False
    if not isinstance(function, ast.Attribute):
        return True
    # what is known and has no such method inherits it from a library: the row of a model, a list
    return function.attr not in OF_LIBRARIES and value_of(function.value, call.site) is UNKNOWN


def only_dispatches(task: Task) -> bool:
    """Whether a task does nothing but send others, in loops too: each of these logs for itself."""
    calls = [call for part in within(task.scope) for call in part.calls]
    return any(_is_sent(call.node) for call in calls) and _Sending(task.module, calls).all(statements(task))


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if is_docstring else body


def _is_slim_statement(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(_awaited(node.value), ast.Call) or _is_ellipsis(node.value)
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return node.value is not None and asks_database(_awaited(node.value))
    return isinstance(node, (ast.Return, ast.Raise, ast.Pass))


def _awaited(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Await) else node


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _is_loop(node: ast.AST) -> bool:
    """Whether something is done once per item: a comprehension that calls nothing only selects."""
    return isinstance(node, COMPREHENSIONS) and any(
        isinstance(part, ast.Call) for element in _elements(node) for part in ast.walk(element)
    )


def _elements(node: ast.AST) -> Iterable[ast.expr]:
    if isinstance(node, ast.DictComp):
        return (node.key, node.value)
    return (node.elt,) if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)) else ()


def _is_sent(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in (*DISPATCH_METHODS, "send_task")


class _Sending:
    """Whether statements of a task do nothing but send, and prepare what is sent."""

    def __init__(self, module: Module, calls: list[CallSite]) -> None:
        self._module = module
        self._calls = {id(call.node): call for call in calls}
        #: names that are used as options of what is sent: how they come about is no work
        self._options = {
            keyword.value.id
            for call in calls
            for keyword in call.node.keywords
            if keyword.arg in _SENDING_OPTIONS and isinstance(keyword.value, ast.Name)
        }

    def all(self, body: list[ast.stmt]) -> bool:
        return all(map(self._is_sending, body))

    def _is_sending(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.If):
            choices = choices_in(node)
            return all(self.all(each.body) for each in choices) and self.all(choices[-1].orelse)
        if isinstance(node, (ast.For, ast.While)):
            return self.all(node.body) and self.all(node.orelse)
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Call) and self._sends(node.value)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            return node.targets[0].id in self._options or self._prepares(node.value)
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)):
            return node.value is None or self._prepares(node.value)
        return isinstance(node, (ast.Pass, ast.Continue, ast.Break, ast.Import, ast.ImportFrom))

    def _sends(self, node: ast.Call) -> bool:
        if _is_sent(node) or isinstance(self._value(node), Dispatch):
            return True
        if isinstance(node.func, ast.Attribute) and node.func.attr in _GROWING:
            return all(map(self._prepares, node.args))
        return isinstance(node.func, ast.Attribute) and node.func.attr == "on_commit"

    def _prepares(self, node: ast.expr) -> bool:
        """Whether an expression makes something to send or to go over, and does no work of its own."""
        if isinstance(node, COMPREHENSIONS):
            return all(map(self._prepares, _elements(node)))
        if isinstance(node, ast.Call):
            return self._sends(node) or asks_database(node) or self._is_harmless(node)
        return all(self._prepares(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))

    def _is_harmless(self, node: ast.Call) -> bool:
        if isinstance(self._value(node), (Signature, Workflow)):
            return True
        call = self._calls.get(id(node))
        dotted = (self._module.origin(node.func, call.site) if call else None) or ""
        return dotted.startswith(_HARMLESS) and all(map(self._prepares, node.args))

    def _value(self, node: ast.Call) -> object:
        call = self._calls.get(id(node))
        return value_of(node, call.site) if call else None
