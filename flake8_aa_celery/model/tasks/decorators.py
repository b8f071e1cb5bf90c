"""What the decorators of a task do: those above the one that registers it, and those below."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import reaching
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import given_to, positional_parameters, without_call
from flake8_aa_celery.model.knowledge import allianceauth, django, esi, standard_library
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Class, Function, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope, Site
    from flake8_aa_celery.model.resolve.values import Task, Value

#: Decorators of libraries that return a function as it is, or hand on what is asked of it as a bound method does.
_RETURN_IT = allianceauth.RETURNS_FUNCTION | django.RECEIVERS | standard_library.RETURNS_FUNCTION
#: Decorators of libraries that return another function, which has nothing of a task.
_RETURN_ANOTHER = frozenset(
    {"asgiref.sync.async_to_sync", "asgiref.sync.sync_to_async", "backoff.on_exception", "backoff.on_predicate"}
    | {"cachetools.cached", "contextlib.asynccontextmanager", "contextlib.contextmanager"}
    | {"django.contrib.auth.decorators.login_required", "django.contrib.auth.decorators.permission_required"}
    | {"django.contrib.auth.decorators.user_passes_test", "django.db.transaction.atomic"}
    | {"django.views.decorators.cache.cache_page", "django.views.decorators.csrf.csrf_exempt"}
    | {"esi.decorators.rate_limit_retry_task", "esi.decorators.rate_limited_task"}
    | {"functools.singledispatch", "retry.retry", "retrying.retry", "tenacity.retry"}
)
#: Decorators of libraries that return an object which Celery cannot make a task of.
_RETURN_AN_OBJECT = frozenset({"functools.cache", "functools.cached_property", "functools.lru_cache"})
#: Decorators of libraries that hand on every argument as it is.
_TRANSPARENT = esi.HANDS_ON | {django.ATOMIC, django.NOT_ATOMIC}
#: What a class defines that hands on what is asked of it, or makes something else.
_HANDING_ON = frozenset({"__getattr__", "__getattribute__", "__new__", "apply_async", "delay", "si"})


# -- above: what hides the task ---------------------------------------------------------------------------------


def hiding(task: Task) -> Iterator[ast.expr]:
    """The decorators above a task's own that are known to return something else than the task."""
    return (decorator for decorator in task.decorators_above if _returns_another(decorator, task.site))


def may_keep_task(task: Task) -> bool:
    """Whether a decorator above a task's own may keep what it is given: in a list, or as an attribute."""
    return any(_may_keep(decorator, task.site) for decorator in task.decorators_above)


def _may_keep(decorator: ast.expr, site: Site) -> bool:
    value = value_of(without_call(decorator), site)
    if isinstance(value, Origin):
        return value.dotted not in _RETURN_ANOTHER | {"builtins.staticmethod"}
    functions = decorating_functions(value, decorator)
    return not functions or any(map(_keeps_its_argument, functions))


def is_not_hidden(task: Task) -> bool:
    """Whether the name of a task's function is certain to stand for the task."""
    return all(_returns_it(decorator, task.site) for decorator in task.decorators_above)


def _returns_it(decorator: ast.expr, site: Site) -> bool:
    target = without_call(decorator)
    if isinstance(target, ast.Attribute) and target.attr == "connect":
        return True  # of a signal, Django's or Celery's
    value = value_of(target, site)
    if isinstance(value, Origin):
        return value.dotted in _RETURN_IT
    functions = decorating_functions(value, decorator)
    return bool(functions) and all(map(_returns_its_argument, functions))


def _returns_its_argument(scope: Scope) -> bool:
    parameters = scope.node.args.args if isinstance(scope.node, FUNCTIONS) else []
    returned = [node.value for node, _ in scope.returns]
    return (
        bool(parameters and returned)
        and len(scope.bindings.get(parameters[0].arg, ())) == 1
        and all(isinstance(value, ast.Name) and value.id == parameters[0].arg for value in returned)
    )


def can_stand_below(task: Task) -> bool:
    """Whether the decorators that hide a task can take its function instead, and Celery what they return.

    That must be a function, and no other object; nor may they ask what they are given for what only a task has.
    """
    values = [(value_of(without_call(decorator), task.site), decorator) for decorator in hiding(task)]
    return not any(
        isinstance(value, Class)
        or (isinstance(value, Origin) and value.dotted in _RETURN_AN_OBJECT)
        or any(map(_asks_for_a_task, decorating_functions(value, decorator)))
        for value, decorator in values
    )


def _asks_for_a_task(scope: Scope) -> bool:
    """Whether a function asks its first argument for what a function does not have."""
    parameters = scope.node.args.args if isinstance(scope.node, FUNCTIONS) else []
    return bool(parameters) and any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and node.value.id == parameters[0].arg
        and not node.attr.startswith("__")
        for node in ast.walk(scope.node)
    )


def _returns_another(decorator: ast.expr, site: Site) -> bool:
    value = value_of(without_call(decorator), site)
    if isinstance(value, Origin):
        return value.dotted in _RETURN_ANOTHER | _RETURN_AN_OBJECT
    if isinstance(value, Class):
        return decorator is without_call(decorator) and _makes_something_plain(value)
    functions = decorating_functions(value, decorator)
    return bool(functions) and all(map(_never_returns_its_argument, functions))


def _makes_something_plain(made: Class) -> bool:
    """Whether what a class makes is an object of its own that hands on nothing."""
    is_plain = not made.node.bases and not made.node.keywords and not made.node.decorator_list
    return is_plain and _HANDING_ON.isdisjoint(made.scope.bindings)


def _never_returns_its_argument(scope: Scope) -> bool:
    """Whether each value that a function returns is known to be none of what it is given."""
    return all(statement.value is None or _is_another(statement.value, site) for statement, site in scope.returns)


def _is_another(node: ast.expr, site: Site) -> bool:
    if isinstance(node, (ast.Constant, ast.Lambda)):
        return True
    if isinstance(node, ast.Call):
        return _returns_another_when_called(node, site)
    if not isinstance(node, ast.Name):
        return False
    bindings = reaching(node.id, site)
    return bool(bindings) and all(
        (binding.kind == "function" and binding.site.scope is site.scope)
        or (binding.kind == "assign" and binding.value is not None and _is_another(binding.value, binding.site))
        for binding in bindings
    )


def _returns_another_when_called(call: ast.Call, site: Site) -> bool:
    """Whether ``decorator(function)`` and ``decorator(…)(function)`` are known to be another function."""
    return len(call.args) == 1 and not call.keywords and _returns_another(call.func, site)


def _keeps_its_argument(scope: Scope) -> bool:
    """Whether a function does anything with its first argument but call it, copy its names and return it."""
    parameters = scope.node.args.args if isinstance(scope.node, FUNCTIONS) else []
    if not parameters:
        return True
    parents = {child: node for node in ast.walk(scope.node) for child in ast.iter_child_nodes(node)}
    reads = [node for node in ast.walk(scope.node) if isinstance(node, ast.Name) and node.id == parameters[0].arg]
    return not all(_only_calls(node, parents[node]) for node in reads)


def _only_calls(node: ast.Name, parent: ast.AST) -> bool:
    if isinstance(parent, ast.Call):
        called = getattr(parent.func, "attr", getattr(parent.func, "id", ""))
        return parent.func is node or called in ("wraps", "update_wrapper", "iscoroutinefunction", "signature")
    if isinstance(parent, ast.Attribute):
        return parent.attr.startswith("__")
    return isinstance(parent, ast.Return)


# -- below: what Celery's check of the arguments sees -----------------------------------------------------------


def hands_on_everything(decorator: ast.expr, site: Site) -> bool:
    """Whether what a decorator returns calls the function with all arguments that it is itself called with.

    Known of a few libraries, and read where the decorator is a function of the project.

    :param site: where the decorated function stands.
    """
    value = value_of(without_call(decorator), site)
    if isinstance(value, Origin):
        return value.dotted in _TRANSPARENT
    functions = decorating_functions(value, decorator)
    return bool(functions) and all(map(_wraps_with_all, functions))


def _wraps_with_all(decorating: Scope) -> bool:
    """Whether a function returns one that calls its argument, always with all that it got itself."""
    assert isinstance(decorating.node, FUNCTIONS)
    parameters, wrappers = decorating.node.args.args, returned_functions(decorating)
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


def decorating_functions(value: Value, decorator: ast.expr) -> list[Scope]:
    """The functions of the project that take what a decorator stands on: of ``@d(…)`` those that ``d`` returns."""
    if not isinstance(value, Function):
        return []
    scope = value.module.scopes.by_node[value.node]
    return returned_functions(scope) if isinstance(decorator, ast.Call) else [scope]


def returned_functions(scope: Scope) -> list[Scope]:
    """The functions that are defined in another and returned by it; none where it may return anything else."""
    found: list[Scope] = []
    for statement, _ in scope.returns:
        name = statement.value.id if isinstance(statement.value, ast.Name) else ""
        inner = [child for child in scope.children if isinstance(child.node, FUNCTIONS) and child.node.name == name]
        if len(inner) != 1:
            return []
        found += inner
    return found
