"""Keys of celery-once's locks that a task cannot be locked by: whoever sends it gets a ``KeyError``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.periodic.schedules import schedule_of, task_of_entry
from flake8_aa_celery.model.resolve import arguments
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, signatures_of
from flake8_aa_celery.model.resolve.values import Constant, Items, Mapping, Signature, Task
from flake8_aa_celery.model.tasks.once import once_options_of, unknown_keys_of
from flake8_aa_celery.model.tasks.parameters import parameters_of, task_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.arguments import Arguments
    from flake8_aa_celery.model.resolve.values import Entry

    Why = Literal["no parameter", "a text", "left out"]


class FaultyKey(NamedTuple):
    """A key by which a task cannot be locked.

    :param why: the task has no such parameter; all keys are one text, of which each letter is taken for one; or the
        parameter is left to its default, which celery-once does not look at.
    :param node: where to report it.
    """

    why: Why
    key: str
    task: Task
    node: ast.expr


@fact
def faulty_keys_of(module: Module) -> list[FaultyKey]:
    """The keys of the tasks of a module that do not fit them, and those that what it sends leaves out."""
    return [*_unknown(module), *_texts(module), *_left_out(module)]


def _unknown(module: Module) -> Iterator[FaultyKey]:
    for unknown in unknown_keys_of(module):
        # the key itself; where it is written elsewhere, for several tasks, the decorator of the one that lacks it
        element, task = unknown.element, unknown.task
        node = element.node if task.says(element) else task.decorator
        yield FaultyKey("no parameter", unknown.key, task, node)


def _texts(module: Module) -> Iterator[FaultyKey]:
    """Each ``keys`` that is one text, unless each letter of it is a parameter."""
    seen: set[ast.expr] = set()
    for option, once in once_options_of(module):
        entry = once.get("keys")
        value = entry.value if entry is not None else None
        if entry is None or not isinstance(value, Constant) or not isinstance(value.value, str) or entry.node in seen:
            continue
        parameters = parameters_of(option.task, module)
        if parameters is not None and not all(map(parameters.accepts, value.value)):
            seen.add(entry.node)
            yield FaultyKey("a text", value.value, option.task, entry.reported_in(module, option.node))


# -- left out ---------------------------------------------------------------------------------------------------


def _left_out(module: Module) -> Iterator[FaultyKey]:
    for dispatch in dispatches_of(module):
        if not isinstance(dispatch.receiver, Signature):
            yield from _lacking(task_of(dispatch.task, module), arguments.of_dispatch(dispatch), dispatch.node)
    for signature in signatures_of(module):
        if signature.immutable is True:
            yield from _lacking(task_of(signature.task, module), arguments.of_signature(signature), signature.call)
    for entry in schedule_of(module):
        if entry.signature is None:
            given = arguments.of_entry(entry.fields, entry.site)
            name: Entry | None = entry.fields.get("task")
            node = name.reported_in(module, entry.node) if name is not None else entry.node
            yield from _lacking(task_of_entry(entry), given, node)


def _lacking(task: Task | None, given: Arguments, node: ast.expr) -> Iterator[FaultyKey]:
    """The first parameter of a task by which it is locked, and which is left to its default."""
    keys = _keys_of(task) if task is not None else []
    taken = parameters_of(task, task.module) if task is not None and keys else None
    if task is None or taken is None or given.more_positional or given.more_names:
        return
    filled = {*taken.by_position[: given.positional], *given.names}
    known = {*taken.by_position, *taken.keyword_only}
    left = [key for key in keys if key in known and key not in filled and key not in taken.required]
    if left:
        yield FaultyKey("left out", left[0], task, node)


def _keys_of(task: Task) -> list[str]:
    """The parameters by which a task of celery-once is locked, as far as they are written at the task."""
    entry = task.options.get("once")
    once = entry.value if entry is not None else None
    keys = once.get("keys") if isinstance(once, Mapping) else None
    items = keys.value if keys is not None else None
    if not isinstance(items, Items) or not bases_of(task).is_once:
        return []
    values = (element.value for element in items.elements)
    return [value.value for value in values if isinstance(value, Constant) and isinstance(value.value, str)]
