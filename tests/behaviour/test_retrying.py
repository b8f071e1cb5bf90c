"""What a retry sends, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import chain, shared_task
from celery.exceptions import Retry

if TYPE_CHECKING:
    from .harness import Worker


@shared_task
def after() -> None: ...


@shared_task(bind=True)
def retries_later(self: Any) -> None:
    raise self.retry(countdown=600)


@shared_task(bind=True, max_retries=2)
def retries_at_once(self: Any) -> None:
    raise self.retry(countdown=0)


@shared_task(autoretry_for=(ConnectionError,))
def retries_by_itself() -> None:
    raise ConnectionError("no answer")


def test_a_retry_has_the_priority_of_what_it_retries(worker: Worker) -> None:
    """`self.retry()` of a task started at 8 is sent at 8."""
    retries_later.apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("retries_later", 8), ("retries_later", 8)]


def test_an_automatic_retry_has_the_priority_of_what_it_retries(worker: Worker) -> None:
    """`autoretry_for` is a `self.retry()`."""
    retries_by_itself.apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("retries_by_itself", 8), ("retries_by_itself", 8)]


def test_a_retry_can_be_given_another_priority(worker: Worker) -> None:
    """`self.retry(priority=3)` is sent at 3."""

    @shared_task(bind=True)
    def hurries(self: Any) -> None:
        raise self.retry(countdown=600, priority=3)

    hurries.delay()
    worker.run()
    assert worker.priorities() == [("hurries", 5), ("hurries", 3)]


def test_retry_is_an_exception() -> None:
    """`except Exception` catches what `self.retry()` raises."""
    assert issubclass(Retry, Exception)


def test_a_swallowed_retry_counts_as_success_and_runs_again(worker: Worker) -> None:
    """In `try … except Exception` the message of the retry is sent, and the task goes on and succeeds."""

    @shared_task(bind=True, max_retries=1)
    def swallows(self: Any) -> str:
        try:
            self.retry(countdown=0)
        except Exception:
            return f"went on after retry {self.request.retries}"
        return "never"

    swallows.delay()
    runs = worker.run()
    assert [(run.state, run.value) for run in runs] == [
        ("SUCCESS", "went on after retry 0"),
        ("SUCCESS", "went on after retry 1"),
    ]


def test_a_retry_ends_the_task(worker: Worker) -> None:
    """`self.retry()` raises: what stands after it does not run, with `raise` before it or without."""
    went_on = []

    @shared_task(bind=True)
    def asks(self: Any) -> None:
        self.retry(countdown=600)
        went_on.append(True)

    asks.delay()
    assert [run.state for run in worker.run()] == ["RETRY"]
    assert went_on == []


def test_a_retry_waits_three_minutes_unless_told(worker: Worker) -> None:
    """Without `countdown`, `eta` and `default_retry_delay` a retry is sent with a countdown of 180 seconds."""

    @shared_task(bind=True)
    def waits(self: Any) -> None:
        raise self.retry()

    waits.delay()
    worker.run()
    assert [message.countdown for message in worker.sent] == [None, 180]


def test_an_automatic_retry_without_backoff_waits_the_same_each_time(worker: Worker) -> None:
    """`autoretry_for` without `retry_backoff` retries after 180 seconds, however often it failed."""
    for retries in range(3):
        retries_by_itself.apply_async(retries=retries)
    worker.run()
    assert [message.countdown for message in worker.sent[3:]] == [180, 180, 180]


def test_an_automatic_retry_with_backoff_waits_longer_each_time(worker: Worker) -> None:
    """`retry_backoff=True` without jitter waits 1, 2, 4 … seconds."""

    @shared_task(autoretry_for=(ConnectionError,), retry_backoff=True, retry_jitter=False)
    def backs_off() -> None:
        raise ConnectionError("no answer")

    for retries in range(3):
        backs_off.apply_async(retries=retries)
    worker.run()
    assert [message.countdown for message in worker.sent if message.countdown] == [1, 2, 4]


def test_a_task_gives_up_after_three_retries_unless_told(worker: Worker) -> None:
    """`max_retries` is 3: the third retry fails with the exception that it was made for."""
    retries_by_itself.apply_async(retries=3)
    (run,) = worker.run()
    assert (run.state, type(run.value)) == ("FAILURE", ConnectionError)
    assert len(worker.sent) == 1


def test_a_task_without_max_retries_never_gives_up(worker: Worker) -> None:
    """`max_retries=None` retries the thousandth time too."""

    @shared_task(bind=True, max_retries=None)
    def for_ever(self: Any) -> None:
        raise self.retry(countdown=600)

    for_ever.apply_async(retries=1000)
    worker.run()
    assert [message.retries for message in worker.sent] == [1000, 1001]


def test_the_rest_of_a_chain_waits_for_the_retries(worker: Worker) -> None:
    """A retried task carries the rest of its chain: it follows when a retry succeeds."""

    @shared_task(bind=True)
    def succeeds_later(self: Any) -> None:
        if not self.request.retries:
            raise self.retry(countdown=0)

    chain(succeeds_later.si(), after.si()).delay()
    assert [(run.name, run.state) for run in worker.run()] == [
        ("succeeds_later", "RETRY"),
        ("succeeds_later", "SUCCESS"),
        ("after", "SUCCESS"),
    ]


def test_a_task_that_gives_up_ends_its_chain(worker: Worker) -> None:
    """When the last retry fails, what follows in the chain never runs."""
    chain(retries_at_once.si(), after.si()).delay()
    worker.run()
    assert worker.names() == []
    assert [message.retries for message in worker.sent] == [0, 1, 2]


def test_a_retry_of_a_task_called_directly_raises_the_error(worker: Worker) -> None:
    """A task called as a function has nothing to retry: `self.retry(exc=…)` raises the exception."""

    @shared_task(bind=True)
    def direct(self: Any) -> None:
        raise self.retry(exc=ConnectionError("no answer"))

    with pytest.raises(ConnectionError):
        direct()
    assert worker.sent == []
