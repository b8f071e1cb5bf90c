"""Prints as JSON what Celery really has in memory once a site is imported: run with the Python of its environment.

``python in_registry.py APPLICATION [SETTINGS]``: the dotted names of the Celery application, ``shop.celery:app``, and
of Django's settings, where it has any. Imports start in the current folder. Databases are put into memory; what else
the site connects to has to be there.
"""

import inspect
import json
import os
import sys
from importlib import import_module

_ATTRIBUTES = (
    "priority", "max_retries", "default_retry_delay", "rate_limit", "time_limit", "soft_time_limit", "acks_late",
    "ignore_result", "queue", "expires", "serializer",
)  # fmt: skip


def main() -> None:
    sys.path.insert(0, os.getcwd())
    name, _, attribute = sys.argv[1].partition(":")
    if len(sys.argv) > 2:
        os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[2]
        import django
        from django.conf import settings

        settings.DATABASES["default"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
        django.setup()
    app = getattr(import_module(name), attribute or "app")
    app.loader.import_default_modules()
    app.finalize()
    tasks = {name: described(task) for name, task in app.tasks.items() if not name.startswith("celery.")}
    beat = {name: entry.get("task") for name, entry in (app.conf.beat_schedule or {}).items()}
    sys.stdout.write("\n" + json.dumps({"tasks": tasks, "beat": beat}, default=repr) + "\n")


def described(task: object) -> dict[str, object]:
    """A task: its parameters as Celery counts them, the function that it runs, and its options."""
    parameters = inspect.signature(task.run).parameters.values()  # type: ignore[attr-defined]
    named = [each.name for each in parameters if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    run = inspect.unwrap(task.run)  # type: ignore[attr-defined]
    code = getattr(run, "__code__", None)
    once = getattr(task, "once", None) or {}
    return {
        "parameters": named,
        "path": os.path.realpath(code.co_filename) if code else "",
        "line": code.co_firstlineno if code else 0,
        "once": {key: once[key] for key in ("keys", "graceful") if key in once},
        "options": {name: getattr(task, name, None) for name in _ATTRIBUTES},
    }


if __name__ == "__main__":
    main()
