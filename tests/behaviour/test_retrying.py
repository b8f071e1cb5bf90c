"""What a retry sends, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import chain, shared_task
from celery.exceptions import MaxRetriesExceededError, Retry

from .harness import CELERY
from .tasks import seen

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


@pytest.mark.parametrize("option", [{"max_retries": 5}, {"default_retry_delay": 1}, {"retry_backoff": True}], ids=str)
def test_an_option_for_retries_does_not_retry(worker: Worker, option: dict[str, Any]) -> None:
    """`@shared_task(max_retries=5)` alone retries nothing: the first failure is the last."""

    @shared_task(**option)
    def fails() -> None:
        raise ConnectionError("no answer")

    fails.delay()
    assert [(run.state, run.name) for run in worker.run()] == [("FAILURE", "fails")]
    assert len(worker.sent) == 1


@pytest.mark.parametrize(
    "option",
    [
        {"retry_backoff": 10},
        {"retry_backoff": True, "retry_jitter": False},
        {"retry_backoff": True, "retry_backoff_max": 20},
        {"retry_kwargs": {"countdown": 5}},
        {"interval_start": 60, "interval_step": 60, "interval_max": 300},
    ],
    ids=str,
)
def test_options_of_automatic_retries_mean_nothing_to_self_retry(worker: Worker, option: dict[str, Any]) -> None:
    """With `retry_backoff`, `retry_jitter`, `retry_kwargs` or a publishing policy `self.retry()` waits 180 seconds."""

    @shared_task(bind=True, **option)
    def asks(self: Any) -> None:
        raise self.retry()

    for retries in range(3):
        asks.apply_async(retries=retries)
    worker.run()
    assert [message.countdown for message in worker.sent[3:]] == [180, 180, 180]


def test_retry_kwargs_hold_for_automatic_retries(worker: Worker) -> None:
    """`autoretry_for` with `retry_kwargs={"countdown": 5, "max_retries": 1}` waits 5 seconds, once."""

    @shared_task(autoretry_for=(ConnectionError,), retry_kwargs={"countdown": 5, "max_retries": 1})
    def fails() -> None:
        raise ConnectionError("no answer")

    fails.delay()
    fails.apply_async(retries=1)
    worker.run()
    assert [(m.retries, m.countdown, m.outcome) for m in worker.sent] == [
        (0, None, "RETRY"), (1, None, "FAILURE"), (1, 5, None),
    ]  # fmt: skip


def test_retry_backoff_overrides_the_countdown_of_retry_kwargs(worker: Worker) -> None:
    """With `retry_backoff` the countdown of `retry_kwargs` is not looked at."""

    @shared_task(autoretry_for=(ConnectionError,), retry_backoff=20, retry_jitter=False, retry_kwargs={"countdown": 5})
    def fails() -> None:
        raise ConnectionError("no answer")

    fails.delay()
    worker.run()
    assert [message.countdown for message in worker.sent] == [None, 20]


def test_max_retries_of_0_fails_at_once(worker: Worker) -> None:
    """`max_retries=0` switches the retries of `autoretry_for` off."""

    @shared_task(autoretry_for=(ConnectionError,), max_retries=0)
    def fails() -> None:
        raise ConnectionError("no answer")

    fails.delay()
    assert [run.state for run in worker.run()] == ["FAILURE"]
    assert len(worker.sent) == 1


def test_retry_kwargs_may_hold_any_option_of_a_retry(worker: Worker) -> None:
    """`retry_kwargs={"queue": "slow"}` is handed to `self.retry`, as any option of it would be."""

    @shared_task(autoretry_for=(ConnectionError,), retry_kwargs={"queue": "slow"})
    def fails() -> None:
        raise ConnectionError("no answer")

    fails.delay()
    worker.run()
    assert [message.queue for message in worker.sent] == ["celery", "slow"]


def gives_up(worker: Worker, **options: Any) -> list[str]:
    """Which handlers around the last `self.retry(**options)` of a task run."""

    @shared_task(bind=True, max_retries=1)
    def asks(self: Any) -> None:
        try:
            raise self.retry(countdown=0, **options)
        except self.MaxRetriesExceededError:
            seen.append("MaxRetriesExceededError")
        except ConnectionError:
            seen.append("ConnectionError")

    asks.apply_async(retries=1)
    worker.run()
    return seen


def test_a_retry_that_is_given_an_exception_raises_that_one_in_the_end(worker: Worker) -> None:
    """`self.retry(exc=E)` with no retries left raises `E`: `except MaxRetriesExceededError` never runs."""
    assert gives_up(worker, exc=ConnectionError("no answer")) == ["ConnectionError"]


def test_a_retry_without_an_exception_raises_max_retries_exceeded_in_the_end(worker: Worker) -> None:
    """`self.retry()` with no retries left raises `MaxRetriesExceededError`."""
    assert gives_up(worker) == ["MaxRetriesExceededError"]


def test_a_retry_without_an_exception_in_a_handler_raises_max_retries_exceeded(worker: Worker) -> None:
    """`self.retry()` in `except E` raises `MaxRetriesExceededError` in the end, not `E`."""

    @shared_task(bind=True)
    def asks(self: Any) -> None:
        try:
            raise ConnectionError("no answer")
        except ConnectionError:
            try:
                self.retry()
            except MaxRetriesExceededError:
                seen.append("given up")

    asks.apply_async(retries=3)
    worker.run()
    assert seen == ["given up"]


def test_a_retry_with_max_retries_of_its_own_raises_the_exception_it_is_given(worker: Worker) -> None:
    """`self.retry(exc=E, max_retries=0)` raises `E` as well."""
    assert gives_up(worker, exc=ConnectionError("no answer"), max_retries=0) == ["ConnectionError"]


def test_a_retry_never_counts_beyond_max_retries(worker: Worker) -> None:
    """`self.request.retries` goes from 0 to `max_retries`: it is never greater."""

    @shared_task(bind=True, max_retries=2)
    def counts(self: Any) -> None:
        seen.append(self.request.retries)
        raise self.retry(countdown=0)

    counts.delay()
    worker.run()
    assert seen == [0, 1, 2]


def test_a_countdown_of_0_is_no_countdown(worker: Worker) -> None:
    """`self.retry(countdown=60 * self.request.retries)` retries at once the first time."""

    @shared_task(bind=True)
    def waits(self: Any) -> None:
        raise self.retry(countdown=60 * self.request.retries)

    waits.apply_async(retries=1)
    waits.apply_async(retries=0)
    worker.run()
    first, second, *retries = worker.sent
    assert (first.retries, second.retries) == (1, 0)
    assert [(m.retries, m.countdown) for m in retries] == [(2, 60), (1, None), (2, 60)]


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({}, {"pk": 1, "page": 2}),
        ({"kwargs": {"pk": 1, "page": 3}}, {"pk": 1, "page": 3}),
        ({"kwargs": {"pk": 1}}, {"pk": 1}),
    ],
    ids=str,
)
def test_the_keyword_arguments_of_a_retry_replace_those_of_the_message(
    worker: Worker, changes: dict[str, Any], sent: dict[str, int]
) -> None:
    """`self.retry(kwargs={…})` sends these alone; without it a retry has the arguments that it had."""

    @shared_task(bind=True)
    def takes(self: Any, pk: int, page: int = 0) -> None:
        raise self.retry(countdown=600, **changes)

    takes.delay(pk=1, page=2)
    worker.run()
    assert [message.kwargs for message in worker.sent] == [{"pk": 1, "page": 2}, sent]


def test_a_retry_whose_keyword_arguments_lack_one_is_never_sent(worker: Worker) -> None:
    """`self.retry(kwargs={"page": 2})` of `t(pk, page)`: no retry, and no failure either: the message is rejected."""

    @shared_task(bind=True)
    def takes(self: Any, pk: int, page: int = 0) -> None:
        raise self.retry(countdown=0, kwargs={"page": 2})

    takes.delay(pk=1)
    worker.run()
    assert [(message.kwargs, message.outcome) for message in worker.sent] == [({"pk": 1}, "REJECTED")]


def test_the_arguments_of_a_retry_replace_those_of_the_message(worker: Worker) -> None:
    """`self.retry(args=[2])` of what was sent with two arguments sends one."""

    @shared_task(bind=True)
    def takes(self: Any, pk: int, page: int = 0) -> None:
        raise self.retry(countdown=600, args=[2])

    takes.delay(1, 5)
    worker.run()
    assert [message.args for message in worker.sent] == [[1, 5], [2]]


def retries_with_another_key(worker: Worker) -> list[tuple[list[Any], dict[str, Any], str | None]]:
    """What is sent where a task that was sent with a positional argument retries with the same one as a keyword."""

    @shared_task(bind=True)
    def takes(self: Any, pk: int) -> None:
        raise self.retry(countdown=600, kwargs={"pk": 2})

    takes.delay(1)
    worker.run()
    return [(message.args, message.kwargs, message.outcome) for message in worker.sent]


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 sends both")
def test_a_keyword_argument_of_a_retry_replaces_a_positional_one(worker: Worker) -> None:
    """From Celery 5.7 on, `self.retry(kwargs={"pk": 2})` of what was sent as `t.delay(1)` sends 2."""
    assert retries_with_another_key(worker) == [([1], {}, "RETRY"), ([2], {}, None)]


@pytest.mark.skipif(CELERY >= (5, 7), reason="Celery 5.7 sends the new one alone")
def test_a_keyword_argument_of_a_retry_clashes_with_a_positional_one_on_older_celery(worker: Worker) -> None:
    """Before Celery 5.7, `self.retry(kwargs={"pk": 2})` of what was sent as `t.delay(1)` is never sent."""
    assert retries_with_another_key(worker) == [([1], {}, "REJECTED")]


@pytest.mark.parametrize("option", ["coundown", "delay", "wait", "when"])
def test_an_unknown_option_of_a_retry_is_lost(worker: Worker, option: str) -> None:
    """`self.retry(coundown=1)` retries after 180 seconds, as if nothing had been said."""

    @shared_task(bind=True)
    def asks(self: Any) -> None:
        raise self.retry(**{option: 1})

    asks.delay()
    worker.run()
    assert [message.countdown for message in worker.sent] == [None, 180]


def test_max_retries_of_a_dispatch_mean_nothing(worker: Worker) -> None:
    """`t.apply_async(max_retries=0)` is no option: the task retries as often as its decorator says."""
    retries_at_once.apply_async(max_retries=0)
    worker.run()
    assert [message.retries for message in worker.sent] == [0, 1, 2]


@pytest.mark.parametrize("value", [ConnectionError, 5], ids=str)
def test_autoretry_for_must_be_a_tuple_or_list(worker: Worker, value: Any) -> None:
    """`autoretry_for=ConnectionError` raises `TypeError` when the task is registered."""
    with pytest.raises(TypeError, match="not iterable"):

        @shared_task(autoretry_for=value)
        def fails() -> None: ...


@pytest.mark.parametrize("value", [[ConnectionError], {ConnectionError}], ids=["list", "set"])
def test_autoretry_for_may_be_any_collection(worker: Worker, value: Any) -> None:
    """A list or set of exceptions is as good as a tuple."""

    @shared_task(autoretry_for=value)
    def fails() -> None:
        raise ConnectionError("no answer")

    fails.delay()
    assert [run.state for run in worker.run()] == ["RETRY"]


def test_a_task_that_autoretry_for_retries_never_sees_that_no_retries_are_left(worker: Worker) -> None:
    """A handler for `MaxRetriesExceededError` in its body does not run; in the end the task raises its own error."""
    handled = []

    @shared_task(autoretry_for=(ConnectionError,), max_retries=1, default_retry_delay=0)
    def tries() -> None:
        try:
            raise ConnectionError("no answer")
        except MaxRetriesExceededError:
            handled.append("handled")

    tries.delay()
    states = [run.state for run in [*worker.run(), *worker.run()]]
    assert states[-1] == "FAILURE"
    assert "RETRY" in states
    assert not handled
