"""``python -m docs.new_rule``: it begins a rule that passes what every rule has to, and refuses what will not do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docs import new_rule
from flake8_aa_celery.rules import all_rules
from support import FIXTURES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

#: One whose sentence makes a long line.
PROOF = "test_options.py::test_expires_before_countdown_never_runs"
NEEDED = ("flake8_aa_celery", "docs", "tests", "README.md", "CHANGELOG.md", "mkdocs.yml", "pyproject.toml")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this project with two new rules; of the fixtures it has those of a single rule."""
    root = tmp_path_factory.mktemp("clone")
    others = {folder.name for folder in FIXTURES.glob("AAC*")} - {"AAC205"}
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", *others))
        else:
            shutil.copy(ROOT / name, root / name)
    for arguments in (("AAC298", "off-by-default"), ("AAC299", "on-by-default", "--proof", PROOF)):
        begun = run(root, "docs.new_rule", *arguments)
        assert begun.returncode == 0, begun.stderr
    return root


def run(clone: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)


def test_a_rule_that_was_begun_passes_all_tests_of_a_rule(clone: Path) -> None:
    chosen = "AAC298 or AAC299 or up_to_date or navigation or formatted"
    tests = ("tests/test_fixtures.py", "tests/test_documentation.py")
    tested = run(clone, "pytest", "-v", "-p", "no:cacheprovider", "-k", chosen, *tests)
    assert tested.returncode == 0, tested.stdout
    ran = re.findall(r"(\w+)\[AAC29[89].*\] PASSED", tested.stdout)
    assert {"test_a_fixture_holds_the_violations_of_its_comments", "test_the_example_is_flagged"} <= set(ran)
    assert len(ran) % 2 == 0, "both rules pass the same tests"


def test_the_file_of_a_rule_that_was_begun_is_formatted(clone: Path) -> None:
    pytest.importorskip("ruff")
    rules = sorted(str(file) for file in (clone / "flake8_aa_celery" / "rules").glob("aac29*.py"))
    assert run(clone, "ruff", "check", *rules).stdout == "All checks passed!\n"
    assert run(clone, "ruff", "format", "--check", *rules).returncode == 0


def test_the_command_knows_a_rule_that_was_begun(clone: Path) -> None:
    listed = run(clone, "flake8_aa_celery", "rules").stdout
    assert re.findall(r"AAC29\d", listed) == ["AAC298", "AAC299"]


@pytest.mark.parametrize(
    "file", ["README.md", "CHANGELOG.md", "mkdocs.yml", "docs/rules/index.md", "docs/rules/AAC299.md"]
)
def test_what_follows_from_a_rule_is_written_with_it(clone: Path, file: str) -> None:
    assert "AAC299" in (clone / file).read_text("utf-8")


def test_a_proof_is_listed_with_its_rule(clone: Path) -> None:
    rows = (clone / "tests/behaviour/README.md").read_text("utf-8").splitlines()
    assert [PROOF.partition("::")[2] in row for row in rows if "AAC299" in row] == [True]


def test_the_example_of_contributing_is_a_rule(clone: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (arguments,) = re.findall(r"^python -m docs\.new_rule (.+)$", text, re.MULTILINE)
    expected, found_by = re.findall(r"^```python\n([\s\S]*?)^```$", text, re.MULTILINE)
    code, name = arguments.split()
    assert run(clone, "docs.new_rule", code, name).returncode == 0
    (fixture,) = (clone / "tests" / "fixtures" / code).iterdir()
    fixture.write_text(f"from celery import shared_task\n\n\n{expected}", "utf-8")
    (rule,) = (clone / "flake8_aa_celery" / "rules").glob(f"{code.lower()}_*.py")
    page, end, _ = rule.read_text("utf-8").rpartition('    """\n')
    rule.write_text(page + end + found_by, "utf-8")
    tested = run(clone, "pytest", "-q", "-p", "no:cacheprovider", "-k", code, "tests/test_fixtures.py")
    assert tested.returncode == 0, tested.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("AAC205", "name-in-words"), "rules/aac205_bulk_needs_priority.py has the code or the name already"),
        (("AAC299", "bulk-needs-priority"), "rules/aac205_bulk_needs_priority.py has the code or the name already"),
        (("AAC001", "name-in-words"), "AAC001 belongs to no family: there are AAC1xx, AAC2xx"),
        (("AAC901", "name-in-words"), "AAC901 belongs to no family"),
        (("205", "name-in-words"), "205 belongs to no family"),
        (("AAC299", "NameInWords"), "NameInWords is no name"),
        (("AAC299", "word"), "word is no name"),
        (("AAC299", "name-in-words", "--proof", "test_priority.py::test_nothing"), "test_nothing is no test of tests"),
        (("AAC299", "name-in-words", "--proof", "../conftest.py"), "../conftest.py is no test of tests"),
        (("AAC299",), "the following arguments are required: name"),
    ],
)
def test_what_will_not_do_is_refused(
    arguments: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_rule, "written", None)
    with pytest.raises(SystemExit, match="2"):
        new_rule.main(arguments)
    assert why in capsys.readouterr().err


def test_no_rule_is_left_as_it_was_begun() -> None:
    assert [code for code, rule in all_rules().items() if new_rule.TO_BE_WRITTEN in rule.documentation] == []
