"""Whether a task can take the arguments that it is given.

What Celery does itself on ``delay`` and ``apply_async``: it calls a function with the task's parameters and no
body (``celery.utils.functional.head_from_fun``). Here the same is asked of the source, so that what cannot be seen
(``*args``, a list that is filled elsewhere) never counts as a mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.values import ClassTask, NamedTask, Task
from flake8_aa_celery.model.tasks.bound import cannot_take_itself, lacks_itself
from flake8_aa_celery.model.tasks.decorators import hands_on_everything
from flake8_aa_celery.model.tasks.index import task_named

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.arguments import Arguments
    from flake8_aa_celery.model.resolve.values import Parameters, Target

#: What a base class may define that changes how its tasks are called.
_CALLING = frozenset({"__call__", "apply_async", "delay", "run", "s", "si", "signature", "subtask", "typing"})


# -- what is taken ----------------------------------------------------------------------------------------------


def task_of(target: Target | None, module: Module) -> Task | None:
    """The task that is called, if its definition can be read: itself, or by its registered name.

    :param module: where the task is spoken of.
    """
    if isinstance(target, NamedTask) and target.name is not None:
        return task_named(target.name, module)
    return target if isinstance(target, Task) else None


def parameters_of(target: Target | None, module: Module) -> Parameters | None:
    """What a task can be called with; None where that is not known for certain.

    :param module: where the task is spoken of.
    """
    task = task_of(target, module)
    if task is None or task.wrapper is not None or task.bound is None or task.is_method or task.spelling == "removed":
        return None
    if lacks_itself(task) or cannot_take_itself(task):
        return None  # a mistake of its own, and there is no telling which of the two is meant
    if not task.options.lacks("typing") or _changes_calling(task):
        return None
    if all(hands_on_everything(decorator, task.site) for decorator in task.decorators_below):
        return task.parameters
    return None


def _changes_calling(task: Task) -> bool:
    """Whether the class of a task may see to its arguments itself."""
    bases = bases_of(task)
    calling = _CALLING - {"run"} if isinstance(task, ClassTask) else _CALLING
    return not bases.complete or any(not calling.isdisjoint(found.scope.bindings) for found in bases.classes)


# -- whether they fit -------------------------------------------------------------------------------------------


def mismatch(taken: Parameters, given: Arguments, *, partial: bool = False) -> str | None:
    """Why a task cannot take what it is given, in words that follow "`task` cannot be called like this: ".

    :param partial: whether more arguments may still be added in front: then nothing is missing yet.
    :return: None where it fits, or where what is hidden could make it fit.
    """
    return _unknown(taken, given) or _too_many(taken, given) or _twice(taken, given) or (
        None if partial else _missing(taken, given)
    )  # fmt: skip


def _unknown(taken: Parameters, given: Arguments) -> str | None:
    for name in given.names:
        if not taken.accepts(name):
            how = "it takes `{}` by position only" if name in taken.positional_only else "it has no parameter `{}`"
            return how.format(name)
    return None


def _too_many(taken: Parameters, given: Arguments) -> str | None:
    most = len(taken.by_position)
    if taken.takes_any_positional or given.positional <= most:
        return None
    return f"it takes {_number(most)}, not {given.positional}"


def _twice(taken: Parameters, given: Arguments) -> str | None:
    for name in taken.by_position[: given.positional]:
        if name in given.names and name not in taken.positional_only:
            return f"it gets `{name}` twice"
    return None


def _missing(taken: Parameters, given: Arguments) -> str | None:
    missing = names_missing(taken, given)
    return f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing" if missing else None


def names_missing(taken: Parameters, given: Arguments) -> list[str]:
    """The parameters that have no default and are certainly given nothing."""
    by_name = (name for name in given.names if name not in taken.positional_only)
    filled = {*taken.by_position[: given.positional], *by_name}
    by_position = () if given.more_positional else taken.by_position[given.positional :]
    return [
        name
        for name in (*taken.by_position, *taken.keyword_only)
        if name in taken.required
        and name not in filled
        and (name in by_position or name in taken.keyword_only)
        and not (given.more_names and name not in taken.positional_only)
    ]


def _number(most: int) -> str:
    if most == 0:
        return "no positional arguments"
    return "one positional argument" if most == 1 else f"{most} positional arguments"


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
