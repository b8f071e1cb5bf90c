"""What Celery's signals send to their receivers: https://docs.celeryq.dev/en/stable/userguide/signals.html"""

from __future__ import annotations

_LOGGING = ("loglevel", "logfile", "format", "colorize")
_FAILURE = ("task_id", "exception", "args", "kwargs", "traceback", "einfo")
_PUBLISH = ("body", "exchange", "routing_key", "headers")

#: The keyword arguments of each signal beside ``signal`` and ``sender``, in any version from 5.4 to 5.7.
SENT: dict[str, tuple[str, ...]] = {
    "after_setup_logger": ("logger", *_LOGGING),
    "after_setup_task_logger": ("logger", *_LOGGING),
    "after_task_publish": _PUBLISH,
    "beat_embedded_init": (),
    "beat_init": (),
    "before_task_publish": (*_PUBLISH, "properties", "declare", "retry_policy"),
    "celeryd_after_setup": ("instance", "conf"),
    "celeryd_init": ("instance", "conf", "options"),
    "eventlet_pool_apply": ("target", "args", "kwargs"),
    "eventlet_pool_postshutdown": (),
    "eventlet_pool_preshutdown": (),
    "eventlet_pool_started": (),
    "heartbeat_sent": (),
    "import_modules": (),
    "setup_logging": _LOGGING,
    "task_failure": _FAILURE,
    "task_internal_error": (*_FAILURE, "request"),
    "task_postrun": ("task_id", "task", "args", "kwargs", "retval", "state"),
    "task_prerun": ("task_id", "task", "args", "kwargs"),
    "task_received": ("request",),
    "task_rejected": ("message", "exc"),
    "task_retry": ("request", "reason", "einfo"),
    "task_revoked": ("request", "terminated", "signum", "expired"),
    "task_sent": ("task_id", "task", "args", "kwargs", "eta", "taskset"),
    "task_success": ("result", "runtime"),
    "task_unknown": ("message", "exc", "name", "id"),
    "user_preload_options": ("app", "options"),
    "worker_before_create_process": (),
    "worker_init": (),
    "worker_process_init": (),
    "worker_process_shutdown": ("pid", "exitcode"),
    "worker_ready": (),
    "worker_shutdown": (),
    "worker_shutting_down": ("sig", "how", "exitcode"),
}

#: The same of the signals that an application has.
SENT_BY_APP: dict[str, tuple[str, ...]] = {
    "on_after_configure": ("source",),
    "on_after_finalize": (),
    "on_after_fork": (),
    "on_configure": (),
}

#: What every signal sends.
ALWAYS = ("sender", "signal")
