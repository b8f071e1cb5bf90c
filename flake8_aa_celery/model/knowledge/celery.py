"""Celery: https://docs.celeryq.dev/en/stable/reference/"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    WorkflowKind = Literal["chain", "group", "chord", "chunks", "map", "starmap"]

# -- tasks ---------------------------------------------------------------------------------------------------------

#: The class of a task that is given no other.
TASK = "celery.Task"
#: Spellings that Celery removed in version 5: https://docs.celeryq.dev/en/stable/history/whatsnew-5.0.html
REMOVED = frozenset(
    {
        "celery.decorators.periodic_task",
        "celery.decorators.task",
        "celery.task",
        "celery.task.base.periodic_task",
        "celery.task.base.task",
        "celery.task.periodic_task",
        "celery.task.task",
    }
)
#: Names that a decorator has which registers a task.
REGISTRARS = frozenset({"shared_task", "task", "periodic_task"})
#: What a task can be given, from Celery 5.4 to 5.7: the public attributes of ``celery.app.task.Task``.
_ATTRIBUTES = frozenset({
    "abstract", "acks_late", "acks_on_failure", "acks_on_failure_or_timeout", "acks_on_timeout", "add_around",
    "add_to_chord", "add_trail", "after_return", "annotate", "app", "apply", "apply_async", "AsyncResult",
    "backend", "before_start", "bind", "chunks", "default_retry_delay", "delay", "expires", "from_config",
    "ignore_result", "map", "max_retries", "MaxRetriesExceededError", "name", "on_bound", "on_failure",
    "on_replace", "on_retry", "on_success", "OperationalError", "pop_request", "priority", "push_request",
    "rate_limit", "reject_on_worker_lost", "replace", "request", "Request", "request_stack", "resultrepr_maxsize",
    "retry", "retry_on_worker_lost", "run", "s", "send_event", "send_events", "serializer", "shadow_name", "si",
    "signature", "signature_from_request", "soft_time_limit", "starmap", "start_strategy",
    "store_errors_even_if_ignored", "Strategy", "subtask", "subtask_from_request", "throws", "time_limit",
    "track_started", "trail", "typing", "update_state"
})  # fmt: skip
#: What else is read: by ``Celery.task`` and ``Celery._task_from_fun``, …
_REGISTRATION = frozenset(
    {"base", "filter", "lazy", "pydantic", "pydantic_context", "pydantic_dump_kwargs", "pydantic_strict", "shared"}
)
#: … by ``celery.app.autoretry.add_autoretry_behaviour``, …
_AUTORETRY = frozenset(
    {"autoretry_for", "dont_autoretry_for", "retry_backoff", "retry_backoff_max", "retry_jitter", "retry_kwargs"}
)
#: … by ``celery.app.task.extract_exec_options`` whenever the task is sent, and by ``Task.from_config``, …
_SENDING = frozenset({
    "compression", "delivery_mode", "exchange", "immediate", "mandatory", "queue", "routing_key",
    "store_eager_result"
})  # fmt: skip
#: … by celery-once, and by ``periodic_task`` of Celery 4.
_OF_OTHERS = frozenset({"once", "options", "relative", "run_every"})
#: Every option that a decorator can give a task.
TASK_OPTIONS = _ATTRIBUTES | _REGISTRATION | _AUTORETRY | _SENDING | _OF_OTHERS
#: What ``apply_async`` takes beside the arguments; ``delay`` hands them to the task, a mistake of its own (AAC206).
APPLY_ASYNC_OPTIONS = frozenset(
    {"countdown", "eta", "exchange", "expires", "headers", "ignore_result", "link", "link_error", "priority", "queue"}
    | {"retry", "retry_policy", "routing_key", "serializer", "shadow", "soft_time_limit", "task_id", "time_limit"}
)
#: What a task asks itself for, and nothing else is likely to have.
OF_A_TASK = frozenset(
    {"AsyncResult", "apply_async", "backend", "default_retry_delay", "delay", "max_retries", "replace", "request"}
    | {"retry", "s", "si", "signature", "update_state"}
)

# -- sending, workflows, results -----------------------------------------------------------------------------------

#: The methods that hand a task, a signature or a workflow to the broker.
DISPATCH_METHODS = frozenset({"delay", "apply_async", "delay_on_commit", "apply_async_on_commit"})
#: The methods of a task that make a signature of it.
SIGNATURE_METHODS = frozenset({"s", "si", "signature", "subtask", "subtask_from_request"})
#: The methods of a signature or workflow that change it and return it.
CHANGING_METHODS = frozenset({"clone", "on_error", "set"})
#: The methods that wait for the commit.
AFTER_COMMIT = frozenset({"apply_async_on_commit", "delay_on_commit"})
#: What makes a signature of a name.
SIGNATURE_MAKERS = frozenset({"celery.signature", "celery.subtask", "celery.Signature"})
#: What makes a workflow.
WORKFLOWS: dict[str, WorkflowKind] = {
    "celery.chain": "chain",
    "celery.group": "group",
    "celery.chord": "chord",
    "celery.chunks": "chunks",
    "celery.xmap": "map",
    "celery.xstarmap": "starmap",
}
#: The methods of a task that do.
TASK_WORKFLOWS: dict[str, WorkflowKind] = {"chunks": "chunks", "map": "map", "starmap": "starmap"}
#: What a star import of Celery brings that makes something.
STARRED = frozenset(
    {"Celery", "Signature", "chain", "chord", "chunks", "current_app", "group"}
    | {"shared_task", "signature", "subtask", "xmap", "xstarmap"}
)
#: Methods of what a dispatch returns that wait until the task has run.
RESULT_WAITS = frozenset({"get", "wait", "join", "collect"})
#: Methods of what a dispatch returns that need a result backend.
RESULT_METHODS = RESULT_WAITS | {"ready", "successful", "failed", "forget"}
#: What makes the result of a task from its id.
RESULTS = {
    "celery.result.AsyncResult": "AsyncResult",
    "celery.result.GroupResult": "GroupResult",
    "celery.result.GroupResult.restore": "GroupResult",
    "celery.result.ResultSet": "ResultSet",
}

# -- applications, schedules ---------------------------------------------------------------------------------------

#: Values that switch a backend off; Celery's own word for that is the last.
NO_BACKEND = (None, "", "disabled", "disabled://")
#: The first parameters of ``Celery(…)``.
APP_PARAMETERS = ("main", "loader", "backend")
#: The schedulers that read the schedule of the settings.
SCHEDULERS = frozenset({"celery.beat.PersistentScheduler", "celery.beat:PersistentScheduler"})
#: The settings that hold a schedule.
SCHEDULES = frozenset({"CELERYBEAT_SCHEDULE", "CELERY_BEAT_SCHEDULE", "beat_schedule", "BEAT_SCHEDULE"})
#: The classes that make a schedule.
SCHEDULE_CLASSES = frozenset({
    "celery.schedules.crontab", "celery.schedules.schedule", "celery.schedules.solar", "datetime.timedelta",
})  # fmt: skip
#: The fields in the order in which ``crontab`` takes them by position, with the lowest and highest value.
CRONTAB_FIELDS = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day_of_week": (0, 6),
    "day_of_month": (1, 31),
    "month_of_year": (1, 12),
}
#: What else it takes.
CRONTAB_OPTIONS = frozenset({"nowfun", "app"})
#: What a crontab may call months and days, in their order.
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
#: How many days each month has at most.
LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
#: What is a Celery application, of Celery and of what makes one for Flask.
APPLICATIONS = frozenset({"celery.app.default_app", "celery.current_app", "flask_celeryext.FlaskCeleryExt().celery"})

#: What of a retry policy resembles an option of a task: how long to wait until a message is published once more.
RETRY_POLICY = frozenset({"interval_max", "interval_start", "interval_step"})
