"""Which statements of a function cannot run, because what it is called with decides so."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import choices_in
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    App,
    BoundMethod,
    Class,
    Constant,
    Function,
    Items,
    Lambda,
    Mapping,
    Partial,
    Task,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_aa_celery.model.code.frames import Frame
    from flake8_aa_celery.model.code.scopes import Scope, Site

#: What is true whatever it holds.
_TRUE = (App, BoundMethod, Class, Function, Lambda, Partial, Task)
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
#: The classes of Python's own that a literal is known to be an instance of.
_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "bytes": (bytes,), "float": (float,), "int": (int,), "str": (str,),
}  # fmt: skip


def truth(test: ast.expr, site: Site) -> bool | None:
    """Whether a condition holds at a place; None where that is not known."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = truth(test.operand, site)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        return _of_all([truth(part, site) for part in test.values], isinstance(test.op, ast.And))
    if isinstance(test, ast.Compare):
        return _compared(test, site) if len(test.ops) == 1 else None
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "isinstance":
        return _is_instance(test, site)
    return _is_true(_decided(test, site))


def _decided(node: ast.expr, site: Site) -> Value:
    """What an expression is where a call decides it: a parameter, or a literal.

    What a setting is by default decides nothing: whoever installs the app sets it.
    """
    if isinstance(node, ast.Constant):
        return Constant(node.value)
    given = site.frame.arguments if site.frame else {}
    return value_of(node, site) if isinstance(node, ast.Name) and node.id in given else UNKNOWN


def _of_all(parts: list[bool | None], conjunction: bool) -> bool | None:
    if (not conjunction) in parts:
        return not conjunction
    return None if None in parts else conjunction


def _is_true(value: Value) -> bool | None:
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, Items):
        return bool(value.elements) if value.complete and not any(each.loop for each in value.elements) else None
    if isinstance(value, Mapping):
        return bool(value.entries) if value.complete else None
    return True if isinstance(value, _TRUE) else None


def _compared(test: ast.Compare, site: Site) -> bool | None:
    left, right = _decided(test.left, site), _decided(test.comparators[0], site)
    operator = test.ops[0]
    if isinstance(operator, (ast.Is, ast.IsNot)) and isinstance(right, Constant) and right.value is None:
        if not isinstance(left, (Constant, Items, Mapping, *_TRUE)):
            return None
        is_none = isinstance(left, Constant) and left.value is None
        return is_none is isinstance(operator, ast.Is)
    if isinstance(left, Constant) and isinstance(right, Constant) and isinstance(operator, (ast.Eq, ast.NotEq)):
        return (left.value == right.value) is isinstance(operator, ast.Eq)
    return None


def _is_instance(test: ast.Call, site: Site) -> bool | None:
    """Whether ``isinstance(x, dict)`` holds."""
    if len(test.args) != 2:
        return None
    value, wanted = _decided(test.args[0], site), test.args[1]
    names = [
        part.id for part in (wanted.elts if isinstance(wanted, ast.Tuple) else [wanted]) if isinstance(part, ast.Name)
    ]
    if isinstance(value, Mapping):
        return True if "dict" in names else False if names and set(names) <= _TYPES.keys() | {"list", "tuple"} else None
    if isinstance(value, Constant) and names and set(names) <= _TYPES.keys() | {"dict", "list", "tuple", "set"}:
        return any(isinstance(value.value, _TYPES.get(name, ())) for name in names)
    return None


def dead_statements(scope: Scope, frame: Frame) -> frozenset[ast.stmt]:
    """The statements of a function that cannot run in a call; those within them are not listed."""
    body = getattr(scope.node, "body", None)
    given = {name for name, value in frame.arguments.items() if value is not UNKNOWN}
    if not isinstance(body, list) or given.isdisjoint(_tested(scope)):
        return frozenset()
    found: set[ast.stmt] = set()
    _walk(body, scope, frame, found)
    return frozenset(found)


@fact
def _tested(scope: Scope) -> frozenset[str]:
    """The names in the conditions of a function."""
    return frozenset(
        part.id for statement in scope.choices for part in ast.walk(statement.test) if isinstance(part, ast.Name)
    )


def _walk(body: Iterable[ast.stmt], scope: Scope, frame: Frame, dead: set[ast.stmt]) -> bool:
    """Note what cannot run in a body; whether the body is always left by its end."""
    ended = False
    for statement in body:
        if ended:
            dead.add(statement)
        elif isinstance(statement, ast.If):
            ended = _walk_choice(statement, scope, frame, dead)
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            ended = _walk(statement.body, scope, frame, dead)
        elif isinstance(statement, _ENDS):
            ended = True
        else:
            for name in ("body", "orelse", "finalbody"):
                inner = getattr(statement, name, None)
                if isinstance(inner, list) and not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                    _walk(inner, scope, frame, dead)
    return ended


def _walk_choice(statement: ast.If, scope: Scope, frame: Frame, dead: set[ast.stmt]) -> bool:
    ended, choices = True, choices_in(statement)
    for choice in choices:
        holds = truth(choice.test, scope.choices[choice].framed(frame))
        if holds is False:
            dead.update(choice.body)
        else:
            ended = _walk(choice.body, scope, frame, dead) and ended
        if holds is True:
            dead.update(choice.orelse)
            return ended
    return _walk(choices[-1].orelse, scope, frame, dead) and ended
