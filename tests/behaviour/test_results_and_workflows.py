"""What becomes of results and workflows when no result backend is configured, as in Alliance Auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import Task, chain, chord, group, shared_task
from celery.result import AsyncResult, GroupResult

if TYPE_CHECKING:
    from .harness import Worker

NO_CHORDS = "Starting chords requires a result backend"
NO_BACKEND = "No result backend is configured"


@shared_task
def one(x: int = 1) -> int:
    return x


@shared_task
def two(*args: int) -> None: ...


@shared_task
def none() -> None: ...


@shared_task
def fails() -> None:
    raise ValueError("broken")


def test_a_called_chord_needs_a_result_backend(worker: Worker) -> None:
    """`chord(header)(body)` raises `NotImplementedError` and sends nothing."""
    with pytest.raises(NotImplementedError, match=NO_CHORDS):
        chord([one.si(1), one.si(2)])(none.si())
    assert worker.sent == []


def test_a_delayed_chord_needs_a_result_backend(worker: Worker) -> None:
    """`chord(header, body).delay()` raises `NotImplementedError` and sends nothing."""
    with pytest.raises(NotImplementedError, match=NO_CHORDS):
        chord([one.si(1), one.si(2)], none.si()).delay()
    assert worker.sent == []


def test_a_group_piped_into_a_task_becomes_a_chord(worker: Worker) -> None:
    """`(group(…) | task).delay()` raises as a chord does."""
    with pytest.raises(NotImplementedError, match=NO_CHORDS):
        (group(one.si(1), one.si(2)) | none.si()).delay()
    assert worker.sent == []


def test_a_group_before_a_task_in_a_chain_becomes_a_chord(worker: Worker) -> None:
    """`chain(group(…), task).delay()` raises as a chord does."""
    with pytest.raises(NotImplementedError, match=NO_CHORDS):
        chain(group(one.si(1), one.si(2)), none.si()).delay()
    assert worker.sent == []


def test_a_group_in_the_middle_of_a_chain_becomes_a_chord(worker: Worker) -> None:
    """`chain(task, group(…), task).delay()` raises at once: its first task is not sent either."""
    with pytest.raises(NotImplementedError, match=NO_CHORDS):
        chain(none.si(), group(one.si(1), one.si(2)), none.si()).delay()
    assert worker.sent == []


def test_a_group_at_the_end_of_a_chain_runs(worker: Worker) -> None:
    """`chain(task, group(…))` needs no backend: nobody waits for the group."""
    chain(none.si(), group(one.si(1), one.si(2))).delay()
    worker.run()
    assert worker.names() == ["none", "one", "one"]


def test_a_group_of_one_before_a_task_is_no_chord(worker: Worker) -> None:
    """A group of a single member is unrolled into the chain: it runs with one item, and raises with two."""
    chain(group([one.si(1)]), none.si()).delay()
    worker.run()
    assert worker.names() == ["one", "none"]


def test_a_group_runs_but_its_result_is_unusable(worker: Worker) -> None:
    """`group(…).delay()` runs its members; `.get()` of what it returns raises."""
    result = group(one.si(1), one.si(2)).delay()
    worker.run()
    assert worker.names() == ["one", "one"]
    with pytest.raises(NotImplementedError, match=NO_BACKEND):
        result.get()


@pytest.mark.parametrize("method", ["get", "wait", "collect", "forget"])
def test_waiting_for_a_result_needs_a_result_backend(worker: Worker, method: str) -> None:
    """`.get()`, `.wait()`, `.collect()` and `.forget()` raise `NotImplementedError`."""
    result = one.delay(1)
    with pytest.raises(NotImplementedError):
        got = getattr(result, method)()
        next(got)


@pytest.mark.parametrize("question", ["ready", "successful", "failed"])
def test_asking_a_result_needs_a_result_backend(worker: Worker, question: str) -> None:
    """`.ready()`, `.successful()` and `.failed()` raise an `AttributeError` about `DisabledBackend`."""
    result = one.delay(1)
    with pytest.raises(AttributeError, match="DisabledBackend"):
        getattr(result, question)()


@pytest.mark.parametrize("attribute", ["status", "state", "result", "info", "traceback"])
def test_reading_a_result_needs_a_result_backend(worker: Worker, attribute: str) -> None:
    """`.status`, `.state`, `.result`, `.info`, `.traceback` raise an `AttributeError` about `DisabledBackend`."""
    result = one.delay(1)
    with pytest.raises(AttributeError, match="DisabledBackend"):
        getattr(result, attribute)


def test_a_results_id_needs_no_result_backend(worker: Worker) -> None:
    """`.id` and `.task_id` are those of the message."""
    result = one.delay(1)
    assert result.id == result.task_id
    assert isinstance(result.id, str)


def test_revoke_needs_no_result_backend(worker: Worker) -> None:
    """`.revoke()` is a message to the workers."""
    assert one.delay(1).revoke() is None


def test_an_async_result_by_id_needs_a_result_backend(worker: Worker) -> None:
    """`AsyncResult(id)` is made without a word and answers nothing."""
    with pytest.raises(NotImplementedError, match=NO_BACKEND):
        AsyncResult("some-id", app=worker.app).get()


def test_a_group_result_cannot_be_restored_without_a_result_backend(worker: Worker) -> None:
    """`GroupResult.restore(id)` raises."""
    with pytest.raises((AttributeError, NotImplementedError)):
        GroupResult.restore("some-id", app=worker.app)


def test_results_travel_along_a_chain_without_a_backend(worker: Worker) -> None:
    """In `chain(one.s(1), two.s(2))` the second task is called with the first one's result before its own."""
    chain(one.s(1), two.s(2)).delay()
    assert [run.args for run in worker.run()] == [[1], [1, 2]]


def test_a_partial_signature_that_cannot_take_the_result_is_never_sent(worker: Worker) -> None:
    """In `chain(one.s(1), none.s())` the worker runs `one` and cannot send `none`, which takes no argument."""
    chain(one.s(1), none.s()).delay()
    with pytest.warns(RuntimeWarning, match="none.. takes 0 positional arguments but 1 was given"):
        worker.run()
    assert [message.name for message in worker.sent] == ["one"]


def test_a_chain_that_cannot_go_on_fails_the_task_that_ran(worker: Worker) -> None:
    """The task before the one that cannot be sent has done its work, and its `on_failure` is called all the same."""
    failed: list[type[Exception]] = []

    class Base(Task):
        def on_failure(self, exc: Exception, *args: Any) -> None:
            failed.append(type(exc))

    @shared_task(base=Base)
    def works() -> int:
        return 1

    chain(works.s(), none.s()).delay()
    with pytest.warns(RuntimeWarning, match="takes 0 positional arguments"):
        assert worker.run()[0].state == "SUCCESS"
    assert failed == [TypeError]


def test_an_unserialisable_result_fails_the_task_when_a_partial_signature_follows(worker: Worker) -> None:
    """A task that returns a set, followed by `.s` in a chain: it ran, and fails since the next cannot be sent."""

    @shared_task
    def returns_a_set() -> set[int]:
        return {1}

    chain(returns_a_set.s(), two.s()).delay()
    assert [(run.name, run.state) for run in worker.run()] == [("returns_a_set", "FAILURE")]


def test_an_unserialisable_result_does_no_harm_when_nobody_takes_it(worker: Worker) -> None:
    """Followed by an immutable signature, or by nothing, a task may return what it likes."""

    @shared_task
    def returns_a_set() -> set[int]:
        return {1}

    chain(returns_a_set.si(), none.si(), returns_a_set.si()).delay()
    worker.run()
    assert worker.names() == ["returns_a_set", "none", "returns_a_set"]


def test_immutable_signatures_take_no_result(worker: Worker) -> None:
    """`chain(one.si(1), none.si())` runs both."""
    chain(one.si(1), none.si()).delay()
    worker.run()
    assert worker.names() == ["one", "none"]


def test_a_failing_task_stops_its_chain(worker: Worker) -> None:
    """The rest of a chain is sent by the task before it, and only if that succeeded."""
    chain(one.si(1), fails.si(), none.si()).delay()
    assert [(run.name, run.state) for run in worker.run()] == [("one", "SUCCESS"), ("fails", "FAILURE")]


def test_a_failing_task_leaves_the_rest_of_its_group_alone(worker: Worker) -> None:
    """The members of a group are messages of their own."""
    group(fails.si(), none.si()).delay()
    worker.run()
    assert worker.names() == ["none"]


def test_a_chain_is_sent_one_message_at_a_time(worker: Worker) -> None:
    """`chain(a, b).delay()` sends `a` alone; the worker sends `b` when `a` is done."""
    chain(one.si(1), none.si()).delay()
    assert [message.name for message in worker.sent] == ["one"]
    worker.run()
    assert [(message.name, message.parent) for message in worker.sent] == [("one", None), ("none", one.name)]


def test_an_empty_chain_does_nothing(worker: Worker) -> None:
    """`chain([]).delay()` sends nothing, raises nothing and returns `None`."""
    assert chain([]).delay() is None
    assert worker.sent == []


def test_an_empty_group_does_nothing(worker: Worker) -> None:
    """`group([]).delay()` sends nothing, raises nothing and returns a result."""
    assert group([]).delay().id
    assert worker.sent == []


def test_a_workflow_that_is_not_started_sends_nothing(worker: Worker) -> None:
    """`chain(…)`, `group(…)`, `a | b` and `t.si()` alone are descriptions."""
    chain(one.si(1), none.si())
    group(one.si(1), none.si())
    one.si(1) | none.si()
    one.si(1)
    assert worker.sent == []


def test_a_called_chain_is_sent(worker: Worker) -> None:
    """`chain(…)()` is `chain(…).apply_async()`."""
    chain(one.si(1), none.si())()
    worker.run()
    assert worker.names() == ["one", "none"]


def test_a_called_group_is_sent(worker: Worker) -> None:
    """`group(…)()` is `group(…).apply_async()`."""
    group(one.si(1), none.si())()
    worker.run()
    assert worker.names() == ["one", "none"]


def test_a_called_signature_runs_in_this_process(worker: Worker) -> None:
    """`t.si(3)()` returns what the task returns, here and now; nothing is sent."""
    assert one.si(3)() == 3
    assert worker.sent == []


def test_waiting_for_a_result_inside_a_task_is_refused(worker: Worker) -> None:
    """`.get()` inside a task raises; `disable_sync_subtasks=False` leaves only the missing backend to raise."""

    @shared_task
    def waits() -> str:
        try:
            one.delay(1).get()
        except (RuntimeError, NotImplementedError) as ex:
            return type(ex).__name__
        return "a result"

    waits.delay()
    assert worker.run()[0].value == "RuntimeError"
