"""The options of a task: which there are, and where they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import has_attribute
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Entry, Task

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
_DELAY = "delay"
#: What ``apply_async`` takes beside the arguments; ``delay`` hands them to the task, a mistake of its own (AAC206).
APPLY_ASYNC_OPTIONS = frozenset(
    {"countdown", "eta", "exchange", "expires", "headers", "ignore_result", "link", "link_error", "priority", "queue"}
    | {"retry", "retry_policy", "routing_key", "serializer", "shadow", "soft_time_limit", "task_id", "time_limit"}
)


class WrittenOption(NamedTuple):
    """An option of a task as it is written.

    :param node: where to report it: its name in a dict, its value in a call; the decorator of the task where it is
        written in another file.
    """

    name: str
    entry: Entry
    task: Task
    node: ast.expr


def gives_options(call: ast.Call) -> bool:
    """Whether a ``delay`` is given what looks like an option of ``apply_async``."""
    return any(keyword.arg in APPLY_ASYNC_OPTIONS for keyword in call.keywords)


def written_options(module: Module, name: str | None = None) -> Iterator[WrittenOption]:
    """The options of the tasks of a module; those of one name where it is given.

    An option that several tasks share is there once for each of them.
    """
    for task in tasks_of(module):
        for key, entry in task.options.entries.items():
            if name in (None, key):
                node = (entry.key or entry.node) if entry.module is module else task.decorator
                yield WrittenOption(key, entry, task, node)


def each_once(options: Iterable[WrittenOption]) -> list[WrittenOption]:
    """The first of those that are written in the same place."""
    found: dict[ast.expr, WrittenOption] = {}
    for option in options:
        found.setdefault(option.entry.node, option)
    return list(found.values())


@fact
def meaningless_options_of(module: Module) -> list[WrittenOption]:
    """The options that neither Celery nor the task itself nor its class reads, each place once."""
    return each_once(filter(_means_nothing, written_options(module)))


def _means_nothing(option: WrittenOption) -> bool:
    if option.name == _DELAY:  # a method, which nobody has any use for as anything else
        return not bases_of(option.task).may_define(_DELAY)
    is_known = option.name in TASK_OPTIONS or bases_of(option.task).may_define(option.name)
    return not is_known and not _is_read(option)


def _is_read(option: WrittenOption) -> bool:
    """Whether the task's own body asks for the option: ``self.timeout``, ``update.timeout``."""
    return any(has_attribute(statement, option.name) for statement in option.task.node.body)
