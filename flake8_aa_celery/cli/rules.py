"""``aa-celery rules``: list the rules."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _rules, _terminal
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import PROFILES

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from flake8_aa_celery.rules import Rule

HELP = "list all rules"

_COLOURS = {"error": "red", "warning": "yellow", "convention": "cyan"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``rules``."""
    parser.add_argument("--profile", choices=PROFILES, help="only those that are on by default in this profile")
    _terminal.add_output_format(parser)
    _terminal.add_argument(parser)


def run(arguments: Namespace) -> int:
    """Show a line for each rule: code, name, whether it is on by default, severity, how safe its fix is, profiles."""
    rules = [rule for rule in all_rules().values() if not arguments.profile or _is_on(rule, arguments.profile)]
    if arguments.output_format == "json":
        sys.stdout.write(_rules.as_json([_rules.as_object(rule) for rule in rules]))
    elif _terminal.is_drawn(arguments.color):
        _draw(rules, arguments.color)
    else:
        sys.stdout.writelines(_lines(rules))
    return 0


def _is_on(rule: Rule, profile: str) -> bool:
    return rule.default and profile in rule.profiles


def _lines(rules: Sequence[Rule]) -> list[str]:
    width = max(len(rule.name) for rule in rules)
    return [
        f"{rule.code} {rule.name:{width}} {'on ' if rule.default else 'off'} {rule.severity:10} "
        f"fix: {rule.fix or 'none':14} {', '.join(rule.profiles)}\n"
        for rule in rules
    ]


def _draw(rules: Sequence[Rule], color: str) -> None:
    """A table with the summaries, and a line between families."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Code", no_wrap=True)
    for heading in ("Name", "Severity", *PROFILES, "Fix", "What it finds"):
        table.add_column(heading, overflow="fold")
    for rule, following in zip(rules, [*rules[1:], None], strict=True):
        on = [Text("on", "green") if _is_on(rule, profile) else Text("off", "dim") for profile in PROFILES]
        fix = Text(rule.fix, "cyan") if rule.fix else Text("none", "dim")
        ends_family = following is None or following.code[:4] != rule.code[:4]
        summary = rule.documentation.partition("\n")[0]
        table.add_row(
            Text(rule.code, "bold"),
            rule.name,
            Text(rule.severity, _COLOURS[rule.severity]),
            *on,
            fix,
            summary,
            end_section=ends_family,
        )
    _terminal.console(color).print(table)
