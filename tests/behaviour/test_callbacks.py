"""When a callback runs, and with what: `link` and `link_error`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import Task, chain, group, shared_task

from .harness import CELERY
from .tasks import a, b, c, fails, see, seen

if TYPE_CHECKING:
    from .harness import Worker


@shared_task
def none() -> None:
    seen.append("none")


@shared_task
def two(x: Any, y: Any) -> None:
    seen.append((x, y))


@shared_task
def three(request: Any, error: Any, traceback: Any) -> None:
    seen.append((request.task, error, traceback))


@shared_task(bind=True)
def bound(self: Any, x: Any) -> None:
    seen.append(x)


@shared_task(bind=True)
def bound_three(self: Any, request: Any, error: Any, traceback: Any) -> None:
    seen.append("bound_three")


@shared_task
def told_of_error(*args: Any) -> None:
    seen.append(args)


def test_a_linked_task_does_not_inherit_the_priority(worker: Worker) -> None:
    """`a.apply_async(priority=8, link=b.si())` runs `b` at the default."""
    a.apply_async(priority=8, link=b.si())
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5)]


def test_a_linked_task_has_the_priority_that_is_set_on_it(worker: Worker) -> None:
    """`link=b.si().set(priority=8)` runs `b` at 8, `link=see.si(1)` at that of the decorator."""
    a.apply_async(link=[b.si().set(priority=8), see.si(1)])
    worker.run()
    assert worker.priorities() == [("a", 5), ("b", 8), ("see", 7)]


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


@pytest.mark.filterwarnings("ignore:Exception raised outside body:RuntimeWarning")
@pytest.mark.parametrize("callback", [none, two], ids=["takes-nothing", "takes-more"])
def test_a_link_that_cannot_take_the_result_fails_its_task(worker: Worker, callback: Any) -> None:
    """`t.apply_async(link=none.s())`: `t` has done its work and ends as failed; the callback never runs."""
    reported = []

    class Base(Task):
        def on_success(self, *args: Any) -> None:
            reported.append("success")

        def on_failure(self, exc: Exception, *args: Any) -> None:
            reported.append(type(exc).__name__)

    @shared_task(base=Base)
    def works() -> str:
        seen.append("worked")
        return "result"

    works.apply_async(link=callback.s())
    worker.run()
    assert seen == ["worked"]
    assert [message.name for message in worker.sent] == ["works"]
    assert reported == ["TypeError"]


def test_an_immutable_link_need_not_take_the_result(worker: Worker) -> None:
    """`link=none.si()` runs `none`."""
    a.apply_async(link=none.si())
    worker.run()
    assert seen == ["none"]


def test_a_link_takes_the_result_before_its_own_arguments(worker: Worker) -> None:
    """`link=two.s(2)` is called with the result and 2."""
    a.apply_async(link=two.s(2))
    worker.run()
    assert seen == [("of a", 2)]


def test_link_error_of_a_task_with_three_parameters_is_told_of_the_error(worker: Worker) -> None:
    """An errback with three parameters is called with request, exception and traceback in the failing worker."""
    fails.apply_async(link_error=three.s())
    worker.run()
    ((task, error, traceback),) = seen
    assert (task, str(error)) == (fails.name, "broken")
    assert "ValueError: broken" in traceback


def test_link_error_of_a_bound_task_is_called_with_the_id(worker: Worker) -> None:
    """`self` does not count: a bound errback is sent, with the failed task's id."""
    result = fails.apply_async(link_error=bound.s())
    worker.run()
    assert seen == [result.id]


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 lets the worker fail for it")
def test_link_error_of_a_task_with_two_parameters_never_runs(worker: Worker) -> None:
    """An errback with two parameters is called with three arguments: it never runs, and the worker logs an error."""
    fails.apply_async(link_error=two.s())
    worker.run()
    assert seen == []
    assert [message.outcome for message in worker.sent] == ["FAILURE"]


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 counts all parameters")
def test_link_error_with_an_argument_of_its_own_counts_what_is_left(worker: Worker) -> None:
    """From Celery 5.7 on, `link_error=two.s("own")` leaves one parameter: it is sent, with the failed task's id."""
    result = fails.apply_async(link_error=two.s("own"))
    worker.run()
    assert seen == [(result.id, "own")]


@pytest.mark.filterwarnings("ignore:Exception raised outside body:RuntimeWarning")
@pytest.mark.parametrize("workflow", [chain(none.s(), a.si()), group(a.si(), none.s())], ids=["chain", "group"])
def test_a_workflow_as_link_gets_the_result_as_its_tasks_do(worker: Worker, workflow: Any) -> None:
    """`t.apply_async(link=chain(none.s(), b.si()))`: `none` is given the result, and cannot take it."""
    failed = []

    class Base(Task):
        def on_failure(self, exc: Exception, *args: Any) -> None:
            failed.append(type(exc).__name__)

    @shared_task(base=Base)
    def works() -> str:
        return "result"

    works.apply_async(link=workflow)
    worker.run()
    assert (failed, "none" in seen) == (["TypeError"], False)
