"""Workflows in workflows, tasks that dispatch, and tasks that replace themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import chain, group, shared_task

from .tasks import a, b, c

if TYPE_CHECKING:
    from .harness import Worker


def test_nested_chains_are_one_chain(worker: Worker) -> None:
    """`chain(chain(a, b), c)` is flattened: a priority reaches the first task alone."""
    chain(chain(a.si(), b.si()), c.si()).apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5), ("c", 5)]


def test_a_priority_set_on_a_nested_chain_is_lost(worker: Worker) -> None:
    """In `chain(a, chain(b, c).set(priority=8))` the priority of the inner chain reaches nobody."""
    chain(a.si(), chain(b.si(), c.si()).set(priority=8)).apply_async()
    worker.run()
    assert worker.priorities() == [("a", 5), ("b", 5), ("c", 5)]


def test_a_chain_in_a_group_gives_the_priority_to_its_first_task(worker: Worker) -> None:
    """`group(chain(a, b), chain(a, c)).apply_async(priority=8)` sends both `a` at 8, the rest at the default."""
    group(chain(a.si(), b.si()), chain(a.si(), c.si())).apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("a", 8), ("a", 8), ("b", 5), ("c", 5)]


def test_a_group_at_the_end_of_a_chain_does_not_get_the_priority(worker: Worker) -> None:
    """`chain(a, group(b, c)).apply_async(priority=8)` runs the group at the default."""
    chain(a.si(), group(b.si(), c.si())).apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5), ("c", 5)]


def test_a_task_does_not_hand_its_priority_to_what_it_dispatches(worker: Worker) -> None:
    """A task that runs at 8 and calls `t.delay()` sends at the default."""

    @shared_task
    def parent() -> None:
        a.delay()

    parent.apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("parent", 8), ("a", 5)]


def test_replace_loses_the_priority(worker: Worker) -> None:
    """`self.replace(t.si())` in a task that runs at 8 sends the replacement at the default."""

    @shared_task(bind=True)
    def replaced(self: Any) -> None:
        raise self.replace(a.si())

    replaced.apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("replaced", 8), ("a", 5)]


def test_replace_loses_the_priority_of_the_tasks_decorator(worker: Worker) -> None:
    """A task with a priority of its own that replaces itself by one without: the replacement runs at the default."""

    @shared_task(bind=True, priority=8)
    def replaced(self: Any) -> None:
        raise self.replace(a.si())

    replaced.delay()
    worker.run()
    assert worker.priorities() == [("replaced", 8), ("a", 5)]


def test_replace_heeds_a_priority_that_is_set(worker: Worker) -> None:
    """`self.replace(t.si().set(priority=8))` sends the replacement at 8."""

    @shared_task(bind=True)
    def replaced(self: Any) -> None:
        raise self.replace(a.si().set(priority=8))

    replaced.delay()
    worker.run()
    assert worker.priorities() == [("replaced", 5), ("a", 8)]


def test_replace_keeps_the_rest_of_the_chain(worker: Worker) -> None:
    """What followed the replaced task in its chain follows the replacement."""

    @shared_task(bind=True)
    def replaced(self: Any) -> None:
        raise self.replace(a.si())

    chain(replaced.si(), c.si()).delay()
    worker.run()
    assert worker.names() == ["a", "c"]


def test_replace_by_a_group_needs_a_result_backend_in_a_chain(worker: Worker) -> None:
    """A task of a chain that replaces itself by a group makes a chord of what follows: it fails in the worker."""

    @shared_task(bind=True)
    def replaced(self: Any) -> None:
        raise self.replace(group(a.si(), b.si()))

    chain(replaced.si(), c.si()).delay()
    runs = worker.run()
    assert [(run.name, run.state) for run in runs] == [("replaced", "FAILURE")]
    assert isinstance(runs[0].value, NotImplementedError)
