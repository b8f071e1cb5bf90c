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
app.conf.beat_schedule = {"entry": {"task": "app.update", "schedule": 60, **json.loads(sys.argv[1])}}
entry = DatabaseScheduler(app=app).schedule.get("entry")
print(json.dumps(entry and {name: entry.options[name] for name in entry.options if name != "headers"}))
"""


def options_of(**keys: object) -> dict[str, Any] | None:
    """What an entry with these keys is sent with; None where the scheduler leaves it out."""
    asked = [sys.executable, "-c", SCRIPT, json.dumps(keys)]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True)
    options: dict[str, Any] | None = json.loads(answer.stdout)
    return options


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
