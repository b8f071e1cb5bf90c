"""What a module can be asked: the facts that rules are about, each a function of the model.

A fact is imported when it is first asked for: most files have few of them, and nobody waits for the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from flake8_aa_celery.model.calling.callbacks import RefusedCall
    from flake8_aa_celery.model.calling.delays import Delay
    from flake8_aa_celery.model.calling.expiring import ExpiringOnceTask
    from flake8_aa_celery.model.calling.hoarding import Hoarding
    from flake8_aa_celery.model.calling.limits import Contradiction
    from flake8_aa_celery.model.calling.mismatches import Mismatch, RefusedResult
    from flake8_aa_celery.model.calling.misplaced import MisplacedOptions, WrongCollection
    from flake8_aa_celery.model.calling.naive_moments import NaiveMoment
    from flake8_aa_celery.model.calling.once_keys import FaultyKey
    from flake8_aa_celery.model.calling.pickles import Pickle
    from flake8_aa_celery.model.calling.queues import UndeclaredQueue
    from flake8_aa_celery.model.calling.routes import NamedInVain
    from flake8_aa_celery.model.calling.schedule_faults import ScheduleFault
    from flake8_aa_celery.model.calling.self_sending import SelfSending
    from flake8_aa_celery.model.calling.send_options import UnreadOption
    from flake8_aa_celery.model.calling.serialising import RefusedArgument
    from flake8_aa_celery.model.calling.task_names import SpokenName
    from flake8_aa_celery.model.calling.time_limits import TimeLimit
    from flake8_aa_celery.model.calling.twice import TwiceScheduled
    from flake8_aa_celery.model.calling.undecorated import UsedAsTask
    from flake8_aa_celery.model.calling.unknown_tasks import UnknownTask
    from flake8_aa_celery.model.canvas.misplaced import NoSignature
    from flake8_aa_celery.model.canvas.once import FollowedOnceTask
    from flake8_aa_celery.model.canvas.workflows import Followed, SentGroup
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite, Store
    from flake8_aa_celery.model.configuration.celery_settings import CelerySetting
    from flake8_aa_celery.model.configuration.old_names import OldSetting
    from flake8_aa_celery.model.configuration.unknown import UnknownSetting
    from flake8_aa_celery.model.configuration.urls import PasswordInUrl
    from flake8_aa_celery.model.django.late_saves import LateSave
    from flake8_aa_celery.model.django.on_commit import LateCallback, MisusedCommit
    from flake8_aa_celery.model.django.sends import SentInTransaction, SentWhileSaving
    from flake8_aa_celery.model.django.slow_views import SlowView
    from flake8_aa_celery.model.django.views import View
    from flake8_aa_celery.model.django.waiting import TaskInView
    from flake8_aa_celery.model.effects.blocking_loops import BlockingLoop, Nap
    from flake8_aa_celery.model.effects.endless_calls import EndlessCall
    from flake8_aa_celery.model.periodic.crontabs import Crontab
    from flake8_aa_celery.model.periodic.late_receivers import LateReceiver
    from flake8_aa_celery.model.periodic.rows import ScheduleRow, UnseenUpdate
    from flake8_aa_celery.model.periodic.schedules import AppSchedule, ScheduleEntry
    from flake8_aa_celery.model.periodic.unread import UnreadSchedule
    from flake8_aa_celery.model.priorities.bulk_delays import BulkDelay
    from flake8_aa_celery.model.priorities.bulk_priorities import BulkPriority
    from flake8_aa_celery.model.priorities.bulk_sends import BulkSend
    from flake8_aa_celery.model.priorities.first_only import FirstOnly
    from flake8_aa_celery.model.priorities.foreign import ForeignTask
    from flake8_aa_celery.model.priorities.lost import LostPriority
    from flake8_aa_celery.model.priorities.settings import PrioritySetting
    from flake8_aa_celery.model.resolve.occurrences import CanvasCall
    from flake8_aa_celery.model.resolve.task_classes import TaskClass
    from flake8_aa_celery.model.resolve.values import (
        ClassTask,
        Dispatch,
        Function,
        LocalCall,
        Signature,
        Task,
        Workflow,
    )
    from flake8_aa_celery.model.results.uses import ResultUse
    from flake8_aa_celery.model.results.waiting import Wait
    from flake8_aa_celery.model.tasks.attributes import UnknownAttribute
    from flake8_aa_celery.model.tasks.duplicates import Duplicate
    from flake8_aa_celery.model.tasks.end_states import SetState
    from flake8_aa_celery.model.tasks.exhausted import DeadHandler
    from flake8_aa_celery.model.tasks.generators import GeneratorTask
    from flake8_aa_celery.model.tasks.locks import LostLock
    from flake8_aa_celery.model.tasks.logs import MissingLogger
    from flake8_aa_celery.model.tasks.once import OnceOption
    from flake8_aa_celery.model.tasks.option_values import FaultyOption
    from flake8_aa_celery.model.tasks.options import WrittenOption
    from flake8_aa_celery.model.tasks.places import Misplaced
    from flake8_aa_celery.model.tasks.registration import Unregistered
    from flake8_aa_celery.model.tasks.retries import Retry, SteadyRetry, SwallowedRetry
    from flake8_aa_celery.model.tasks.retry_arguments import LostArguments
    from flake8_aa_celery.model.tasks.retry_counts import RetryCount
    from flake8_aa_celery.model.tasks.retry_options import LostRetryOptions
    from flake8_aa_celery.model.tasks.state import KeptState
    from flake8_aa_celery.model.tasks.wrapping import LostName
    from flake8_aa_celery.model.workers.inspection import AskedWorkers
    from flake8_aa_celery.model.workers.processes import ProcessInTask
    from flake8_aa_celery.model.workers.receivers import LostReceiver, RefusedReceiver, SignalReceiver

Item = TypeVar("Item")


class Fact(Generic[Item]):
    """Something that can be known of a module: the items that one function of the model finds in it.

    :param name: what it is called: ``delays``; its function is ``delays_of``.
    :param file: the file that holds the function, as a dotted name below ``flake8_aa_celery.model``.
    :param needed: facts that come first: where a module has none of these, it has nothing of this one.
    :param when: a cheap question; where it says no, a module has nothing of this one.
    """

    __slots__ = ("_function", "file", "name", "needed", "when")

    def __init__(self, name: str, file: str, *needed: Fact[Any], when: Callable[[Module], bool] | None = None) -> None:
        self.name = name
        self.file = file
        self.needed = needed
        self.when = when
        self._function: Callable[[Module], Sequence[Item]] | None = None

    @property
    def function(self) -> Callable[[Module], Sequence[Item]]:
        """What states it."""
        if self._function is None:
            self._function = getattr(import_module(f"{__package__}.{self.file}"), f"{self.name}_of")
        return self._function

    def of(self, module: Module) -> Sequence[Item]:
        """What it says of a module; its file is not imported where there is nothing that it needs."""
        if self.when is not None and not self.when(module):
            return ()
        if self.needed and not any(fact.of(module) for fact in self.needed):
            return ()
        return self.function(module)


# -- cheap questions ----------------------------------------------------------------------------------------------

#: What variables that configure Celery begin with.
_SETTING = ("accept_", "beat", "broker", "celery", "event_", "imports", "include", "result_", "task_", "worker_")


#: What registers a task when it is called.
_REGISTERING = frozenset({"register_task", "shared_task", "task"})


def _connects(module: Module) -> bool:
    """Whether a module may connect something to a signal."""
    decorators = (each for node, _ in module.scopes.functions for each in node.decorator_list)
    written = (getattr(each, "func", each) for each in decorators)
    return "connect" in module.scopes.calls_named or any(getattr(each, "attr", "") == "connect" for each in written)


def _imports_beat(module: Module) -> bool:
    """Whether a module may make rows of django-celery-beat."""
    return any(dotted.startswith("django_celery_beat") for _, dotted in module.scopes.imports)


def _configures(module: Module) -> bool:
    """Whether a module may set something of Celery's."""
    named = (name for scope in module.scopes.all if scope.kind in ("module", "class") for name in scope.bindings)
    return (
        "settings" in module.dotted
        or "celeryconfig" in module.dotted
        or "INSTALLED_APPS" in module.scopes.module.bindings
        or any(name.lower().startswith(_SETTING) for name in named)
        or "update" in module.scopes.calls_named
        or any(getattr(store.target.value, "attr", "") == "conf" for store in _stores(module))
    )


def _may_register(module: Module) -> bool:
    """Whether a module may register a task: by a decorator, or by a call."""
    return bool(TASKS.of(module)) or not _REGISTERING.isdisjoint(module.scopes.calls_named)


def _may_have_task_class(module: Module) -> bool:
    """Whether a class of a module may be a task: one that is made of another."""
    return any(scope.kind == "class" and getattr(scope.node, "bases", ()) for scope in module.scopes.all)


def _schedules(module: Module) -> bool:
    """Whether a module may set or fill a schedule under any of its names."""
    owners = (store.target.value for store in _stores(module))
    stored = (getattr(each, "id", getattr(each, "attr", "")) for each in owners)
    bound = (name for scope in module.scopes.all for name in scope.bindings)
    names = (*stored, *bound, *module.scopes.stored_attributes)
    return any(name.upper().endswith("BEAT_SCHEDULE") for name in names)


def _stores(module: Module) -> Iterator[Store]:
    return (store for scope in module.scopes.all for store in scope.stores)


# -- what stands in a module --------------------------------------------------------------------------------------

APPS: Fact[CallSite] = Fact("apps", "resolve.occurrences")
TASKS: Fact[Task] = Fact("tasks", "resolve.task_functions")
TASK_CLASSES: Fact[TaskClass] = Fact("task_classes", "resolve.task_classes", when=_may_have_task_class)
CLASS_TASKS: Fact[ClassTask] = Fact("class_tasks", "resolve.task_classes")
RUN_BY_WORKERS: Fact[Task] = Fact("run_by_workers", "resolve.task_classes", TASKS, CLASS_TASKS)
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
DUPLICATES: Fact[Duplicate] = Fact("duplicates", "tasks.duplicates", TASKS, CLASS_TASKS, TASK_CLASSES)
UNREGISTERED_TASKS: Fact[Unregistered] = Fact("unregistered_tasks", "tasks.registration", when=_may_register)
MISSING_LOGGERS: Fact[MissingLogger] = Fact("missing_loggers", "tasks.logs", RUN_BY_WORKERS)
UNCALLED_FUNCTIONS: Fact[Function] = Fact("uncalled_functions", "tasks.uncalled")
MEANINGLESS_OPTIONS: Fact[WrittenOption] = Fact("meaningless_options", "tasks.options", RUN_BY_WORKERS)
FAULTY_OPTIONS: Fact[FaultyOption] = Fact("faulty_options", "tasks.option_values", TASKS, TASK_CLASSES)
UNKNOWN_ATTRIBUTES: Fact[UnknownAttribute] = Fact("unknown_attributes", "tasks.attributes", RUN_BY_WORKERS)
GENERATOR_TASKS: Fact[GeneratorTask] = Fact("generator_tasks", "tasks.generators", RUN_BY_WORKERS)
KEPT_STATE: Fact[KeptState] = Fact("kept_state", "tasks.state", RUN_BY_WORKERS)
LOST_NAMES: Fact[LostName] = Fact("lost_names", "tasks.wrapping", TASKS)
ONCE_OPTIONS: Fact[OnceOption] = Fact("once_options", "tasks.once", RUN_BY_WORKERS)
FAULTY_KEYS: Fact[FaultyKey] = Fact(
    "faulty_keys", "calling.once_keys", RUN_BY_WORKERS, DISPATCHES, SIGNATURES, SCHEDULE
)
LOST_LOCKS: Fact[LostLock] = Fact("lost_locks", "tasks.locks", RUN_BY_WORKERS)
UNGRACEFUL_OPTIONS: Fact[WrittenOption] = Fact("ungraceful_options", "tasks.once", RUN_BY_WORKERS)
ONCE_IMPORTS: Fact[ast.expr | ast.stmt] = Fact("once_imports", "tasks.once")
RETRIES: Fact[Retry] = Fact("retries", "tasks.retries", RUN_BY_WORKERS)
SWALLOWED_RETRIES: Fact[SwallowedRetry] = Fact("swallowed_retries", "tasks.retries", RUN_BY_WORKERS)
DEAD_HANDLERS: Fact[DeadHandler] = Fact("dead_handlers", "tasks.exhausted")
STEADY_RETRIES: Fact[SteadyRetry] = Fact("steady_retries", "tasks.retries", RUN_BY_WORKERS)
LOST_ARGUMENTS: Fact[LostArguments] = Fact("lost_arguments", "tasks.retry_arguments", RUN_BY_WORKERS)
RETRY_COUNTS: Fact[RetryCount] = Fact("retry_counts", "tasks.retry_counts", RUN_BY_WORKERS)
LOST_RETRY_OPTIONS: Fact[LostRetryOptions] = Fact("lost_retry_options", "tasks.retry_options", RUN_BY_WORKERS)
ENDLESS_RETRIES: Fact[WrittenOption] = Fact("endless_retries", "tasks.retries", RUN_BY_WORKERS)

# -- what a call does ---------------------------------------------------------------------------------------------

BLOCKING_LOOPS: Fact[BlockingLoop] = Fact("blocking_loops", "effects.blocking_loops", RUN_BY_WORKERS)
NAPS: Fact[Nap] = Fact("naps", "effects.blocking_loops", RUN_BY_WORKERS)
ENDLESS_CALLS: Fact[EndlessCall] = Fact("endless_calls", "effects.endless_calls", RUN_BY_WORKERS)

# -- workflows and results ----------------------------------------------------------------------------------------

FOLLOWED: Fact[Followed] = Fact("followed", "canvas.workflows", WORKFLOWS)
FOLLOWED_ONCE_TASKS: Fact[FollowedOnceTask] = Fact("followed_once_tasks", "canvas.once", WORKFLOWS)
FORGOTTEN: Fact[Signature | Workflow] = Fact("forgotten", "canvas.unstarted", SIGNATURES, WORKFLOWS)
SENT_GROUPS: Fact[SentGroup] = Fact("sent_groups", "canvas.workflows", DISPATCHES, WORKFLOWS)
NO_SIGNATURES: Fact[NoSignature] = Fact("no_signatures", "canvas.misplaced")
WAITS: Fact[Wait] = Fact("waits", "results.waiting", RESULT_USES)
SET_STATES: Fact[SetState] = Fact("set_states", "tasks.end_states", RUN_BY_WORKERS)
USES_WITHOUT_WAIT: Fact[ResultUse] = Fact("uses_without_wait", "results.waiting", RESULT_USES)

# -- settings -----------------------------------------------------------------------------------------------------

CELERY_SETTINGS: Fact[CelerySetting] = Fact("celery_settings", "configuration.celery_settings", when=_configures)
EAGER_SETTINGS: Fact[CelerySetting] = Fact("eager_settings", "configuration.eager", CELERY_SETTINGS)
PICKLE_SETTINGS: Fact[CelerySetting] = Fact("pickle_settings", "configuration.serializers", CELERY_SETTINGS)
ENDLESS_RESULTS: Fact[CelerySetting] = Fact("endless_results", "configuration.expiry", CELERY_SETTINGS)
OLD_SETTINGS: Fact[OldSetting] = Fact("old_settings", "configuration.old_names", CELERY_SETTINGS)
PASSWORDS: Fact[PasswordInUrl] = Fact("passwords", "configuration.urls", CELERY_SETTINGS, APPS)
UNKNOWN_SETTINGS: Fact[UnknownSetting] = Fact("unknown_settings", "configuration.unknown", CELERY_SETTINGS)

# -- schedules ----------------------------------------------------------------------------------------------------

ROWS: Fact[ScheduleRow] = Fact("rows", "periodic.rows", when=_imports_beat)
UNSEEN_UPDATES: Fact[UnseenUpdate] = Fact("unseen_updates", "periodic.rows", when=_imports_beat)
SCHEDULED: Fact[ScheduleEntry | ScheduleRow] = Fact("scheduled", "periodic.rows", SCHEDULE, ROWS)
UNREAD_SCHEDULES: Fact[UnreadSchedule] = Fact("unread_schedules", "periodic.unread", when=_schedules)
TWICE_SCHEDULED: Fact[TwiceScheduled] = Fact("twice_scheduled", "calling.twice", SCHEDULE)
LATE_RECEIVERS: Fact[LateReceiver] = Fact("late_receivers", "periodic.late_receivers", when=_connects)
SCHEDULE_FAULTS: Fact[ScheduleFault] = Fact("schedule_faults", "calling.schedule_faults")
APP_SCHEDULES: Fact[AppSchedule] = Fact("app_schedules", "periodic.schedules", SCHEDULE, TASKS)

# -- how tasks are called -----------------------------------------------------------------------------------------

DELAYS: Fact[Delay] = Fact("delays", "calling.delays", CANVAS, RUN_BY_WORKERS, SCHEDULE)
EXPIRING_ONCE_TASKS: Fact[ExpiringOnceTask] = Fact(
    "expiring_once_tasks", "calling.expiring", CANVAS, RUN_BY_WORKERS, SCHEDULE
)
BULK_DELAYS: Fact[BulkDelay] = Fact("bulk_delays", "priorities.bulk_delays", DISPATCHES)
MISMATCHES: Fact[Mismatch] = Fact("mismatches", "calling.mismatches", DISPATCHES, SIGNATURES)
MISPLACED_OPTIONS: Fact[MisplacedOptions] = Fact("misplaced_options", "calling.misplaced", DISPATCHES)
CONTRADICTIONS: Fact[Contradiction] = Fact(
    "contradictions", "calling.limits", CELERY_SETTINGS, RUN_BY_WORKERS, *DELAYS.needed
)
HOARDING: Fact[Hoarding] = Fact("hoarding", "calling.hoarding", CELERY_SETTINGS, RUN_BY_WORKERS)
UNDECLARED_QUEUES: Fact[UndeclaredQueue] = Fact(
    "undeclared_queues", "calling.queues", CELERY_SETTINGS, CANVAS, RUN_BY_WORKERS, SCHEDULE
)
NAMED_IN_VAIN: Fact[NamedInVain] = Fact("named_in_vain", "calling.routes", CELERY_SETTINGS, APPS)
PICKLES: Fact[Pickle] = Fact("pickles", "calling.pickles", CELERY_SETTINGS, CANVAS, RUN_BY_WORKERS, SCHEDULE)
NAIVE_MOMENTS: Fact[NaiveMoment] = Fact("naive_moments", "calling.naive_moments", CANVAS, TASKS, SCHEDULE)
REFUSED_ARGUMENTS: Fact[RefusedArgument] = Fact("refused_arguments", "calling.serialising", DISPATCHES, SIGNATURES)
REFUSED_CALLS: Fact[RefusedCall] = Fact("refused_calls", "calling.callbacks", SIGNATURES)
REFUSED_RESULTS: Fact[RefusedResult] = Fact("refused_results", "calling.mismatches", WORKFLOWS)
SPOKEN_NAMES: Fact[SpokenName] = Fact("spoken_names", "calling.task_names", DISPATCHES, SIGNATURES, SCHEDULED)
SELF_SENDING: Fact[SelfSending] = Fact("self_sending", "calling.self_sending", RUN_BY_WORKERS)
TIME_LIMITS: Fact[TimeLimit] = Fact("time_limits", "calling.time_limits", CANVAS, RUN_BY_WORKERS, SCHEDULE)
UNREAD_OPTIONS: Fact[UnreadOption] = Fact("unread_options", "calling.send_options", CANVAS, RUN_BY_WORKERS, SCHEDULE)
UNDECORATED_TASKS: Fact[UsedAsTask] = Fact("undecorated_tasks", "calling.undecorated", DISPATCHES, SIGNATURES, SCHEDULE)
UNKNOWN_TASKS: Fact[UnknownTask] = Fact("unknown_tasks", "calling.unknown_tasks")
WRONG_COLLECTIONS: Fact[WrongCollection] = Fact("wrong_collections", "calling.misplaced", DISPATCHES, LOCAL_CALLS)

# -- priorities ---------------------------------------------------------------------------------------------------

PRIORITIES: Fact[PrioritySetting] = Fact("priorities", "priorities.settings", CANVAS, RUN_BY_WORKERS, SCHEDULE)
WRITTEN_PRIORITIES: Fact[PrioritySetting] = Fact("written_priorities", "priorities.settings", *PRIORITIES.needed)
BULK_SENDS: Fact[BulkSend] = Fact("bulk_sends", "priorities.bulk_sends")
BULK_PRIORITIES: Fact[BulkPriority] = Fact("bulk_priorities", "priorities.bulk_priorities")
FIRST_ONLY: Fact[FirstOnly] = Fact("first_only", "priorities.first_only", CANVAS)
FOREIGN_TASKS: Fact[ForeignTask] = Fact("foreign_tasks", "priorities.foreign", DISPATCHES, SCHEDULE)
LOST_PRIORITIES: Fact[LostPriority] = Fact("lost_priorities", "priorities.lost", CANVAS, RUN_BY_WORKERS)

# -- views --------------------------------------------------------------------------------------------------------

TASKS_IN_VIEWS: Fact[TaskInView] = Fact("tasks_in_views", "django.waiting")
SENT_IN_TRANSACTIONS: Fact[SentInTransaction] = Fact("sent_in_transactions", "django.sends")
SENT_WHILE_SAVING: Fact[SentWhileSaving] = Fact("sent_while_saving", "django.sends")
SLOW_VIEWS: Fact[SlowView] = Fact("slow_views", "django.slow_views", VIEWS)
LATE_CALLBACKS: Fact[LateCallback] = Fact("late_callbacks", "django.on_commit", DISPATCHES)
LATE_SAVES: Fact[LateSave] = Fact("late_saves", "django.late_saves", DISPATCHES)
MISUSED_COMMITS: Fact[MisusedCommit] = Fact("misused_commits", "django.on_commit")

# -- workers and signals ------------------------------------------------------------------------------------------

SIGNAL_RECEIVERS: Fact[SignalReceiver] = Fact("signal_receivers", "workers.receivers", when=_connects)
ASKED_WORKERS: Fact[AskedWorkers] = Fact("asked_workers", "workers.inspection", RUN_BY_WORKERS, VIEWS)
PROCESSES_IN_TASKS: Fact[ProcessInTask] = Fact("processes_in_tasks", "workers.processes", RUN_BY_WORKERS)
LOST_RECEIVERS: Fact[LostReceiver] = Fact("lost_receivers", "workers.receivers", SIGNAL_RECEIVERS)
REFUSED_RECEIVERS: Fact[RefusedReceiver] = Fact("refused_receivers", "workers.receivers", SIGNAL_RECEIVERS)

#: Every fact by its name.
FACTS: dict[str, Fact[Any]] = {fact.name: fact for fact in globals().values() if isinstance(fact, Fact)}
