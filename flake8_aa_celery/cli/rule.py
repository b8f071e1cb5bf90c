"""``aa-celery rule``: show the page of a rule."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _rules, _terminal
from flake8_aa_celery.cli._output import CommandError
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.wording import nearest

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from flake8_aa_celery.rules import Rule

HELP = "show what a rule is about"

#: Lines that are longer than this are hard to read.
_WIDTH = 100


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``rule``."""
    parser.usage = "%(prog)s [OPTION …] [CODE …]"
    parser.add_argument("rules", nargs="*", metavar="CODE", help="its code or its name")
    parser.add_argument("--all", action="store_true", help="all rules")
    _terminal.add_output_format(parser)
    _terminal.add_argument(parser)


def run(arguments: Namespace) -> int:
    """Show the pages one after the other; nothing, where one of the rules does not exist."""
    if bool(arguments.rules) == arguments.all:
        raise CommandError("name the rules by their codes or names, or all of them by --all")
    rules = list(all_rules().values()) if arguments.all else [_named(word) for word in arguments.rules]
    if arguments.output_format == "json":
        objects = [_rules.as_object(rule) for rule in rules]
        sys.stdout.write(_rules.as_json(objects if arguments.all or len(objects) > 1 else objects[0]))
        return 0
    text = "\n".join(map(_page, rules))
    if _terminal.is_drawn(arguments.color):
        _draw(text, arguments.color)
    else:
        sys.stdout.write(text)
    return 0


def _named(word: str) -> Rule:
    """The rule of a code or a name.

    :raises CommandError: where there is none.
    """
    rules = all_rules()
    by_word = rules | {rule.name: rule for rule in rules.values()}
    if _key(word) not in by_word:
        raise CommandError(f"there is no rule {word!r}{nearest(_key(word), by_word)}")
    return by_word[_key(word)]


def _page(rule: Rule) -> str:
    """A rule's page in Markdown."""
    on = "On" if rule.default else "Off"
    standing = (
        f"Severity: {rule.severity}. {on} by default. Profiles: {', '.join(rule.profiles)}. Fix: {rule.fix or 'none'}."
    )
    return f"# {rule.code} {rule.name}\n\n{standing}\n\n{rule.documentation}\n"


def _draw(text: str, color: str) -> None:
    from rich.markdown import Markdown

    console = _terminal.console(color)
    console.print(Markdown(text, code_theme="ansi_dark"), width=min(console.width, _WIDTH))


def _key(word: str) -> str:
    return word.upper() if word[:1].isalpha() and word[-1:].isdigit() else word.lower()
