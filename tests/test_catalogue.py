"""The catalogue of rules: whole, in order, and right about what each rule is handed and how safe its fixes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from annotations import in_full
from flake8_aa_celery.linter import lint
from flake8_aa_celery.rules import all_rules
from support import FIXTURES, ROOT, cases, checked_files, settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.rules import Rule

RULES = list(all_rules().values())
SAFETY = {".fixed": "safe", ".unsafe": "unsafe"}

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def declared(rule: Rule) -> set[str]:
    """How safe the fixes of a rule are as the catalogue says."""
    return set(rule.fix.split(" or ")) - {""}


def test_every_file_of_a_rule_has_its_line_and_every_line_its_file() -> None:
    files = sorted(file.stem for file in (ROOT / "flake8_aa_celery" / "rules").glob("aac*.py"))
    assert [f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in RULES] == files


def test_rules_are_known_by_their_codes() -> None:
    assert list(all_rules()) == [rule.code for rule in RULES]


def test_only_what_the_linter_reports_is_about_nothing() -> None:
    assert [rule.code for rule in RULES if rule.fact is None] == ["AAC900", "AAC901", "AAC999"]


def test_what_a_fix_reveals_begins_the_codes_of_rules() -> None:
    revealing = [rule for rule in RULES if rule.reveals]
    assert all(rule.fix for rule in revealing)
    assert [
        (rule.code, prefix)
        for rule in revealing
        for prefix in rule.reveals
        if not any(code.startswith(prefix) for code in all_rules())
    ] == []


@each_rule
def test_a_rule_takes_what_its_fact_finds(rule: Rule) -> None:
    if rule.fact is not None:
        check, stated = rule.load(), rule.fact.function
        (_, item), module = list(check.__annotations__.items())[:2]
        assert f"list[{in_full(item, check)}]" == in_full(stated.__annotations__["return"], stated)
        assert module == ("module", "Module")


@each_rule
def test_the_outcomes_beside_its_fixtures_are_as_safe_as_a_rule_declares(rule: Rule) -> None:
    files = [file.name.removesuffix(file.suffix if file.is_file() else "") for file in (FIXTURES / rule.code).glob("*")]
    assert {safety for end, safety in SAFETY.items() if any(name.endswith(end) for name in files)} == declared(rule)


@each_rule
def test_the_fixes_of_its_fixtures_are_as_safe_as_a_rule_declares(rule: Rule, tmp_path: Path) -> None:
    found: set[str] = set()
    for number, case in enumerate(case for case in cases() if case.code == rule.code):
        root = case.build(tmp_path / str(number))
        settings = settings_of(root)._replace(select=case.selected())
        for file in checked_files(root):
            violations = lint(str(file), file.read_bytes(), settings)
            found |= {each.fix.safety for each in violations if each.fix and each.code == rule.code}
    assert found == declared(rule)
