"""All rules, and what must be known of them before they are imported, which they are when there is something for them.

A rule says which facts it is about, by the names of :mod:`~flake8_aa_celery.model.facts`. Most files have few
of them: where nothing is scheduled, nobody imports the rules on schedules.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from flake8_aa_celery.rules import Rule

if TYPE_CHECKING:
    from flake8_aa_celery.rules import Check, FixSafety

#: For what is a custom of that house alone.
_AA = ("alliance-auth",)
_BOTH = ("alliance-auth", "celery")

#: That a function is a task can be seen only once it is decorated.
_OF_TASKS = ("AAC1",)
#: How a task is sent can be seen only once its name means the task.
_OF_DISPATCHES = ("AAC1", "AAC2", "AAC3", "AAC4")
#: The module that a task moves to may have no logger yet.
_OF_LOGGERS = ("AAC105",)


def _rule(
    code: str,
    name: str,
    *about: str,
    default: bool = True,
    profiles: tuple[str, ...] = _BOTH,
    fix: FixSafety = "",
    documents: bool = False,
    reveals: tuple[str, ...] = (),
) -> Rule:
    """The rule in the file of this code and name."""
    file = f"{__package__}.{code.lower()}_{name.replace('-', '_')}"
    return Rule(code, name, partial(_check_in, file), about, default, profiles, fix, documents, reveals)


def _check_in(file: str) -> Check:
    check: Check = import_module(file).check
    return check


_ALL = (
    _rule("AAC101", "task-outside-tasks-module", "tasks", profiles=_AA, fix="unsafe", reveals=_OF_LOGGERS),
    _rule("AAC102", "task-not-shared", "tasks", fix="safe"),
    _rule("AAC103", "missing-shared-task", "dispatches", "signatures", "schedule", fix="safe", reveals=_OF_TASKS),
    _rule("AAC104", "plain-function-in-tasks-module", "scopes", default=False),
    _rule("AAC105", "tasks-module-without-logger", "tasks", profiles=_AA, fix="safe"),
    _rule("AAC106", "task-without-logging", "tasks", profiles=_AA, fix="unsafe"),
    _rule("AAC107", "fat-task", "tasks", default=False),
    _rule("AAC108", "task-decorator-not-outermost", "tasks", fix="safe or unsafe", reveals=_OF_DISPATCHES),
    _rule("AAC109", "bind-mismatch", "tasks", fix="safe or unsafe"),
    _rule("AAC110", "async-task", "tasks"),
    _rule("AAC111", "task-in-function", "tasks"),
    _rule("AAC112", "duplicate-task-name", "tasks"),
    _rule("AAC113", "task-name-not-explicit", "tasks", default=False, fix="unsafe"),
    _rule("AAC114", "unknown-task-option", "tasks", fix="unsafe"),
    _rule("AAC115", "once-key-not-a-parameter", "tasks"),
    _rule("AAC116", "once-not-graceful", "tasks", profiles=_AA, fix="unsafe"),
    _rule("AAC117", "once-import", "scopes", default=False, profiles=_AA, fix="unsafe"),
    _rule("AAC118", "unlimited-retries", "tasks", default=False),
    _rule("AAC119", "retry-without-backoff", "tasks", default=False, fix="unsafe"),
    _rule("AAC120", "task-without-time-limit", "tasks", default=False),
    _rule("AAC201", "reserved-priority", "written_priorities", profiles=_AA, fix="unsafe", documents=True),
    _rule("AAC202", "invalid-priority", "written_priorities", fix="safe", documents=True),
    _rule("AAC203", "high-priority", "written_priorities", profiles=_AA, documents=True),
    _rule("AAC204", "high-priority-in-bulk", "bulk_priorities", profiles=_AA, fix="unsafe", documents=True),
    _rule("AAC205", "bulk-needs-priority", "dispatches", profiles=_AA, fix="unsafe"),
    _rule("AAC206", "delay-with-options", "dispatches", fix="safe or unsafe"),
    _rule("AAC207", "chain-priority-first-only", "priorities", fix="unsafe"),
    _rule("AAC208", "none-priority", "written_priorities", fix="unsafe"),
    _rule("AAC301", "chord-without-backend", "workflows"),
    _rule("AAC302", "group-without-backend", "dispatches", "workflows", fix="unsafe"),
    _rule("AAC303", "group-becomes-chord", "workflows"),
    _rule("AAC304", "result-without-backend", "result_uses"),
    _rule("AAC305", "wait-inside-task", "result_uses"),
    _rule("AAC306", "blocking-loop", "blocking_loops", fix="unsafe"),
    _rule("AAC307", "sleep-in-task", "tasks"),
    _rule("AAC308", "chain-argument-mismatch", "workflows", fix="safe"),
    _rule("AAC309", "workflow-never-started", "signatures", "workflows", fix="unsafe"),
    _rule("AAC310", "once-task-in-chain", "workflows"),
    _rule("AAC401", "task-argument-mismatch", "dispatches", "signatures"),
    _rule("AAC402", "apply-async-arguments", "dispatches", fix="safe or unsafe"),
    _rule("AAC403", "task-called-directly", "local_calls", default=False, fix="unsafe"),
    _rule("AAC404", "unserialisable-argument", "dispatches", "signatures", fix="unsafe"),
    _rule("AAC405", "dispatch-in-transaction", "dispatches", fix="unsafe"),
    _rule("AAC406", "unknown-task-name", "dispatches", "signatures", "schedule", documents=True),
    _rule("AAC407", "retry-swallowed", "tasks"),
    _rule("AAC408", "long-countdown", "canvas", "tasks", "schedule"),
    _rule("AAC409", "dispatch-in-receiver", "dispatches", default=False, fix="unsafe"),
    _rule("AAC410", "soft-limit-swallowed", "tasks", default=False),
    _rule("AAC501", "crontab-every-minute", "crontabs", fix="unsafe", documents=True),
    _rule("AAC502", "invalid-crontab", "crontabs", documents=True),
    _rule("AAC503", "invalid-schedule-entry", "schedule", documents=True),
    _rule("AAC504", "schedule-in-app-code", "schedule", "tasks", profiles=_AA),
    _rule("AAC505", "schedule-entry-name", "schedule", default=False, profiles=_AA, fix="unsafe", documents=True),
    _rule("AAC506", "schedule-without-expiry", "schedule", default=False, documents=True),
    _rule("AAC601", "view-without-notice", "dispatches", default=False),
    _rule("AAC602", "task-without-report", "dispatches", default=False),
    _rule("AAC603", "task-blocks-view", "local_calls", "result_uses", fix="unsafe"),
    _rule("AAC604", "slow-view", "views", default=False),
    _rule("AAC900", "syntax-error"),
    _rule("AAC999", "internal-error"),
)

#: Every rule by its code, in the order of the codes.
RULES = {rule.code: rule for rule in _ALL}
