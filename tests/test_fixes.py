"""What fixes make of the fixtures is what stands beside them, and does no harm."""

from __future__ import annotations

import ast
import io
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from pyflakes.api import check as pyflakes
from pyflakes.reporter import Reporter

from flake8_aa_celery.fixes._guard import comments
from flake8_aa_celery.fixes.whole_project import fix_all
from support import cases, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flake8_aa_celery.fixes.engine import Fixed
    from flake8_aa_celery.fixes.whole_project import Work
    from outcomes import Outcomes
    from support import Case

UNSAFE = {".fixed": False, ".unsafe": True}


def expected_outcomes() -> list[tuple[Case, str]]:
    """Every case with the kind of outcome that stands beside it."""
    return [(case, kind) for case in cases() for kind in UNSAFE if beside(case, kind).exists()]


def beside(case: Case, kind: str) -> Path:
    """Where the outcome of a case is: ``loops.fixed.py`` for ``loops.py``, ``app.fixed`` for ``app``."""
    return case.source.with_name(case.source.stem + kind + case.source.suffix)


def at_once(files: Sequence[tuple[str, bytes]], work: Work) -> list[tuple[str, Fixed]]:
    """Do the work in this process."""
    return work(files)


def fixed_in(root: Path, selected: tuple[str, ...], *, unsafe: bool) -> dict[str, Fixed]:
    """What becomes of the project under ``root``."""
    settings = settings_of(root)._replace(select=selected)
    files = [(str(file), file.read_bytes()) for file in sorted(root.rglob("*.py"))]
    return fix_all(files, settings, at_once, unsafe=unsafe)


def build(case: Case, tmp_path: Path) -> Path:
    if sys.version_info < case.needs_python():
        pytest.skip(f"the syntax needs Python {'.'.join(map(str, case.needs_python()))}")
    return case.build(tmp_path / "project")


def flakes(path: str, data: bytes) -> Counter[str]:
    """What pyflakes says of a file, without the lines, and without what a ``noqa`` silences."""
    said = io.StringIO()
    code = "\n".join(line for line in data.decode().split("\n") if "noqa: F401" not in line)
    pyflakes(code, path, Reporter(said, said))
    return Counter(re.sub(r" from line \d+", "", line).partition(" ")[2] for line in said.getvalue().splitlines())


@pytest.mark.parametrize(("case", "kind"), expected_outcomes(), ids=lambda value: getattr(value, "name", value))
def test_a_fix_makes_of_a_fixture_what_stands_beside_it(
    case: Case, kind: str, tmp_path: Path, outcomes: Outcomes
) -> None:
    root = build(case, tmp_path)
    fixed = fixed_in(root, case.selected(), unsafe=UNSAFE[kind])
    expected = beside(case, kind)
    if expected.is_dir():
        found = {path[len(str(root)) + 1 :]: outcome.data.decode() for path, outcome in fixed.items()}
        outcomes.compare_all(found, expected)
    else:
        (changed,) = (outcome.data.decode() for outcome in fixed.values() if outcome.applied)
        outcomes.compare(changed, expected)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_no_fix_of_a_fixture_does_harm(case: Case, tmp_path: Path) -> None:
    root = build(case, tmp_path)
    before = {str(file): file.read_bytes() for file in sorted(root.rglob("*.py"))}
    lost: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for path, outcome in fixed_in(root, case.selected(), unsafe=True).items():
        ast.parse(outcome.data)
        if outcome.data != before.get(path):
            lost += comments(before.get(path, b""))
            found += comments(outcome.data)
            assert flakes(path, outcome.data) - flakes(path, before.get(path, b"")) == Counter()
            (root / path).write_bytes(outcome.data)
    assert case.code == "AAC901" or lost - found == Counter()  # which is about comments
    again = fixed_in(root, case.selected(), unsafe=True)
    assert [path for path, outcome in again.items() if outcome.applied] == []
