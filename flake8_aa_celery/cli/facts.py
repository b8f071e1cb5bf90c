"""``aa-celery facts``: show what the model knows of a file, which is all that a rule can ask."""

from __future__ import annotations

import sys
from inspect import getdoc
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _items, _settings, _terminal
from flake8_aa_celery.cli._output import MISUSE, Complaints
from flake8_aa_celery.linter import has_to_do_with_celery, parse
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.facts import FACTS
from flake8_aa_celery.places import below
from flake8_aa_celery.source import read, reason
from flake8_aa_celery.wording import printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Container, Iterator
    from typing import Any

    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.pyproject import SettingsTree
    from flake8_aa_celery.settings import Settings

    Line = list[tuple[str, str]]

HELP = "show what is known of a file: its tasks, what it sends, …"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``facts``."""
    parser.usage = "%(prog)s [OPTION …] FILE [FILE …]"
    parser.epilog = "Exits with 0, or with 2 for misuse, a broken setting, and a file that cannot be read or parsed."
    parser.add_argument("paths", nargs="+", metavar="FILE", help="Python files")
    parser.add_argument(
        "--fact", action="append", choices=sorted(FACTS), metavar="NAME", help="this fact alone; can be repeated"
    )
    _terminal.add_output_format(parser)
    _terminal.add_argument(parser)
    _settings.add_arguments(parser)


@_settings.given
def run(arguments: Namespace, tree: SettingsTree) -> int:
    """Show the facts of each file.

    :return: 0, or 2 where a file could not be read or parsed.
    """
    complaints = Complaints()
    workspace, names = Workspace(), arguments.fact or FACTS
    files = [_file(path, workspace, tree.of(path), names, complaints) for path in arguments.paths]
    found = [file for file in files if file]
    if arguments.output_format == "json":
        from json import dumps

        sys.stdout.write(dumps(found, indent=2, ensure_ascii=False) + "\n")
    else:
        _print([line for file in found for line in _lines(file)], arguments.color)
    return MISUSE if complaints.any else 0


def _file(
    path: str, workspace: Workspace, settings: Settings, names: Container[str], complaints: Complaints
) -> dict[str, Any] | None:
    """What is known of a file as plain values; None where it cannot be read or parsed."""
    try:
        data = read(path)
        project = workspace.project_of(path, settings)
        module = project.load(path) or project.module(path, parse(data))
    except OSError as error:
        complaints(path, reason(error))
        return None
    except SyntaxError as error:
        complaints(path, f"line {error.lineno}: {error.msg}" if error.lineno else error.msg)
        return None
    found = {name: [_item(item) for item in FACTS[name].of(module)] for name in FACTS if name in names}
    why = _why_unchecked(path, data, project)
    return {"path": below(path), "module": module.dotted, "unchecked": why, "facts": found}


def _why_unchecked(path: str, data: bytes, project: Project) -> str:
    """Why no rule looks into a file; empty where they do."""
    if not project.places.is_checked(path, project.settings):
        return "it is excluded, test code or a migration"
    is_looked_into = has_to_do_with_celery(path, data, project.settings, project)
    return "" if is_looked_into else "nothing in it has to do with Celery"


def _item(item: Any) -> dict[str, Any]:
    node = _items.node_of(item)
    return {
        "line": node.lineno,
        "column": node.col_offset + 1,
        "source": _items.source_of(item),
        "known": _items.details_of(item),
    }


# -- for people ---------------------------------------------------------------------------------------------------


def _lines(file: dict[str, Any]) -> Iterator[Line]:
    """A file and its facts: those of which there is nothing are named last."""
    yield [(file["path"], "bold")]
    if file["unchecked"]:
        yield [(f"No rule looks into it: {file['unchecked']}.", "yellow")]
    for name, items in file["facts"].items():
        if items:
            yield []
            yield [(name, "bold cyan"), (f"  {_summary(name)}", "dim")]
            for item in items:
                yield from _item_lines(item)
    missing = [name for name, items in file["facts"].items() if not items]
    if missing:
        yield []
        yield [(f"Nothing of: {', '.join(missing)}", "dim")]
    yield []


def _summary(name: str) -> str:
    """The first sentence of what is said of a fact."""
    return (getdoc(FACTS[name].function) or "").partition("\n\n")[0].replace("\n", " ").replace("``", "`")


def _item_lines(item: dict[str, Any]) -> Iterator[Line]:
    yield [(f"{item['line']:5}  ", "dim"), (item["source"], "")]
    known = [f"{name}: {_text(value)}" for name, value in item["known"].items() if value not in (None, [], {}, "")]
    if known:
        yield [("       ", ""), ("; ".join(known), "dim")]


def _text(value: Any) -> str:
    """A plain value on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{name}={_text(each)}" for name, each in value.items())
    return f"[{', '.join(map(_text, value))}]" if isinstance(value, list) else str(value)


def _print(lines: list[Line], color: str) -> None:
    lines = [[(printable(text), style) for text, style in line] for line in lines]
    if not _terminal.is_drawn(color):
        sys.stdout.writelines("".join(text for text, _ in line) + "\n" for line in lines)
        return
    from rich.text import Text

    console = _terminal.console(color)
    for line in lines:
        console.print(Text.assemble(*line), soft_wrap=True)
