"""Whether a task can take what it is given: Celery's own answer, worked out from the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve import arguments
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, signatures_of
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import Task
from flake8_aa_celery.model.tasks import parameters
from modules import module_of
from support import place

if TYPE_CHECKING:
    from pathlib import Path


TASKS = "from celery import chain, group, shared_task, signature\n"


def reasons(root: Path, task: str, call: str) -> list[str | None]:
    """Why the dispatches in ``call`` do not fit the task ``t`` that is written as ``task``."""
    module = module_of(root, f"{TASKS}{task}\n{call}\n")
    found = []
    for dispatch in dispatches_of(module):
        taken = parameters.parameters_of(dispatch.task, module)
        assert taken is not None
        found.append(parameters.mismatch(taken, arguments.of_dispatch(dispatch)))
    return found


T_X = "@shared_task\ndef t(x): ..."
T_XY = "@shared_task\ndef t(x, y=1): ..."
BOUND = "@shared_task(bind=True)\ndef t(self, x): ..."
ONLY = "@shared_task\ndef t(x, /, *, y): ..."
ANY = "@shared_task\ndef t(*args, **kwargs): ..."


@pytest.mark.parametrize(
    ("task", "call"),
    [
        (T_X, "t.delay(1)"),
        (T_X, "t.delay(x=1)"),
        (T_XY, "t.delay(1, y=2)"),
        (BOUND, "t.delay(1)"),
        (ONLY, "t.delay(1, y=2)"),
        (ANY, "t.delay(1, 2, a=3)"),
        (T_X, "t.apply_async([1], priority=3)"),
        (T_X, "t.apply_async(args=(1,))"),
        (T_X, "t.apply_async((), {'x': 1})"),
        (T_X, "t.apply_async([1], None)"),
        (T_X, "t.apply_async({1})"),
        (T_X, "t.apply_async(kwargs={'x': 1})"),
        (T_X, "t.apply_async(kwargs=dict(x=1), args=None)"),
        (T_X, "t.delay_on_commit(1)"),
        (T_X, "t.apply_async_on_commit(args=[1])"),
        (T_XY, "PAIR = (1, 2)\nt.delay(*PAIR)"),
        (T_XY, "PAIR = [1]\nPAIR.append(2)\nt.apply_async(PAIR)"),
    ],
)
def test_arguments_that_fit(tmp_path: Path, task: str, call: str) -> None:
    assert reasons(tmp_path, task, call) == [None]


@pytest.mark.parametrize(
    ("task", "call", "reason"),
    [
        (T_X, "t.delay()", "`x` is missing"),
        (T_X, "t.delay(1, 2)", "it takes one positional argument, not 2"),
        (T_X, "t.delay(1, x=2)", "it gets `x` twice"),
        (T_X, "t.delay(1, z=2)", "it has no parameter `z`"),
        (BOUND, "t.delay(1, 2)", "it takes one positional argument, not 2"),
        (BOUND, "t.delay(self=1, x=2)", "it has no parameter `self`"),
        (ONLY, "t.delay(1)", "`y` is missing"),
        (ONLY, "t.delay(1, 2, y=1)", "it takes one positional argument, not 2"),
        (ONLY, "t.delay(x=1, y=1)", "it takes `x` by position only"),
        ("@shared_task\ndef t(a, b, c): ...", "t.delay()", "`a`, `b` and `c` are missing"),
        ("@shared_task\ndef t(): ...", "t.delay(1)", "it takes no positional arguments, not 1"),
        (T_X, "t.apply_async()", "`x` is missing"),
        (T_X, "t.apply_async(priority=3)", "`x` is missing"),
        (T_X, "t.apply_async(args=[1, 2])", "it takes one positional argument, not 2"),
        (T_X, "t.apply_async((1,), {'x': 2})", "it gets `x` twice"),
        (T_X, "t.apply_async(kwargs={'y': 2})", "it has no parameter `y`"),
        (T_X, "WORDS = {'y': 1}\nt.delay(1, **WORDS)", "it has no parameter `y`"),
        (T_X, "PAIR = (1, 2)\nt.delay(*PAIR)", "it takes one positional argument, not 2"),
        (T_X, "t.delay(1, 2, *rest)", "it takes one positional argument, not 2"),
        (T_X, "t.apply_async((1, 2), *rest)", "it takes one positional argument, not 2"),
    ],
)
def test_arguments_that_do_not_fit(tmp_path: Path, task: str, call: str, reason: str) -> None:
    assert reasons(tmp_path, task, call) == [reason]


@pytest.mark.parametrize(
    "call",
    [
        "t.delay(*rest)",
        "t.delay(**rest)",
        "t.apply_async(rest)",
        "t.apply_async(args=rest)",
        "t.apply_async(kwargs=rest)",
        "t.apply_async(*rest)",
        "t.apply_async(**rest)",
        "t.apply_async([*rest])",
        "t.apply_async([x for x in rest])",
        "LIST = []\nfor x in rest:\n    LIST.append(x)\nt.apply_async(LIST)",
        "def f(more):\n    found = [1]\n    if more:\n        found.append(2)\n    t.apply_async(found)",
        "def f(more):\n    words = {}\n    words['y'] = 2\n    t.delay(1, **words)",
    ],
)
def test_what_is_hidden_could_fit(tmp_path: Path, call: str) -> None:
    assert reasons(tmp_path, T_X, call) == [None]


@pytest.mark.parametrize(
    "task",
    [
        "@shared_task(typing=False)\ndef t(x): ...",
        "@shared_task(**OPTIONS)\ndef t(x): ...",
        "@shared_task\n@other\ndef t(x): ...",
        "@shared_task(bind=True)\ndef t(): ...",
        "@shared_task\ndef t(self, x): ...",
        "from celery import Task\nclass Loose(Task):\n    typing = False\n@shared_task(base=Loose)\ndef t(x): ...",
        "def t(x): ...",
    ],
)
def test_parameters_that_are_not_known(tmp_path: Path, task: str) -> None:
    module = module_of(tmp_path, f"{TASKS}{task}\nt.delay()\n")
    assert [parameters.parameters_of(dispatch.task, module) for dispatch in dispatches_of(module)] == [None]


def test_a_transaction_around_the_task_hides_nothing(tmp_path: Path) -> None:
    task = "from django.db import transaction\n@shared_task\n@transaction.atomic\ndef t(x): ..."
    assert reasons(tmp_path, task, "t.delay()") == ["`x` is missing"]


WRAPPER = """
def wrapping(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        {body}
    return wrapper
def factory(rate):
    def wrapping(func):
        def wrapper(self, *args, **kwargs):
            return func(self, *args, **kwargs)
        return wrapper
    return wrapping
class Holding: ...
def optional(func, rate=None):
    def wrapper(*args, **kwargs):
        return func(*args, **kwargs)
    return wrapper
def narrow(func):
    def wrapper(x):
        return func(x)
    return wrapper
@shared_task
@{decorator}
def t(x): ...
"""


@pytest.mark.parametrize(
    ("decorator", "body", "known"),
    [
        ("wrapping", "return func(*args, **kwargs)", True),
        ("factory('5/m')", "...", True),
        ("wrapping", "return func(1, *args, **kwargs)", False),
        ("wrapping", "return func(*args)", False),
        ("wrapping", "kwargs['x'] = 1; return func(*args, **kwargs)", False),
        ("wrapping", "kwargs.setdefault('x', 1); return func(*args, **kwargs)", False),
        ("wrapping", "args = (1, *args); return func(*args, **kwargs)", False),
        ("wrapping", "kwargs |= {'x': 1}; return func(*args, **kwargs)", False),
        ("wrapping", "found = {}; found['x'] = 1; return func(*args, **kwargs)", True),
        ("wrapping", "return func(*args, kwargs=kwargs)", False),
        ("wrapping", "return wrapped(*args, **kwargs)", False),
        ("wrapping('5/m')", "return func(*args, **kwargs)", False),
        ("unknown", "...", False),
        ("Holding", "...", False),
        ("optional", "...", False),
        ("narrow", "...", False),
    ],
)
def test_a_decorator_below_is_read(tmp_path: Path, decorator: str, body: str, known: bool) -> None:
    module = module_of(tmp_path, TASKS + WRAPPER.format(decorator=decorator, body=body))
    (task,) = tasks_of(module)
    assert (parameters.parameters_of(task, module) is not None) == known


def test_a_static_method_is_bound_like_a_function(tmp_path: Path) -> None:
    task = "class Sender:\n    @staticmethod\n    @shared_task\n    def t(x): ..."
    assert reasons(tmp_path, task, "Sender.t.delay()\nSender.t.delay(1)") == ["`x` is missing", None]


def test_self_of_a_bound_task_is_that_task(tmp_path: Path) -> None:
    task = "@shared_task(bind=True)\ndef t(self, x):\n    self.delay()"
    assert reasons(tmp_path, task, "") == ["`x` is missing"]
    module = module_of(tmp_path, f"{TASKS}@shared_task\ndef t(self, x):\n    self.delay()")
    assert dispatches_of(module) == []


def test_a_task_of_another_file_is_bound(tmp_path: Path) -> None:
    place(tmp_path, "app/tasks.py", f"{TASKS}{T_X}".encode())
    module = module_of(tmp_path, "from .tasks import t as update\nupdate.delay()", "app/views.py")
    (dispatch,) = dispatches_of(module)
    assert isinstance(dispatch.task, Task)
    taken = parameters.parameters_of(dispatch.task, module)
    assert taken is not None
    assert parameters.mismatch(taken, arguments.of_dispatch(dispatch)) == "`x` is missing"


def test_a_task_is_found_by_its_registered_name(tmp_path: Path) -> None:
    place(tmp_path, "app/tasks.py", f"{TASKS}{T_X}".encode())
    source = "from celery import signature\nsignature('app.tasks.t', (1, 2))\nsignature('app.tasks.gone', (1, 2))"
    module = module_of(tmp_path, source, "app/views.py")
    taken = [parameters.parameters_of(signature.task, module) for signature in signatures_of(module)]
    assert [parameters and parameters.positional for parameters in taken] == [("x",), None]


def test_a_partial_signature_lacks_nothing_yet_but_can_hold_too_much(tmp_path: Path) -> None:
    module = module_of(tmp_path, f"{TASKS}{T_X}\nt.s()\nt.s(1, 2)\n")
    (task,) = tasks_of(module)
    signatures = [arguments.of_signature(signature) for signature in signatures_of(module)]
    assert [parameters.mismatch(task.parameters, given, partial=True) for given in signatures] == [
        None,
        "it takes one positional argument, not 2",
    ]


def test_a_previous_result_comes_first(tmp_path: Path) -> None:
    module = module_of(tmp_path, f"{TASKS}{T_XY}\nt.s(2, y=3)\n")
    (task,), (signature,) = tasks_of(module), signatures_of(module)
    given = arguments.of_signature(signature).after(arguments.PREVIOUS_RESULT)
    assert parameters.mismatch(task.parameters, given) == "it gets `y` twice"
