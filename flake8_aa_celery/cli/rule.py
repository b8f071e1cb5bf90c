"""``aa-celery rule``: show the page of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.cli import complain
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import nearest

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP = "show what a rule is about"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``rule``."""
    parser.add_argument("rules", nargs="+", metavar="CODE", help="its code or its name")


def run(arguments: Namespace) -> int:
    """Print the pages one after the other; nothing, where one of the rules does not exist."""
    rules = all_rules()
    by_word = rules | {rule.name: rule for rule in rules.values()}
    for word in arguments.rules:
        if _key(word) not in by_word:
            return complain(f"there is no rule {word!r}{nearest(_key(word), by_word)}")
    for word in arguments.rules:
        rule = by_word[_key(word)]
        print(f"# {rule.code} {rule.name}\n")
        print(f"{'On' if rule.default else 'Off'} by default. Profiles: {', '.join(rule.profiles)}.", end="")
        print(f" Fix: {rule.fix or 'none'}.\n\n{rule.documentation}")
    return 0


def _key(word: str) -> str:
    return word.upper() if word[:1].isalpha() and word[-1:].isdigit() else word.lower()
