"""Which celery-once tasks send themselves for the keys that they are locked over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.self_sending import self_sending_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from celery import shared_task\nfrom celery_once import QueueOnce\n"


def ways(root: Path, source: str) -> list[list[str]]:
    """The ways by which tasks send themselves."""
    found = self_sending_of(module_of(root, HEAD + source))
    return [[stage.what for stage in each.way] for each in found]


@pytest.mark.parametrize(
    ("once", "call", "is_kept_out"),
    [
        ("{'keys': ['a']}", "t.delay(a)", True),
        ("{'keys': ['a']}", "t.delay(a, b=x)", True),
        ("{'keys': ['a', 'b']}", "t.delay(a, b)", True),
        ("{'keys': ['b']}", "t.delay(x, b=b)", True),
        ("{'keys': ['a', 'b']}", "t.delay(a, x)", False),
        ("{'keys': ['a']}", "t.delay(b)", False),
        ("{'keys': ['a']}", "t.delay(**x)", False),
        ("{'keys': ['a']}", "[t.delay(a) for a in b]", False),
        ("{'keys': x}", "t.delay(a)", False),
        ("{'keys': []}", "t.delay(x)", True),
        ("{'graceful': True}", "t.delay(a, b)", True),
        ("{'graceful': True}", "t.delay(b, a)", False),
        ("{}", "t.apply_async((a, b))", True),
        ("{}", "t.apply_async((a, b), once={})", False),
        ("{'unlock_before_run': True}", "t.delay(a, b)", False),
    ],
)
def test_a_task_is_kept_out_for_the_same_keys(tmp_path: Path, once: str, call: str, is_kept_out: bool) -> None:
    source = f"@shared_task(base=QueueOnce, once={once})\ndef t(a, b):\n    {call}"
    assert ways(tmp_path, source) == ([["t"]] if is_kept_out else [])


def test_a_helper_may_send_it(tmp_path: Path) -> None:
    source = "@shared_task(base=QueueOnce)\ndef t(): f()\ndef f(): g()\ndef g(): t.delay()"
    assert ways(tmp_path, source) == [["f", "g", "t"]]
