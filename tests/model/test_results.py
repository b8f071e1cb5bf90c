"""What is asked of results, and where a task waits for one."""

from __future__ import annotations

import ast
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.results.uses import is_only_revoked, result_uses_of
from flake8_aa_celery.model.results.waiting import waits_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = """\
from celery import current_app, shared_task
from celery.result import AsyncResult, GroupResult, ResultSet, allow_join_result

"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("AsyncResult(x).revoke()", True),
        ("r = AsyncResult(x)\nr.revoke()\nr.revoke(terminate=True)", True),
        ("r = AsyncResult(x)\nr.revoke()\nr.forget()", False),
        ("AsyncResult(x)", False),
        ("r = AsyncResult(x)\nr.revoke()\nr.get()", False),
        ("r = AsyncResult(x)\nr.revoke()\nprint(r.state)", False),
    ],
)
def test_a_result_made_to_revoke_a_task_is_known(tmp_path: Path, source: str, expected: bool) -> None:
    module = module_of(tmp_path, IMPORTS + source)
    (made,) = (use for use in result_uses_of(module) if use.dispatch is None)
    assert is_only_revoked(made, module) is expected


@pytest.mark.parametrize(
    "source",
    [
        "update.delay().get()",
        "r = update.delay()\nr.get()",
        "AsyncResult(x).get()",
        "r = AsyncResult(x)\nr.get()",
        "r = ResultSet(x)\nr.join()",
        "r = GroupResult.restore(x)\nr.get()",
        "r = current_app.AsyncResult(x)\nr.get()",
        "r = update.AsyncResult(x)\nr.get()",
    ],
)
def test_a_task_waits_for_a_result(tmp_path: Path, source: str) -> None:
    (wait,) = waits_of(module_of(tmp_path, f"{IMPORTS}@shared_task\ndef update():\n{indent(source, '    ')}"))
    assert ast.unparse(wait.node) == source.splitlines()[-1]


@pytest.mark.parametrize(
    "source",
    [
        "update.delay().get(disable_sync_subtasks=False)",
        "with allow_join_result():\n    AsyncResult(x).get()",
        "r = AsyncResult(x)\nr.state",
        "r = AsyncResult(x)\ns.get()",
    ],
)
def test_nothing_waits_where_it_is_meant_or_nothing_is_asked(tmp_path: Path, source: str) -> None:
    assert waits_of(module_of(tmp_path, f"{IMPORTS}@shared_task\ndef update():\n{indent(source, '    ')}")) == []
