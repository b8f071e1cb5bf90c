"""The catalogue of rules: whole, in order, and right about which modules a rule has nothing to say of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.linter import parse
from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.rules import all_rules
from modules import module_of
from support import FIXTURES, ROOT, cases, checked_files, settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.rules import Rule

RULES = list(all_rules().values())


def test_every_file_of_a_rule_has_its_line_and_every_line_its_file() -> None:
    files = sorted(file.stem for file in (ROOT / "flake8_aa_celery" / "rules").glob("aac*.py"))
    assert [f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in RULES] == files


def test_rules_are_known_by_their_codes() -> None:
    assert list(all_rules()) == [rule.code for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_about_facts_that_a_module_has(rule: Rule, tmp_path: Path) -> None:
    module = module_of(tmp_path, "")
    assert [fact for fact in rule.about if not hasattr(module, fact)] == []


def test_only_what_the_linter_reports_is_about_nothing() -> None:
    assert [rule.code for rule in RULES if not rule.about] == ["AAC900", "AAC999"]


def test_what_a_fix_reveals_begins_the_codes_of_rules() -> None:
    revealing = [rule for rule in RULES if rule.reveals]
    assert all(rule.fix for rule in revealing)
    assert [
        (rule.code, prefix)
        for rule in revealing
        for prefix in rule.reveals
        if not any(code.startswith(prefix) for code in all_rules())
    ] == []


@pytest.mark.parametrize("folder", sorted(folder.name for folder in FIXTURES.glob("AAC*")))
def test_a_rule_finds_nothing_where_a_module_has_none_of_its_facts(folder: str, tmp_path: Path) -> None:
    """Each rule is asked of the fixtures of every other, whatever it says that it is about."""
    for number, case in enumerate(case for case in cases() if case.code == folder):
        root = case.build(tmp_path / str(number))
        settings = settings_of(root)
        for file in (file for file in checked_files(root) if file.suffix == ".py"):
            try:
                module = Project.of(str(file), settings).module(str(file), parse(file.read_bytes()))
            except SyntaxError:  # that of a newer Python
                continue
            for rule in RULES:
                found, asked = rule.load()(module, settings), rule.violations_in(module, settings)
                assert list(found) == list(asked), f"{rule.code} of {file.relative_to(root)}"
