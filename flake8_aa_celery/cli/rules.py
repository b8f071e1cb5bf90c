"""``aa-celery rules``: list the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules import all_rules

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP = "list all rules"


def add_arguments(parser: ArgumentParser) -> None:
    """``rules`` has no options."""


def run(arguments: Namespace) -> int:
    """Print a line for each rule: code, name, whether it is on by default, how safe its fix is, profiles."""
    rules = all_rules().values()
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        on = "on " if rule.default else "off"
        fix = f"fix: {rule.fix or 'none'}"
        print(f"{rule.code} {rule.name:{width}} {on} {fix:19} {', '.join(rule.profiles)}")
    return 0
