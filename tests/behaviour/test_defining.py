"""What becomes of a task by the way in which it is defined."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery, shared_task
from celery.exceptions import SoftTimeLimitExceeded

from .tasks import seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .harness import Worker


def with_wraps(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator as it should be."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        seen.append("decorator")
        return function(*args, **kwargs)

    return wrapper


def without_wraps(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that hides what it decorates."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


class Structure:
    """Tasks as methods."""

    @staticmethod
    @shared_task
    def static(x: int) -> int:
        return x

    @shared_task
    def method(self, x: int) -> int:
        return x


def test_a_tasks_name_is_its_module_and_function(worker: Worker) -> None:
    """Without `name=` a task is called `module.function`: whoever moves it renames it."""
    assert Structure.static.name == f"{__name__}.static"


@pytest.mark.parametrize("decorator", [with_wraps, without_wraps])
def test_a_decorator_above_the_task_decorator_hides_the_task(worker: Worker, decorator: Callable[..., Any]) -> None:
    """The name is bound to the decorator's function, which has no `delay`, with `functools.wraps` or without."""

    @decorator
    @shared_task
    def hidden() -> None: ...

    assert not hasattr(hidden, "delay")
    assert not hasattr(hidden, "apply_async")


def test_a_decorator_above_the_task_decorator_does_not_run_in_the_worker(worker: Worker) -> None:
    """The task is registered undecorated: sent by name, it runs without the decorator above it."""

    @with_wraps
    @shared_task
    def hidden() -> None:
        seen.append("task")

    worker.app.send_task(f"{__name__}.hidden")
    worker.run()
    assert seen == ["task"]


def test_a_decorator_below_the_task_decorator_runs_in_the_worker(worker: Worker) -> None:
    """With the task decorator outermost, the worker runs the decorated function."""

    @shared_task
    @with_wraps
    def shown() -> None:
        seen.append("task")

    shown.delay()
    worker.run()
    assert seen == ["decorator", "task"]


def test_a_decorator_without_wraps_gives_the_task_its_name(worker: Worker) -> None:
    """`@shared_task` above a decorator without `functools.wraps` registers the wrapper's name."""

    @shared_task
    @without_wraps
    def lost() -> None: ...

    assert lost.name == f"{__name__}.wrapper"
    assert f"{__name__}.lost" not in worker.app.tasks


def test_a_decorator_with_wraps_keeps_the_tasks_name(worker: Worker) -> None:
    """`@shared_task` above a decorator with `functools.wraps` registers the function's own name."""

    @shared_task
    @with_wraps
    def kept() -> None: ...

    assert kept.name == f"{__name__}.kept"


def test_a_decorator_below_hides_the_tasks_parameters(worker: Worker) -> None:
    """Celery checks the wrapper's `*args, **kwargs`, which take anything: the task fails in the worker."""

    @shared_task
    @with_wraps
    def kept(x: int) -> None: ...

    kept.delay(1, 2, 3, unknown=4)
    assert [run.state for run in worker.run()] == ["FAILURE"]


def test_self_without_bind_takes_the_callers_first_argument(worker: Worker) -> None:
    """Without `bind=True`, `self` is a parameter like any other."""

    @shared_task
    def unbound(self: Any, x: int) -> list[Any]:
        return [self, x]

    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        unbound.delay(1)
    unbound.delay(1, 2)
    assert worker.run()[0].value == [1, 2]


def test_bind_without_a_parameter_raises_at_the_caller(worker: Worker) -> None:
    """`bind=True` on a function without parameters: Celery passes the task, and the call raises."""

    @shared_task(bind=True)
    def bound() -> None: ...

    with pytest.raises(TypeError, match="takes 0 positional arguments but 1 was given"):
        bound.delay()


def test_bind_passes_the_task_itself(worker: Worker) -> None:
    """`bind=True` puts the task in front of the caller's arguments."""

    @shared_task(bind=True)
    def bound(self: Any, x: int) -> list[Any]:
        return [self.name, x]

    bound.delay(1)
    assert worker.run()[0].value == [f"{__name__}.bound", 1]


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
def test_an_async_task_never_runs(worker: Worker) -> None:
    """The message of an `async def` task is taken, its body never runs, and the task counts as succeeded."""

    @shared_task
    async def coroutine() -> None:
        seen.append("ran")

    coroutine.delay()
    (run,) = worker.run()
    run.value.close()
    assert (run.state, seen) == ("SUCCESS", [])


def test_an_unknown_option_is_accepted_and_means_nothing(worker: Worker) -> None:
    """`@shared_task(timeout=5, retries=2)` sets attributes that nothing reads."""

    @shared_task(timeout=5, retries=2)
    def limited() -> None: ...

    assert (limited.time_limit, limited.soft_time_limit, limited.max_retries) == (None, None, 3)
    assert (limited.timeout, limited.retries) == (5, 2)


def test_a_task_has_no_time_limit_unless_it_is_given_one(worker: Worker) -> None:
    """Neither the task nor the settings limit how long a task may run."""
    assert (Structure.static.time_limit, Structure.static.soft_time_limit) == (None, None)
    assert (worker.app.conf.task_time_limit, worker.app.conf.task_soft_time_limit) == (None, None)


def test_a_soft_time_limit_is_an_exception_like_any_other() -> None:
    """`except Exception` catches `SoftTimeLimitExceeded`."""
    assert issubclass(SoftTimeLimitExceeded, Exception)


def test_a_task_as_a_method_never_gets_self(worker: Worker) -> None:
    """A task in a class is registered as a plain function: `delay` raises for the missing `self`."""
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        Structure().method.delay(1)


def test_a_static_method_can_be_a_task(worker: Worker) -> None:
    """`@staticmethod` above `@shared_task` works."""
    Structure.static.delay(1)
    Structure().static.delay(2)
    assert [run.value for run in worker.run()] == [1, 2]


def test_what_staticmethod_makes_can_be_no_task(worker: Worker) -> None:
    """`@shared_task` above `@staticmethod` raises `AttributeError` when the task is registered."""

    def function() -> None: ...

    with pytest.raises(AttributeError, match="__module__"):
        worker.app.task(lazy=False)(staticmethod(function))


def test_a_task_in_a_function_is_registered_when_that_function_runs(worker: Worker) -> None:
    """A worker that did not call the function does not know the task."""

    def factory() -> None:
        @shared_task
        def inner() -> None: ...

    name = f"{__name__}.inner"
    worker.app.send_task(name)
    worker.run()
    assert [message.outcome for message in worker.sent] == ["UNREGISTERED"]
    factory()
    assert name in worker.app.tasks


@pytest.mark.filterwarnings("ignore")
def test_the_first_of_two_tasks_with_one_name_wins(worker: Worker) -> None:
    """A second `@shared_task` of the same name is the first task."""

    @shared_task(name="app.same")
    def first() -> str:
        return "first"

    @shared_task(name="app.same")
    def second() -> str:
        return "second"

    second.delay()
    assert worker.run()[0].value == "first"


def test_a_plain_function_cannot_be_dispatched() -> None:
    """A function without a task decorator has no `delay`, `apply_async`, `s` or `si`."""

    def plain() -> None: ...

    assert not {"delay", "apply_async", "s", "si"} & set(dir(plain))


@pytest.mark.parametrize(
    ("module", "name"),
    [("celery", "task"), ("celery.task", "task"), ("celery.decorators", "task"), ("celery.task", "periodic_task")],
)
def test_the_old_task_decorators_are_gone(module: str, name: str) -> None:
    """`from celery import task`, `celery.task`, `celery.decorators` and `periodic_task` are no more."""
    with pytest.raises((ImportError, AttributeError)):
        getattr(importlib.import_module(module), name)


def test_a_task_of_one_application_is_unknown_to_another(worker: Worker) -> None:
    """`@app.task` registers with that application alone, `@shared_task` with every one."""
    other = Celery("other", set_as_current=False)

    @other.task(name="app.of_other")
    def of_other() -> None: ...

    @shared_task(name="app.of_all")
    def of_all() -> None: ...

    other.finalize()
    assert "app.of_other" in other.tasks
    assert "app.of_other" not in worker.app.tasks
    assert "app.of_all" in other.tasks
    assert "app.of_all" in worker.app.tasks
    other.close()


def test_autodiscovery_imports_modules_called_tasks_and_no_other(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`autodiscover_tasks` imports `<package>.tasks`: a task in another module is unknown until that is imported."""
    package = tmp_path / "found_app"
    package.mkdir()
    (package / "__init__.py").touch()
    for module in ("tasks", "helpers"):
        (package / f"{module}.py").write_text(f"from celery import shared_task\n@shared_task\ndef of_{module}(): ...\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    worker.app.autodiscover_tasks(["found_app"], force=True)
    assert "found_app.tasks.of_tasks" in worker.app.tasks
    assert "found_app.helpers.of_helpers" not in worker.app.tasks
    for module in ("found_app", "found_app.tasks"):
        monkeypatch.delitem(sys.modules, module)


def test_delay_on_commit_needs_celerys_django_task(worker: Worker) -> None:
    """Without `DJANGO_SETTINGS_MODULE` tasks have no `delay_on_commit`; signatures never have one."""
    assert not hasattr(Structure.static, "delay_on_commit")
    assert not hasattr(Structure.static.si(1), "delay_on_commit")
