"""A Django project with two models, whose database is a file: the worker's connection is another one than the test's.

Importing it sets Django up, unless that has been done.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import django
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if not settings.configured:
    in_memory = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    settings.configure(DATABASES={"default": in_memory, "other": dict(in_memory)}, USE_I18N=False)
    django.setup()

from django.db import connection, connections, models


class Character(models.Model):
    """Any model of an app."""

    name = models.TextField()
    note = models.TextField(default="")

    class Meta:
        app_label = "behaviour"


class Fleet(models.Model):
    """A model with a many-to-many field."""

    members = models.ManyToManyField(Character)

    class Meta:
        app_label = "behaviour"


@contextmanager
def database(path: Path) -> Iterator[None]:
    """Keep the rows of the models in this file meanwhile."""
    connection.close()
    options = connections.settings["default"]
    before, options["NAME"] = options["NAME"], str(path)
    try:
        with connection.schema_editor() as editor:
            editor.create_model(Character)
            editor.create_model(Fleet)
        yield
    finally:
        connection.close()
        options["NAME"] = before
