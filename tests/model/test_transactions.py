"""What waits for a commit, and which transaction is around a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.django.transactions import around, waits_for_commit
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = """\
from celery import Task, shared_task
from django.db import transaction
from django.db.transaction import atomic, non_atomic_requests, on_commit
from django.utils.decorators import method_decorator
from django.views import View
"""
CLASS = """\
class Late(Task):
    def delay(self, *args):
        {body}
@shared_task(base=Late)
def update(): ...
update.delay()
"""
TASK = "@shared_task\ndef update(): ...\n"
LOOK = frozenset({"look"})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("transaction.on_commit(lambda: super().delay(*args))", True),
        ("on_commit(lambda: super().delay(*args))", True),
        ("super().delay(*args)", False),
    ],
)
def test_a_class_that_hands_its_tasks_to_on_commit_waits(tmp_path: Path, body: str, expected: bool) -> None:
    (dispatch,) = dispatches_of(module_of(tmp_path, IMPORTS + CLASS.format(body=body)))
    assert waits_for_commit(dispatch) is expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("update.delay_on_commit()", True),
        ("update.apply_async(countdown=5)", True),
        ("update.apply_async(eta=later)", True),
        ("update.apply_async(countdown=0)", False),
        ("update.apply_async(priority=5)", False),
    ],
)
def test_a_dispatch_waits_by_its_method_or_a_delay(tmp_path: Path, call: str, expected: bool) -> None:
    (dispatch,) = dispatches_of(module_of(tmp_path, IMPORTS + TASK + call))
    assert waits_for_commit(dispatch) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("with atomic():\n    look()", "`transaction.atomic()`"),
        ("with open(x), transaction.atomic():\n    look()", "`transaction.atomic()`"),
        ("@atomic\ndef f(): look()", "a function with `@transaction.atomic`"),
        ("@atomic()\ndef f(): return [look() for x in y]", "a function with `@transaction.atomic`"),
        ("@atomic\ndef f(): on_commit(lambda: look())", None),
        (
            "@method_decorator(atomic, name='f')\nclass C:\n    def f(self): look()",
            "a function with `@transaction.atomic`",
        ),
        ("@method_decorator(atomic, name='g')\nclass C:\n    def f(self): look()", None),
        ("def f(): look()", None),
        ("look()", None),
    ],
)
def test_the_transaction_around_a_place(tmp_path: Path, source: str, expected: str | None) -> None:
    module = module_of(tmp_path, IMPORTS + source)
    (call,) = module.calls_of(LOOK)
    found = around(call.site)
    assert (found.place if found else None) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("with atomic:\n    look()", True),
        ("with atomic(savepoint=False):\n    look()", True),
        ("with atomic('default'):\n    look()", True),
        ("with atomic(using=None):\n    look()", True),
        ("with atomic(using='other'):\n    look()", False),
        ("with atomic('other', durable=True):\n    look()", False),
        ("with atomic(alias):\n    look()", False),
        ("with atomic(*given):\n    look()", False),
        ("with atomic(**given):\n    look()", False),
        ("@atomic('other')\ndef f(): look()", False),
        ("@method_decorator(atomic(using='other'), name='f')\nclass C:\n    def f(self): look()", False),
        ("class C:\n    @method_decorator(atomic(using='other'))\n    def f(self): look()", False),
        ("class C:\n    @method_decorator(atomic)\n    def f(self): look()", True),
    ],
)
def test_a_transaction_may_be_one_of_another_database(tmp_path: Path, source: str, expected: bool) -> None:
    module = module_of(tmp_path, IMPORTS + source)
    (call,) = module.calls_of(LOOK)
    found = around(call.site)
    assert found is not None
    assert found.of_default is expected


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("def f(request):\n    look()\n    return page", "a view, and `ATOMIC_REQUESTS` is on"),
        ("class V(View):\n    def get(self): look()", "a view, and `ATOMIC_REQUESTS` is on"),
        ("@non_atomic_requests\ndef f(request):\n    look()\n    return page", None),
        ("def f(x):\n    look()\n    return page", None),
    ],
)
def test_a_setting_puts_every_request_into_a_transaction(tmp_path: Path, view: str, expected: str | None) -> None:
    (tmp_path / "pyproject.toml").touch()
    settings = "DATABASES = {'default': {'ATOMIC_REQUESTS': True}}"
    module = module_of(tmp_path, IMPORTS + view, "app/views.py", {"app/settings.py": settings})
    (call,) = module.calls_of(LOOK)
    found = around(call.site)
    assert (found.place if found else None) == expected
