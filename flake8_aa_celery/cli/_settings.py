"""The settings of a run, from ``pyproject.toml`` and from the command line."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING

from flake8_aa_celery.pyproject import parse_toml, read_file, read_pyproject
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import OPTIONS, Settings, merge, parse_text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup
    from collections.abc import Callable
    from typing import Any

    from flake8_aa_celery.settings import Option

_COMMAND_LINE = "command line"


def add_arguments(parser: ArgumentParser) -> None:
    """Add an option for each setting, and those that say where settings are read."""
    group = parser.add_argument_group("settings", "they win over [tool.flake8-aa-celery] of pyproject.toml")
    group.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="FILE_OR_KEY=VALUE",
        help="a TOML file instead of pyproject.toml, or one setting; can be repeated",
    )
    group.add_argument("--isolated", action="store_true", help="do not look for a pyproject.toml")
    group.add_argument("--show-settings", action="store_true", help="print the settings of this run and stop")
    for option in OPTIONS:
        _add_option(group, option)


def _add_option(group: _ArgumentGroup, option: Option) -> None:
    if option.kind != "flag":
        text = f"{option.help}: {option.allowed}"
        group.add_argument(f"--{option.name}", metavar=option.kind.upper().replace(" ", "_"), help=text)
        return
    for prefix, const, text in (("--", "true", option.help), ("--no-", "false", "do not")):
        group.add_argument(prefix + option.name, action="store_const", const=const, help=text, dest=option.field)


def given(run: Callable[[Namespace, Settings], int]) -> Callable[[Namespace], int]:
    """Make the ``run`` of a subcommand of one that is given its settings, and shows them where that is asked for."""

    @wraps(run)
    def run_or_show(arguments: Namespace) -> int:
        settings = from_arguments(arguments)
        if not arguments.show_settings:
            return run(arguments, settings)
        sys.stdout.write(as_toml(settings))
        return 0

    return run_or_show


def from_arguments(arguments: Namespace) -> Settings:
    """The settings of this run.

    :raises SettingsError: for what is unknown or not allowed, wherever it stands.
    """
    files: list[str] = []
    pairs: list[str] = []
    for given in arguments.config:
        (pairs if "=" in given and not os.path.exists(given) else files).append(given)
    settings = Settings()
    for path in files:
        settings = read_file(settings, path, all_rules)
    if not files and not arguments.isolated:
        settings = read_pyproject(settings, ".", all_rules)
    for pair in pairs:
        settings = merge(settings, _parse_pair(pair), f"{_COMMAND_LINE}: --config", ".", all_rules)
    given = {
        option.name: parse_text(option, getattr(arguments, option.field))
        for option in OPTIONS
        if getattr(arguments, option.field) is not None
    }
    return merge(settings, given, _COMMAND_LINE, ".", all_rules)


def _parse_pair(pair: str) -> dict[str, Any]:
    """``key=value``, with a value as TOML has it or, where that is none, as an option would have it."""
    name, _, text = (part.strip() for part in pair.partition("="))
    with suppress(ValueError):
        (value,) = parse_toml(f"value = {text}").values()
        return {name: value}
    option = next((option for option in OPTIONS if option.name == name), None)
    return {name: parse_text(option, text) if option else text}


def as_toml(settings: Settings) -> str:
    """The settings as they could stand in ``pyproject.toml``."""
    return "".join(f"{option.name} = {_toml(getattr(settings, option.field))}\n" for option in OPTIONS)


def _toml(value: object) -> str:
    from json import dumps

    if value and isinstance(value, tuple) and isinstance(value[0], tuple):
        return "{ " + ", ".join(f"{dumps(pattern)} = {_toml(codes)}" for pattern, codes in value) + " }"
    return dumps(value)
