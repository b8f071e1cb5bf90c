"""The model is never wrong about what programs hold; see ``benchmarks/truth.py`` for many more of them."""

from __future__ import annotations

from importlib import import_module
from random import Random
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve.values import Constant
from truth import asking

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("arguments", "calls", "constants", "crontabs", "names", "sends")
#: The first of this many programs, each with its own number as seed.
PROGRAMS = 60


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore")  # what Celery and Python say of programs that are made at random
def test_the_model_is_right_or_does_not_know(tmp_path: Path, kind: str) -> None:
    programs = import_module(f"truth.{kind}")
    asked = getattr(programs, "asked", asking.asked)
    right = unknown = 0
    for number in range(PROGRAMS):
        folder = tmp_path / str(number)
        folder.mkdir()
        answers = asked(programs.make_program(Random(number)), folder)
        assert answers.wrong == [], f"program {number}"
        right, unknown = right + answers.right, unknown + answers.unknown
    assert right > unknown / 4, "the model knows too little for the comparison to say anything"


def test_a_wrong_answer_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the model to take the first binding of a name for the last, the comparison would say so."""
    files = {"proof/__init__.py": "", "proof/one.py": "P = 1\nP = 2\nprint(1, P)\n"}
    assert asking.asked(files, tmp_path).wrong == []
    monkeypatch.setattr(asking, "value_of", lambda node, site: Constant(1))
    (wrong,) = asking.asked(files, tmp_path).wrong
    assert wrong == "question 1, proof.one, P: 1, not [2]"


def test_a_program_is_shrunk_to_what_is_wrong() -> None:
    files = {"one.py": "A = 1\nif A:\n    B = 2\n    C = 3\n", "two.py": "D = 4\n"}
    assert asking.smallest(files, lambda files: "C = 3" in files["one.py"]) == {"one.py": "C = 3", "two.py": ""}
