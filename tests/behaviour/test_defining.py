"""What becomes of a task by the way in which it is defined."""

from __future__ import annotations

import functools
import importlib
import sys
import warnings
from types import GeneratorType
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery, Task, shared_task
from celery.backends.cache import CacheBackend
from celery.exceptions import Ignore, SoftTimeLimitExceeded

from .tasks import seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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


def test_a_function_given_to_the_task_decorator_is_a_task_of_its_name(worker: Worker) -> None:
    """`x = shared_task(f)` and `app.task(f)` register `module.f`; `f` itself stays a function."""

    def plain() -> str:
        return "ran"

    task = shared_task(plain)
    assert task.name == worker.app.task(plain).name == f"{__name__}.plain"
    task.delay()
    assert [run.value for run in worker.run()] == ["ran"]
    assert not hasattr(plain, "delay")


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


@pytest.mark.filterwarnings("ignore")
def test_the_last_of_two_objects_with_one_name_wins(worker: Worker) -> None:
    """`register_task` of an object whose class has the name of another task puts it in the place of that."""

    class First(Task):
        name = "app.same_object"

        def run(self) -> str:
            return "first"

    class Second(First):
        def run(self) -> str:
            return "second"

    first = worker.app.register_task(First())
    worker.app.register_task(Second())
    first.delay()
    assert worker.run()[0].value == "second"


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


def test_delay_on_commit_needs_celerys_django_task(worker: Worker) -> None:
    """Without `DJANGO_SETTINGS_MODULE` tasks have no `delay_on_commit`; signatures never have one."""
    assert not hasattr(Structure.static, "delay_on_commit")
    assert not hasattr(Structure.static.si(1), "delay_on_commit")


def generates() -> Iterator[int]:
    """A task's body with a `yield`."""
    seen.append("began")
    yield 1


def test_a_task_with_a_yield_never_runs(worker: Worker) -> None:
    """The worker calls the function, which returns a generator: success, and the body has not begun."""
    shared_task(generates).delay()
    (run,) = worker.run()
    assert run.state == "SUCCESS"
    assert isinstance(run.value, GeneratorType)
    assert seen == []


def test_a_task_of_a_class_with_a_yield_never_runs(worker: Worker) -> None:
    """`class T(Task)` with a `run` that yields, registered by `app.register_task`, does no more."""

    class Yields(Task):
        name = "behaviour.yields"

        def run(self) -> Iterator[None]:
            seen.append("begun")
            yield

    worker.app.register_task(Yields())
    worker.app.tasks["behaviour.yields"].delay()
    (run,) = worker.run()
    assert run.state == "SUCCESS"
    assert isinstance(run.value, GeneratorType)
    assert seen == []


def test_a_task_with_a_yield_fails_after_the_fact_with_a_result_backend(worker: Worker) -> None:
    """With a result backend the generator is a result that JSON cannot carry: the task ends as failed."""
    backend = CacheBackend(app=worker.app, backend="memory://")
    result = shared_task(backend=backend)(generates).delay()
    worker.run()
    assert result.state == "FAILURE"
    assert "not JSON serializable" in str(result.result)
    assert seen == []


def test_a_generator_that_is_consumed_runs(worker: Worker) -> None:
    """A function, or a decorator below the task decorator, that goes through what is yielded makes the body run."""

    @shared_task
    def consumes() -> list[int]:
        return list(generates())

    consumes.delay()
    assert [run.value for run in worker.run()] == [[1]]
    assert seen == ["began"]


def test_one_object_serves_every_run_of_a_task(worker: Worker) -> None:
    """What a bound task keeps on `self` is there in its next run."""

    @shared_task(bind=True)
    def counts(self: Any, x: int) -> list[int]:
        self.items = [*getattr(self, "items", []), x]
        return list(self.items)

    counts.delay(1)
    counts.delay(2)
    assert [run.value for run in worker.run()] == [[1], [1, 2]]


def test_one_object_serves_every_run_of_a_task_that_is_a_class(worker: Worker) -> None:
    """`self.count += 1` in the `run` of a registered class goes on counting from run to run; `__init__` ran once."""

    class Counts(Task):
        name = "app.counts"

        def __init__(self) -> None:
            self.count = 0

        def run(self) -> int:
            self.count += 1
            return self.count

    counts = worker.app.register_task(Counts())
    counts.delay()
    counts.delay()
    assert [run.value for run in worker.run()] == [1, 2]


def test_the_request_of_a_bound_task_is_of_this_run(worker: Worker) -> None:
    """`self.request` is another one in each run."""

    @shared_task(bind=True)
    def identifies(self: Any) -> str:
        return str(self.request.id)

    ids = [identifies.delay().id, identifies.delay().id]
    assert [run.value for run in worker.run()] == ids


@pytest.mark.parametrize("attribute", ["retries", "id", "args", "kwargs", "delivery_info", "root_id", "retires"])
def test_what_belongs_to_the_request_is_no_attribute_of_the_task(worker: Worker, attribute: str) -> None:
    """`self.retries` for `self.request.retries` raises `AttributeError` in the worker."""

    @shared_task(bind=True)
    def asks(self: Any) -> None:
        getattr(self, attribute)

    asks.delay()
    (run,) = worker.run()
    assert (run.state, type(run.value)) == ("FAILURE", AttributeError)


def test_the_request_knows_the_retries_of_a_run(worker: Worker) -> None:
    """`self.request.retries` is their number; `self.request` answers None for what it does not have."""

    @shared_task(bind=True)
    def asks(self: Any) -> list[Any]:
        return [self.request.retries, self.max_retries]

    asks.apply_async(retries=2)
    assert [run.value for run in worker.run()] == [[2, 3]]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Writes modules of a package `found_app`, each with a task that is called after it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "found_app"
    folder.mkdir()
    (folder / "__init__.py").touch()

    def write(*modules: str, text: str = "") -> None:
        for module in modules:
            file = folder / f"{module.replace('.', '/')}.py"
            file.parent.mkdir(exist_ok=True)
            (file.parent / "__init__.py").touch()
            name = module.rpartition(".")[2]
            file.write_text(f"{text}\nfrom celery import shared_task\n@shared_task\ndef of_{name}(): ...\n")

    yield write
    for module in [name for name in sys.modules if name.partition(".")[0] == "found_app"]:
        del sys.modules[module]


def found(worker: Worker) -> set[str]:
    """The tasks of that package that the worker knows."""
    return {name.partition(".")[2] for name in worker.app.tasks if name.startswith("found_app.")}


def test_autodiscovery_imports_modules_called_tasks_and_no_other(worker: Worker, package: Callable[..., None]) -> None:
    """`autodiscover_tasks` imports `<package>.tasks`: a task in another module is unknown until that is imported."""
    package("tasks", "helpers")
    worker.app.autodiscover_tasks(["found_app"], force=True)
    assert found(worker) == {"tasks.of_tasks"}


def test_autodiscovery_does_not_look_into_packages_of_a_package(worker: Worker, package: Callable[..., None]) -> None:
    """`found_app.part.tasks` is not imported for `autodiscover_tasks(["found_app"])`, but for `["found_app.part"]`."""
    package("tasks", "part.tasks")
    worker.app.autodiscover_tasks(["found_app"], force=True)
    assert found(worker) == {"tasks.of_tasks"}
    worker.app.autodiscover_tasks(["found_app.part"], force=True)
    assert found(worker) == {"tasks.of_tasks", "part.tasks.of_tasks"}


def test_autodiscovery_does_not_look_into_a_package_called_tasks(worker: Worker, package: Callable[..., None]) -> None:
    """Of a package `tasks` the `__init__` is imported: a task of `tasks/mail.py` is unknown unless that imports it."""
    package("tasks.mail")
    worker.app.autodiscover_tasks(["found_app"], force=True)
    assert found(worker) == set()


def test_autodiscovery_finds_what_a_tasks_module_imports(worker: Worker, package: Callable[..., None]) -> None:
    """A task of another module is known if the tasks module imports that."""
    package("helpers")
    package("tasks", text="import found_app.helpers")
    worker.app.autodiscover_tasks(["found_app"], force=True)
    assert found(worker) == {"tasks.of_tasks", "helpers.of_helpers"}


def test_autodiscovery_looks_for_another_name_if_it_is_told(worker: Worker, package: Callable[..., None]) -> None:
    """`autodiscover_tasks(["found_app"], related_name="jobs")` imports `found_app.jobs` and not `found_app.tasks`."""
    package("tasks", "jobs")
    worker.app.autodiscover_tasks(["found_app"], related_name="jobs", force=True)
    assert found(worker) == {"jobs.of_jobs"}


def test_autodiscovery_imports_nothing_of_other_packages(worker: Worker, package: Callable[..., None]) -> None:
    """The `tasks` of a package that is no installed app is not imported."""
    package("tasks")
    worker.app.autodiscover_tasks(["celery"], force=True)
    assert found(worker) == set()


def starting(setting: str, module: str) -> set[str]:
    """The tasks of that package that a worker knows when it has started with this in its settings."""
    app = Celery("starting", set_as_current=False, changes={setting: [module]})
    app.loader.import_default_modules()
    app.finalize()
    app.close()
    return {name.partition(".")[2] for name in app.tasks if name.startswith("found_app.")}


@pytest.mark.parametrize("setting", ["imports", "include"])
def test_a_worker_imports_what_the_settings_name(package: Callable[..., None], worker: Worker, setting: str) -> None:
    """The modules of `imports` and `include` are imported when a worker starts, whatever they are called."""
    package("helpers", "other")
    assert starting(setting, "found_app.helpers") == {"helpers.of_helpers"}


@pytest.mark.parametrize("setting", ["imports", "include"])
def test_a_worker_does_not_start_with_an_import_that_is_none(worker: Worker, setting: str) -> None:
    """A module of `imports` or `include` that does not exist: `ModuleNotFoundError` when a worker starts."""
    with pytest.raises(ModuleNotFoundError, match="found_app"):
        starting(setting, "found_app.gone")


def test_a_task_that_the_worker_has_not_imported_is_refused(worker: Worker, package: Callable[..., None]) -> None:
    """Its module is imported where it is sent, and not in the worker: the message is dropped as unregistered."""
    package("tasks", "helpers")
    worker.app.autodiscover_tasks(["found_app"], force=True)
    sender = Celery("sender", broker=worker.app.conf.broker_url, set_as_current=False)
    sender.send_task("found_app.helpers.of_helpers")
    sender.close()
    worker.run()
    assert [(message.name, message.outcome) for message in worker.sent] == [("of_helpers", "UNREGISTERED")]


def test_a_task_that_its_module_or_class_does_not_have_is_sent_by_nobody(
    worker: Worker, package: Callable[..., None]
) -> None:
    """`tasks.gone.delay()` and `Structure.gone.delay()` raise `AttributeError`, `import gone` raises `ImportError`."""
    package("tasks")
    tasks = importlib.import_module("found_app.tasks")
    tasks.of_tasks.delay()
    for holder in (tasks, Structure):
        with pytest.raises(AttributeError, match="has no attribute 'of_task'"):
            holder.of_task.delay()  # type: ignore[union-attr]
    with pytest.raises(ImportError, match="cannot import name 'of_task'"):
        exec("from found_app.tasks import of_task", {})
    assert [message.name for message in worker.sent] == ["of_tasks"]


def test_two_tasks_below_one_decorator_without_wraps_are_one(worker: Worker) -> None:
    """Both are called after the wrapper: the second runs the first one's body."""
    first = shared_task(without_wraps(lambda: "first"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        second = shared_task(without_wraps(lambda: "second"))
        second.delay()
    assert first.name == second.name
    assert [run.value for run in worker.run()] == ["first"]


def test_a_name_of_its_own_saves_a_task_from_its_decorator(worker: Worker) -> None:
    """`@shared_task(name="app.lost")` above a decorator without `functools.wraps` is called that."""
    assert shared_task(name="app.lost")(without_wraps(lambda: None)).name == "app.lost"


@pytest.mark.parametrize("state", ["FAILURE", "REVOKED", "RETRY", "STARTED"])
def test_a_state_that_a_task_sets_is_overwritten_when_it_returns(worker: Worker, state: str) -> None:
    """`self.update_state(state="FAILURE")` and a return: the result is SUCCESS."""

    @shared_task(bind=True, backend=CacheBackend(app=worker.app, backend="memory://"))
    def sets(self: Any) -> str:
        self.update_state(state=state, meta={"exc_type": "ValueError", "exc_message": ["broken"]})
        return "returned"

    result = sets.delay()
    worker.run()
    assert (result.state, result.result) == ("SUCCESS", "returned")


def test_a_state_that_a_task_sets_stays_if_it_raises_ignore(worker: Worker) -> None:
    """`raise Ignore()` leaves the state that was set."""

    @shared_task(bind=True, backend=CacheBackend(app=worker.app, backend="memory://"))
    def sets(self: Any) -> None:
        self.update_state(state="FAILURE", meta={"exc_type": "ValueError", "exc_message": ["broken"]})
        raise Ignore

    result = sets.delay()
    worker.run()
    assert result.state == "FAILURE"
    assert repr(result.result) == "ValueError('broken')"


def failure_read(worker: Worker, meta: dict[str, Any] | None) -> str:
    """The state of a task that has set FAILURE with this `meta`, as whoever asks for it reads it."""

    @shared_task(bind=True, backend=CacheBackend(app=worker.app, backend="memory://"))
    def sets(self: Any) -> None:
        self.update_state(state="FAILURE", meta=meta)
        raise Ignore

    result = sets.delay()
    worker.run()
    return str(result.state)


@pytest.mark.parametrize("meta", [{"progress": 1}, {"exc_message": ["broken"]}], ids=str)
def test_a_failure_without_an_exc_type_cannot_be_read(worker: Worker, meta: dict[str, Any]) -> None:
    """`update_state(state="FAILURE", meta={…})` without `exc_type`: asking for the state raises."""
    with pytest.raises(ValueError, match="Exception information must include the exception type"):
        failure_read(worker, meta)


def test_a_failure_without_meta_can_be_read(worker: Worker) -> None:
    """`update_state(state="FAILURE")` is FAILURE."""
    assert failure_read(worker, None) == "FAILURE"
