"""What django-celery-beat's scheduler, which Alliance Auth's is made of, makes of the settings.

Each test asks a process of its own: its models need a Django that is set up with them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("django_celery_beat", reason="django-celery-beat is not installed: pip install it to run these")

SCRIPT = """
import json, logging, sys
import django
from django.conf import settings

databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
apps = ["django.contrib.contenttypes", "django_celery_beat"]
settings.configure(INSTALLED_APPS=apps, DATABASES=databases, USE_TZ=True)
django.setup()
logging.disable()
from celery import Celery
from django.core.management import call_command
from django_celery_beat.schedulers import DatabaseScheduler

call_command("migrate", verbosity=0)
app = Celery("app", broker="memory://")
"""

ENTRY = """
app.conf.beat_schedule = {"entry": {"task": "app.update", "schedule": 60, **json.loads(sys.argv[1])}}
entry = DatabaseScheduler(app=app).schedule.get("entry")
print(json.dumps(entry and {name: entry.options[name] for name in entry.options if name != "headers"}))
"""


def options_of(**keys: object) -> dict[str, Any] | None:
    """What an entry with these keys is sent with; None where the scheduler leaves it out."""
    options: dict[str, Any] | None = answer(ENTRY, keys)
    return options


def answer(script: str, *arguments: object) -> Any:
    """What a script prints as JSON in a process in which Django and an application are set up."""
    asked = [sys.executable, "-c", SCRIPT + script, *map(json.dumps, arguments)]
    printed = subprocess.run(asked, capture_output=True, text=True)
    assert printed.returncode == 0, printed.stderr
    return json.loads(printed.stdout)


def test_an_unknown_key_leaves_the_entry_out() -> None:
    """An entry with a key that no row has is not scheduled."""
    assert options_of(active=True) is None


@pytest.mark.parametrize("key", ["enabled", "description", "one_off"])
def test_an_entry_may_have_the_fields_of_a_row(key: str) -> None:
    """`enabled`, `description` and `one_off` are fields of a row, and no mistake."""
    assert options_of(**{key: True}) == {}


@pytest.mark.parametrize("key", ["priority", "queue", "routing_key"])
def test_an_option_beside_the_options_is_lost(key: str) -> None:
    """`priority`, `queue` and `routing_key` of the entry itself do nothing; they belong in its `options`."""
    assert options_of(**{key: 7}) == {}
    assert options_of(options={key: 7}) == {key: 7}


def test_expire_seconds_expires_and_expires_does_not() -> None:
    """`options` with `expire_seconds` expire, those with `expires` do not."""
    assert options_of(options={"expire_seconds": 55}) == {"expires": 55}
    assert options_of(options={"expires": 55}) == {}


NO_DICT = """
entry = {"task": "app.update", "schedule": 60, "args": []}
wrong = {"comma": (entry,), "text": {**entry, "schedule": "*/5 * * * *"}}
app.conf.beat_schedule = {**wrong, "right": entry}
schedule = DatabaseScheduler(app=app).schedule
print(json.dumps(sorted(name for name, entry in schedule.items() if entry.task == "app.update")))
"""


def test_an_entry_that_is_no_dict_or_has_no_schedule_is_left_out() -> None:
    """An entry with a comma after it, or with a text for its schedule, is not scheduled; the others are."""
    assert answer(NO_DICT) == ["right"]


RENAMED = """
entry = {"task": "app.update", "schedule": 60}
app.conf.beat_schedule = {"old name": entry}
DatabaseScheduler(app=app).schedule
app.conf.beat_schedule = {"new name": entry}
schedule = DatabaseScheduler(app=app).schedule
print(json.dumps(sorted(name for name, entry in schedule.items() if entry.task == "app.update")))
"""


def test_an_entry_that_was_renamed_is_there_twice() -> None:
    """The row of the old name stays, and stays enabled: the task runs twice."""
    assert answer(RENAMED) == ["new name", "old name"]


ROWS = """
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

interval, _ = IntervalSchedule.objects.get_or_create(every=1, period="hours")

def make(name, **fields):
    return PeriodicTask.objects.create(name=name, task="app.update", interval=interval, **fields)
"""

ARGUMENTS = (
    ROWS
    + """
make("kwargs", kwargs={"pk": 1})
make("args", args=["x"])
make("kwargs as JSON", kwargs=json.dumps({"pk": 1}))
make("args as JSON", args=json.dumps(["x"]))
make("numbers", args=[1])
make("half a list", args="[1")
make("single quotes", kwargs="{'pk': 1}")
make("nothing", kwargs="")
make("no kwargs", kwargs={})
DatabaseScheduler(app=app).schedule
print(json.dumps(list(PeriodicTask.objects.filter(task="app.update", enabled=False).values_list("name", flat=True))))
"""
)


def test_a_row_whose_arguments_are_no_json_is_disabled() -> None:
    """`PeriodicTask(kwargs={…})` without `json.dumps`, or a text that is no JSON: beat disables the row."""
    assert sorted(answer(ARGUMENTS)) == ["args", "half a list", "kwargs", "single quotes"]


PAIR = (
    ROWS
    + """
try:
    PeriodicTask(name="row", interval=IntervalSchedule.objects.get_or_create(every=1, period="hours"))
except ValueError as ex:
    print(json.dumps(str(ex)))
"""
)


def test_what_get_or_create_returns_is_no_schedule() -> None:
    """`interval=IntervalSchedule.objects.get_or_create(…)` without `[0]`: `ValueError` for the pair."""
    assert 'must be a "IntervalSchedule" instance' in answer(PAIR)


WITHOUT_SCHEDULE = (
    ROWS
    + """
from django.core.exceptions import ValidationError
try:
    PeriodicTask.objects.create(name="row", task="app.update")
except ValidationError as ex:
    print(json.dumps(ex.messages))
"""
)


def test_a_row_without_a_schedule_is_refused() -> None:
    """`PeriodicTask.objects.create(…)` without `interval` or the like: `ValidationError`."""
    assert answer(WITHOUT_SCHEDULE) == ["One of clocked, interval, crontab, or solar must be set."]


CHANGES = (
    ROWS
    + """
rows = PeriodicTask.objects.filter(name="row")
row = make("row")
scheduler = DatabaseScheduler(app=app)
seen = []
for change in json.loads(sys.argv[1]):
    PeriodicTasks.objects.update(last_update="2024-01-01T00:00Z")
    scheduler.schedule_changed()
    exec(change)
    seen.append(scheduler.schedule_changed())
print(json.dumps(seen))
"""
)


def test_beat_does_not_see_an_update_of_rows() -> None:
    """`PeriodicTask.objects…update()` calls no receivers: beat learns of it by `PeriodicTasks.update_changed()`.

    Nor do `bulk_update()` and `bulk_create()`.
    """
    unseen = [
        "rows.update(enabled=False)",
        "PeriodicTask.objects.bulk_update([row], ['enabled'])",
        "PeriodicTask.objects.bulk_create([PeriodicTask(name='new', task='t', interval=row.interval)])",
    ]
    assert answer(CHANGES, unseen) == [False, False, False]
    seen = ["rows.update(enabled=False); PeriodicTasks.update_changed()", "row.save()", "rows.delete()"]
    assert answer(CHANGES, seen) == [True, True, True]
