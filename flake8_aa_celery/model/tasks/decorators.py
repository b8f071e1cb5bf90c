"""What the decorators of a task do: those above the one that registers it, and those below."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import given_to, positional_parameters, without_call
from flake8_aa_celery.model.knowledge import allianceauth, django, esi, standard_library
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Function, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site
    from flake8_aa_celery.model.resolve.values import Task, Value

#: Decorators of libraries that return a function as it is, or hand on what is asked of it as a bound method does.
_RETURN_IT = allianceauth.RETURNS_FUNCTION | django.RECEIVERS | standard_library.RETURNS_FUNCTION
#: Decorators of libraries that hand on every argument as it is.
_TRANSPARENT = esi.HANDS_ON | {django.ATOMIC, django.NOT_ATOMIC}


# -- above: what hides the task ---------------------------------------------------------------------------------


def hiding(task: Task) -> Iterator[ast.expr]:
    """The decorators above a task's own of which it is not known that they return what they are given."""
    return (decorator for decorator in task.decorators_above if not _returns_it(decorator, task))


def _returns_it(decorator: ast.expr, task: Task) -> bool:
    target = without_call(decorator)
    if isinstance(target, ast.Attribute) and target.attr == "connect":
        return True  # of a signal, Django's or Celery's
    value = value_of(target, task.site)
    if isinstance(value, Origin):
        return value.dotted in _RETURN_IT
    functions = _decorating(value, decorator)
    return bool(functions) and all(map(_returns_its_argument, functions))


def _returns_its_argument(scope: Scope) -> bool:
    parameters = scope.node.args.args if isinstance(scope.node, FUNCTIONS) else []
    returned = [node.value for node, _ in scope.returns]
    return (
        bool(parameters and returned)
        and len(scope.bindings.get(parameters[0].arg, ())) == 1
        and all(isinstance(value, ast.Name) and value.id == parameters[0].arg for value in returned)
    )


# -- below: what Celery's check of the arguments sees -----------------------------------------------------------


def hands_on_everything(decorator: ast.expr, site: Site) -> bool:
    """Whether what a decorator returns calls the function with all arguments that it is itself called with.

    Known of a few libraries, and read where the decorator is a function of the project.

    :param site: where the decorated function stands.
    """
    value = value_of(without_call(decorator), site)
    if isinstance(value, Origin):
        return value.dotted in _TRANSPARENT
    functions = _decorating(value, decorator)
    return bool(functions) and all(map(_wraps_with_all, functions))


def _wraps_with_all(decorating: Scope) -> bool:
    """Whether a function returns one that calls its argument, always with all that it got itself."""
    assert isinstance(decorating.node, FUNCTIONS)
    parameters, wrappers = decorating.node.args.args, _returned_functions(decorating)
    return len(parameters) == 1 and bool(wrappers) and all(_passes_all(each, parameters[0].arg) for each in wrappers)


def _passes_all(wrapper: Scope, function: str) -> bool:
    assert isinstance(wrapper.node, FUNCTIONS)
    calls = [
        call.node for call in wrapper.calls if isinstance(call.node.func, ast.Name) and call.node.func.id == function
    ]
    return bool(calls) and _keeps_parameters(wrapper) and all(_is_given_all(call, wrapper.node) for call in calls)


def _keeps_parameters(wrapper: Scope) -> bool:
    """Whether the parameters of a function stay what they are: bound to nothing else, and not added to."""
    taken = {name for name, found in wrapper.bindings.items() if any(each.kind == "parameter" for each in found)}
    return taken.isdisjoint(wrapper.spoilt) and all(len(wrapper.bindings[name]) == 1 for name in taken)


def _is_given_all(call: ast.Call, wrapper: FunctionNode) -> bool:
    """Whether a call hands on each parameter of the function that it stands in, in their order."""
    taken = wrapper.args
    if taken.vararg is None or taken.kwarg is None or taken.kwonlyargs or taken.defaults:
        return False
    all_of_it = [*positional_parameters(wrapper), f"*{taken.vararg.arg}", taken.kwarg.arg]
    is_spread = [keyword.arg for keyword in call.keywords] == [None]
    return is_spread and [ast.unparse(argument) for argument in given_to(call)] == all_of_it


# -- decorators of the project ----------------------------------------------------------------------------------


def _decorating(value: Value, decorator: ast.expr) -> list[Scope]:
    """The functions of the project that take what a decorator stands on: of ``@d(…)`` those that ``d`` returns."""
    if not isinstance(value, Function):
        return []
    scope = value.module.scopes.by_node[value.node]
    return _returned_functions(scope) if isinstance(decorator, ast.Call) else [scope]


def _returned_functions(scope: Scope) -> list[Scope]:
    """The functions that are defined in another and returned by it; none where it may return anything else."""
    found: list[Scope] = []
    for statement, _ in scope.returns:
        name = statement.value.id if isinstance(statement.value, ast.Name) else ""
        inner = [child for child in scope.children if isinstance(child.node, FUNCTIONS) and child.node.name == name]
        if len(inner) != 1:
            return []
        found += inner
    return found
