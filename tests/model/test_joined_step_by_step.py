"""What ``steps |= update.si()`` makes of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import Workflow
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from celery import shared_task\n@shared_task\ndef t(): ...\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("w = t.si()\nw |= t.si()", 2),
        ("w = t.si()\nw |= t.si()\nw |= t.si()", 3),
        ("w = t.si()\nw |= t.si() | t.si()", 3),
        ("w = t.si()\nif x:\n    w |= t.si()", 0),
        ("w = t.si()\nfor x in y:\n    w |= t.si()", 0),
        ("w = t.si()\nw += t.si()", 0),
        ("w = 1\nw |= 2", 0),
    ],
)
def test_a_chain_grows_line_by_line(tmp_path: Path, source: str, expected: int) -> None:
    found = dispatches_of(module_of(tmp_path, f"{HEAD}{source}\nw.delay()"))
    receivers = [dispatch.receiver for dispatch in found]
    assert [len(each.members.elements) for each in receivers if isinstance(each, Workflow)] == [expected] * bool(
        expected
    )


def test_very_many_lines_are_not_followed_to_the_end(tmp_path: Path) -> None:
    source = "w = t.si()\n" + "w |= t.si()\n" * 3000 + "w.delay()"
    (dispatch,) = dispatches_of(module_of(tmp_path, HEAD + source))
    assert isinstance(dispatch.receiver, Workflow)
    assert not dispatch.receiver.members.complete
