"""What runs of a task leave on it for others."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.tasks.state import kept_state_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from celery import Task, shared_task\n"


def kept(root: Path, source: str) -> list[tuple[str, str]]:
    """The attributes that runs take from others, and how."""
    return [(found.node.attr, found.how) for found in kept_state_of(module_of(root, HEAD + source))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("self.x += 1", [("x", "grown")]),
        ("self.x.append(1)", [("x", "grown")]),
        ("self.x = self.x + 1", [("x", "read")]),
        ("with a:\n        self.x = 1\n    self.x += 1", []),
        ("try:\n        self.x = 1\n    except E:\n        pass\n    self.x += 1", [("x", "grown")]),
        ("try:\n        self.x = 1\n    except E:\n        self.x = 2\n    self.x += 1", []),
        ("while a:\n        self.x = 1\n    return self.x", [("x", "read")]),
        ("def f():\n        return self.x\n    self.x = f()", [("x", "read")]),
        ("match a:\n        case 1:\n            self.x = 1\n    return self.x", [("x", "read")]),
        ("if getattr(self, 'x', None):\n        self.x = 1\n    return self.x", []),
        ("self.x[a] = 1", []),
        ("self.x", []),
    ],
)
def test_what_is_used_before_this_run_has_set_it_is_kept(
    tmp_path: Path, body: str, expected: list[tuple[str, str]]
) -> None:
    assert kept(tmp_path, f"@shared_task(bind=True)\ndef t(self, a):\n    {body}") == expected
    method = indent(f"def run(self, a):\n    {body}", "    ")
    assert kept(tmp_path, f"class T(Task):\n{method}") == expected


def test_a_class_that_is_no_task_keeps_what_it_likes(tmp_path: Path) -> None:
    assert kept(tmp_path, "class T(object):\n    def run(self):\n        self.x += 1") == []
