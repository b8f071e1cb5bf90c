"""What celery-once does, and what Alliance Auth's `QueueOnce` makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import celery_once
import pytest
from celery import chain, group, shared_task
from celery.beat import SchedulingError
from celery.schedules import crontab
from celery.worker.state import revoked

from .beat import send_all
from .once_backend import locks

if TYPE_CHECKING:
    from .harness import Worker


@pytest.fixture(autouse=True)
def _once(once_set_up: None) -> None:
    """Every test here has celery-once set up."""


@shared_task
def before() -> None: ...


@shared_task
def after() -> None: ...


def test_a_once_task_that_is_queued_already_raises_at_the_caller(worker: Worker) -> None:
    """A second dispatch of celery-once's own `QueueOnce` raises `AlreadyQueued` where it is called."""

    @shared_task(base=celery_once.QueueOnce)
    def update() -> None: ...

    update.delay()
    with pytest.raises(celery_once.AlreadyQueued):
        update.delay()
    assert len(worker.sent) == 1


def test_a_graceful_once_task_that_is_queued_already_is_dropped(worker: Worker) -> None:
    """With `once={"graceful": True}` a second dispatch does nothing."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True})
    def update() -> None: ...

    update.delay()
    update.delay()
    assert len(worker.sent) == 1


def test_a_once_task_can_be_queued_again_when_it_has_run(worker: Worker) -> None:
    """The lock is dropped when the task has ended, in success or failure."""

    @shared_task(base=celery_once.QueueOnce)
    def fails() -> None:
        raise ValueError("broken")

    fails.delay()
    worker.run()
    fails.delay()
    assert len(worker.sent) == 2


def test_other_arguments_are_another_lock(worker: Worker) -> None:
    """Without `keys` every argument is part of the lock."""

    @shared_task(base=celery_once.QueueOnce)
    def update(pk: int) -> None: ...

    update.delay(1)
    update.delay(2)
    with pytest.raises(celery_once.AlreadyQueued):
        update.delay(pk=1)
    assert len(worker.sent) == 2


def test_alliance_auths_queue_once_is_graceful(worker: Worker, alliance_auth: type) -> None:
    """A second dispatch of a task with Alliance Auth's base is dropped without a word."""

    @shared_task(base=alliance_auth)
    def update() -> None: ...

    update.delay()
    update.delay()
    assert len(worker.sent) == 1


def test_importing_alliance_auths_class_makes_celery_onces_own_graceful(worker: Worker, alliance_auth: type) -> None:
    """Both classes share one dict: what Alliance Auth sets in it holds for celery-once's own `QueueOnce`."""

    @shared_task(base=celery_once.QueueOnce)
    def update() -> None: ...

    update.delay()
    update.delay()
    assert len(worker.sent) == 1


@pytest.mark.parametrize("once", [{"keys": ["pk"]}, {"timeout": 60}], ids=lambda once: next(iter(once)))
def test_once_options_on_a_task_replace_graceful(worker: Worker, alliance_auth: type, once: dict[str, Any]) -> None:
    """`once={…}` on the task replaces the class's dict: without a `graceful` of its own the task is not."""

    @shared_task(base=alliance_auth, once=once)
    def update(pk: int) -> None: ...

    update.delay(1)
    with pytest.raises(celery_once.AlreadyQueued):
        update.delay(1)


def test_a_caller_can_be_graceful(worker: Worker) -> None:
    """`apply_async(once={"graceful": True})` drops the second dispatch."""

    @shared_task(base=celery_once.QueueOnce)
    def update() -> None: ...

    update.delay()
    update.apply_async(once={"graceful": True})
    assert len(worker.sent) == 1


def test_a_once_key_that_is_no_parameter_raises_at_the_caller(worker: Worker) -> None:
    """celery-once looks each key up in the bound arguments: an unknown one is a `KeyError` on dispatch."""

    @shared_task(base=celery_once.QueueOnce, once={"keys": ["character_pk"]})
    def update(pk: int) -> None: ...

    with pytest.raises(KeyError, match="character_pk"):
        update.delay(1)
    assert worker.sent == []


def test_a_once_key_that_is_left_to_its_default_raises_at_the_caller(worker: Worker) -> None:
    """Defaults are no bound arguments: a key whose parameter is not passed is a `KeyError` on dispatch."""

    @shared_task(base=celery_once.QueueOnce, once={"keys": ["force"]})
    def update(pk: int, force: bool = False) -> None: ...

    with pytest.raises(KeyError, match="force"):
        update.delay(1)
    update.delay(1, force=False)
    assert len(worker.sent) == 1


def test_a_default_passed_and_a_default_left_are_two_locks(worker: Worker) -> None:
    """`update(1)` and `update(1, force=False)` mean the same and are queued both."""

    @shared_task(base=celery_once.QueueOnce)
    def update(pk: int, force: bool = False) -> None: ...

    update.delay(1)
    update.delay(1, force=False)
    assert len(worker.sent) == 2


def test_a_queued_once_task_silently_ends_a_chain(worker: Worker, alliance_auth: type) -> None:
    """In `chain(p, once, q)`, with `once` queued already, `p` runs; `once` and `q` are dropped without an error."""

    @shared_task(base=alliance_auth)
    def update() -> None: ...

    update.apply_async(countdown=600)
    chain(before.si(), update.si(), after.si()).delay()
    assert [(run.name, run.state) for run in worker.run()] == [("before", "SUCCESS")]


def test_a_queued_once_task_at_the_start_of_a_chain_drops_it_all(worker: Worker, alliance_auth: type) -> None:
    """In `chain(once, q)`, with `once` queued already, nothing is sent."""

    @shared_task(base=alliance_auth)
    def update() -> None: ...

    update.apply_async(countdown=600)
    chain(update.si(), after.si()).delay()
    worker.run()
    assert [message.name for message in worker.sent] == ["update"]


def test_a_queued_once_task_at_the_end_of_a_chain_drops_only_itself(worker: Worker, alliance_auth: type) -> None:
    """In `chain(p, once)` nothing stands after the task that is queued already."""

    @shared_task(base=alliance_auth)
    def update() -> None: ...

    update.apply_async(countdown=600)
    chain(before.si(), after.si(), update.si()).delay()
    worker.run()
    assert worker.names() == ["before", "after"]


@pytest.mark.filterwarnings("ignore:Exception raised outside body:RuntimeWarning")
def test_a_queued_once_task_that_is_not_graceful_fails_the_task_before_it(worker: Worker) -> None:
    """In `chain(p, once, q)`, `p` runs and is then reported as failed: `AlreadyQueued` is raised in its worker."""
    reported = []

    class Base(celery_once.QueueOnce.__base__):
        def on_failure(self, exc: Exception, *args: Any) -> None:
            reported.append(type(exc))

    @shared_task(base=Base)
    def works() -> None: ...

    @shared_task(base=celery_once.QueueOnce)
    def update() -> None: ...

    update.apply_async(countdown=600)
    chain(works.si(), update.si(), after.si()).delay()
    worker.run()
    assert worker.names() == ["works"]
    assert reported == [celery_once.AlreadyQueued]


def test_a_queued_once_task_leaves_the_rest_of_a_group_alone(worker: Worker, alliance_auth: type) -> None:
    """The members of a group are messages of their own."""

    @shared_task(base=alliance_auth)
    def update() -> None: ...

    update.apply_async(countdown=600)
    group(update.si(), after.si()).delay()
    worker.run()
    assert worker.names() == ["after"]


def test_a_once_task_cannot_dispatch_itself(worker: Worker, alliance_auth: type) -> None:
    """The lock holds until the task has ended: a task that queues its next round is dropped."""

    @shared_task(base=alliance_auth)
    def next_round(left: int) -> None:
        if left:
            next_round.delay(left)

    next_round.delay(1)
    worker.run()
    assert len(worker.sent) == 1


def test_a_once_task_that_unlocks_before_it_runs_can_dispatch_itself(worker: Worker) -> None:
    """`once={"unlock_before_run": True}` drops the lock when the task starts."""
    left = [2]

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True, "unlock_before_run": True})
    def next_round() -> None:
        left[0] -= 1
        if left[0]:
            next_round.delay()

    next_round.delay()
    worker.run()
    assert len(worker.sent) == 2


def test_an_expired_once_task_stays_locked(worker: Worker) -> None:
    """A message that expires never runs, so nothing drops its lock: it is refused until the lock times out."""

    @shared_task(base=celery_once.QueueOnce)
    def update() -> None: ...

    update.apply_async(expires=-1)
    worker.run()
    assert [message.outcome for message in worker.sent] == ["REVOKED"]
    with pytest.raises(celery_once.AlreadyQueued):
        update.delay()


def test_a_once_task_that_could_not_be_sent_stays_locked(worker: Worker) -> None:
    """The lock is taken before the arguments are serialised: an error there leaves it locked."""

    @shared_task(base=celery_once.QueueOnce, once={"keys": ["pk"]})
    def update(pk: int, names: Any) -> None: ...

    with pytest.raises(Exception, match="not JSON serializable"):
        update.delay(1, {"a set"})
    with pytest.raises(celery_once.AlreadyQueued):
        update.delay(1, ["a list"])


def test_a_once_task_that_retries_keeps_its_lock(worker: Worker) -> None:
    """`self.retry()` is not stopped by the task's own lock, and does not drop it."""

    @shared_task(bind=True, base=celery_once.QueueOnce)
    def update(self: Any) -> None:
        raise self.retry(countdown=600)

    update.delay()
    worker.run()
    assert [message.retries for message in worker.sent] == [0, 1]
    with pytest.raises(celery_once.AlreadyQueued):
        update.delay()


def test_a_once_task_called_directly_neither_locks_nor_looks(worker: Worker) -> None:
    """`t()` is a function call: it runs while the task is queued."""

    @shared_task(base=celery_once.QueueOnce)
    def update() -> str:
        return "ran"

    update.apply_async(countdown=600)
    assert update() == "ran"
    assert len(locks) == 1


def test_apply_drops_the_lock_of_the_queued_task(worker: Worker) -> None:
    """`t.apply()` runs while the task is queued, and drops that one's lock when it has ended."""

    @shared_task(base=celery_once.QueueOnce)
    def update() -> None: ...

    update.apply_async(countdown=600)
    update.apply()
    assert locks == {}


def test_a_once_tasks_lock_lasts_an_hour_unless_told(worker: Worker) -> None:
    """Without `timeout` and `default_timeout` a lock lasts 3600 seconds."""

    @shared_task(base=celery_once.QueueOnce)
    def update() -> None: ...

    @shared_task(base=celery_once.QueueOnce, once={"timeout": 60})
    def often() -> None: ...

    update.delay()
    often.delay()
    assert list(locks.values()) == [3600, 60]


def test_a_once_task_can_have_a_priority(worker: Worker) -> None:
    """celery-once passes the options of `apply_async` on."""

    @shared_task(base=celery_once.QueueOnce)
    def update() -> None: ...

    update.apply_async(priority=7)
    assert worker.priorities() == [("update", 7)]


def test_a_once_task_has_no_delay_on_commit() -> None:
    """`QueueOnce` derives from Celery's plain `Task`, not from its Django one: it cannot `delay_on_commit`."""
    assert not hasattr(celery_once.QueueOnce, "delay_on_commit")
    assert not hasattr(celery_once.QueueOnce, "apply_async_on_commit")


def test_map_ignores_the_lock(worker: Worker, alliance_auth: type) -> None:
    """`t.map(…)` calls the task as a function in the worker: it runs although it is queued already."""
    ran = []

    @shared_task(base=alliance_auth)
    def update(pk: int) -> None:
        ran.append(pk)

    update.apply_async([1], countdown=600)
    update.map([1, 2]).delay()
    worker.run()
    assert ran == [1, 2]


def test_once_options_without_a_once_base_lock_nothing(worker: Worker) -> None:
    """`once={…}` on a plain task is an attribute that nobody reads: three equal sends are three messages."""

    @shared_task(once={"keys": ["pk"], "graceful": True})
    def update(pk: int) -> None: ...

    for _ in range(3):
        update.delay(1)
    assert len(worker.sent) == 3
    assert locks == {}


@pytest.mark.parametrize("once", [{"key": ["pk"]}, {"kwargs": ["pk"]}, {"pk": True}], ids=lambda once: next(iter(once)))
def test_an_unknown_once_option_locks_over_all_arguments(worker: Worker, once: dict[str, Any]) -> None:
    """`once={"key": ["pk"]}` is not `keys`: `update(1, 1)` and `update(1, 2)` are queued both."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True, **once})
    def update(pk: int, page: int) -> None: ...

    update.delay(1, 1)
    update.delay(1, 2)
    update.delay(1, 2)
    assert [message.args for message in worker.sent] == [[1, 1], [1, 2]]


def test_keys_lock_over_these_arguments_alone(worker: Worker) -> None:
    """`once={"keys": ["pk"]}`: `update(1, 1)` keeps `update(1, 2)` out."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True, "keys": ["pk"]})
    def update(pk: int, page: int) -> None: ...

    update.delay(1, 1)
    update.delay(1, 2)
    assert [message.args for message in worker.sent] == [[1, 1]]


def test_keys_that_are_a_string_are_its_letters(worker: Worker) -> None:
    """`once={"keys": "pk"}` looks for the parameters `p` and `k`: a `KeyError` on dispatch."""

    @shared_task(base=celery_once.QueueOnce, once={"keys": "pk"})
    def update(pk: int) -> None: ...

    with pytest.raises(KeyError, match="'p'"):
        update.delay(1)
    assert worker.sent == []


def test_keys_that_are_the_string_of_one_letter_are_that_parameter(worker: Worker) -> None:
    """`once={"keys": "x"}` of a task that has a parameter `x` locks over it."""

    @shared_task(base=celery_once.QueueOnce, once={"keys": "x", "graceful": True})
    def update(x: int, y: int) -> None: ...

    update.delay(1, 1)
    update.delay(1, 2)
    assert [message.args for message in worker.sent] == [[1, 1]]


def test_a_once_key_is_not_found_among_arbitrary_keyword_arguments(worker: Worker) -> None:
    """`**kwargs` are one argument to celery-once: a key for what they hold is a `KeyError` on dispatch."""

    @shared_task(base=celery_once.QueueOnce, once={"keys": ["pk"]})
    def update(**kwargs: int) -> None: ...

    with pytest.raises(KeyError, match="'pk'"):
        update.delay(pk=1)


def test_a_schedule_entry_that_leaves_a_once_key_to_its_default_is_never_sent(worker: Worker) -> None:
    """beat fails to send it, each time that it is due."""

    @shared_task(base=celery_once.QueueOnce, once={"keys": ["force"]})
    def update(force: bool = False) -> None: ...

    with pytest.raises(SchedulingError, match="'force'"):
        send_all({"entry": {"task": update.name, "schedule": crontab()}})
    send_all({"entry": {"task": update.name, "schedule": crontab(), "kwargs": {"force": False}}})
    assert len(worker.sent) == 1


def test_a_graceful_once_task_that_expired_is_dropped_silently_from_then_on(worker: Worker) -> None:
    """A schedule's `expires`: what expires once never ran, and what beat sends later is left out without an error."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True})
    def update() -> None: ...

    entry = {"entry": {"task": update.name, "schedule": crontab(), "options": {"expires": -1}}}
    send_all(entry)
    worker.run()
    for _ in range(3):
        send_all(entry)
        update.delay()
    worker.run()
    assert [message.outcome for message in worker.sent] == ["REVOKED"]
    assert list(locks.values()) == [3600]


def test_a_once_task_that_unlocks_before_it_runs_stays_locked_if_it_expires(worker: Worker) -> None:
    """`unlock_before_run` unlocks when the task starts, and what has expired never does."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True, "unlock_before_run": True})
    def update() -> None: ...

    update.apply_async(expires=-1)
    worker.run()
    update.delay()
    assert [message.outcome for message in worker.sent] == ["REVOKED"]


def test_a_revoked_once_task_stays_locked(worker: Worker) -> None:
    """What is revoked never runs either."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True})
    def update() -> None: ...

    task_id = update.delay().id
    revoked.add(task_id)
    try:
        worker.run()
    finally:
        revoked.discard(task_id)
    update.delay()
    assert [message.outcome for message in worker.sent] == ["REVOKED"]


def next_pages(worker: Worker, once: dict[str, Any]) -> list[list[Any]]:
    """The arguments that are sent by a once task which sends itself for its next page."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True, **once})
    def update(pk: int, page: int) -> None:
        if page < 3:
            update.delay(pk, page + 1)

    update.delay(1, 1)
    worker.run()
    return [message.args for message in worker.sent]


@pytest.mark.parametrize("once", [{}, {"keys": ["page"]}, {"keys": ["pk", "page"]}], ids=str)
def test_a_once_task_can_dispatch_itself_for_other_keys(worker: Worker, once: dict[str, Any]) -> None:
    """`update(1, page=2)` sent by `update(1, page=1)` is another lock."""
    assert next_pages(worker, once) == [[1, 1], [1, 2], [1, 3]]


def test_a_once_task_cannot_dispatch_itself_for_the_same_keys(worker: Worker) -> None:
    """With `keys` of `pk` alone `update(1, page=2)` is kept out by `update(1, page=1)`, which sends it."""
    assert next_pages(worker, {"keys": ["pk"]}) == [[1, 1]]


def test_a_once_task_that_is_not_graceful_fails_where_it_dispatches_itself(worker: Worker) -> None:
    """`AlreadyQueued` is raised in the task."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": False})
    def update() -> None:
        update.delay()

    update.delay()
    (run,) = worker.run()
    assert (run.state, type(run.value)) == ("FAILURE", celery_once.AlreadyQueued)


def test_a_once_task_cannot_dispatch_itself_with_a_countdown(worker: Worker) -> None:
    """The lock is looked at when a message is sent, not when it is due."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True})
    def update() -> None:
        update.apply_async(countdown=600)

    update.delay()
    worker.run()
    assert len(worker.sent) == 1


def test_a_once_task_that_follows_itself_in_a_chain_is_dropped(worker: Worker) -> None:
    """In `chain(once, once)` the second is sent before the lock of the first is dropped."""

    @shared_task(base=celery_once.QueueOnce, once={"graceful": True})
    def update() -> None: ...

    chain(update.si(), update.si()).delay()
    worker.run()
    assert len(worker.sent) == 1
