"""celery-once: https://github.com/cameronmaske/celery-once"""

from __future__ import annotations

#: The class of a task that is queued once.
QUEUE_ONCE = frozenset({"celery_once.QueueOnce", "celery_once.tasks.QueueOnce"})
#: What it raises where the task is queued already.
ALREADY_QUEUED = "AlreadyQueued"
