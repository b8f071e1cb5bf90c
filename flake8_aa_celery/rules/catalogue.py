"""All rules, and what must be known of them before they are imported, which they are when there is something for them.

A rule is about one of the :mod:`facts <flake8_aa_celery.model.facts>`. Most files have few of them: where nothing is
scheduled, nobody imports the rules on schedules.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from flake8_aa_celery.model import facts
from flake8_aa_celery.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flake8_aa_celery.model.facts import Fact
    from flake8_aa_celery.rules import FixSafety

#: For what is a custom of that house alone.
_AA = ("alliance-auth",)
#: For what cannot go wrong in that house.
_PLAIN = ("celery",)
_BOTH = ("alliance-auth", "celery")

#: That a function is a task can be seen only once it is decorated.
_OF_TASKS = ("AAC1",)
#: How a task is sent can be seen only once its name means the task.
_OF_DISPATCHES = ("AAC1", "AAC2", "AAC3", "AAC4")
#: What is wrong with a lock can be seen only once there is one.
_OF_LOCKS = ("AAC115", "AAC116", "AAC310")
#: The module that a task moves to may have no logger yet.
_OF_LOGGERS = ("AAC105",)


def _rule(
    code: str,
    name: str,
    fact: Fact[Any] | None = None,
    *,
    default: bool = True,
    profiles: tuple[str, ...] = _BOTH,
    fix: FixSafety = "",
    documents: bool = False,
    reveals: tuple[str, ...] = (),
) -> Rule:
    """The rule in the file of this code and name."""
    file = f"{__package__}.{code.lower()}_{name.replace('-', '_')}"
    return Rule(code, name, partial(_check_in, file), fact, default, profiles, fix, documents, reveals)


def _check_in(file: str) -> Callable[..., Any]:
    check: Callable[..., Any] = import_module(file).check
    return check


_ALL = (
    _rule(
        "AAC101", "task-outside-tasks-module", facts.MISPLACED_TASKS, profiles=_AA, fix="unsafe", reveals=_OF_LOGGERS
    ),
    _rule("AAC102", "task-not-shared", facts.TASKS, fix="safe"),
    _rule("AAC103", "missing-shared-task", facts.UNDECORATED_TASKS, fix="safe", reveals=_OF_TASKS),
    _rule("AAC104", "plain-function-in-tasks-module", facts.UNCALLED_FUNCTIONS, default=False),
    _rule("AAC105", "tasks-module-without-logger", facts.MISSING_LOGGERS, profiles=_AA, fix="safe"),
    _rule("AAC106", "task-without-logging", facts.TASKS, profiles=_AA, fix="unsafe"),
    _rule("AAC107", "fat-task", facts.TASKS, default=False),
    _rule("AAC108", "task-decorator-not-outermost", facts.TASKS, fix="safe or unsafe", reveals=_OF_DISPATCHES),
    _rule("AAC109", "bind-mismatch", facts.TASKS, fix="safe or unsafe"),
    _rule("AAC110", "async-task", facts.TASKS),
    _rule("AAC111", "task-in-function", facts.TASKS),
    _rule("AAC112", "duplicate-task-name", facts.DUPLICATES),
    _rule("AAC113", "task-name-not-explicit", facts.TASKS, default=False, fix="unsafe"),
    _rule("AAC114", "unknown-task-option", facts.MEANINGLESS_OPTIONS, fix="unsafe"),
    _rule("AAC115", "once-key-not-a-parameter", facts.FAULTY_KEYS),
    _rule("AAC116", "once-not-graceful", facts.UNGRACEFUL_OPTIONS, profiles=_AA, fix="unsafe"),
    _rule("AAC117", "once-import", facts.ONCE_IMPORTS, default=False, profiles=_AA, fix="unsafe"),
    _rule("AAC118", "unlimited-retries", facts.ENDLESS_RETRIES, default=False),
    _rule("AAC119", "retry-without-backoff", facts.STEADY_RETRIES, default=False, fix="unsafe"),
    _rule("AAC120", "task-without-time-limit", facts.TASKS, default=False, profiles=_PLAIN),
    _rule("AAC121", "retry-options-without-retry", facts.LOST_RETRY_OPTIONS),
    _rule("AAC122", "once-without-lock", facts.LOST_LOCKS, fix="unsafe", reveals=_OF_LOCKS),
    _rule("AAC123", "state-on-task", facts.KEPT_STATE),
    _rule("AAC124", "generator-task", facts.GENERATOR_TASKS),
    _rule("AAC125", "invalid-task-option", facts.FAULTY_OPTIONS, fix="safe"),
    _rule("AAC126", "unregistered-task", facts.UNREGISTERED_TASKS),
    _rule("AAC128", "network-call-without-timeout", facts.ENDLESS_CALLS, fix="unsafe"),
    _rule("AAC130", "unknown-task-attribute", facts.UNKNOWN_ATTRIBUTES, fix="safe"),
    _rule("AAC201", "reserved-priority", facts.WRITTEN_PRIORITIES, profiles=_AA, fix="unsafe", documents=True),
    _rule("AAC202", "invalid-priority", facts.WRITTEN_PRIORITIES, fix="safe", documents=True),
    _rule("AAC203", "high-priority", facts.WRITTEN_PRIORITIES, profiles=_AA, documents=True),
    _rule("AAC204", "high-priority-in-bulk", facts.BULK_PRIORITIES, profiles=_AA, fix="unsafe", documents=True),
    _rule("AAC205", "bulk-needs-priority", facts.DISPATCHES, profiles=_AA, fix="unsafe"),
    _rule("AAC206", "delay-with-options", facts.MISPLACED_OPTIONS, fix="safe or unsafe"),
    _rule("AAC207", "chain-priority-first-only", facts.PRIORITIES, fix="unsafe"),
    _rule("AAC208", "none-priority", facts.WRITTEN_PRIORITIES, fix="unsafe"),
    _rule("AAC209", "unknown-task-priority", facts.FOREIGN_TASKS, profiles=_AA, fix="unsafe"),
    _rule("AAC210", "priority-lost", facts.LOST_PRIORITIES, default=False, profiles=_AA, fix="unsafe"),
    _rule("AAC301", "chord-without-backend", facts.WORKFLOWS),
    _rule("AAC302", "group-without-backend", facts.SENT_GROUPS, fix="unsafe"),
    _rule("AAC303", "group-becomes-chord", facts.FOLLOWED),
    _rule("AAC304", "result-without-backend", facts.USES_WITHOUT_WAIT),
    _rule("AAC305", "wait-inside-task", facts.WAITS),
    _rule("AAC306", "blocking-loop", facts.BLOCKING_LOOPS, fix="unsafe"),
    _rule("AAC307", "sleep-in-task", facts.NAPS),
    _rule("AAC308", "chain-argument-mismatch", facts.REFUSED_RESULTS, fix="safe"),
    _rule("AAC309", "workflow-never-started", facts.FORGOTTEN, fix="unsafe"),
    _rule("AAC310", "once-task-in-chain", facts.FOLLOWED_ONCE_TASKS),
    _rule("AAC311", "chain-option-first-only", facts.FIRST_ONLY, fix="unsafe"),
    _rule("AAC312", "not-a-signature", facts.NO_SIGNATURES, fix="unsafe"),
    _rule("AAC313", "callback-argument-mismatch", facts.REFUSED_CALLS, fix="safe"),
    _rule("AAC401", "task-argument-mismatch", facts.MISMATCHES),
    _rule("AAC402", "apply-async-arguments", facts.WRONG_COLLECTIONS, fix="safe or unsafe"),
    _rule("AAC403", "task-called-directly", facts.LOCAL_CALLS, default=False, fix="unsafe"),
    _rule("AAC404", "unserialisable-argument", facts.REFUSED_ARGUMENTS, fix="unsafe"),
    _rule("AAC405", "dispatch-in-transaction", facts.SENT_IN_TRANSACTIONS, fix="unsafe"),
    _rule("AAC406", "unknown-task-name", facts.SPOKEN_NAMES, documents=True),
    _rule("AAC407", "retry-swallowed", facts.SWALLOWED_RETRIES),
    _rule("AAC408", "long-countdown", facts.DELAYS),
    _rule("AAC409", "dispatch-in-receiver", facts.SENT_WHILE_SAVING, default=False, fix="unsafe"),
    _rule("AAC410", "soft-limit-swallowed", facts.TASKS, default=False, profiles=_PLAIN),
    _rule("AAC411", "late-bound-on-commit", facts.LATE_CALLBACKS, fix="safe"),
    _rule("AAC412", "on-commit-called", facts.MISUSED_COMMITS, fix="safe"),
    _rule("AAC413", "unknown-send-option", facts.UNREAD_OPTIONS, fix="unsafe"),
    _rule("AAC414", "max-retries-never-raised", facts.DEAD_HANDLERS, fix="unsafe"),
    _rule("AAC415", "countdown-in-bulk", facts.BULK_DELAYS, profiles=_AA),
    _rule("AAC416", "naive-eta", facts.NAIVE_MOMENTS, profiles=_PLAIN, fix="unsafe"),
    _rule("AAC418", "saved-after-dispatch", facts.LATE_SAVES),
    _rule("AAC419", "retry-arithmetic", facts.RETRY_COUNTS),
    _rule("AAC420", "unknown-task", facts.UNKNOWN_TASKS),
    _rule("AAC501", "crontab-every-minute", facts.CRONTABS, fix="unsafe", documents=True),
    _rule("AAC502", "invalid-crontab", facts.CRONTABS, documents=True),
    _rule("AAC503", "invalid-schedule-entry", facts.SCHEDULE_FAULTS, documents=True),
    _rule("AAC504", "schedule-in-app-code", facts.APP_SCHEDULES, profiles=_AA),
    _rule("AAC505", "schedule-entry-name", facts.SCHEDULE, default=False, profiles=_AA, fix="unsafe", documents=True),
    _rule("AAC506", "schedule-without-expiry", facts.SCHEDULE, default=False, documents=True),
    _rule("AAC601", "view-without-notice", facts.DISPATCHES, default=False),
    _rule("AAC602", "task-without-report", facts.DISPATCHES, default=False),
    _rule("AAC603", "task-blocks-view", facts.TASKS_IN_VIEWS, fix="unsafe"),
    _rule("AAC604", "slow-view", facts.SLOW_VIEWS, default=False),
    _rule("AAC900", "syntax-error"),
    _rule("AAC999", "internal-error"),
)

#: Every rule by its code, in the order of the codes.
RULES = {rule.code: rule for rule in _ALL}
