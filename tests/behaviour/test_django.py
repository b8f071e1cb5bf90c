"""What a dispatch means for a Django transaction, and what Celery makes of Django's objects."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery, shared_task
from kombu.exceptions import EncodeError

pytest.importorskip("django", reason="Django is not installed: pip install django to run these")

from celery.contrib.django.task import DjangoTask
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy

from .database import Character, database
from .tasks import seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .harness import Worker


@shared_task(base=DjangoTask)
def look_for(pk: int) -> None:
    seen.append(Character.objects.filter(pk=pk).exists())
    connection.close()


@pytest.fixture(autouse=True)
def _database(tmp_path: Path) -> Iterator[None]:
    """The database of each test, empty."""
    with database(tmp_path / "db.sqlite3"):
        yield


def test_a_dispatch_in_a_transaction_is_sent_before_the_commit(worker: Worker) -> None:
    """Inside `transaction.atomic`, the worker runs the task and does not find what the caller has just saved."""
    with transaction.atomic():
        character = Character.objects.create(name="Bruce")
        look_for.delay(character.pk)
        worker.run()
    assert seen == [False]
    assert Character.objects.filter(pk=character.pk).exists()


def test_a_dispatch_in_a_transaction_is_sent_even_if_that_is_rolled_back(worker: Worker) -> None:
    """What the task was meant for never existed."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        look_for.delay(Character.objects.create(name="Bruce").pk)
        raise ZeroDivisionError
    assert len(worker.sent) == 1


def test_delay_on_commit_is_sent_after_the_commit(worker: Worker) -> None:
    """`delay_on_commit` waits for the end of the transaction: the task finds what was saved."""
    with transaction.atomic():
        look_for.delay_on_commit(Character.objects.create(name="Bruce").pk)
        assert worker.sent == []
    worker.run()
    assert seen == [True]


def test_on_commit_is_sent_after_the_commit(worker: Worker) -> None:
    """`transaction.on_commit(lambda: t.delay(…))` does the same."""
    with transaction.atomic():
        pk = Character.objects.create(name="Bruce").pk
        transaction.on_commit(lambda: look_for.delay(pk))
        assert worker.sent == []
    worker.run()
    assert seen == [True]


def test_delay_on_commit_is_never_sent_if_the_transaction_is_rolled_back(worker: Worker) -> None:
    """No commit, no message."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        look_for.delay_on_commit(1)
        raise ZeroDivisionError
    assert worker.sent == []


def test_delay_on_commit_outside_a_transaction_is_sent_at_once(worker: Worker) -> None:
    """Without a transaction there is nothing to wait for."""
    look_for.delay_on_commit(1)
    assert worker.priorities() == [("look_for", 5)]


def test_delay_on_commit_waits_for_the_default_database_alone(worker: Worker) -> None:
    """In a transaction of another database it sends at once; `transaction.on_commit(…, using="other")` waits."""
    with transaction.atomic(using="other"):
        look_for.delay_on_commit(1)
        assert len(worker.sent) == 1
        transaction.on_commit(lambda: look_for.delay(2), using="other")
        assert len(worker.sent) == 1
    assert len(worker.sent) == 2


def test_apply_async_on_commit_takes_the_options_of_apply_async(worker: Worker) -> None:
    """`apply_async_on_commit(args, priority=7)` sends at 7."""
    with transaction.atomic():
        look_for.apply_async_on_commit([1], priority=7)
    assert worker.priorities() == [("look_for", 7)]


def test_delay_on_commit_returns_nothing(worker: Worker) -> None:
    """There is no result to ask: the message has not been sent."""
    assert look_for.delay_on_commit(1) is None


def test_delay_on_commit_raises_for_wrong_arguments_after_the_commit(worker: Worker) -> None:
    """The arguments are checked when the message is sent: the data is saved by then."""
    with pytest.raises(TypeError, match="missing 1 required positional argument"), transaction.atomic():
        Character.objects.create(name="Bruce")
        look_for.delay_on_commit()
    assert Character.objects.count() == 1


def test_a_receiver_dispatches_in_the_transaction_of_whoever_saves(worker: Worker) -> None:
    """A `post_save` receiver runs before the commit, and so does what it dispatches."""

    def on_save(instance: Character, **_: Any) -> None:
        look_for.delay(instance.pk)

    post_save.connect(on_save, sender=Character)
    try:
        with transaction.atomic():
            Character.objects.create(name="Bruce")
            worker.run()
    finally:
        post_save.disconnect(on_save, sender=Character)
    assert seen == [False]


def test_a_view_under_atomic_requests_is_a_transaction(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `ATOMIC_REQUESTS` a view dispatches before its data is committed."""
    from django.core.handlers.base import BaseHandler

    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)

    def view(request: None) -> None:
        look_for.delay(Character.objects.create(name="Bruce").pk)
        worker.run()

    BaseHandler().make_view_atomic(view)(None)
    assert seen == [False]


def test_json_refuses_models_and_querysets(worker: Worker) -> None:
    """An instance, a queryset and a page's request are no arguments; a key is."""
    character = Character.objects.create(name="Bruce")
    for argument in (character, Character.objects.all(), Character.objects.values_list("pk")):
        with pytest.raises(EncodeError, match="not JSON serializable"):
            look_for.delay(argument)
    look_for.delay(character.pk)
    assert len(worker.sent) == 1


def test_json_carries_a_lazy_translation_as_text(worker: Worker) -> None:
    """`gettext_lazy("…")` is sent as the text in the language of the sender."""
    look_for.delay(gettext_lazy("a text"))
    assert [m.args for m in worker.sent] == [["a text"]]


def test_an_application_with_django_settings_has_tasks_that_delay_on_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With `DJANGO_SETTINGS_MODULE` set, as in Alliance Auth, tasks derive from Celery's `DjangoTask`."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "some.settings")
    monkeypatch.setattr(sys, "path", list(sys.path))
    app = Celery("with_django", set_as_current=False)

    @app.task
    def task() -> None: ...

    assert hasattr(task, "delay_on_commit")
    assert not hasattr(task.si(), "delay_on_commit")
