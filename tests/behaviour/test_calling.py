"""What Celery makes of the arguments that a task is dispatched with."""

from __future__ import annotations

import enum
import re
import sys
import uuid
from collections import defaultdict, deque
from datetime import date, datetime, timedelta, timezone
from datetime import time as dt_time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from celery import Task, shared_task
from kombu.exceptions import EncodeError

if TYPE_CHECKING:
    from .harness import Worker


@shared_task
def takes(x: Any) -> None: ...


@shared_task(typing=False)
def untyped(x: Any) -> None: ...


@shared_task(serializer="pickle")
def pickled(x: Any) -> None: ...


class Colour(enum.Enum):
    RED = "red"


class Name(str, enum.Enum):
    """An enumeration of strings, as Django's `TextChoices` is."""

    BLUE = "blue"


class Number(enum.IntEnum):
    """An enumeration of numbers, as Django's `IntegerChoices` is."""

    ONE = 1


class Point(NamedTuple):
    x: int


class Knows:
    """An object that tells kombu what it is in JSON."""

    def __json__(self) -> dict[str, int]:
        return {"pk": 1}


class Character:
    """What a model instance is to Celery: an object that JSON does not know."""

    pk = 1


@pytest.mark.parametrize("arguments", [(), (1, 2)], ids=["too-few", "too-many"])
def test_a_wrong_number_of_arguments_raises_at_the_caller(worker: Worker, arguments: tuple[int, ...]) -> None:
    """`delay` and `apply_async` bind the arguments to the task's parameters before they send."""
    with pytest.raises(TypeError, match="argument"):
        takes.delay(*arguments)
    with pytest.raises(TypeError, match="argument"):
        takes.apply_async(arguments)
    assert worker.sent == []


def test_an_unknown_keyword_raises_at_the_caller(worker: Worker) -> None:
    """`t.delay(y=1)` on `t(x)` raises."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'y'"):
        takes.delay(1, y=1)


def test_an_argument_given_twice_raises_at_the_caller(worker: Worker) -> None:
    """`t.delay(1, x=1)` on `t(x)` raises."""
    with pytest.raises(TypeError, match="multiple values for argument 'x'"):
        takes.delay(1, x=1)


def test_a_class_based_task_is_sent_with_any_arguments(worker: Worker) -> None:
    """`app.register_task(T())` with `run(self, x)`: `.delay()` raises nothing; the task fails in the worker."""

    class Takes(Task):
        name = "behaviour.takes"

        def run(self, x: Any) -> Any:
            return x

    takes = worker.app.register_task(Takes())
    takes.delay()
    takes.delay(1)
    refused, taken = worker.run()
    assert (refused.state, taken.value) == ("FAILURE", 1)
    assert isinstance(refused.value, TypeError)


def test_a_class_based_task_is_called_after_its_class(worker: Worker) -> None:
    """Without a `name` of its own it is registered as `module.Class`; an object of it that is not is sent as None."""

    class Nameless(Task):
        def run(self) -> None: ...

    unregistered = Nameless()
    assert unregistered.name is None
    assert worker.app.register_task(Nameless()).name == f"{__name__}.Nameless"


def test_a_class_based_task_is_sent_with_the_attributes_of_its_class(worker: Worker) -> None:
    """`priority = 3` in the body of a class is the priority of each of its messages."""

    class Urgent(Task):
        name = "behaviour.urgent"
        priority = 3

        def run(self) -> None: ...

    worker.app.register_task(Urgent()).delay()
    assert [sent.priority for sent in worker.sent] == [3]


def test_a_signature_is_not_checked_before_it_is_sent(worker: Worker) -> None:
    """`t.si(1, 2)` is made without a word; `.delay()` of it raises."""
    signature = takes.si(1, 2)
    with pytest.raises(TypeError, match="argument"):
        signature.delay()


def test_the_first_signature_of_a_chain_is_checked_at_the_caller(worker: Worker) -> None:
    """A chain starts with its first task: wrong arguments there raise at the caller, and nothing is sent."""
    with pytest.raises(TypeError, match="argument"):
        (takes.si(1, 2) | takes.si(1)).delay()
    assert worker.sent == []


@pytest.mark.filterwarnings("ignore:Exception raised outside body:RuntimeWarning")
def test_a_wrong_later_signature_of_a_chain_stops_it_in_the_worker(worker: Worker) -> None:
    """The first task of `chain(t.si(1), t.si(1, 2))` runs; the second cannot be sent: nobody at the caller hears."""
    (takes.si(1) | takes.si(1, 2)).delay()
    worker.run()
    assert [message.name for message in worker.sent] == ["takes"]


def test_typing_false_is_checked_in_the_worker(worker: Worker) -> None:
    """`typing=False` leaves it to the worker to fail."""
    untyped.delay(1, 2)
    (run,) = worker.run()
    assert run.state == "FAILURE"
    assert isinstance(run.value, TypeError)


@pytest.mark.parametrize(
    "arguments",
    ["a", ("a"), {1}, {"x": 1}, (x for x in [1])],
    ids=["string", "parentheses-are-no-tuple", "set", "dict", "generator"],
)
def test_apply_async_takes_only_a_list_or_tuple(worker: Worker, arguments: Any) -> None:
    """Strings, sets, dicts and generators of one item pass the signature check and are refused after it."""
    with pytest.raises(TypeError, match="task args must be a list or tuple"):
        takes.apply_async(arguments)


def test_a_longer_string_raises_for_its_characters(worker: Worker) -> None:
    """`t.apply_async("abc")` is three arguments."""
    with pytest.raises(TypeError, match="3 were given"):
        takes.apply_async("abc")


def test_apply_async_refuses_a_number(worker: Worker) -> None:
    """`t.apply_async(5)` raises, and so does `args=(5)`."""
    with pytest.raises(TypeError, match=r"argument after \* must be an iterable"):
        takes.apply_async(5)


def test_apply_async_takes_only_a_mapping_as_kwargs(worker: Worker) -> None:
    """`kwargs=[("x", 7)]` raises."""
    with pytest.raises(TypeError, match=r"argument after \*\* must be a mapping"):
        takes.apply_async(kwargs=[("x", 7)])


def test_an_unknown_task_name_is_sent_and_dropped_by_the_worker(worker: Worker) -> None:
    """`send_task("nope.tasks.x")` succeeds; the worker throws the message away."""
    worker.app.send_task("nope.tasks.x")
    assert worker.run() == []
    assert [(message.task, message.outcome) for message in worker.sent] == [("nope.tasks.x", "UNREGISTERED")]


def test_a_task_that_a_module_lacks_raises_where_it_is_sent(worker: Worker) -> None:
    """`tasks.gone.delay()` raises `AttributeError` each time it is reached, and sends nothing."""
    tasks: Any = sys.modules[__name__]
    with pytest.raises(AttributeError, match="has no attribute 'gone'"):
        tasks.gone.delay(1)
    assert worker.sent == []


def test_a_tasks_module_that_imports_what_is_gone_stops_autodiscovery(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`from .other import gone` in a module of tasks: the worker that looks for tasks raises `ImportError`."""
    for name, source in {"__init__": "", "other": "", "tasks": "from .other import gone"}.items():
        (tmp_path / "lacking").mkdir(exist_ok=True)
        (tmp_path / "lacking" / f"{name}.py").write_text(source, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match="cannot import name 'gone'"):
        worker.app.autodiscover_tasks(["lacking"], force=True)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        ("x", "x"),
        (1, 1),
        (1.5, 1.5),
        (True, True),
        (None, None),
        ([1], [1]),
        ((1, 2), [1, 2]),
        ({"a": 1}, {"a": 1}),
        ({1: "a"}, {"1": "a"}),
        (datetime(2024, 5, 1, 12, tzinfo=timezone.utc), datetime(2024, 5, 1, 12, tzinfo=timezone.utc)),
        (date(2024, 5, 1), date(2024, 5, 1)),
        (Decimal("1.5"), Decimal("1.5")),
        (uuid.UUID(int=1), uuid.UUID(int=1)),
        (dt_time(12), dt_time(12)),
        (b"raw", b"raw"),
        (defaultdict(int, a=1), {"a": 1}),
        (Point(1), [1]),
        (Name.BLUE, "blue"),
        (Number.ONE, 1),
        (Knows(), {"pk": 1}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_json_carries(worker: Worker, value: Any, arrives: Any) -> None:
    """JSON carries these: tuples arrive as lists, keys as strings, members of a `str` or `int` Enum as values."""
    takes.delay(value)
    (run,) = worker.run()
    assert (run.args, run.state) == ([arrives], "SUCCESS")


@pytest.mark.parametrize(
    "value",
    [
        {1},
        frozenset(),
        timedelta(1),
        (x for x in ""),
        lambda: 1,
        range(3),
        map(str, ()),
        {}.keys(),
        {}.items(),
        Colour.RED,
        bytearray(b"raw"),
        deque(),
        re.compile("x"),
        Path(),
        ValueError("x"),
        Character(),
        Character,
        1j,
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else type(value).__name__,
)
def test_json_refuses(worker: Worker, value: Any) -> None:
    """JSON carries none of these: the caller gets kombu's `EncodeError` and nothing is sent."""
    with pytest.raises(EncodeError, match="not JSON serializable"):
        takes.delay(value)
    assert worker.sent == []


def test_an_encode_error_is_no_type_error(worker: Worker) -> None:
    """`except TypeError` around a dispatch of what JSON cannot carry does not run; `except EncodeError` does."""
    try:
        takes.delay({1})
    except TypeError:
        handler = "TypeError"
    except EncodeError:
        handler = "EncodeError"
    assert handler == "EncodeError"


def test_json_refuses_them_inside_a_list_or_dict_too(worker: Worker) -> None:
    """A set inside a list or dict is refused like a set."""
    with pytest.raises(EncodeError, match="not JSON serializable"):
        takes.delay([{"a": {1}}])


def test_json_refuses_a_dict_with_a_tuple_as_key(worker: Worker) -> None:
    """Keys must be strings, numbers, booleans or None."""
    with pytest.raises(EncodeError, match="keys must be"):
        takes.delay({(1, 2): 3})


def test_a_task_with_the_pickle_serializer_takes_any_object(worker: Worker) -> None:
    """`serializer="pickle"` sends what JSON cannot; a worker that accepts JSON alone refuses the message."""
    pickled.delay({1})
    assert worker.run() == []


def test_a_task_called_directly_runs_in_this_process(worker: Worker) -> None:
    """`t(x)`, `t.run(x)` and `t.apply()` run here and now; nothing is sent."""

    @shared_task
    def doubles(x: int) -> int:
        return 2 * x

    assert doubles(2) == doubles.run(2) == doubles.apply((2,)).get() == 4
    assert worker.sent == []


def test_apply_swallows_the_tasks_exception(worker: Worker) -> None:
    """`t.apply()` returns a failed result where `t()` raises."""

    @shared_task
    def fails() -> None:
        raise ValueError("broken")

    assert fails.apply().state == "FAILURE"
    with pytest.raises(ValueError, match="broken"):
        fails()


def test_a_countdown_becomes_an_eta_in_the_message(worker: Worker) -> None:
    """`countdown=60` is sent as a point in time."""
    takes.apply_async([1], countdown=60)
    assert [message.countdown for message in worker.sent] == [60]
    assert worker.run() == []
