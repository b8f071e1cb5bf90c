"""Where tests with `task_always_eager` differ from production."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from celery import chain
from kombu.exceptions import EncodeError

from .tasks import a, fails, see, seen

if TYPE_CHECKING:
    from .harness import Worker


@pytest.fixture(autouse=True)
def _eager(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`task_always_eager`, as in many a test suite."""
    monkeypatch.setitem(worker.app.conf, "task_always_eager", True)


def test_eager_tasks_refuse_what_json_refuses(worker: Worker) -> None:
    """`delay` serialises the arguments of an eager task too, so that a test fails as production does."""
    with pytest.raises((TypeError, EncodeError), match="not JSON serializable"):
        see.delay({1})


def test_eager_tasks_do_not_wait_for_their_countdown(worker: Worker) -> None:
    """`countdown` means nothing to an eager task."""
    see.apply_async([1], countdown=3600)
    assert seen == [1]


def test_eager_tasks_have_results_without_a_backend(worker: Worker) -> None:
    """`.get()` works on an eager result: a test passes where production raises."""
    assert a.delay().get() == "of a"


def test_eager_tasks_swallow_their_exceptions(worker: Worker) -> None:
    """`fails.delay()` does not raise unless `task_eager_propagates` is set."""
    assert fails.delay().state == "FAILURE"


def test_eager_chains_run_in_this_process_in_order(worker: Worker) -> None:
    """An eager chain runs all its tasks before `delay` returns, and sends nothing."""
    chain(see.si(1), see.si(2)).delay()
    assert (seen, worker.sent) == ([1, 2], [])


def test_an_eager_chain_raises_what_its_task_raises(worker: Worker) -> None:
    """Where an eager task alone swallows its exception, an eager chain raises it at the caller."""
    with pytest.raises(ValueError, match="broken"):
        chain(see.si(1), fails.si(), see.si(2)).delay()
    assert seen == [1]


def test_eager_tasks_ignore_a_wrong_priority(worker: Worker) -> None:
    """A priority means nothing to an eager task, so no test fails for it."""
    see.apply_async([1], priority="highest")
    assert seen == [1]
