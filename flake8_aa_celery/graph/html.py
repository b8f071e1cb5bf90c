"""The map as one file that a browser shows without a network: to search, to click through, to hand on."""

from __future__ import annotations

import os
from html import escape
from importlib.resources import files
from json import dumps
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import quote

from flake8_aa_celery.graph import json as plain
from flake8_aa_celery.graph.bands import BANDS
from flake8_aa_celery.graph.elements import KINDS
from flake8_aa_celery.graph.svg import draw
from flake8_aa_celery.rules import all_rules

if TYPE_CHECKING:
    from flake8_aa_celery.graph.elements import Graph


def link_from(page: str) -> str:
    """Where a page finds a line of the source beside it, with ``{path}`` and ``{line}``.

    :param page: the file that the page is written to; empty for one in the current folder.
    """
    try:
        way = os.path.relpath(".", os.path.dirname(page) or ".").replace(os.sep, "/")
    except ValueError:  # another drive, to which no relative way leads
        way = Path.cwd().as_uri()
    return f"{way if '://' in way else quote(way)}/{{path}}#L{{line}}"


def render(graph: Graph, link: str = "./{path}#L{line}") -> str:
    """The page.

    :param link: where a line of the source can be read, with ``{path}`` and ``{line}``.
    """
    data = {
        **plain.as_object(graph),
        "link": link,
        "kinds": KINDS,
        "rules": _rules(graph),
        "bands": [{"key": each.key, "title": each.title, "numbers": each.numbers} for each in BANDS],
    }
    # what ends a script or opens a comment in HTML cannot stand in it as it is
    embedded = dumps(data).replace("<", "\\u003c").replace(">", "\\u003e")
    # nothing is loaded from the addresses that the pages of rules name; so nobody who searches for such finds one
    embedded = embedded.replace("://", "\\u003a\\u002f\\u002f")
    filled = {"TITLE": escape(_title(graph)), "MAP": draw(graph), "DATA": embedded}
    return _Page(files(__package__).joinpath("page.html").read_text("utf-8")).substitute(filled)


def _rules(graph: Graph) -> dict[str, dict[str, str]]:
    """The pages of the rules that the map shows violations of, by their codes."""
    rules = all_rules()
    codes = sorted({found.code for node in graph.nodes for found in node.violations} & rules.keys())
    return {code: {"name": rules[code].name, "text": rules[code].documentation} for code in codes}


class _Page(Template):
    """A template in which scripts can say ``$``."""

    delimiter = "@@"


def _title(graph: Graph) -> str:
    """The packages whose tasks it shows."""
    packages = list(dict.fromkeys(task.module.partition(".")[0] for task in graph.tasks))
    return ", ".join(packages[:3]) + (" …" if len(packages) > 3 else "") or "No tasks"
