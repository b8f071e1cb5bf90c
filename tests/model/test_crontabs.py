"""What a crontab accepts, compared with Celery itself."""

from __future__ import annotations

import pytest
from celery.schedules import ParseException, crontab
from hypothesis import example, given
from hypothesis import strategies as st

from flake8_aa_celery.model.knowledge.celery import CRONTAB_FIELDS
from flake8_aa_celery.model.periodic.crontabs import refusal
from flake8_aa_celery.model.resolve.values import Constant

ENDS = [
    *map(str, range(-1, 62)),
    "",
    "*",
    "a",
    "jan",
    "December",
    "mon",
    "sunday",
    "MON",
    "+5",
    " 5",
    "1_0",
    "1.5",
    "٣",
    "?",
]
STEPS = ["", "/", "/0", "/1", "/2", "/70", "/a", "/2/3", "/-1", "/+1"]
PARTS = st.builds(
    "".join, st.tuples(st.sampled_from(ENDS), st.sampled_from(["", "-3", "-mon", "-", "-5-6"]), st.sampled_from(STEPS))
)


def accepted_by_celery(field: str, value: object) -> bool:
    try:
        crontab(**{field: value})
    except (ValueError, TypeError, ParseException):
        return False
    return True


@given(field=st.sampled_from(sorted(CRONTAB_FIELDS)), parts=st.lists(PARTS, min_size=1, max_size=3))
@example(field="minute", parts=["60"])
@example(field="minute", parts=["*/70"])
@example(field="minute", parts=["5/2"])
@example(field="day_of_week", parts=["7"])
@example(field="month_of_year", parts=["jan/2"])
def test_a_text_is_accepted_exactly_where_celery_accepts_it(field: str, parts: list[str]) -> None:
    text = ",".join(parts)
    assert (refusal(field, Constant(text)) is None) == accepted_by_celery(field, text)


@pytest.mark.parametrize("field", CRONTAB_FIELDS)
@pytest.mark.parametrize("value", [0, 1, -1, 6, 7, 12, 13, 23, 24, 31, 32, 59, 60, True, False, None, 5.5])
def test_another_value_is_accepted_exactly_where_celery_accepts_it(field: str, value: object) -> None:
    assert (refusal(field, Constant(value)) is None) == accepted_by_celery(field, value)
