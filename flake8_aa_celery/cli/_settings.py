"""The settings of a run, from ``pyproject.toml`` and from the command line."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING

from flake8_aa_celery.cli._output import complain
from flake8_aa_celery.profiles import Profiles
from flake8_aa_celery.pyproject import Layer, SettingsTree, layers_of, parse_toml
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import OPTIONS, parse_text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _ArgumentGroup
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from flake8_aa_celery.pyproject import FindProfile, Resolved
    from flake8_aa_celery.settings import Option

#: What standard input is called where nobody says where it would be.
STDIN = "stdin"
_COMMAND_LINE = "command line"
#: What is a list can be given several times.
_LISTS = ("codes", "codes by file", "patterns", "names", "decorators")


def add_arguments(parser: ArgumentParser) -> None:
    """Add an option for each setting, and those that say where settings are read."""
    group = parser.add_argument_group(
        "settings",
        "They win over [tool.flake8-aa-celery] of pyproject.toml. A list that is given twice adds up.",
    )
    group.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="FILE_OR_KEY=VALUE",
        help="a TOML file instead of pyproject.toml, or one setting; can be repeated",
    )
    group.add_argument("--isolated", action="store_true", help="do not look for a pyproject.toml")
    group.add_argument(
        "--show-settings",
        action="store_true",
        help="print the settings of the first path, with the place that each comes from, and stop",
    )
    for option in OPTIONS:
        _add_option(group, option)


def _add_option(group: _ArgumentGroup, option: Option) -> None:
    if option.kind == "flag":
        for prefix, const, text in (("--", "true", option.help), ("--no-", "false", "do not")):
            group.add_argument(prefix + option.name, action="store_const", const=const, help=text, dest=option.field)
        return
    if option.kind in ("path", "environment"):
        group.add_argument(f"--no-{option.name}", action="store_const", const="false", help="none", dest=option.field)
    text = f"{option.help}: {_allowed(option)}"
    action = "append" if option.kind in _LISTS else "store"
    group.add_argument(f"--{option.name}", action=action, metavar=option.kind.upper().replace(" ", "_"), help=text)


def _allowed(option: Option) -> str:
    """What a value may be, as it is written on a command line."""
    if option.kind == "codes":
        return "codes, their beginnings, or names, such as AAC205,AAC2, or ALL"
    if option.kind == "path":
        return "its path"
    if option.kind == "environment":
        return "its path, or auto"
    if option.kind == "decorators":
        return "dotted names, such as shop.tasks.job, or shop.tasks.job:bind for one that hands the task over first"
    if option.kind == "codes by file":
        return "pairs of a file pattern and a code, such as tests/*:AAC1"
    return option.allowed


def given(run: Callable[[Namespace, SettingsTree], int]) -> Callable[[Namespace], int]:
    """Make the ``run`` of a subcommand of one that is given its settings, and shows them where that is asked for."""

    @wraps(run)
    def run_or_show(arguments: Namespace) -> int:
        tree = from_arguments(arguments)
        if not arguments.show_settings:
            return run(arguments, tree)
        sys.stdout.write(as_toml(tree.resolved(first_folder(arguments))))
        return 0

    return run_or_show


def first_folder(arguments: Namespace) -> str:
    """The folder of the first path."""
    path: str = arguments.paths[0]
    if path == "-":
        path = getattr(arguments, "stdin_filename", "")
    return path if os.path.isdir(path) else os.path.dirname(path)


def any_baseline(arguments: Namespace, tree: SettingsTree) -> bool:
    """Whether there is a baseline: of the first path, or of a folder that was asked about."""
    first = tree.of_folder(first_folder(arguments))
    return bool(first.baseline) or any(settings.baseline for settings in tree.known())


def from_arguments(arguments: Namespace) -> SettingsTree:
    """The settings of this run.

    :raises SettingsError: for what is unknown or not allowed on the command line or in a file that it names.
    """
    files: list[str] = []
    pairs: list[str] = []
    for given in arguments.config:
        (pairs if "=" in given and not os.path.exists(given) else files).append(given)
    warn = _Warnings()
    over = [*map(_of_pair, pairs), Layer(_COMMAND_LINE, ".", dict(_options(arguments)))]
    if not files and not arguments.isolated:
        SettingsTree(all_rules, over, ())  # a mistake on the command line is told first
        return SettingsTree(all_rules, over, warn=warn, profile_of=_profile_of(arguments))
    instead = [layer for path in files for layer in layers_of(path, warn)]
    return SettingsTree(all_rules, over, instead, warn, profile_of=_profile_of(arguments))


def _profile_of(arguments: Namespace) -> FindProfile | None:
    """What finds the profile of a folder; None for a snippet, which belongs to no project."""
    is_snippet = "-" in getattr(arguments, "paths", ()) and arguments.stdin_filename == STDIN
    return None if is_snippet else Profiles().of


class _Warnings:
    """Says on standard error what is odd, once."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            complain(text)


def _options(arguments: Namespace) -> Iterator[tuple[str, Any]]:
    """The settings that are options, by their names."""
    for option in OPTIONS:
        value = getattr(arguments, option.field)
        if value is None:
            continue
        yield option.name, parse_text(option, ",".join(value) if isinstance(value, list) else value)


def _of_pair(pair: str) -> Layer:
    """``key=value``, with a value as TOML has it or, where that is none, as an option would have it."""
    name, _, text = (part.strip() for part in pair.partition("="))
    origin = f"{_COMMAND_LINE}: --config"
    with suppress(ValueError):
        (value,) = parse_toml(f"value = {text}").values()
        return Layer(origin, ".", {name: value})
    option = next((option for option in OPTIONS if option.name == name), None)
    return Layer(origin, ".", {name: parse_text(option, text) if option else text})


def as_toml(resolved: Resolved) -> str:
    """The settings as they could stand in ``pyproject.toml``, each with the place that it comes from."""
    return "".join(f"{line}\n" for line in _lines(resolved, OPTIONS))


def origins(tree: SettingsTree, folders: Iterable[str]) -> list[str]:
    """The settings of some folders that are not the defaults, each with the place that it comes from."""
    found: dict[str, None] = {}
    for folder in folders:
        resolved = tree.resolved(folder)
        found.update(dict.fromkeys(_lines(resolved, [each for each in OPTIONS if each.name in resolved.origins])))
    return list(found)


def _lines(resolved: Resolved, options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        places = resolved.origins.get(option.name)
        comment = f"  # {', '.join(places)}" if places else ""
        value = getattr(resolved.settings, option.field)
        nothing = {"path": False, "environment": False, "codes by file": {}}.get(option.kind, value)
        yield f"{option.name} = {_toml(value or nothing)}{comment}"


def _toml(value: object) -> str:
    from json import dumps

    if value and isinstance(value, tuple) and isinstance(value[0], tuple) and isinstance(value[0][1], bool):
        return f"[{', '.join(_decorator(name, bind) for name, bind in value)}]"
    if value and isinstance(value, tuple) and isinstance(value[0], tuple):
        return "{ " + ", ".join(f"{dumps(pattern)} = {_toml(codes)}" for pattern, codes in value) + " }"
    return dumps(value)


def _decorator(name: str, bind: bool) -> str:
    return f"{{ name = {_toml(name)}, bind = true }}" if bind else _toml(name)
