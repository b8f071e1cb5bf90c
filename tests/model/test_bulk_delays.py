"""What waits once per item, and for how long."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.priorities.bulk_delays import bulk_delays_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = """\
import random
from datetime import timedelta
from random import randint
from celery import chain, group, shared_task
from django.utils import timezone
@shared_task
def update(pk): ...
"""
INFINITE = float("inf")


def delays_in(root: Path, body: str) -> list[tuple[float, float] | None]:
    """Between what the delays of a function with this body lie."""
    source = f"{IMPORTS}def f(xs, y):\n{indent(body, '    ')}\n"
    return [
        delay.seconds and (delay.seconds.least, delay.seconds.most) for delay in bulk_delays_of(module_of(root, source))
    ]


@pytest.mark.parametrize(
    ("countdown", "seconds"),
    [
        ("60", (60, 60)),
        ("randint(1, 60)", (1, 60)),
        ("random.random() * 600", (0, 600)),
        ("5 + int(random.uniform(0, 10)) * 2", (5, 25)),
        ("x % 30", (0, 30)),
        ("min(y, 30)", (-INFINITE, 30)),
        ("10 if y else 20", (10, 20)),
        ("timedelta(minutes=randint(1, 2)).total_seconds()", (60, 120)),
    ],
)
def test_the_bounds_of_a_countdown(tmp_path: Path, countdown: str, seconds: tuple[float, float]) -> None:
    assert delays_in(tmp_path, f"for x in xs:\n    update.apply_async([x], countdown={countdown})") == [seconds]


@pytest.mark.parametrize("countdown", ["y", "x * 2", "randint(0, y)", "y - 5", "None", "random.choice(xs)"])
def test_a_countdown_that_is_not_known(tmp_path: Path, countdown: str) -> None:
    assert delays_in(tmp_path, f"for x in xs:\n    update.apply_async([x], countdown={countdown})") == []


@pytest.mark.parametrize(
    "body",
    [
        "for i, x in enumerate(xs):\n    update.apply_async([x], countdown=i * 2)",
        "for i in range(y):\n    update.apply_async([i], countdown=i)",
        "wait = 0\nfor x in xs:\n    update.apply_async([x], countdown=wait)\n    wait += 5",
        "[update.apply_async([x], countdown=i) for i, x in enumerate(xs)]",
    ],
)
def test_a_countdown_that_grows_with_the_loop_has_no_end(tmp_path: Path, body: str) -> None:
    assert delays_in(tmp_path, body) == [(0, INFINITE)]


def test_an_eta_is_a_delay_whose_length_need_not_be_known(tmp_path: Path) -> None:
    body = "for x in xs:\n    update.apply_async([x], eta=timezone.now() + timedelta(hours=y))"
    assert delays_in(tmp_path, body) == [None]


@pytest.mark.parametrize(
    "body",
    [
        "update.apply_async([1], countdown=60)",
        "for x in xs:\n    update.apply_async([x], countdown=60, queue='slow')",
        "for x in xs[:2]:\n    update.apply_async([x], countdown=60)",
        "chain(update.si(x) for x in xs).apply_async(countdown=60)",
    ],
)
def test_what_is_not_bulk(tmp_path: Path, body: str) -> None:
    assert delays_in(tmp_path, body) == []


@pytest.mark.parametrize(
    "body",
    [
        "for x in xs:\n    update.s(x).set(countdown=60).delay()",
        "for x in xs:\n    chain(update.si(x).set(countdown=60), update.si(x)).delay()",
        "group(update.si(x) for x in xs).apply_async(countdown=60)",
        "group(update.si(x).set(countdown=60) for x in xs).delay()",
    ],
)
def test_a_delay_that_a_signature_or_workflow_has(tmp_path: Path, body: str) -> None:
    assert delays_in(tmp_path, body) == [(60, 60)]
