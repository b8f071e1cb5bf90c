"""Which priority a task message gets: 0 is served first, 9 last, and Alliance Auth's default is 5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import chain, group, shared_task, signature

from .harness import CELERY

if TYPE_CHECKING:
    from .harness import Worker


@shared_task
def a() -> None: ...


@shared_task
def b() -> None: ...


@shared_task
def c() -> None: ...


@shared_task(priority=7)
def seven() -> None: ...


@shared_task
def takes_anything(**kwargs: Any) -> None: ...


def test_delay_sends_at_the_default_priority(worker: Worker) -> None:
    """`delay()` sends at `task_default_priority`."""
    a.delay()
    assert worker.priorities() == [("a", 5)]


def test_apply_async_sends_at_its_priority(worker: Worker) -> None:
    """`apply_async(priority=3)` sends at 3, and the worker sees it."""
    a.apply_async(priority=3)
    assert [run.priority for run in worker.run()] == [3]


def test_delay_refuses_a_priority(worker: Worker) -> None:
    """`delay(priority=3)` passes the option to the task, which does not take it."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'priority'"):
        a.delay(priority=3)
    assert worker.sent == []


def test_delay_hands_a_priority_to_a_task_with_kwargs(worker: Worker) -> None:
    """A task with `**kwargs` receives `delay(priority=3)` as an argument and runs at the default."""
    takes_anything.delay(priority=3)
    (run,) = worker.run()
    assert (run.kwargs, run.priority) == ({"priority": 3}, 5)


@pytest.mark.parametrize("option", ["countdown", "queue", "eta", "expires", "routing_key", "retry", "link"])
def test_delay_refuses_every_other_option(worker: Worker, option: str) -> None:
    """`delay` takes no option of `apply_async`."""
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{option}'"):
        a.delay(**{option: 1})


def test_a_decorators_priority_holds_for_every_dispatch(worker: Worker) -> None:
    """`@shared_task(priority=7)` sends at 7 by `delay`, as a signature, and inside a chain."""
    seven.delay()
    seven.si().delay()
    chain(a.si(), seven.si()).delay()
    worker.run()
    assert worker.priorities() == [("seven", 7), ("seven", 7), ("a", 5), ("seven", 7)]


def test_none_in_a_decorator_is_the_default(worker: Worker) -> None:
    """`@shared_task(priority=None)` is what every task has until it is bound: it sends at `task_default_priority`."""

    @shared_task(priority=None)
    def unset() -> None: ...

    unset.delay()
    unset.si().apply_async()
    assert worker.priorities() == [("unset", 5), ("unset", 5)]


def test_apply_async_overrides_a_decorators_priority(worker: Worker) -> None:
    """The priority of a call goes before that of the decorator."""
    seven.apply_async(priority=3)
    assert worker.priorities() == [("seven", 3)]


def test_a_chains_priority_reaches_only_its_first_task(worker: Worker) -> None:
    """`chain(a, b, c).apply_async(priority=8)` runs `a` at 8, `b` and `c` at the default."""
    chain(a.si(), b.si(), c.si()).apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5), ("c", 5)]


def test_set_on_a_chain_reaches_only_its_first_task(worker: Worker) -> None:
    """`chain(a, b).set(priority=8)` is no better than giving it to `apply_async`."""
    chain(a.si(), b.si()).set(priority=8).apply_async()
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5)]


def test_a_priority_set_on_each_signature_of_a_chain_holds(worker: Worker) -> None:
    """`.set(priority=8)` on a signature holds for that signature alone."""
    chain(a.si().set(priority=8), b.si().set(priority=8), c.si()).apply_async()
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 8), ("c", 5)]


def test_a_chains_priority_overrides_that_of_its_first_signature(worker: Worker) -> None:
    """A chain started at 2 runs its first task at 2, whatever was set on it."""
    chain(a.si().set(priority=8), b.si().set(priority=8), c.si().set(priority=8)).apply_async(priority=2)
    worker.run()
    assert worker.priorities() == [("a", 2), ("b", 8), ("c", 8)]


def test_a_generator_of_set_signatures_makes_a_chain(worker: Worker) -> None:
    """`.set` returns the signature, so a chain can be made of `s.set(priority=8) for s in …`."""
    chain(s.set(priority=8) for s in [a.si(), b.si(), c.si()]).delay()
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 8), ("c", 8)]


def test_a_chain_of_one_task_runs_it_at_the_chains_priority(worker: Worker) -> None:
    """A chain of one is that one task."""
    chain(a.si()).apply_async(priority=8)
    assert worker.priorities() == [("a", 8)]


def test_a_chain_made_by_the_pipe_gives_its_priority_to_the_first_task_too(worker: Worker) -> None:
    """`(a | b).apply_async(priority=8)` is a chain like any other."""
    (a.si() | b.si()).apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("a", 8), ("b", 5)]


def test_a_groups_priority_reaches_every_member(worker: Worker) -> None:
    """`group(a, b).apply_async(priority=8)` sends both at 8."""
    group(a.si(), b.si()).apply_async(priority=8)
    assert worker.priorities() == [("a", 8), ("b", 8)]


@pytest.mark.parametrize("start", ["delay", "__call__"])
def test_a_workflows_delay_takes_a_priority_as_an_argument(worker: Worker, start: str) -> None:
    """`chain(…).delay(priority=8)` and `chain(…)(priority=8)` hand it to the first task: a `.si` drops it."""
    getattr(chain(a.si(), b.si()), start)(priority=8)
    worker.run()
    assert worker.priorities() == [("a", 5), ("b", 5)]


def test_send_task_of_an_unknown_task_sends_at_the_reserved_priority(worker: Worker) -> None:
    """The default priority belongs to the task: `send_task` of a name that this process does not know sends at 0."""
    worker.app.send_task("elsewhere.task")
    assert worker.priorities() == [("task", 0)]


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 does not look the task up")
def test_send_task_of_a_known_task_takes_its_priority(worker: Worker) -> None:
    """From Celery 5.7 on, `send_task` of a task that this process knows sends at its priority, or at the default."""
    worker.app.send_task(seven.name)
    worker.app.send_task(a.name)
    assert worker.priorities() == [("seven", 7), ("a", 5)]


@pytest.mark.skipif(CELERY >= (5, 7), reason="Celery 5.7 looks the task up")
def test_send_task_of_a_known_task_sends_at_the_reserved_priority_on_older_celery(worker: Worker) -> None:
    """Before Celery 5.7, `send_task` sends at 0, whether this process knows the task or not."""
    worker.app.send_task(seven.name)
    worker.app.send_task(a.name)
    assert worker.priorities() == [("seven", 0), ("a", 0)]


def test_send_task_sends_at_the_priority_that_it_is_given(worker: Worker) -> None:
    """`send_task(name, priority=7)` sends at 7."""
    worker.app.send_task("elsewhere.task", priority=7)
    assert worker.priorities() == [("task", 7)]


def test_a_signature_of_an_unknown_task_sends_at_the_reserved_priority(worker: Worker) -> None:
    """`signature("elsewhere.task").delay()` is a `send_task`."""
    worker.app.signature("elsewhere.task").delay()
    assert worker.priorities() == [("task", 0)]


def test_a_signature_by_name_takes_the_priority_of_the_registered_task(worker: Worker) -> None:
    """`app.signature("name")` finds the task when it is sent, and with it the decorator's priority."""
    worker.app.signature(seven.name, immutable=True).delay()
    assert worker.priorities() == [("seven", 7)]


def test_inherit_parent_priority_carries_a_chains_priority_on(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `task_inherit_parent_priority`, which Alliance Auth does not set, the whole chain runs at 8."""
    monkeypatch.setitem(worker.app.conf, "task_inherit_parent_priority", True)

    @shared_task
    def first() -> None: ...

    @shared_task
    def second() -> None: ...

    @shared_task
    def third() -> None: ...

    chain(first.si(), second.si(), third.si()).apply_async(priority=8)
    worker.run()
    assert worker.priorities() == [("first", 8), ("second", 8), ("third", 8)]


@pytest.mark.parametrize(
    "start",
    [
        lambda: seven.si().apply_async(priority=None),
        lambda: seven.signature(immutable=True).apply_async(priority=None),
        lambda: chain(seven.si(), a.si()).apply_async(priority=None),
        lambda: (seven.si() | a.si()).apply_async(priority=None),
        lambda: group(seven.si(), a.si()).apply_async(priority=None),
    ],
    ids=["si", "signature", "chain", "pipe", "group"],
)
def test_a_priority_of_none_is_dropped_by_a_signature_or_workflow(worker: Worker, start: Any) -> None:
    """`apply_async(priority=None)` of a signature, chain or group sends at the task's own priority or the default."""
    start()
    worker.run()
    assert set(worker.priorities()) <= {("seven", 7), ("a", 5)}
    assert ("seven", 7) in worker.priorities()


@pytest.mark.parametrize(
    "start",
    [
        lambda: seven.apply_async(priority=None),
        lambda: seven.si().set(priority=None).apply_async(),
        lambda: seven.si().set(priority=None).delay(),
        lambda: seven.signature(options={"priority": None}).delay(),
        lambda: chain(seven.si().set(priority=None), a.si()).apply_async(),
        lambda: group(seven.si().set(priority=None)).apply_async(),
    ],
    ids=["apply_async", "set", "set-delay", "options", "chain", "group"],
)
def test_a_priority_of_none_that_is_set_is_the_reserved_one(worker: Worker, start: Any) -> None:
    """`t.apply_async(priority=None)`, `.set(priority=None)` and `signature(options=…)` send at 0."""
    start()
    assert worker.priorities()[0] == ("seven", 0)


@pytest.mark.parametrize("sent", [seven.s(), chain(seven.s(), b.si()), group([seven.s()])], ids=["s", "chain", "group"])
def test_a_priority_of_none_is_dropped_where_a_signature_is_sent(sent: Any, worker: Worker) -> None:
    """`apply_async(priority=None)` of a signature, chain or group leaves a task of 7 at 7."""
    sent.apply_async(priority=None)
    assert worker.priorities()[0] == ("seven", 7)


def test_a_signature_by_name_has_the_priority_of_its_task(worker: Worker) -> None:
    """`signature("…seven").delay()` is sent at the 7 of the task's decorator."""
    signature(seven.name).delay()
    assert worker.priorities() == [("seven", 7)]
