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

    from flake8_aa_celery.model.calling.callbacks import RefusedCall
    from flake8_aa_celery.model.calling.delays import Delay
    from flake8_aa_celery.model.calling.mismatches import Mismatch, RefusedResult
    from flake8_aa_celery.model.calling.misplaced import MisplacedOptions, WrongCollection
    from flake8_aa_celery.model.calling.naive_moments import NaiveMoment
    from flake8_aa_celery.model.calling.once_keys import FaultyKey
    from flake8_aa_celery.model.calling.schedule_faults import ScheduleFault
    from flake8_aa_celery.model.calling.send_options import UnreadOption
    from flake8_aa_celery.model.calling.serialising import RefusedArgument
    from flake8_aa_celery.model.calling.task_names import SpokenName
    from flake8_aa_celery.model.calling.undecorated import UsedAsTask
    from flake8_aa_celery.model.calling.unknown_tasks import UnknownTask
    from flake8_aa_celery.model.canvas.misplaced import NoSignature
    from flake8_aa_celery.model.canvas.once import FollowedOnceTask
    from flake8_aa_celery.model.canvas.workflows import Followed, SentGroup
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.model.django.late_saves import LateSave
    from flake8_aa_celery.model.django.on_commit import LateCallback, MisusedCommit
    from flake8_aa_celery.model.django.sends import SentInTransaction, SentWhileSaving
    from flake8_aa_celery.model.django.slow_views import SlowView
    from flake8_aa_celery.model.django.views import View
    from flake8_aa_celery.model.django.waiting import TaskInView
    from flake8_aa_celery.model.effects.blocking_loops import BlockingLoop, Nap
    from flake8_aa_celery.model.effects.endless_calls import EndlessCall
    from flake8_aa_celery.model.periodic.crontabs import Crontab
    from flake8_aa_celery.model.periodic.schedules import AppSchedule, ScheduleEntry
    from flake8_aa_celery.model.priorities.bulk_delays import BulkDelay
    from flake8_aa_celery.model.priorities.first_only import FirstOnly
    from flake8_aa_celery.model.priorities.foreign import ForeignTask
    from flake8_aa_celery.model.priorities.lost import LostPriority
    from flake8_aa_celery.model.priorities.settings import PrioritySetting
    from flake8_aa_celery.model.resolve.occurrences import CanvasCall
    from flake8_aa_celery.model.resolve.values import Dispatch, Function, LocalCall, Signature, Task, Workflow
    from flake8_aa_celery.model.results.uses import ResultUse
    from flake8_aa_celery.model.results.waiting import Wait
    from flake8_aa_celery.model.tasks.attributes import UnknownAttribute
    from flake8_aa_celery.model.tasks.duplicates import Duplicate
    from flake8_aa_celery.model.tasks.exhausted import DeadHandler
    from flake8_aa_celery.model.tasks.generators import GeneratorTask
    from flake8_aa_celery.model.tasks.locks import LostLock
    from flake8_aa_celery.model.tasks.logs import MissingLogger
    from flake8_aa_celery.model.tasks.once import OnceOption, UnknownKey
    from flake8_aa_celery.model.tasks.option_values import FaultyOption
    from flake8_aa_celery.model.tasks.options import WrittenOption
    from flake8_aa_celery.model.tasks.places import Misplaced
    from flake8_aa_celery.model.tasks.registration import Unregistered
    from flake8_aa_celery.model.tasks.retries import Retry, SteadyRetry, SwallowedRetry
    from flake8_aa_celery.model.tasks.retry_counts import RetryCount
    from flake8_aa_celery.model.tasks.retry_options import LostRetryOptions
    from flake8_aa_celery.model.tasks.state import KeptState

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
UNREGISTERED_TASKS: Fact[Unregistered] = Fact("unregistered_tasks", "tasks.registration", TASKS)
MISSING_LOGGERS: Fact[MissingLogger] = Fact("missing_loggers", "tasks.logs", TASKS)
UNCALLED_FUNCTIONS: Fact[Function] = Fact("uncalled_functions", "tasks.uncalled")
MEANINGLESS_OPTIONS: Fact[WrittenOption] = Fact("meaningless_options", "tasks.options", TASKS)
FAULTY_OPTIONS: Fact[FaultyOption] = Fact("faulty_options", "tasks.option_values", TASKS)
UNKNOWN_ATTRIBUTES: Fact[UnknownAttribute] = Fact("unknown_attributes", "tasks.attributes", TASKS)
GENERATOR_TASKS: Fact[GeneratorTask] = Fact("generator_tasks", "tasks.generators", TASKS)
KEPT_STATE: Fact[KeptState] = Fact("kept_state", "tasks.state")
ONCE_OPTIONS: Fact[OnceOption] = Fact("once_options", "tasks.once", TASKS)
UNKNOWN_KEYS: Fact[UnknownKey] = Fact("unknown_keys", "tasks.once", TASKS)
FAULTY_KEYS: Fact[FaultyKey] = Fact("faulty_keys", "calling.once_keys", TASKS, DISPATCHES, SIGNATURES, SCHEDULE)
LOST_LOCKS: Fact[LostLock] = Fact("lost_locks", "tasks.locks", TASKS)
UNGRACEFUL_OPTIONS: Fact[WrittenOption] = Fact("ungraceful_options", "tasks.once", TASKS)
ONCE_IMPORTS: Fact[ast.expr | ast.stmt] = Fact("once_imports", "tasks.once")
RETRIES: Fact[Retry] = Fact("retries", "tasks.retries", TASKS)
SWALLOWED_RETRIES: Fact[SwallowedRetry] = Fact("swallowed_retries", "tasks.retries", TASKS)
DEAD_HANDLERS: Fact[DeadHandler] = Fact("dead_handlers", "tasks.exhausted")
STEADY_RETRIES: Fact[SteadyRetry] = Fact("steady_retries", "tasks.retries", TASKS)
RETRY_COUNTS: Fact[RetryCount] = Fact("retry_counts", "tasks.retry_counts", TASKS)
LOST_RETRY_OPTIONS: Fact[LostRetryOptions] = Fact("lost_retry_options", "tasks.retry_options", TASKS)
ENDLESS_RETRIES: Fact[WrittenOption] = Fact("endless_retries", "tasks.retries", TASKS)

# -- what a call does ---------------------------------------------------------------------------------------------

BLOCKING_LOOPS: Fact[BlockingLoop] = Fact("blocking_loops", "effects.blocking_loops", TASKS)
NAPS: Fact[Nap] = Fact("naps", "effects.blocking_loops", TASKS)
ENDLESS_CALLS: Fact[EndlessCall] = Fact("endless_calls", "effects.endless_calls", TASKS)

# -- workflows and results ----------------------------------------------------------------------------------------

FOLLOWED: Fact[Followed] = Fact("followed", "canvas.workflows", WORKFLOWS)
FOLLOWED_ONCE_TASKS: Fact[FollowedOnceTask] = Fact("followed_once_tasks", "canvas.once", WORKFLOWS)
FORGOTTEN: Fact[Signature | Workflow] = Fact("forgotten", "canvas.unstarted", SIGNATURES, WORKFLOWS)
SENT_GROUPS: Fact[SentGroup] = Fact("sent_groups", "canvas.workflows", DISPATCHES, WORKFLOWS)
NO_SIGNATURES: Fact[NoSignature] = Fact("no_signatures", "canvas.misplaced")
WAITS: Fact[Wait] = Fact("waits", "results.waiting", RESULT_USES)
USES_WITHOUT_WAIT: Fact[ResultUse] = Fact("uses_without_wait", "results.waiting", RESULT_USES)

# -- schedules ----------------------------------------------------------------------------------------------------

SCHEDULE_FAULTS: Fact[ScheduleFault] = Fact("schedule_faults", "calling.schedule_faults")
APP_SCHEDULES: Fact[AppSchedule] = Fact("app_schedules", "periodic.schedules", SCHEDULE, TASKS)

# -- how tasks are called -----------------------------------------------------------------------------------------

DELAYS: Fact[Delay] = Fact("delays", "calling.delays", CANVAS, TASKS, SCHEDULE)
BULK_DELAYS: Fact[BulkDelay] = Fact("bulk_delays", "priorities.bulk_delays", DISPATCHES)
MISMATCHES: Fact[Mismatch] = Fact("mismatches", "calling.mismatches", DISPATCHES, SIGNATURES)
MISPLACED_OPTIONS: Fact[MisplacedOptions] = Fact("misplaced_options", "calling.misplaced", DISPATCHES)
NAIVE_MOMENTS: Fact[NaiveMoment] = Fact("naive_moments", "calling.naive_moments", CANVAS, TASKS, SCHEDULE)
REFUSED_ARGUMENTS: Fact[RefusedArgument] = Fact("refused_arguments", "calling.serialising", DISPATCHES, SIGNATURES)
REFUSED_CALLS: Fact[RefusedCall] = Fact("refused_calls", "calling.callbacks", SIGNATURES)
REFUSED_RESULTS: Fact[RefusedResult] = Fact("refused_results", "calling.mismatches", WORKFLOWS)
SPOKEN_NAMES: Fact[SpokenName] = Fact("spoken_names", "calling.task_names", DISPATCHES, SIGNATURES, SCHEDULE)
UNREAD_OPTIONS: Fact[UnreadOption] = Fact("unread_options", "calling.send_options", CANVAS, TASKS, SCHEDULE)
UNDECORATED_TASKS: Fact[UsedAsTask] = Fact("undecorated_tasks", "calling.undecorated", DISPATCHES, SIGNATURES, SCHEDULE)
UNKNOWN_TASKS: Fact[UnknownTask] = Fact("unknown_tasks", "calling.unknown_tasks")
WRONG_COLLECTIONS: Fact[WrongCollection] = Fact("wrong_collections", "calling.misplaced", DISPATCHES, LOCAL_CALLS)

# -- priorities ---------------------------------------------------------------------------------------------------

PRIORITIES: Fact[PrioritySetting] = Fact("priorities", "priorities.settings", CANVAS, TASKS, SCHEDULE)
WRITTEN_PRIORITIES: Fact[PrioritySetting] = Fact("written_priorities", "priorities.settings", *PRIORITIES.needed)
BULK_PRIORITIES: Fact[PrioritySetting] = Fact("bulk_priorities", "priorities.settings", *PRIORITIES.needed, WORKFLOWS)
FIRST_ONLY: Fact[FirstOnly] = Fact("first_only", "priorities.first_only", CANVAS)
FOREIGN_TASKS: Fact[ForeignTask] = Fact("foreign_tasks", "priorities.foreign", DISPATCHES, SCHEDULE)
LOST_PRIORITIES: Fact[LostPriority] = Fact("lost_priorities", "priorities.lost", CANVAS, TASKS)

# -- views --------------------------------------------------------------------------------------------------------

TASKS_IN_VIEWS: Fact[TaskInView] = Fact("tasks_in_views", "django.waiting")
SENT_IN_TRANSACTIONS: Fact[SentInTransaction] = Fact("sent_in_transactions", "django.sends")
SENT_WHILE_SAVING: Fact[SentWhileSaving] = Fact("sent_while_saving", "django.sends")
SLOW_VIEWS: Fact[SlowView] = Fact("slow_views", "django.slow_views", VIEWS)
LATE_CALLBACKS: Fact[LateCallback] = Fact("late_callbacks", "django.on_commit", DISPATCHES)
LATE_SAVES: Fact[LateSave] = Fact("late_saves", "django.late_saves", DISPATCHES)
MISUSED_COMMITS: Fact[MisusedCommit] = Fact("misused_commits", "django.on_commit")

#: Every fact by its name.
FACTS: dict[str, Fact[Any]] = {fact.name: fact for fact in globals().values() if isinstance(fact, Fact)}
