"""Every priority that something is given, wherever Celery takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.facts import UNKNOWN, Constant, Dispatch, Signature, Task, Workflow

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.facts import Entry, Mapping
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.model.scopes import CallSite


class PrioritySetting(NamedTuple):
    """A priority that is given to something.

    :param place: what it is given to.
    :param owner: the fact that it belongs to; None in a schedule.
    :param node: where to report it.
    """

    entry: Entry
    place: Literal["task", "signature", "dispatch", "workflow", "schedule"]
    owner: Task | Signature | Workflow | Dispatch | None
    node: ast.expr

    @property
    def value(self) -> object:
        """The constant, or :data:`~flake8_aa_celery.model.facts.UNKNOWN`."""
        value = self.entry.value
        return value.value if isinstance(value, Constant) else UNKNOWN


def settings_in(module: Module) -> list[PrioritySetting]:
    """Every priority that a module gives."""
    return [*_of_tasks(module), *_of_canvas(module), *_of_schedules(module)]


def _of_tasks(module: Module) -> Iterator[PrioritySetting]:
    for task in module.tasks:
        entry = task.options.get("priority")
        if entry is not None:
            yield PrioritySetting(entry, "task", task, module.place_of(entry, task.decorator))


def _of_canvas(module: Module) -> Iterator[PrioritySetting]:
    for call, value in module.canvas:
        if isinstance(value, Dispatch):
            entry = value.options.get("priority")
        else:
            entry = _own_options(call, value, module).get("priority")
        if entry is not None:
            place = module.place_of(entry, call.node)
            if isinstance(value, Dispatch):
                yield PrioritySetting(entry, "dispatch", value, place)
            elif isinstance(value, Signature):
                yield PrioritySetting(entry, "signature", value, place)
            else:
                yield PrioritySetting(entry, "workflow", value, place)


def _own_options(call: CallSite, value: Signature | Workflow, module: Module) -> Mapping:
    """The options that this very call gives, not those that it takes over."""
    if isinstance(value, Signature) and value.node is value.call is call.node:
        return value.options
    return module.values.keywords(call.node, call.site)


def _of_schedules(module: Module) -> Iterator[PrioritySetting]:
    for scheduled in module.schedule:
        entry = scheduled.options.get("priority")
        if entry is not None:
            yield PrioritySetting(entry, "schedule", None, module.place_of(entry, scheduled.node))
