"""At which priority something runs, and what is sent in bulk."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.priorities.bulk_priorities import bulk_priorities_of
from flake8_aa_celery.model.priorities.settings import priorities_of, runs_at_default
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.model.code.module import Module

TASKS = """\
from celery import chain, chord, group, shared_task
@shared_task
def t(*x): ...
@shared_task(priority=3)
def high(*x): ...
OPTIONS = {"priority": 4}
"""


def module_with(root: Path, source: str) -> Module:
    """The facts of a module with two tasks and this source below them."""
    return module_of(root, TASKS + source)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("t", True),
        ("high", False),
        ("t.s()", True),
        ("t.s().set(priority=5)", False),
        ("group(high.s(), t.s())", True),
        ("group(high.s(), high.s())", False),
        ("chain(t.s(), high.s()).set(priority=5)", False),
        ("chain(high.s(), t.s()).set(priority=5)", True),
        ("group(high.s(), t.s()).set(priority=5)", False),
        ("chord([high.s()], t.s())", True),
        ("t.chunks(x, 5)", True),
    ],
)
def test_what_runs_at_the_default(tmp_path: Path, sent: str, expected: bool) -> None:
    (dispatch,) = dispatches_of(module_with(tmp_path, f"({sent}).apply_async()"))
    assert runs_at_default(dispatch.receiver) is expected


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("for x in y:\n    t.apply_async(priority=4)", ["4"]),
        ("t.apply_async(priority=4)", []),
        ("for x in y:\n    high.delay()", ["high.delay()"]),
        ("for x in y:\n    group(high.s(x), t.s().set(priority=2)).delay()", ["high.s(x)", "2"]),
        ("for x in y:\n    group(high.s(x)).apply_async(priority=4)", ["4"]),
        ("for x in y:\n    chain(high.s(x), t.s()).apply_async(priority=4)", ["4", "high.s(x)"]),
        ("for x in y:\n    t.apply_async(**OPTIONS)", ["t.apply_async(**OPTIONS)"]),
        ("chain(t.s(), t.s()).set(priority=4).delay()", []),
        ("group(high.s(x) for x in y).delay()", ["high.s(x)"]),
        ("chain(group(high.s(x) for x in y), high.s()).delay()", ["high.s(x)"]),
    ],
)
def test_the_priorities_of_what_is_sent_in_bulk(tmp_path: Path, source: str, found: list[str]) -> None:
    priorities = bulk_priorities_of(module_with(tmp_path, source))
    assert [ast.unparse(priority.setting.node) for priority in priorities] == found


def test_a_priority_of_another_file_is_reported_where_it_is_sent(tmp_path: Path) -> None:
    sent = "from .other import OPTIONS, made\nfor x in y:\n    t.apply_async(**OPTIONS)\n    made.delay()"
    line = len(TASKS.splitlines()) + 2  # that of the first call, so that the places are told apart by the file alone
    above = "\n" * line
    other = f'from .tasks import t; made = t.s().set(priority=2){above}OPTIONS = {{"priority": 4}}'
    module = module_of(tmp_path, TASKS + sent, files={"app/other.py": other})
    assert [ast.unparse(found.setting.node) for found in bulk_priorities_of(module)] == [
        "t.apply_async(**OPTIONS)",
        "made.delay()",
    ]


def test_a_priority_is_given_by_one_call_of_several(tmp_path: Path) -> None:
    module = module_with(tmp_path, "s = t.s().set(priority=4)\ns.set(queue='slow')\ns.delay()")
    assert [ast.unparse(setting.node) for setting in priorities_of(module)] == ["3", "4"]


@pytest.mark.parametrize("made", ["group(ws)", "chain(ws)", "chord(ws, t.s())", "group(ws) | t.s()"])
def test_a_workflow_that_a_loop_puts_into_itself_has_an_end(tmp_path: Path, made: str) -> None:
    source = f"ws = []\nfor x in y:\n    ws.append({made})\n    ({made}).apply_async(priority=3)\n"
    module = module_with(tmp_path, source)
    assert [found.setting.place for found in bulk_priorities_of(module)] == ["dispatch"]
    assert len({runs_at_default(dispatch.receiver) for dispatch in dispatches_of(module)}) == 1
