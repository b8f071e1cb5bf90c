"""Which values of options Celery refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from celery.utils.time import RATE_MODIFIER_MAP, rate

from flake8_aa_celery.model.tasks.option_values import RATE_UNITS, faulty_options_of, seconds_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from datetime import timedelta\nfrom celery import shared_task\n"


def faults(root: Path, options: str) -> list[tuple[str, str]]:
    """The options that have a value they cannot have, with what is wrong."""
    found = faulty_options_of(module_of(root, f"{HEAD}@shared_task({options})\ndef t(): ..."))
    return [(each.option.name, each.fault) for each in found]


def test_the_units_of_a_rate_are_celerys() -> None:
    assert {*RATE_MODIFIER_MAP, ""} == RATE_UNITS


@pytest.mark.parametrize("text", ["10/x", "10/min", "ten", "10 / m", "/m", "10/s", "1e3/m", "0.5/h", "10", " 5/m"])
def test_a_rate_is_what_celery_takes_for_one(tmp_path: Path, text: str) -> None:
    try:
        rate(text)
    except (KeyError, ValueError):
        assert faults(tmp_path, f"rate_limit={text!r}") == [("rate_limit", "no rate")]
    else:
        assert faults(tmp_path, f"rate_limit={text!r}") == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("soft_time_limit=2, time_limit=1", [("soft_time_limit", "soft above hard")]),
        ("soft_time_limit=1, time_limit=1", [("soft_time_limit", "soft equals hard")]),
        ("soft_time_limit=1, time_limit=2", []),
        ("soft_time_limit=1, time_limit=0", []),
        ("time_limit=timedelta(1)", [("time_limit", "timedelta")]),
        ("autoretry_for=OSError", [("autoretry_for", "no collection")]),
        ("autoretry_for=print", []),
    ],
)
def test_a_value_that_is_wrong_is_found(tmp_path: Path, options: str, expected: list[tuple[str, str]]) -> None:
    assert faults(tmp_path, options) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("timedelta(minutes=5)", 300),
        ("timedelta(hours=1, seconds=1)", 3601),
        ("timedelta(minutes=x)", None),
        ("timedelta(minutes=0.5)", None),
        ("timedelta(1)", None),
        ("timedelta(milliseconds=1)", None),
        ("timedelta()", None),
    ],
)
def test_a_timedelta_of_whole_numbers_has_seconds(tmp_path: Path, code: str, expected: int | None) -> None:
    (found,) = faulty_options_of(module_of(tmp_path, f"{HEAD}@shared_task(time_limit={code})\ndef t(): ..."))
    assert seconds_of(found.place) == expected
