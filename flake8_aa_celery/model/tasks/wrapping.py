"""Tasks that are called after what a decorator below their own returns, since it does not say whom it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import positional_parameters, without_call
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.tasks.decorators import decorating_functions, returned_functions

if TYPE_CHECKING:
    import ast

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import FunctionNode, Scope
    from flake8_aa_celery.model.resolve.values import Task

_COPIES_NAME = frozenset({"functools.update_wrapper", "functools.wraps"})


class LostName(NamedTuple):
    """A decorator below a task's own that hands on a function of another name.

    :param task: the first task of the module that it stands on.
    :param others: how many more tasks of the module it stands on.
    :param decorator: the decorator as it stands there.
    :param wrapper: the function that it returns, with the module of that.
    :param wrapped: the name of what it stands on, in there; None where that is not its only parameter.
    """

    task: Task
    others: int
    decorator: ast.expr
    wrapper: FunctionNode
    module: Module
    wrapped: str | None

    @property
    def name(self) -> str:
        """The name that Celery gives the task."""
        return f"{self.module.dotted}.{self.wrapper.name}"

    @property
    def is_spoken_of(self) -> bool:
        """Whether anything in the project calls the task by that name."""
        name = self.name.encode()
        return any(True for _ in files(self.task.module.project, lambda data: name in data))


@fact
def lost_names_of(module: Module) -> list[LostName]:
    """The decorators below those of tasks that lose the tasks' names: each once, with the first of its tasks."""
    found: dict[ast.AST, LostName] = {}
    for task in tasks_of(module):
        lost = _lost_by(task) if task.options.lacks("name") else None
        if lost is not None:
            first = found.get(lost.wrapper)
            found[lost.wrapper] = first._replace(others=first.others + 1) if first else lost
    return list(found.values())


def _lost_by(task: Task) -> LostName | None:
    """The decorator that a task loses its name by; None where all that can be read keep it."""
    for decorator in task.decorators_below:
        functions = decorating_functions(value_of(without_call(decorator), task.site), decorator)
        wrappers = [wrapper for each in functions for wrapper in returned_functions(each)]
        if len(functions) != 1 or len(wrappers) != 1:
            return None
        (decorating,), (wrapper,) = functions, wrappers
        if not _keeps_name(wrapper, decorating):
            return _lost(task, decorator, wrapper, decorating) if _is_plain(wrapper, decorating) else None
    return None


def _lost(task: Task, decorator: ast.expr, wrapper: Scope, decorating: Scope) -> LostName:
    assert isinstance(wrapper.node, FUNCTIONS) and isinstance(decorating.node, FUNCTIONS)
    parameters = positional_parameters(decorating.node)
    return LostName(task, 0, decorator, wrapper.node, wrapper.module, parameters[0] if len(parameters) == 1 else None)


def _keeps_name(wrapper: Scope, decorating: Scope) -> bool:
    """Whether what a decorator returns certainly is called as what it stands on."""
    assert isinstance(wrapper.node, FUNCTIONS)
    site = wrapper.block.site
    copied = [without_call(each) for each in wrapper.node.decorator_list]
    by_decorator = site is not None and any(decorating.module.origin(each, site) in _COPIES_NAME for each in copied)
    return by_decorator or any(
        decorating.module.origin(call.node.func, call.site) in _COPIES_NAME for call in decorating.calls
    )


def _is_plain(wrapper: Scope, decorating: Scope) -> bool:
    """Whether nothing else could have named what a decorator returns."""
    assert isinstance(wrapper.node, FUNCTIONS)
    names = {last_part(store.target.attr) for store in decorating.stores if hasattr(store.target, "attr")}
    return not wrapper.node.decorator_list and names.isdisjoint({"__name__", "__qualname__", "__dict__"})
