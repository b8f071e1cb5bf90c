"""django-celery-beat, which keeps a schedule in rows: https://django-celery-beat.readthedocs.io"""

from __future__ import annotations

#: Where its models are.
SCHEDULES = "django_celery_beat.models."
#: The fields of a row that hold a text in JSON.
JSON_FIELDS = ("args", "kwargs", "headers")
#: The fields of a row that lead to when it is due.
SCHEDULE_FIELDS = ("clocked", "crontab", "interval", "solar")
#: What else a row has, which its scheduler takes from the settings, too.
ROW_FIELDS = frozenset({"description", "enabled", "expires", "last_run_at", "one_off", "start_time", "total_run_count"})
