"""Options of a chain that reach its first task alone."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.priorities.first_only import first_only_of
from modules import TWO_TASKS, module_of

if TYPE_CHECKING:
    from pathlib import Path


def names_in(root: Path, body: str) -> list[str]:
    """The options of chains in a function with this body that a later task does without."""
    return [
        option.name for option in first_only_of(module_of(root, f"{TWO_TASKS}def f(xs, x):\n{indent(body, '    ')}\n"))
    ]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("chain(a.si(), b.si()).apply_async(expires=5, queue='slow')", ["expires", "queue"]),
        ("(a.si() | b.si()).set(routing_key='slow')", ["routing_key"]),
        ("chain(a.si(), b.si(), expires=5)", ["expires"]),
        ("chain(a.si() for x in xs).apply_async(expires=x)", ["expires"]),
    ],
)
def test_an_option_that_reaches_the_first_task_alone(tmp_path: Path, body: str, names: list[str]) -> None:
    assert names_in(tmp_path, body) == names


@pytest.mark.parametrize(
    "body",
    [
        "chain(a.si(), b.si()).apply_async(countdown=5, priority=7)",
        "chain(a.si(), b.si().set(expires=5)).apply_async(expires=5)",
        "chain(a.si()).apply_async(expires=5)",
        "chain(a.si(), x).apply_async(expires=5)",
        "chain(a.si(), b.si())(expires=5)",
        "group(a.si(), b.si()).apply_async(expires=5)",
    ],
)
def test_an_option_that_is_enough_or_not_known_to_be_lost(tmp_path: Path, body: str) -> None:
    assert names_in(tmp_path, body) == []
