"""When a callback runs, and with what: `link` and `link_error`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import chain, shared_task

from .tasks import a, b, c, fails, see, seen

if TYPE_CHECKING:
    from .harness import Worker


@shared_task
def told_of_error(*args: Any) -> None:
    seen.append(args)


def test_a_linked_task_does_not_inherit_the_priority(worker: Worker) -> None:
    """`a.apply_async(priority=8, link=b.si())` runs `b` at the default."""
    a.apply_async(priority=8, link=b.si())
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5)]


def test_a_linked_partial_signature_receives_the_result(worker: Worker) -> None:
    """`link=t.s()` is called with what the task returned; no result backend is needed."""
    a.apply_async(link=see.s())
    worker.run()
    assert seen == ["of a"]


def test_a_linked_task_does_not_run_after_a_failure(worker: Worker) -> None:
    """`link` is for success."""
    fails.apply_async(link=b.si())
    worker.run()
    assert [m.name for m in worker.sent] == ["fails"]


def test_link_error_of_a_task_that_takes_anything_runs_in_the_failing_worker(worker: Worker) -> None:
    """An errback that takes more than one argument is called with request, exception and traceback; nothing is sent."""
    fails.apply_async(link_error=told_of_error.s())
    worker.run()
    assert [m.name for m in worker.sent] == ["fails"]
    ((_, error, _),) = seen
    assert isinstance(error, ValueError)


def test_link_error_of_a_task_with_one_parameter_is_a_message(worker: Worker) -> None:
    """An errback with one parameter is sent, at its own priority, with the failed task's id."""
    result = fails.apply_async(link_error=see.s(), priority=3)
    worker.run()
    assert worker.priorities() == [("fails", 3), ("see", 7)]
    assert seen == [result.id]


def test_link_error_of_an_immutable_signature_is_called_with_its_own_arguments(worker: Worker) -> None:
    """`link_error=t.si(1)` runs `t(1)`."""
    fails.apply_async(link_error=see.si(1))
    worker.run()
    assert seen == [1]


def test_link_error_of_a_chain_holds_for_every_task(worker: Worker) -> None:
    """`chain(…).apply_async(link_error=…)` runs the errback whichever task fails."""
    chain(a.si(), fails.si(), c.si()).apply_async(link_error=see.si("failed"))
    worker.run()
    assert seen == ["failed"]


def test_a_link_of_a_chain_runs_after_its_last_task(worker: Worker) -> None:
    """`chain(…).apply_async(link=…)` runs the callback once, when all is done."""
    chain(a.si(), b.si()).apply_async(link=see.si("done"))
    worker.run()
    assert worker.names() == ["a", "b", "see"]
