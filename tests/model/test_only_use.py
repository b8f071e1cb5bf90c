"""Whether a signature has another use than the workflow that it is found in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.canvas.only_use import is_used_once
from flake8_aa_celery.model.resolve.occurrences import signatures_of
from modules import TWO_TASKS, module_of

if TYPE_CHECKING:
    from pathlib import Path


def is_once(root: Path, body: str) -> bool:
    """Whether the signature of ``b`` in a function is used once."""
    indented = "\n".join(f"    {line}" for line in body.split("\n"))
    module = module_of(root, f"{TWO_TASKS}def run(xs, hand):\n{indented}\n")
    (made,) = [made for made in signatures_of(module) if getattr(made.task, "name", "") == "b"]
    return is_used_once(made)


@pytest.mark.parametrize(
    "body",
    [
        "chain(a.s(), b.s()).delay()",
        "chain([a.s(), b.s()]).delay()",
        "(a.s() | b.s()).delay()",
        "chain(a.s(), b.s().set(queue='x')).delay()",
        "chain(a.s(), *[b.s() for x in xs]).delay()",
        "second = b.s()\nchain(a.s(), second).delay()",
        "second = b.s()\nfor x in xs:\n    chain(a.s(), second).delay()",
        "steps = [a.s(), b.s()]\nchain(*steps).delay()",
        "steps = []\nsteps.append(a.s())\nsteps.append(b.s())\nchain(steps).delay()",
        "second = b.s()\nsteps = [a.s(), second]\nchain(steps).delay()",
        "chain(a.s(), b.s() if xs else a.s())",
    ],
)
def test_what_goes_into_one_workflow_is_used_once(tmp_path: Path, body: str) -> None:
    assert is_once(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "second = b.s()\nchain(a.s(), second).delay()\nsecond.delay(k=5)",
        "steps = [a.s(), b.s()]\nchain(steps).delay()\nsteps[1].delay()",
        "steps = [a.s(), b.s()]\nchain(steps).delay()\nchain(steps).delay()",
        "steps = []\nsteps.append(b.s())\nchain(a.s(), *steps).delay()\nreturn steps",
        "second = b.s()\nchain(a.s(), second).delay()\nhand(second)",
        "hand(b.s())",
        "second = b.s()\ndef inner():\n    second.delay()\nchain(a.s(), second)",
        "self.second = b.s()\nchain(a.s(), self.second)",
        "global second\nsecond = b.s()\nchain(a.s(), second)",
        "one = two = b.s()\nchain(a.s(), one)",
        "for step in [b.s()]:\n    chain(a.s(), step).delay()",
        "return b.s()",
    ],
)
def test_what_may_have_another_use_is_not(tmp_path: Path, body: str) -> None:
    assert not is_once(tmp_path, body)
