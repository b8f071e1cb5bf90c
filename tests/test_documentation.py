"""A rule's documentation has its parts, its examples do what it says, the pages made of it are up to date."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from html import unescape
from typing import TYPE_CHECKING

import pytest

from docs import generate, pictures
from docs.generate import BEHAVIOUR, PROOF, example_files, facts, read_page
from flake8_aa_celery.cli.completion import whole_parser
from flake8_aa_celery.rules import all_rules
from support import ALWAYS_SELECTED, ROOT, Mark, found_in, place

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.rules import Rule

HEADINGS = {
    "Why": True,
    "Example": True,
    "Instead": True,
    "Leaves alone": True,
    "Fix": False,
    "Settings": False,
    "Profile": True,
    "Proof": False,
    "References": True,
}
RULES = [rule for rule in all_rules().values() if not rule.code.startswith("AAC9")]
README = ROOT / "README.md"

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def findings(rule: Rule, heading: str, root: Path) -> list[Mark]:
    """What the rule alone says of the code below a heading of its page, in a profile that it belongs to."""
    for path, source in example_files(read_page(rule.documentation).sections[heading]).items():
        place(root, path, source.encode())
    profile = f'[tool.flake8-aa-celery]\nprofile = "{rule.profiles[0]}"\n'
    (root / "pyproject.toml").write_text(profile, "utf-8")
    return found_in(root, (rule.code, *ALWAYS_SELECTED))


@each_rule
def test_a_page_has_its_parts_in_order(rule: Rule) -> None:
    page = read_page(rule.documentation)
    assert [heading for heading in HEADINGS if heading in page.sections] == list(page.sections)
    assert not [heading for heading, demanded in HEADINGS.items() if demanded and heading not in page.sections]
    assert page.summary, "the first line is the summary"
    assert page.flagged, "a paragraph below the summary says what is flagged"
    assert all(page.sections.values()), "a heading without text"


@each_rule
def test_a_page_says_what_is_flagged_in_the_words_of_all_pages(rule: Rule) -> None:
    assert read_page(rule.documentation).flagged.startswith(("Flags ", "Flags, "))


@each_rule
def test_a_page_says_in_which_profiles_the_rule_is_on_and_why_it_is_off(rule: Rule) -> None:
    profile = " ".join(read_page(rule.documentation).sections["Profile"].split())
    alone = {"alliance-auth": "Alliance Auth alone", "celery": "Plain Celery alone"}
    assert profile.startswith("Both" if len(rule.profiles) > 1 else alone[rule.profiles[0]])
    assert ("Off by default: " in profile) is not rule.default


def test_the_examples_are_formatted_as_their_readers_code_is(tmp_path: Path) -> None:
    pytest.importorskip("ruff")
    for rule in RULES:
        for heading in ("Example", "Instead"):
            for path, source in example_files(read_page(rule.documentation).sections[heading]).items():
                place(tmp_path, f"{rule.code}/{heading}/{path}", (source.strip("\n") + "\n").encode())
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "--diff", str(tmp_path)]
    outcome = subprocess.run(ruff, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout


@each_rule
def test_the_example_is_flagged(rule: Rule, tmp_path: Path) -> None:
    assert {mark.code for mark in findings(rule, "Example", tmp_path / "project")} == {rule.code}


@each_rule
def test_what_is_to_be_written_instead_is_not_flagged(rule: Rule, tmp_path: Path) -> None:
    assert findings(rule, "Instead", tmp_path / "project") == []


@each_rule
def test_a_page_with_a_fix_tells_of_it(rule: Rule) -> None:
    assert bool(rule.fix) == ("Fix" in read_page(rule.documentation).sections)


@each_rule
def test_the_proofs_exist(rule: Rule) -> None:
    section = read_page(rule.documentation).sections.get("Proof", "")
    bullets = [line for line in section.splitlines() if line.startswith("- ")]
    assert not [line for line in bullets if not PROOF.search(line)], "a bullet names `test_priority.py::test_name`"
    missing = [f"{file}::{test}" for file, test in PROOF.findall(section) if test not in behaviour_tests(file)]
    assert not missing


@each_rule
def test_a_default_rule_about_what_celery_does_has_a_proof(rule: Rule) -> None:
    needed = rule.default and "AAC200" <= rule.code < "AAC600"
    assert not needed or "Proof" in read_page(rule.documentation).sections


@each_rule
def test_the_references_are_links(rule: Rule) -> None:
    assert "https://" in read_page(rule.documentation).sections["References"]


def behaviour_tests(file: str) -> list[str]:
    """The names of the tests in a file of ``tests/behaviour``; none where it does not exist."""
    return list(facts(BEHAVIOUR / file)) if (BEHAVIOUR / file).exists() else []


def test_a_heading_in_a_block_of_code_is_none() -> None:
    page = read_page("Sum.\n\nFlags.\n\n## Why\nSo.\n```python\n## Not this\n```\nEnd.\n\n## Fix\nNo.")
    assert page == ("Sum.", "Flags.", {"Why": "So.\n```python\n## Not this\n```\nEnd.", "Fix": "No."})


def test_a_block_may_hold_several_files() -> None:
    assert example_files("```python\nx = 1\n# app/views.py\ny = 1\n# a note\n```") == {
        "app/tasks.py": "x = 1\n",
        "app/views.py": "\ny = 1\n# a note\n",
    }


def test_the_readme_shows_what_the_command_prints(tmp_path: Path) -> None:
    example = README.read_text("utf-8").partition("<!-- example -->")[2].partition("<!-- /example -->")[0]
    (session,) = re.findall(r"^```console\n([\s\S]*?)^```$", example, re.MULTILINE)
    command, _, output = session.removeprefix("$ aa-celery ").partition("\n")
    for path, source in example_files(example).items():
        place(tmp_path, path, source.encode())
    ours = [sys.executable, "-m", "flake8_aa_celery", *command.split()]
    assert subprocess.run(ours, cwd=tmp_path, capture_output=True, text=True).stdout == output


def test_the_picture_of_a_terminal_is_the_readmes_example() -> None:
    """It loads nothing either: no font, no style sheet."""
    picture = pictures.PICTURE.read_text("utf-8")
    told = re.sub(r"\s", "", unescape(re.sub(r"<[^>]*>", "", picture)))
    lines = [re.sub(r"\x1b\[[\d;]*m|\s", "", line) for line in pictures.shown().splitlines()]
    assert any("AAC205" in line for line in lines)
    assert [line for line in lines if line not in told] == []
    assert not re.search(r"@font-face|@import|url\(.?http|href", picture)


#: How the command is shown: by itself, in recipes, in sentences; but not where a sentence only names it.
COMMAND = re.compile(
    r"(?:^|`|run: |commands = |- |\$ )aa-celery (?!rule`)"
    r"((?:check|completion|facts|fix|graph|rules?|server|site|trace)\b[^`\n#>|)]*)",
    re.MULTILINE,
)


@pytest.mark.parametrize("file", [README, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda file: file.name)
def test_every_command_that_is_shown_can_be_called_like_that(file: Path) -> None:
    shown = [shlex.split(command) for command in COMMAND.findall(file.read_text("utf-8"))]
    assert shown or file.name in ("architecture.md", "observed.md", "settings.md")
    for arguments in shown:
        placed = [argument for argument in arguments if argument not in ("PATH…", "--help")]
        assert whole_parser().parse_args(placed)


def test_the_documentation_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = generate.main(["--check"])
    assert outcome == 0, capsys.readouterr().out


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")]
    _, _, navigation = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")
    assert sorted(re.findall(r"\S+\.md", navigation)) == sorted(pages)


def test_the_architecture_says_what_the_packages_of_the_model_say() -> None:
    told = re.findall(r"^\| `(\w+)` \| (.*) \|$", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.MULTILINE)
    packages = (ROOT / "flake8_aa_celery" / "model").glob("*/__init__.py")
    assert dict(told) == {file.parent.name: ast.get_docstring(ast.parse(file.read_text("utf-8"))) for file in packages}


def test_the_architecture_names_every_part() -> None:
    parts = {path.stem for path in (ROOT / "flake8_aa_celery").iterdir() if path.suffix in ("", ".py")}
    named = re.findall(r"`(\w+)(?:/|\.py)`", (ROOT / "docs" / "architecture.md").read_text("utf-8"))
    assert parts - {"__init__", "__main__", "__pycache__"} == set(named)
