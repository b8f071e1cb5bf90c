"""What stands where only a signature can."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.canvas.misplaced import no_signatures_of
from modules import TWO_TASKS, module_of

if TYPE_CHECKING:
    from pathlib import Path


def found_in(root: Path, body: str) -> list[tuple[str, str]]:
    """What is no signature in a function with this body, and where it stands."""
    source = f"{TWO_TASKS}def f(xs, x):\n{indent(body, '    ')}\n"
    return [(mistaken.what, mistaken.place) for mistaken in no_signatures_of(module_of(root, source))]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("chain(a.delay(), b.si())", [("sent", "the chain")]),
        ("group(a() for x in xs)", [("run", "the group")]),
        ("a.si() | b", [("task", "the chain")]),
        ("chord([a.si()], b.delay())", [("sent", "the chord")]),
        ("a.apply_async(link=b)", [("task", "`link`")]),
        ("a.apply_async(link_error=[b.s(), b.delay()])", [("sent", "`link_error`")]),
        ("a.s().on_error(b)", [("task", "`link_error`")]),
        ("a().delay()", [("run", "`.delay`")]),
        ("[a.s()].apply_async()", [("other", "a list")]),
    ],
)
def test_what_is_no_signature(tmp_path: Path, body: str, found: list[tuple[str, str]]) -> None:
    assert found_in(tmp_path, body) == found


@pytest.mark.parametrize(
    "body",
    [
        "chain(a.si(), b.s()).delay()",
        "chain(x, xs).delay()",
        "a.map(xs).delay()",
        "a.apply_async(link=x)",
        "x.delay()",
        "xs[0].delay()",
        "r = a.delay()",
    ],
)
def test_what_may_be_one(tmp_path: Path, body: str) -> None:
    assert found_in(tmp_path, body) == []


def test_a_list_that_two_workflows_share_is_found_once(tmp_path: Path) -> None:
    body = "results = [a.delay() for x in xs]\nchain(results)\ngroup(results)"
    assert found_in(tmp_path, body) == [("sent", "the chain")]
