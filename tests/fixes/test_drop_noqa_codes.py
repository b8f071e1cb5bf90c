"""What becomes of a comment that loses codes."""

from __future__ import annotations

import pytest

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.fixes.drop_noqa_codes import without_codes


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# noqa: AAC205", ""),
        ("# noqa: AAC205, E501", "# noqa: E501"),
        ("# noqa:E501,AAC205,F401", "# noqa:E501, F401"),
        ("# NOQA: aac205", ""),
        ("# why  # noqa: AAC205", "# why"),
        ("# noqa: AAC205 because", "# because"),
        ("# noqa: AAC205  # why", "# why"),
        ("# noqa: AAC205, E501  # why", "# noqa: E501  # why"),
    ],
)
def test_the_rest_of_a_comment_stays(comment: str, left: str) -> None:
    assert without_codes(comment, ("AAC205",)) == left


@pytest.mark.parametrize("comment", ["# noqa", "# why"])
def test_a_comment_without_codes_stays_whole(comment: str) -> None:
    with pytest.raises(Refused):
        without_codes(comment, ("AAC205",))
