"""What one run of a task leaves on the task for the next: one object serves all runs of a process."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import choices_in, positional_parameters
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.tasks.attributes import OF_A_TASK, own_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal, TypeGuard

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode
    from flake8_aa_celery.model.resolve.classes import Bases

    How = Literal["read", "grown"]

#: Methods that add something to what they are called on.
_GROWING = frozenset({"add", "append", "appendleft", "extend", "extendleft", "insert", "update"})


class KeptState(NamedTuple):
    """An attribute that a run of a task takes from the runs before it.

    :param node: the attribute, where it is first read or grown.
    :param name: that of the task, or of its class.
    """

    node: ast.Attribute
    how: How
    name: str


class _Use(NamedTuple):
    node: ast.Attribute
    how: How


@fact
def kept_state_of(module: Module) -> list[KeptState]:
    """What tasks read of themselves, or grow, before this run has set it: each attribute of a task once."""
    found: list[KeptState] = []
    for task in run_by_workers_of(module):
        itself, bases = own_name(task), bases_of(task)
        if itself is not None and not bases.may_define("__getattr__"):
            found += _kept_in(task.node, itself, _not_kept(bases), task.name)
    return found


def _not_kept(bases: Bases) -> frozenset[str]:
    """What is no state: what any task has, and the methods and properties of its class."""
    methods = {
        name
        for found in bases.classes
        for name, bindings in found.scope.bindings.items()
        if any(isinstance(binding.node, (*FUNCTIONS, ast.ClassDef)) for binding in bindings)
    }
    return OF_A_TASK | methods


def _kept_in(function: FunctionNode, itself: str, known: frozenset[str], name: str) -> Iterator[KeptState]:
    """The attributes that a function takes from earlier runs: those that it sets later, and those that it grows."""
    reading = _Reading(itself)
    if not reading.speaks_of_others(function, known):
        return
    reading.all_of(function.body, set())
    seen: set[str] = set()
    for node, how in reading.uses:
        is_kept = node.attr not in known and (how == "grown" or node.attr in reading.stored)
        if is_kept and node.attr not in seen and node.attr not in reading.cached:
            seen.add(node.attr)
            yield KeptState(node, how, name)


class _Reading:
    """Reads a function from its start to its end, and notes which attributes are used before they are set.

    :ivar uses: the attributes that are read or grown before they certainly are set.
    :ivar stored: the attributes that the function sets somewhere.
    :ivar cached: those that it sets only where it has seen that there is nothing yet.
    """

    def __init__(self, itself: str) -> None:
        self._itself = itself
        self.uses: list[_Use] = []
        self.stored: set[str] = set()
        self.cached: set[str] = set()

    def speaks_of_others(self, function: FunctionNode, known: frozenset[str]) -> bool:
        """Whether a function has other attributes of itself than those that are known: most have none."""
        return any(self._is_own(part) and part.attr not in known for part in ast.walk(function))

    def all_of(self, body: Sequence[ast.stmt], known: set[str]) -> set[str]:
        """Read statements.

        :param known: the attributes that are certainly set before them.
        :return: those that certainly are after them.
        """
        for statement in body:
            known = self._statement(statement, known)
        return known

    def _statement(self, node: ast.stmt, known: set[str]) -> set[str]:
        match node:
            case ast.If():
                return self._choice(node, known)
            case ast.For() | ast.AsyncFor() | ast.While():
                head = node.test if isinstance(node, ast.While) else node.iter
                self._expression(head, known)
                self.all_of(node.body, set(known))
                self.all_of(node.orelse, set(known))
                return known
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self._expression(item.context_expr, known)
                return self.all_of(node.body, known)
            case ast.Try():
                done = self.all_of(node.orelse, self.all_of(node.body, set(known)))
                for handler in node.handlers:
                    done &= self.all_of(handler.body, set(known))
                return self.all_of(node.finalbody, done)
            case ast.Match():
                self._expression(node.subject, known)
                for each in node.cases:
                    self.all_of(each.body, set(known))
                return known
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if self._itself not in positional_parameters(node):
                    self.all_of(node.body, set(known))
                return known
            case ast.ClassDef():
                return known
            case _:
                return self._simple(node, known)

    def _choice(self, node: ast.If, known: set[str]) -> set[str]:
        choices = choices_in(node)
        otherwise = choices[-1].orelse
        set_here = self._stored_in(otherwise)
        for each in reversed(choices):
            set_here |= self._stored_in(each.body)
            asked = {part.attr for part in ast.walk(each.test) if self._is_own(part)} | self._asked_by_name(each.test)
            self.cached |= asked & set_here
        certain = []
        for each in choices:
            self._expression(each.test, known)
            certain.append(self.all_of(each.body, set(known)))
        return set.intersection(*certain, self.all_of(otherwise, set(known)))

    def _stored_in(self, body: Sequence[ast.stmt]) -> set[str]:
        """The attributes that statements set."""
        return {part.attr for each in body for part in ast.walk(each) if self._is_stored(part)}

    def _simple(self, node: ast.stmt, known: set[str]) -> set[str]:
        if isinstance(node, ast.AugAssign):
            self._expression(node.value, known)
            self._grow(node.target, known)
            return known
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self._expression(part, known)
        stored = {part.attr for part in ast.walk(node) if self._is_stored(part)}
        self.stored |= stored
        return known | stored

    def _expression(self, node: ast.expr, known: set[str]) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _GROWING:
                self._grow(part.func.value, known)
            elif self._is_own(part) and isinstance(part.ctx, ast.Load) and part.attr not in known:
                self.uses.append(_Use(part, "read"))

    def _grow(self, node: ast.expr, known: set[str]) -> None:
        if isinstance(node, ast.Attribute) and self._is_own(node) and node.attr not in known:
            self.uses.append(_Use(node, "grown"))

    def _is_own(self, node: ast.AST) -> TypeGuard[ast.Attribute]:
        return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == self._itself

    def _is_stored(self, node: ast.AST) -> TypeGuard[ast.Attribute]:
        return self._is_own(node) and isinstance(node.ctx, ast.Store)

    def _asked_by_name(self, test: ast.expr) -> set[str]:
        """What ``hasattr(self, "x")`` and ``getattr(self, "x", None)`` ask for."""
        return {
            part.args[1].value
            for part in ast.walk(test)
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in ("getattr", "hasattr")
            if len(part.args) > 1 and isinstance(part.args[1], ast.Constant) and isinstance(part.args[1].value, str)
        }
