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
    from flake8_aa_celery.rules import FixSafety, Severity

#: For what is a custom of Alliance Auth alone.
_AA = ("alliance-auth",)
#: For what cannot go wrong with Alliance Auth.
_PLAIN = ("celery",)
_BOTH = ("alliance-auth", "celery")

#: For what raises, is lost or never runs, and for what works and is done otherwise. Nothing is said of what runs
#: otherwise than it reads.
_ERROR: Severity = "error"
_CONVENTION: Severity = "convention"

#: That a function is a task can be seen only once it is decorated.
_OF_TASKS = ("AAC1",)
#: How a task is sent can be seen only once its name means the task.
_OF_DISPATCHES = ("AAC1", "AAC2", "AAC3", "AAC4")
#: What an option is worth can be seen only once it is one that Celery knows.
_OF_TASK_OPTIONS = ("AAC115", "AAC116", "AAC121", "AAC122", "AAC125", "AAC129")
#: What is wrong with a lock can be seen only once there is one.
_OF_LOCKS = ("AAC115", "AAC116", "AAC310")
#: A callback for the commit is no bulk dispatch.
_OF_BULK = ("AAC205",)
#: What a workflow is can be seen only once its members are signatures.
_OF_WORKFLOWS = ("AAC3",)
#: What an option or an argument is good for can be seen only once it is one.
_OF_OPTIONS = ("AAC2", "AAC4")
#: The module that a task moves to may have no logger yet.
_OF_LOGGERS = ("AAC105",)


def _rule(
    code: str,
    name: str,
    fact: Fact[Any] | None = None,
    *,
    severity: Severity = "warning",
    default: bool = True,
    profiles: tuple[str, ...] = _BOTH,
    fix: FixSafety = "",
    documents: bool = False,
    reveals: tuple[str, ...] = (),
    anywhere: bool = False,
) -> Rule:
    """The rule in the file of this code and name."""
    file = f"{__package__}.{code.lower()}_{name.replace('-', '_')}"
    return Rule(
        code, name, partial(_check_in, file), fact, severity, default, profiles, fix, documents, reveals, anywhere
    )


def _check_in(file: str) -> Callable[..., Any]:
    check: Callable[..., Any] = import_module(file).check
    return check


_ALL = (
    _rule(
        "AAC101",
        "task-outside-tasks-module",
        facts.MISPLACED_TASKS,
        severity=_CONVENTION,
        profiles=_AA,
        fix="unsafe",
        reveals=_OF_LOGGERS,
    ),
    _rule("AAC102", "task-not-shared", facts.TASKS, fix="safe or unsafe", reveals=_OF_DISPATCHES),
    _rule(
        "AAC103",
        "missing-shared-task",
        facts.UNDECORATED_TASKS,
        severity=_ERROR,
        fix="safe or unsafe",
        reveals=_OF_TASKS,
    ),
    _rule("AAC104", "plain-function-in-tasks-module", facts.UNCALLED_FUNCTIONS, severity=_CONVENTION, default=False),
    _rule(
        "AAC105", "tasks-module-without-logger", facts.MISSING_LOGGERS, severity=_CONVENTION, profiles=_AA, fix="safe"
    ),
    _rule("AAC106", "task-without-logging", facts.RUN_BY_WORKERS, severity=_CONVENTION, profiles=_AA, fix="unsafe"),
    _rule("AAC107", "fat-task", facts.RUN_BY_WORKERS, severity=_CONVENTION, default=False),
    _rule(
        "AAC108",
        "task-decorator-not-outermost",
        facts.TASKS,
        severity=_ERROR,
        fix="safe or unsafe",
        reveals=_OF_DISPATCHES,
    ),
    _rule("AAC109", "bind-mismatch", facts.TASKS, severity=_ERROR, fix="safe or unsafe"),
    _rule("AAC110", "async-task", facts.RUN_BY_WORKERS, severity=_ERROR),
    _rule("AAC111", "task-in-function", facts.TASKS, severity=_ERROR),
    _rule("AAC112", "duplicate-task-name", facts.DUPLICATES, severity=_ERROR),
    _rule("AAC113", "task-name-not-explicit", facts.TASKS, severity=_CONVENTION, default=False, fix="unsafe"),
    _rule("AAC114", "unknown-task-option", facts.MEANINGLESS_OPTIONS, fix="unsafe", reveals=_OF_TASK_OPTIONS),
    _rule("AAC115", "once-key-not-a-parameter", facts.FAULTY_KEYS, severity=_ERROR),
    _rule("AAC116", "once-not-graceful", facts.UNGRACEFUL_OPTIONS, severity=_ERROR, profiles=_AA, fix="unsafe"),
    _rule("AAC117", "once-import", facts.ONCE_IMPORTS, severity=_CONVENTION, default=False, profiles=_AA, fix="unsafe"),
    _rule("AAC118", "unlimited-retries", facts.ENDLESS_RETRIES, default=False),
    _rule(
        "AAC119",
        "retry-without-backoff",
        facts.STEADY_RETRIES,
        default=False,
        fix="unsafe",
        reveals=("AAC121",),
    ),
    _rule("AAC120", "task-without-time-limit", facts.RUN_BY_WORKERS, default=False, profiles=_PLAIN),
    _rule("AAC121", "retry-options-without-retry", facts.LOST_RETRY_OPTIONS),
    _rule("AAC122", "once-without-lock", facts.LOST_LOCKS, severity=_ERROR, fix="unsafe", reveals=_OF_LOCKS),
    _rule("AAC123", "state-on-task", facts.KEPT_STATE),
    _rule("AAC124", "generator-task", facts.GENERATOR_TASKS, severity=_ERROR),
    _rule("AAC125", "invalid-task-option", facts.FAULTY_OPTIONS, severity=_ERROR, fix="safe"),
    _rule("AAC126", "unregistered-task", facts.UNREGISTERED_TASKS, severity=_ERROR, fix="unsafe"),
    _rule("AAC127", "task-decorator-without-wraps", facts.LOST_NAMES, default=False, fix="safe"),
    _rule("AAC128", "network-call-without-timeout", facts.ENDLESS_CALLS, fix="unsafe"),
    _rule("AAC129", "time-limit-without-effect", facts.TIME_LIMITS, default=False, profiles=_AA),
    _rule("AAC130", "unknown-task-attribute", facts.UNKNOWN_ATTRIBUTES, fix="safe"),
    _rule("AAC131", "once-task-expires", facts.EXPIRING_ONCE_TASKS, severity=_ERROR, documents=True),
    _rule("AAC132", "once-task-sends-itself", facts.SELF_SENDING, severity=_ERROR),
    _rule("AAC201", "reserved-priority", facts.WRITTEN_PRIORITIES, profiles=_AA, fix="unsafe", documents=True),
    _rule("AAC202", "invalid-priority", facts.WRITTEN_PRIORITIES, fix="safe", documents=True),
    _rule("AAC203", "high-priority", facts.WRITTEN_PRIORITIES, severity=_CONVENTION, profiles=_AA, documents=True),
    _rule(
        "AAC204",
        "high-priority-in-bulk",
        facts.BULK_PRIORITIES,
        profiles=_AA,
        fix="unsafe",
        documents=True,
        anywhere=True,
    ),
    _rule("AAC205", "bulk-needs-priority", facts.BULK_SENDS, profiles=_AA, fix="unsafe", anywhere=True),
    _rule("AAC206", "delay-with-options", facts.MISPLACED_OPTIONS, severity=_ERROR, fix="safe or unsafe"),
    _rule("AAC207", "chain-priority-first-only", facts.PRIORITIES, fix="unsafe"),
    _rule("AAC208", "none-priority", facts.WRITTEN_PRIORITIES, fix="unsafe"),
    _rule("AAC209", "unknown-task-priority", facts.FOREIGN_TASKS, profiles=_AA, fix="unsafe"),
    _rule("AAC210", "priority-lost", facts.LOST_PRIORITIES, default=False, profiles=_AA, fix="unsafe"),
    _rule("AAC301", "chord-without-backend", facts.WORKFLOWS, severity=_ERROR),
    _rule("AAC302", "group-without-backend", facts.SENT_GROUPS, fix="unsafe"),
    _rule("AAC303", "group-becomes-chord", facts.FOLLOWED, severity=_ERROR),
    _rule("AAC304", "result-without-backend", facts.USES_WITHOUT_WAIT, severity=_ERROR),
    _rule("AAC305", "wait-inside-task", facts.WAITS, severity=_ERROR),
    _rule("AAC306", "blocking-loop", facts.BLOCKING_LOOPS, profiles=_AA, fix="unsafe"),
    _rule("AAC307", "sleep-in-task", facts.NAPS, profiles=_AA),
    _rule("AAC308", "chain-argument-mismatch", facts.REFUSED_RESULTS, severity=_ERROR, fix="safe or unsafe"),
    _rule("AAC309", "workflow-never-started", facts.FORGOTTEN, severity=_ERROR, fix="unsafe"),
    _rule("AAC310", "once-task-in-chain", facts.FOLLOWED_ONCE_TASKS, severity=_ERROR),
    _rule("AAC311", "chain-option-first-only", facts.FIRST_ONLY, fix="unsafe"),
    _rule("AAC312", "not-a-signature", facts.NO_SIGNATURES, severity=_ERROR, fix="unsafe", reveals=_OF_WORKFLOWS),
    _rule("AAC313", "callback-argument-mismatch", facts.REFUSED_CALLS, severity=_ERROR, fix="safe"),
    _rule("AAC314", "state-overwritten", facts.SET_STATES, profiles=_PLAIN),
    _rule("AAC401", "task-argument-mismatch", facts.MISMATCHES, severity=_ERROR),
    _rule("AAC402", "apply-async-arguments", facts.WRONG_COLLECTIONS, severity=_ERROR, fix="safe or unsafe"),
    _rule("AAC403", "task-called-directly", facts.LOCAL_CALLS, default=False, fix="unsafe", anywhere=True),
    _rule("AAC404", "unserialisable-argument", facts.REFUSED_ARGUMENTS, severity=_ERROR, fix="unsafe"),
    _rule("AAC405", "dispatch-in-transaction", facts.SENT_IN_TRANSACTIONS, fix="unsafe"),
    _rule("AAC406", "unknown-task-name", facts.SPOKEN_NAMES, severity=_ERROR, documents=True),
    _rule("AAC407", "retry-swallowed", facts.SWALLOWED_RETRIES),
    _rule("AAC408", "long-countdown", facts.DELAYS),
    _rule("AAC409", "dispatch-in-receiver", facts.SENT_WHILE_SAVING, default=False, fix="unsafe"),
    _rule("AAC410", "soft-limit-swallowed", facts.RUN_BY_WORKERS, default=False, profiles=_PLAIN),
    _rule("AAC411", "late-bound-on-commit", facts.LATE_CALLBACKS, severity=_ERROR, fix="safe", reveals=_OF_BULK),
    _rule("AAC412", "on-commit-called", facts.MISUSED_COMMITS, severity=_ERROR, fix="safe"),
    _rule("AAC413", "unknown-send-option", facts.UNREAD_OPTIONS, fix="unsafe", reveals=_OF_OPTIONS),
    _rule("AAC414", "max-retries-never-raised", facts.DEAD_HANDLERS, severity=_ERROR, fix="unsafe"),
    _rule("AAC415", "countdown-in-bulk", facts.BULK_DELAYS, profiles=_AA),
    _rule("AAC416", "naive-eta", facts.NAIVE_MOMENTS, profiles=_PLAIN, fix="unsafe"),
    _rule("AAC417", "retry-arguments-replaced", facts.LOST_ARGUMENTS, default=False),
    _rule("AAC418", "saved-after-dispatch", facts.LATE_SAVES),
    _rule("AAC419", "retry-arithmetic", facts.RETRY_COUNTS),
    _rule("AAC420", "unknown-task", facts.UNKNOWN_TASKS, severity=_ERROR),
    _rule("AAC501", "crontab-every-minute", facts.CRONTABS, fix="unsafe", documents=True),
    _rule("AAC502", "invalid-crontab", facts.CRONTABS, severity=_ERROR, documents=True),
    _rule("AAC503", "invalid-schedule-entry", facts.SCHEDULE_FAULTS, severity=_ERROR, documents=True),
    _rule("AAC504", "schedule-in-app-code", facts.APP_SCHEDULES, severity=_CONVENTION, profiles=_AA),
    _rule(
        "AAC505",
        "schedule-entry-name",
        facts.SCHEDULE,
        severity=_CONVENTION,
        default=False,
        profiles=_AA,
        fix="unsafe",
        documents=True,
    ),
    _rule("AAC506", "schedule-without-expiry", facts.SCHEDULE, severity=_CONVENTION, default=False, documents=True),
    _rule("AAC507", "schedule-never-read", facts.UNREAD_SCHEDULES, severity=_ERROR, fix="safe", documents=True),
    _rule("AAC508", "duplicate-schedule-entry", facts.TWICE_SCHEDULED, documents=True),
    _rule("AAC509", "on-after-configure-too-late", facts.LATE_RECEIVERS, severity=_ERROR, profiles=_PLAIN, fix="safe"),
    _rule("AAC510", "periodic-task-update", facts.UNSEEN_UPDATES, default=False, fix="safe"),
    _rule("AAC601", "view-without-notice", facts.DISPATCHES, severity=_CONVENTION, default=False),
    _rule("AAC602", "task-without-report", facts.DISPATCHES, severity=_CONVENTION, default=False),
    _rule("AAC603", "task-blocks-view", facts.TASKS_IN_VIEWS, fix="unsafe"),
    _rule("AAC604", "slow-view", facts.SLOW_VIEWS, default=False),
    _rule("AAC701", "unknown-setting", facts.UNKNOWN_SETTINGS, fix="unsafe"),
    _rule("AAC702", "pickle-accepted", facts.PICKLES),
    _rule("AAC703", "password-in-url", facts.PASSWORDS),
    _rule("AAC704", "old-setting", facts.OLD_SETTINGS, default=False, fix="safe"),
    _rule("AAC705", "limits-out-of-order", facts.CONTRADICTIONS),
    _rule("AAC706", "route-to-nothing", facts.NAMED_IN_VAIN),
    _rule("AAC707", "undeclared-queue", facts.UNDECLARED_QUEUES, severity=_ERROR),
    _rule("AAC708", "always-eager", facts.EAGER_SETTINGS),
    _rule("AAC709", "late-ack-hoarding", facts.HOARDING, default=False, profiles=_PLAIN),
    _rule("AAC710", "unbounded-results", facts.ENDLESS_RESULTS, default=False, profiles=_PLAIN),
    _rule("AAC801", "signal-receiver-lost", facts.LOST_RECEIVERS, severity=_ERROR, fix="safe"),
    _rule("AAC802", "signal-receiver-arguments", facts.REFUSED_RECEIVERS, severity=_ERROR),
    _rule("AAC803", "inspect-in-task", facts.ASKED_WORKERS, default=False),
    _rule("AAC804", "processes-in-task", facts.PROCESSES_IN_TASKS, severity=_ERROR, profiles=_PLAIN),
    _rule("AAC900", "syntax-error", severity=_ERROR),
    _rule("AAC901", "unused-noqa", severity=_CONVENTION, default=False, fix="safe"),
    _rule("AAC999", "internal-error"),
)

#: Every rule by its code, in the order of the codes.
RULES = {rule.code: rule for rule in _ALL}
