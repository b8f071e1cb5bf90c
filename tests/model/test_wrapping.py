"""Which decorators lose the names of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.tasks.wrapping import lost_names_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from functools import update_wrapper, wraps\nfrom celery import shared_task\n"
TASK = "\n@shared_task\n@d\ndef t(): ..."


def lost(root: Path, source: str) -> list[tuple[str, str | None, bool]]:
    """The names that tasks get, what the decorator calls its function, and whether the project speaks of the name."""
    found = lost_names_of(module_of(root, HEAD + source))
    return [(each.name, each.wrapped, each.is_spoken_of) for each in found]


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("def d(f):\n    def w(): f()\n    return w", [("app.tasks.w", "f", False)]),
        ("def d(f, x=1):\n    def w(): f()\n    return w", [("app.tasks.w", None, False)]),
        ("def d(f):\n    def w(): f()\n    return w\nN = 'app.tasks.w'", [("app.tasks.w", "f", True)]),
        ("def d(f):\n    @wraps(f)\n    def w(): f()\n    return w", []),
        ("def d(f):\n    def w(): f()\n    update_wrapper(w, f)\n    return w", []),
        ("def d(f):\n    def w(): f()\n    w.__name__ = 'x'\n    return w", []),
        ("def d(f):\n    def w(): f()\n    return w if x else f", []),
        ("def d(f): return f", []),
        ("from x import d", []),
    ],
)
def test_a_decorator_that_returns_another_function_loses_the_name(
    tmp_path: Path, decorator: str, expected: list[tuple[str, str | None, bool]]
) -> None:
    assert lost(tmp_path, decorator + TASK) == expected
