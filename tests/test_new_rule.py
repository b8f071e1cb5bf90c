"""``python -m docs.new_rule``: it begins a rule that passes what every rule has to, and refuses what will not do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docs import new_rule
from docs.generate import BEHAVIOUR, facts
from docs.generate import PROOF as PROOF_OF_PAGES
from docs.scaffold import TO_BE_WRITTEN, fixture_files, rule_text
from flake8_aa_celery.model.facts import FACTS, Fact
from flake8_aa_celery.rules import all_rules
from support import FIXTURES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

#: One whose sentence makes a long line.
PROOF = "test_options.py::test_expires_before_countdown_never_runs"
NEEDED = ("flake8_aa_celery", "docs", "tests", "README.md", "CHANGELOG.md", "mkdocs.yml", "pyproject.toml")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this project with three new rules; of the fixtures it has those of a single rule."""
    root = tmp_path_factory.mktemp("clone")
    others = {folder.name for folder in FIXTURES.glob("AAC*")} - {"AAC205"}
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", *others))
        else:
            shutil.copy(ROOT / name, root / name)
    for arguments in (
        ("AAC297", "about-views", "--about", "slow_views"),
        ("AAC298", "off-by-default"),
        ("AAC299", "on-by-default", "--proof", PROOF, "--about", "forgotten"),
    ):
        begun = run(root, "docs.new_rule", *arguments)
        assert begun.returncode == 0, begun.stderr
    return root


def run(clone: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)


def test_a_rule_that_was_begun_passes_all_tests_of_a_rule(clone: Path) -> None:
    chosen = "AAC297 or AAC298 or AAC299 or up_to_date or navigation or formatted"
    tests = ("tests/test_fixtures.py", "tests/test_documentation.py")
    tested = run(clone, "pytest", "-v", "-p", "no:cacheprovider", "-k", chosen, *tests)
    assert tested.returncode == 0, tested.stdout
    ran = re.findall(r"(\w+)\[AAC29[789].*\] PASSED", tested.stdout)
    assert {"test_a_fixture_holds_the_violations_of_its_comments", "test_the_example_is_flagged"} <= set(ran)
    assert len(ran) % 3 == 0, "all of them pass the same tests"


def test_the_file_of_a_rule_that_was_begun_is_formatted(clone: Path) -> None:
    pytest.importorskip("ruff")
    rules = sorted(str(file) for file in (clone / "flake8_aa_celery" / "rules").glob("aac29*.py"))
    assert run(clone, "ruff", "check", *rules).stdout == "All checks passed!\n"
    assert run(clone, "ruff", "format", "--check", *rules).returncode == 0


def test_the_command_knows_a_rule_that_was_begun(clone: Path) -> None:
    listed = run(clone, "flake8_aa_celery", "rules").stdout
    assert re.findall(r"AAC29\d", listed) == ["AAC297", "AAC298", "AAC299"]


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
    code = arguments.split()[0]
    assert run(clone, "docs.new_rule", *arguments.split()).returncode == 0
    (fixture,) = (clone / "tests" / "fixtures" / code).glob("*/app/tasks.py")
    fixture.write_text(f"from celery import shared_task\n\n\n{expected}", "utf-8")
    (rule,) = (clone / "flake8_aa_celery" / "rules").glob(f"{code.lower()}_*.py")
    page, end, _ = rule.read_text("utf-8").rpartition('    """\n')
    rule.write_text(page + end + found_by, "utf-8")
    tested = run(clone, "pytest", "-q", "-p", "no:cacheprovider", "-k", code, "tests/test_fixtures.py")
    assert tested.returncode == 0, tested.stdout


def test_a_rule_is_handed_an_item_of_the_type_of_its_fact(clone: Path) -> None:
    (rule,) = (clone / "flake8_aa_celery" / "rules").glob("aac297*.py")
    assert "def check(slow_view: SlowView, module: Module)" in rule.read_text("utf-8")


def test_mypy_finds_nothing_in_a_rule_that_was_begun(clone: Path) -> None:
    pytest.importorskip("mypy")
    rules = sorted(str(file) for file in (clone / "flake8_aa_celery" / "rules").glob("aac29*.py"))
    checked = run(clone, "mypy", *rules)
    assert checked.returncode == 0, checked.stdout


def test_a_fixture_begins_with_tasks_and_views(clone: Path) -> None:
    folder = clone / "tests" / "fixtures" / "AAC297" / "about_views" / "app"
    assert sorted(file.name for file in folder.iterdir()) == ["__init__.py", "tasks.py", "views.py"]


def test_a_rule_that_is_there_is_given_a_proof_and_is_on_then(clone: Path) -> None:
    assert run(clone, "docs.new_rule", "AAC297", "--proof", PROOF).returncode == 0
    (rule,) = (clone / "flake8_aa_celery" / "rules").glob("aac297*.py")
    assert f"\n    ## Proof\n    - `{PROOF}`: " in rule.read_text("utf-8")
    assert re.search(r"AAC297 \S+ +on ", run(clone, "flake8_aa_celery", "rules").stdout)
    other = "test_priority.py::test_delay_sends_at_the_default_priority"
    assert run(clone, "docs.new_rule", "AAC297", "--proof", other).returncode == 0
    assert rule.read_text("utf-8").count("::test_") == 2
    tested = run(clone, "pytest", "-q", "-p", "no:cacheprovider", "-k", "AAC297", "tests/test_documentation.py")
    assert tested.returncode == 0, tested.stdout


@pytest.mark.parametrize("fact", FACTS)
def test_a_rule_about_any_fact_begins_with_code_that_has_something_of_it(fact: str) -> None:
    files = fixture_files("AAC297", fact)
    assert {"app/tasks.py", "app/views.py"} <= set(files)
    assert "# expect: AAC297" in "".join(files.values())
    compile(rule_text("AAC297", fact, why_off="", proof=""), fact, "exec")


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
        (("AAC299", "name-in-words", "--about", "task"), "there is no fact 'task'; did you mean 'tasks'?"),
        (("AAC299",), "AAC299 is no rule yet: the name of a new one must follow"),
        (("AAC205",), "AAC205 is a rule already: it can be given a --proof"),
        (("AAC205", "--proof", "test_priority.py::test_nothing"), "test_nothing is no test of tests"),
    ],
)
def test_what_will_not_do_is_refused(
    arguments: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_rule, "written", None)
    with pytest.raises(SystemExit, match="2"):
        new_rule.main(arguments)
    assert why in capsys.readouterr().err


def test_a_fact_that_nothing_has_an_example_of_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(FACTS, "wonders", Fact("wonders", "tasks.wonders"))
    monkeypatch.setattr(new_rule, "written", None)
    with pytest.raises(SystemExit, match="2"):
        new_rule.main(("AAC299", "name-in-words", "--about", "wonders"))
    assert "no rule is about the fact 'wonders' yet: give docs/scaffold.py a sample" in capsys.readouterr().err


def test_the_proof_that_contributing_names_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    ((file, test),) = PROOF_OF_PAGES.findall(text)
    assert test in facts(BEHAVIOUR / file)


def test_no_rule_is_left_as_it_was_begun() -> None:
    assert [code for code, rule in all_rules().items() if TO_BE_WRITTEN in rule.documentation] == []
