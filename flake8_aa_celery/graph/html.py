"""The map as one file that a browser shows without a network: to search, to click through, to hand on."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from json import dumps
from string import Template
from typing import TYPE_CHECKING

from flake8_aa_celery.graph import json as plain
from flake8_aa_celery.graph.bands import BANDS
from flake8_aa_celery.graph.elements import KINDS
from flake8_aa_celery.graph.svg import draw

if TYPE_CHECKING:
    from flake8_aa_celery.graph.elements import Graph

#: Where a line of the source is by default: beside the page, where it stands in the project's folder.
LINK = "./{path}#L{line}"


def render(graph: Graph, link: str = LINK) -> str:
    """The page.

    :param link: where a line of the source can be read, with ``{path}`` and ``{line}``.
    """
    data = {
        **plain.as_object(graph),
        "link": link,
        "kinds": KINDS,
        "bands": [{"key": each.key, "title": each.title, "numbers": each.numbers} for each in BANDS],
    }
    # what ends a script or opens a comment in HTML cannot stand in it as it is
    embedded = dumps(data).replace("<", "\\u003c").replace(">", "\\u003e")
    filled = {"TITLE": escape(_title(graph)), "MAP": draw(graph), "DATA": embedded}
    return _Page(files(__package__).joinpath("page.html").read_text("utf-8")).substitute(filled)


class _Page(Template):
    """A template in which scripts can say ``$``."""

    delimiter = "@@"


def _title(graph: Graph) -> str:
    """The packages whose tasks it shows."""
    packages = list(dict.fromkeys(task.module.partition(".")[0] for task in graph.tasks))
    return ", ".join(packages[:3]) + (" …" if len(packages) > 3 else "") or "No tasks"
