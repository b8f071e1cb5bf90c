"""``aa-celery graph``: show what starts which task."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

from flake8_aa_celery.cli import _report, _settings, _terminal
from flake8_aa_celery.cli._output import MISUSE, Complaints

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from flake8_aa_celery.graph.elements import Graph
    from flake8_aa_celery.pyproject import SettingsTree

HELP = "show the tasks of a project, what starts them and what they start"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of ``graph``."""
    from flake8_aa_celery.graph import FORMATS

    parser.usage = "%(prog)s [OPTION …] [PATH …]"
    parser.epilog = (
        "Nothing of the project is imported or run. Exits with 0, or with 2 for misuse, a broken setting, and where a "
        "file cannot be read or parsed; the others are on the map all the same."
    )
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="files and folders; this folder if none"
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "--output-format", "--format", choices=FORMATS, help="as the ending of the file says, or text, if not given"
    )
    output.add_argument("--output-file", "--output", metavar="FILE", help="write the map there")
    output.add_argument(
        "--link",
        metavar="TEMPLATE",
        help="where html leads for a line of the source, with {path} and {line}; to the file itself if none",
    )
    _terminal.add_argument(parser)
    _settings.add_arguments(parser)


@_settings.given
def run(arguments: Namespace, tree: SettingsTree) -> int:
    """Draw the map, by the settings of the first path: a map is of one project.

    :return: 0, or 2 where something could not be read, parsed or written.
    """
    from flake8_aa_celery.graph.build import build

    complaints = Complaints()
    graph = build(arguments.paths, tree.of_folder(_settings.first_folder(arguments)), complaints)
    written = _write(graph, arguments)
    return MISUSE if complaints.any or not written else 0


def _write(graph: Graph, arguments: Namespace) -> bool:
    """Write the map where it is wanted; False where that cannot be done."""
    from flake8_aa_celery.graph import format_of, renderer

    file = arguments.output_file
    name = arguments.output_format or format_of(file or "")
    if name == "text" and not file and _terminal.is_drawn(arguments.color):
        from flake8_aa_celery.graph.text import draw

        draw(graph, _terminal.console(arguments.color))
        return True
    text = _html(graph, arguments) if name == "html" else renderer(name)(graph)
    if file:
        return _report.write_file(file, text)
    if name != "text" and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # as a file has it
    sys.stdout.write(text)
    return True


def _html(graph: Graph, arguments: Namespace) -> str:
    from flake8_aa_celery.graph import html

    return html.render(graph, arguments.link or html.link_from(arguments.output_file or ""))
