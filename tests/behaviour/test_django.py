"""What a dispatch means for a Django transaction, and what Celery makes of Django's objects."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery, shared_task
from kombu.exceptions import EncodeError

pytest.importorskip("django", reason="Django is not installed: pip install django to run these")

from celery.contrib.django.task import DjangoTask
from django.db import connection, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.utils.translation import gettext_lazy

from .database import Character, Fleet, database
from .tasks import seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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
    """`apply_async_on_commit(args, priority=7, task_id="…")` sends at 7, and the task has that id."""

    @shared_task(bind=True, base=DjangoTask)
    def identifies(self: Any) -> str:
        return str(self.request.id)

    with transaction.atomic():
        identifies.apply_async_on_commit([], priority=7, task_id="chosen")
    assert worker.priorities() == [("identifies", 7)]
    assert [run.value for run in worker.run()] == ["chosen"]


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


@contextmanager
def receiving(signal: Any, sender: type) -> Iterator[list[bool]]:
    """Whether a transaction was open each time that the receivers of this signal were called."""
    open_: list[bool] = []

    def receiver(**_: Any) -> None:
        open_.append(connection.in_atomic_block)

    signal.connect(receiver, sender=sender)
    try:
        yield open_
    finally:
        signal.disconnect(receiver, sender=sender)


@pytest.mark.parametrize("signal", [pre_delete, post_delete], ids=["pre_delete", "post_delete"])
@pytest.mark.parametrize(
    "delete",
    [
        lambda character: character.delete(),
        lambda character: Character.objects.filter(pk=character.pk).delete(),
        lambda character: Character.objects.all().delete(),
    ],
    ids=["instance", "queryset", "all"],
)
def test_receivers_of_a_deletion_are_called_in_a_transaction(
    signal: Any, delete: Callable[[Character], object]
) -> None:
    """`pre_delete` and `post_delete` are sent in a transaction that Django opens itself."""
    character = Character.objects.create(name="Bruce")
    with receiving(signal, Character) as in_transaction:
        delete(character)
    assert in_transaction == [True]


@pytest.mark.parametrize(
    "change",
    [
        lambda fleet, character: fleet.members.add(character),
        lambda fleet, character: (fleet.members.add(character), fleet.members.remove(character)),
        lambda fleet, character: (fleet.members.add(character), fleet.members.clear()),
        lambda fleet, character: fleet.members.create(name="Clark"),
        lambda fleet, character: character.fleet_set.add(fleet),
    ],
    ids=["add", "remove", "clear", "create", "reverse"],
)
def test_receivers_of_m2m_changed_are_called_in_a_transaction(change: Callable[[Fleet, Character], object]) -> None:
    """`m2m_changed` is sent in a transaction that Django opens itself, before each change and after it."""
    fleet, character = Fleet.objects.create(), Character.objects.create(name="Bruce")
    with receiving(m2m_changed, Fleet.members.through) as in_transaction:
        change(fleet, character)
    assert len(in_transaction) >= 2
    assert all(in_transaction)


@pytest.mark.parametrize("signal", [pre_save, post_save], ids=["pre_save", "post_save"])
@pytest.mark.parametrize(
    ("save", "within"),
    [
        (lambda: Character(name="Bruce").save(), False),
        (lambda: Character.objects.create(name="Bruce"), False),
        (lambda: Character.objects.get_or_create(name="Bruce"), True),
        (lambda: Character.objects.update_or_create(name="Bruce"), True),
    ],
    ids=["save", "create", "get_or_create", "update_or_create"],
)
def test_receivers_of_a_save_are_called_in_a_transaction_of_get_or_create(
    signal: Any, save: Callable[[], object], within: bool
) -> None:
    """`pre_save` and `post_save` are sent in one by `get_or_create` and `update_or_create`, not by `save`, `create`."""
    with receiving(signal, Character) as in_transaction:
        save()
    assert in_transaction == [within]


def test_update_or_create_saves_what_is_there_in_a_transaction_too() -> None:
    """The row is locked until it has been saved."""
    Character.objects.create(name="Bruce")
    with receiving(post_save, Character) as in_transaction:
        Character.objects.update_or_create(name="Bruce", defaults={"name": "Clark"})
    assert in_transaction == [True]


def test_bulk_create_and_update_call_no_receivers() -> None:
    """Nor is there one to dispatch for a row of them."""
    with receiving(post_save, Character) as in_transaction:
        Character.objects.bulk_create([Character(name="Bruce")])
        Character.objects.update(name="Clark")
    assert in_transaction == []


def test_a_task_sent_by_a_receiver_of_a_deletion_finds_what_was_deleted(worker: Worker) -> None:
    """A worker that is quick still finds the row: `post_delete` is sent before the commit."""

    def on_delete(instance: Character, **_: Any) -> None:
        look_for.delay(instance.pk)
        worker.run()

    post_delete.connect(on_delete, sender=Character)
    try:
        Character.objects.create(name="Bruce").delete()
    finally:
        post_delete.disconnect(on_delete, sender=Character)
    assert seen == [True]


def test_atomic_requests_of_the_settings_is_ignored(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ATOMIC_REQUESTS = True` at the top of the settings does nothing: it belongs in an entry of `DATABASES`."""
    from django.conf import settings
    from django.core.handlers.base import BaseHandler

    monkeypatch.setattr(settings, "ATOMIC_REQUESTS", True, raising=False)

    def view(request: None) -> bool:
        return bool(connection.in_atomic_block)

    assert BaseHandler().make_view_atomic(view)(None) is False
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    assert BaseHandler().make_view_atomic(view)(None) is True


def test_a_lambda_on_commit_in_a_loop_sends_the_last_item_each_time(worker: Worker) -> None:
    """`for pk in …: on_commit(lambda: t.delay(pk))` in one transaction: the lambdas run when the loop has ended."""
    with transaction.atomic():
        for pk in (1, 2, 3):
            transaction.on_commit(lambda: look_for.delay(pk))  # noqa: B023
    assert [message.args for message in worker.sent] == [[3], [3], [3]]


def test_a_callback_that_holds_its_item_sends_that(worker: Worker) -> None:
    """`lambda pk=pk: …`, `partial` and `delay_on_commit` keep the item of their round."""
    with transaction.atomic():
        for pk in (1, 2):
            transaction.on_commit(lambda pk=pk: look_for.delay(pk))
        for pk in (3, 4):
            transaction.on_commit(partial(look_for.delay, pk))
        for pk in (5, 6):
            look_for.delay_on_commit(pk)
    assert [message.args for message in worker.sent] == [[1], [2], [3], [4], [5], [6]]


def test_a_lambda_on_commit_of_a_transaction_in_the_loop_sends_its_item(worker: Worker) -> None:
    """Where each round has a transaction of its own, or there is none, the lambda runs in its round."""
    for pk in (1, 2):
        with transaction.atomic():
            transaction.on_commit(lambda: look_for.delay(pk))  # noqa: B023
    for pk in (3, 4):
        transaction.on_commit(lambda: look_for.delay(pk))  # noqa: B023
    assert [message.args for message in worker.sent] == [[1], [2], [3], [4]]


def test_on_commit_of_a_dispatch_sends_at_once_and_raises(worker: Worker) -> None:
    """`on_commit(t.delay(1))` sends before the commit, and has no callback then: `TypeError`."""
    with pytest.raises(TypeError, match="callback must be a callable"), transaction.atomic():
        transaction.on_commit(look_for.delay(1))
    assert len(worker.sent) == 1


@pytest.mark.parametrize(
    "register",
    [
        lambda: look_for.delay_on_commit(1),
        lambda: look_for.apply_async_on_commit([1]),
        lambda: transaction.on_commit(lambda: look_for.delay(1)),
    ],
    ids=["delay_on_commit", "apply_async_on_commit", "on_commit"],
)
def test_what_waits_for_a_commit_has_no_value(worker: Worker, register: Callable[[], object]) -> None:
    """In a transaction or not: what they return is None, and has no `.id`."""
    assert register() is None
    with transaction.atomic():
        assert register() is None


@shared_task
def rename(pk: int) -> None:
    """Read a row, change it and save it, as a task does."""
    character = Character.objects.get(pk=pk)
    seen.append(character.name)
    character.name = "of the task"
    character.save()
    connection.close()


def renamed(worker: Worker, **options: Any) -> str:
    """The name of a row that was sent, then renamed by its task, then saved by its sender."""
    character = Character.objects.create(name="old")
    rename.delay(character.pk)
    worker.run()
    character.save(**options)
    character.refresh_from_db()
    return str(character.name)


def test_a_task_reads_a_row_as_it_was_before_it_is_saved(worker: Worker) -> None:
    """`t.delay(row.pk); row.name = …; row.save()`: the task may run before the row is saved."""
    character = Character.objects.create(name="old")
    rename.delay(character.pk)
    character.name = "new"
    worker.run()
    character.save()
    assert seen == ["old"]


def test_a_row_saved_after_its_dispatch_overwrites_what_the_task_saved(worker: Worker) -> None:
    """`save()` writes every field as its sender has read it."""
    assert renamed(worker) == "old"


def test_a_row_saved_with_update_fields_leaves_the_rest_to_the_task(worker: Worker) -> None:
    """`save(update_fields=[…])` writes these alone."""
    assert renamed(worker, update_fields=["note"]) == "of the task"


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
