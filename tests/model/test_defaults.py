"""Parameters that may be the ``None`` that they default to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.none_defaults import unguarded
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

LOOK = frozenset({"look"})


def unguarded_in(root: Path, source: str) -> list[str | None]:
    """What each ``look(…)`` is given that may be the None that it defaults to, before anything else is asked."""
    module = module_of(root, source)
    return [unguarded(call.node.args[0], call.site) for call in module.calls_of(LOOK)]


@pytest.mark.parametrize(
    "body",
    [
        "look(p)",
        "q = p\n    look(q)",
        "if p is None:\n        look(p)",
        "[look(p) for x in y]",
        "look(p) if q else p",
        "q and look(p)",
    ],
)
def test_what_nothing_guards(tmp_path: Path, body: str) -> None:
    assert unguarded_in(tmp_path, f"def f(p=None, q=1):\n    {body}") == ["p"]


@pytest.mark.parametrize(
    "body",
    [
        "look(p) if p else q",
        "q if p is None else look(p)",
        "p and look(p)",
        "if p:\n        look(p)",
        "if p is None:\n        return\n    look(p)",
        "assert p\n    look(p)",
        "while p:\n        look(p)",
        "[look(p) for x in y if p]",
        "p = 1\n    look(p)",
        "look(q)",
    ],
)
def test_what_a_condition_guards(tmp_path: Path, body: str) -> None:
    assert unguarded_in(tmp_path, f"def f(p=None, q=1):\n    {body}") == [None]


@pytest.mark.parametrize(
    ("callers", "expected"),
    [
        ("_f(1)", None),
        ("_f(p=2)", None),
        ("_f(*args)", None),
        ("_f()", "p"),
        ("_f(None)", "p"),
        ("_f(1)\n_f()", "p"),
        ("def g(q=None): _f(q)", "p"),
        ("", "p"),
    ],
)
def test_a_private_function_is_as_its_callers_in_this_file_use_it(
    tmp_path: Path, callers: str, expected: str | None
) -> None:
    assert unguarded_in(tmp_path, f"def _f(p=None):\n    look(p)\n{callers}") == [expected]


def test_a_private_task_is_dispatched_with_a_value(tmp_path: Path) -> None:
    source = "from celery import shared_task\n@shared_task\ndef _update(p=None):\n    look(p)"
    assert unguarded_in(tmp_path, source) == [None]
