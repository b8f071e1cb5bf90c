"""What a module can be asked: the facts that rules are about, each a function of the model.

A fact is imported when it is first asked for: most files have few of them, and nobody waits for the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence
    from typing import Any

    from flake8_aa_celery.model.calling.delays import Delay
    from flake8_aa_celery.model.calling.mismatches import Mismatch, RefusedResult
    from flake8_aa_celery.model.calling.misplaced import MisplacedOptions, WrongCollection
    from flake8_aa_celery.model.calling.serialising import RefusedArgument
    from flake8_aa_celery.model.calling.task_names import SpokenName
    from flake8_aa_celery.model.calling.undecorated import UsedAsTask
    from flake8_aa_celery.model.canvas.once import FollowedOnceTask
    from flake8_aa_celery.model.canvas.workflows import Followed, SentGroup
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.django.sends import SentInTransaction, SentWhileSaving
    from flake8_aa_celery.model.django.slow_views import SlowView
    from flake8_aa_celery.model.django.views import View
    from flake8_aa_celery.model.django.waiting import TaskInView
    from flake8_aa_celery.model.effects.blocking_loops import BlockingLoop, Nap
    from flake8_aa_celery.model.periodic.crontabs import Crontab
    from flake8_aa_celery.model.periodic.schedules import AppSchedule, ScheduleEntry
    from flake8_aa_celery.model.priorities.settings import PrioritySetting
    from flake8_aa_celery.model.resolve.occurrences import CanvasCall
    from flake8_aa_celery.model.resolve.values import Dispatch, Function, LocalCall, Signature, Task, Workflow
    from flake8_aa_celery.model.results.uses import ResultUse
    from flake8_aa_celery.model.results.waiting import Wait
    from flake8_aa_celery.model.tasks.duplicates import Duplicate
    from flake8_aa_celery.model.tasks.logs import MissingLogger
    from flake8_aa_celery.model.tasks.once import OnceOption, UnknownKey
    from flake8_aa_celery.model.tasks.options import WrittenOption
    from flake8_aa_celery.model.tasks.places import Misplaced
    from flake8_aa_celery.model.tasks.retries import Retry, SteadyRetry, SwallowedRetry

Item = TypeVar("Item")


class Fact(Generic[Item]):
    """Something that can be known of a module: the items that one function of the model finds in it.

    :param name: what it is called: ``delays``; its function is ``delays_of``.
    :param file: the file that holds the function, as a dotted name below ``flake8_aa_celery.model``.
    :param needed: facts that come first: where a module has none of these, it has nothing of this one.
    """

    __slots__ = ("_function", "file", "name", "needed")

    def __init__(self, name: str, file: str, *needed: Fact[Any]) -> None:
        self.name = name
        self.file = file
        self.needed = needed
        self._function: Callable[[Module], Sequence[Item]] | None = None

    @property
    def function(self) -> Callable[[Module], Sequence[Item]]:
        """What states it."""
        if self._function is None:
            self._function = getattr(import_module(f"{__package__}.{self.file}"), f"{self.name}_of")
        return self._function

    def of(self, module: Module) -> Sequence[Item]:
        """What it says of a module; its file is not imported where there is nothing that it needs."""
        if self.needed and not any(fact.of(module) for fact in self.needed):
            return ()
        return self.function(module)


# -- what stands in a module --------------------------------------------------------------------------------------

APPS: Fact[CallSite] = Fact("apps", "resolve.occurrences")
TASKS: Fact[Task] = Fact("tasks", "resolve.task_functions")
CANVAS: Fact[CanvasCall] = Fact("canvas", "resolve.occurrences")
DISPATCHES: Fact[Dispatch] = Fact("dispatches", "resolve.occurrences")
SIGNATURES: Fact[Signature] = Fact("signatures", "resolve.occurrences")
WORKFLOWS: Fact[Workflow] = Fact("workflows", "resolve.occurrences")
LOCAL_CALLS: Fact[LocalCall] = Fact("local_calls", "resolve.occurrences")
RESULT_USES: Fact[ResultUse] = Fact("result_uses", "results.uses")
SCHEDULE: Fact[ScheduleEntry] = Fact("schedule", "periodic.schedules")
CRONTABS: Fact[Crontab] = Fact("crontabs", "periodic.crontabs")
VIEWS: Fact[View] = Fact("views", "django.views")

# -- how tasks are defined ----------------------------------------------------------------------------------------

MISPLACED_TASKS: Fact[Misplaced] = Fact("misplaced_tasks", "tasks.places", TASKS)
DUPLICATES: Fact[Duplicate] = Fact("duplicates", "tasks.duplicates", TASKS)
MISSING_LOGGERS: Fact[MissingLogger] = Fact("missing_loggers", "tasks.logs", TASKS)
UNCALLED_FUNCTIONS: Fact[Function] = Fact("uncalled_functions", "tasks.uncalled")
MEANINGLESS_OPTIONS: Fact[WrittenOption] = Fact("meaningless_options", "tasks.options", TASKS)
ONCE_OPTIONS: Fact[OnceOption] = Fact("once_options", "tasks.once", TASKS)
UNKNOWN_KEYS: Fact[UnknownKey] = Fact("unknown_keys", "tasks.once", TASKS)
UNGRACEFUL_OPTIONS: Fact[WrittenOption] = Fact("ungraceful_options", "tasks.once", TASKS)
ONCE_IMPORTS: Fact[ast.expr | ast.stmt] = Fact("once_imports", "tasks.once")
RETRIES: Fact[Retry] = Fact("retries", "tasks.retries", TASKS)
SWALLOWED_RETRIES: Fact[SwallowedRetry] = Fact("swallowed_retries", "tasks.retries", TASKS)
STEADY_RETRIES: Fact[SteadyRetry] = Fact("steady_retries", "tasks.retries", TASKS)
ENDLESS_RETRIES: Fact[WrittenOption] = Fact("endless_retries", "tasks.retries", TASKS)

# -- what a call does ---------------------------------------------------------------------------------------------

BLOCKING_LOOPS: Fact[BlockingLoop] = Fact("blocking_loops", "effects.blocking_loops", TASKS)
NAPS: Fact[Nap] = Fact("naps", "effects.blocking_loops", TASKS)

# -- workflows and results ----------------------------------------------------------------------------------------

FOLLOWED: Fact[Followed] = Fact("followed", "canvas.workflows", WORKFLOWS)
FOLLOWED_ONCE_TASKS: Fact[FollowedOnceTask] = Fact("followed_once_tasks", "canvas.once", WORKFLOWS)
FORGOTTEN: Fact[Signature | Workflow] = Fact("forgotten", "canvas.unstarted", SIGNATURES, WORKFLOWS)
SENT_GROUPS: Fact[SentGroup] = Fact("sent_groups", "canvas.workflows", DISPATCHES, WORKFLOWS)
WAITS: Fact[Wait] = Fact("waits", "results.waiting", RESULT_USES)
USES_WITHOUT_WAIT: Fact[ResultUse] = Fact("uses_without_wait", "results.waiting", RESULT_USES)

# -- schedules ----------------------------------------------------------------------------------------------------

APP_SCHEDULES: Fact[AppSchedule] = Fact("app_schedules", "periodic.schedules", SCHEDULE, TASKS)

# -- how tasks are called -----------------------------------------------------------------------------------------

DELAYS: Fact[Delay] = Fact("delays", "calling.delays", CANVAS, TASKS, SCHEDULE)
MISMATCHES: Fact[Mismatch] = Fact("mismatches", "calling.mismatches", DISPATCHES, SIGNATURES)
MISPLACED_OPTIONS: Fact[MisplacedOptions] = Fact("misplaced_options", "calling.misplaced", DISPATCHES)
REFUSED_ARGUMENTS: Fact[RefusedArgument] = Fact("refused_arguments", "calling.serialising", DISPATCHES, SIGNATURES)
REFUSED_RESULTS: Fact[RefusedResult] = Fact("refused_results", "calling.mismatches", WORKFLOWS)
SPOKEN_NAMES: Fact[SpokenName] = Fact("spoken_names", "calling.task_names", DISPATCHES, SIGNATURES, SCHEDULE)
UNDECORATED_TASKS: Fact[UsedAsTask] = Fact("undecorated_tasks", "calling.undecorated", DISPATCHES, SIGNATURES, SCHEDULE)
WRONG_COLLECTIONS: Fact[WrongCollection] = Fact("wrong_collections", "calling.misplaced", DISPATCHES)

# -- priorities ---------------------------------------------------------------------------------------------------

PRIORITIES: Fact[PrioritySetting] = Fact("priorities", "priorities.settings", CANVAS, TASKS, SCHEDULE)
WRITTEN_PRIORITIES: Fact[PrioritySetting] = Fact("written_priorities", "priorities.settings", *PRIORITIES.needed)
BULK_PRIORITIES: Fact[PrioritySetting] = Fact("bulk_priorities", "priorities.settings", *PRIORITIES.needed, WORKFLOWS)

# -- views --------------------------------------------------------------------------------------------------------

TASKS_IN_VIEWS: Fact[TaskInView] = Fact("tasks_in_views", "django.waiting", LOCAL_CALLS, RESULT_USES)
SENT_IN_TRANSACTIONS: Fact[SentInTransaction] = Fact("sent_in_transactions", "django.sends")
SENT_WHILE_SAVING: Fact[SentWhileSaving] = Fact("sent_while_saving", "django.sends")
SLOW_VIEWS: Fact[SlowView] = Fact("slow_views", "django.slow_views", VIEWS)

#: Every fact by its name.
FACTS: dict[str, Fact[Any]] = {fact.name: fact for fact in globals().values() if isinstance(fact, Fact)}
