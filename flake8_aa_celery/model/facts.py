"""What a module can be asked, by name: the facts that rules are about.

A fact is imported when it is first asked for: most files have few of them, and nobody waits for the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from flake8_aa_celery.model.code.module import Module


class Fact(NamedTuple):
    """Something that can be known of a module.

    :param name: the words that stand for it: ``dispatches``.
    :param room: the module below ``flake8_aa_celery.model`` that states it.
    """

    name: str
    room: str

    @property
    def function(self) -> str:
        """The name of the function that states it."""
        return f"{self.name}_of"

    def of(self, module: Module) -> Iterable[Any]:
        """What the fact says of a module: one item for each thing that a rule is handed."""
        stated = getattr(import_module(f"{__package__}.{self.room}"), self.function)
        found: Iterable[Any] = stated(module)
        return found


_ALL = (
    Fact("tasks", "resolve.task_functions"),
    Fact("canvas", "resolve.occurrences"),
    Fact("dispatches", "resolve.occurrences"),
    Fact("signatures", "resolve.occurrences"),
    Fact("workflows", "resolve.occurrences"),
    Fact("local_calls", "resolve.occurrences"),
    Fact("schedule", "periodic.schedules"),
    Fact("crontabs", "periodic.crontabs"),
    Fact("views", "django.views"),
    Fact("result_uses", "results.uses"),
    Fact("blocking_loops", "effects.blocking_loops"),
    Fact("priorities", "priorities.settings"),
    Fact("written_priorities", "priorities.settings"),
    Fact("bulk_priorities", "priorities.settings"),
)

#: Every fact by its name.
FACTS = {fact.name: fact for fact in _ALL}
