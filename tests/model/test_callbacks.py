"""Callbacks that cannot take what Celery calls them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.calling.callbacks import refused_calls_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

TASKS = """\
from celery import shared_task
@shared_task
def none(): ...
@shared_task
def one(x): ...
@shared_task
def two(x, y): ...
@shared_task
def three(x, y, z): ...
@shared_task(bind=True)
def bound(self, x): ...
@shared_task
def rest(*args): ...
"""


def refused_in(root: Path, given: str) -> list[tuple[str, int, bool]]:
    """The callbacks of a dispatch that cannot be called, with how many arguments they get."""
    source = f"{TASKS}def f(x):\n    one.apply_async([x], {given})\n"
    refused = refused_calls_of(module_of(root, source))
    return [(each.option, each.given, each.fits_alone) for each in refused]


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ("link=none.s()", [("link", 1, True)]),
        ("link=two.s()", [("link", 1, False)]),
        ("link=[one.s(), one.s(1)]", [("link", 1, True)]),
        ("link_error=none.s()", [("link_error", 1, True)]),
        ("link_error=two.s()", [("link_error", 3, False)]),
    ],
)
def test_a_callback_that_cannot_be_called(tmp_path: Path, given: str, refused: list[tuple[str, int, bool]]) -> None:
    assert refused_in(tmp_path, given) == refused


@pytest.mark.parametrize(
    "given",
    [
        "link=one.s()",
        "link=two.s(1)",
        "link=none.si()",
        "link=rest.s()",
        "link=x",
        "link=one.s(*x)",
        "link_error=one.s()",
        "link_error=three.s()",
        "link_error=bound.s()",
        "link_error=rest.s()",
        "link_error=two.s(1)",
    ],
)
def test_a_callback_that_can_or_may_be_called(tmp_path: Path, given: str) -> None:
    assert refused_in(tmp_path, given) == []
