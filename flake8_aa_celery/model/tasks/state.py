"""What one run of a task leaves on the task for the next: one object serves all runs of a process."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import choices_in, given_to, positional_parameters
from flake8_aa_celery.model.knowledge.logging import LOGGING_METHODS
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.task_classes import run_by_workers_of
from flake8_aa_celery.model.tasks.attributes import OF_A_TASK, asked_by_name, own_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal, TypeGuard

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode
    from flake8_aa_celery.model.resolve.classes import Bases
    from flake8_aa_celery.model.resolve.values import Task

    How = Literal["read", "grown"]

#: Methods that add something to what they are called on.
_GROWING = frozenset({"add", "append", "appendleft", "extend", "extendleft", "insert", "update"})


#: Methods that Celery calls before the body of each run.
_BEFORE_A_RUN = ("__call__", "before_start")
#: Over so many methods that call each other it is followed what they set.
_MOST_METHODS = 5
#: Functions that are given an object and set nothing on it.
_LOOKING = frozenset({"getattr", "hasattr", "id", "isinstance", "print", "repr", "str", "super", "type"})


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
            found += _kept_in(task, itself, bases)
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


def _stored_by_methods(bases: Bases) -> dict[str, set[str]]:
    """The attributes that each method of a class sets, itself or by another method that it calls."""
    stored: dict[str, set[str]] = {}
    called: dict[str, set[str]] = {}
    for owner in bases.classes:
        for name, bindings in owner.scope.bindings.items():
            for binding in bindings:
                if isinstance(binding.node, FUNCTIONS) and (itself := positional_parameters(binding.node)[:1]):
                    reading = _Reading(itself[0])
                    stored.setdefault(name, set()).update(reading.stored_in(binding.node.body))
                    called.setdefault(name, set()).update(reading.called_in(binding.node))
    for _ in range(_MOST_METHODS):
        for name, others in called.items():
            stored[name].update(*(stored.get(other, ()) for other in others))
    return stored


def _kept_in(task: Task, itself: str, bases: Bases) -> Iterator[KeptState]:
    """The attributes that a task takes from earlier runs: those that it sets later, and those that it grows."""
    known, name = _not_kept(bases), task.name
    if not _Reading(itself).speaks_of_others(task.node, known):
        return
    methods = _stored_by_methods(bases)
    reading = _Reading(itself, methods)
    reading.all_of(task.node.body, {each for method in _BEFORE_A_RUN for each in methods.get(method, ())})
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

    def __init__(self, itself: str, methods: dict[str, set[str]] | None = None) -> None:
        self._itself = itself
        self._methods = methods or {}
        #: whether something was handed the object that may have set whatever it likes
        self._is_handed_on = False
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
        set_here = self.stored_in(otherwise)
        for each in reversed(choices):
            set_here |= self.stored_in(each.body)
            asked = {part.attr for part in ast.walk(each.test) if self._is_own(part)}
            self.cached |= (asked | asked_by_name(each.test, self._itself)) & set_here
        certain = []
        for each in choices:
            self._expression(each.test, known)
            certain.append(self.all_of(each.body, set(known)))
        return set.intersection(*certain, self.all_of(otherwise, set(known)))

    def stored_in(self, body: Sequence[ast.stmt]) -> set[str]:
        """The attributes that statements set."""
        parts = [part for each in body for part in ast.walk(each)]
        by_name = (_set_by_name(part) for part in parts if self._is_given_itself(part))
        return {part.attr for part in parts if self._is_stored(part)} | {name for name in by_name if name}

    def _simple(self, node: ast.stmt, known: set[str]) -> set[str]:
        if isinstance(node, ast.AugAssign):
            self._expression(node.value, known)
            self._grow(node.target, known)
            return known
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self._expression(part, known)
        stored = self.stored_in([node])
        self.stored |= stored
        return known | stored | self._stored_by_calls(node)

    def _stored_by_calls(self, node: ast.AST) -> set[str]:
        """The attributes that methods set which a piece of code calls."""
        return {each for method in self.called_in(node) for each in self._methods.get(method, ())}

    def called_in(self, node: ast.AST) -> set[str]:
        """The methods of the object that a piece of code calls."""
        calls = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
        return {called.attr for called in calls if self._is_own(called)}

    def _hands_on(self, node: ast.AST) -> bool:
        """Whether a call is given the object itself, and may set something on it."""
        return self._is_given_itself(node) and not _only_looks(node.func) and not _set_by_name(node)

    def _is_given_itself(self, node: ast.AST) -> TypeGuard[ast.Call]:
        given = given_to(node) if isinstance(node, ast.Call) else ()
        return any(isinstance(each, ast.Name) and each.id == self._itself for each in given)

    def _expression(self, node: ast.expr, known: set[str]) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _GROWING:
                self._grow(part.func.value, known)
            elif self._is_own(part) and isinstance(part.ctx, ast.Load):
                self._note(part, "read", known)
        self._is_handed_on = self._is_handed_on or any(map(self._hands_on, ast.walk(node)))

    def _grow(self, node: ast.expr, known: set[str]) -> None:
        if self._is_own(node):
            self._note(node, "grown", known)

    def _note(self, node: ast.Attribute, how: How, known: set[str]) -> None:
        if node.attr not in known and not self._is_handed_on:
            self.uses.append(_Use(node, how))

    def _is_own(self, node: ast.AST) -> TypeGuard[ast.Attribute]:
        return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == self._itself

    def _is_stored(self, node: ast.AST) -> TypeGuard[ast.Attribute]:
        return self._is_own(node) and isinstance(node.ctx, ast.Store)


def _only_looks(function: ast.expr) -> bool:
    """Whether a function sets nothing on what it is given, by its name."""
    if isinstance(function, ast.Attribute):
        return function.attr in LOGGING_METHODS
    return isinstance(function, ast.Name) and function.id in _LOOKING


def _set_by_name(call: ast.Call) -> str:
    """The attribute that ``setattr(self, "x", …)`` sets; empty for other calls."""
    is_setting = isinstance(call.func, ast.Name) and call.func.id == "setattr" and len(call.args) > 1
    name = call.args[1] if is_setting else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""
