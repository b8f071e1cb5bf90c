"""The map of a project's tasks: what starts each of them, and what they start.

:mod:`~flake8_aa_celery.graph.build` makes a :class:`~flake8_aa_celery.graph.elements.Graph` of what the model knows;
each of the other modules that has a function ``render`` draws one. Nothing of this is imported by the linter.
"""

from __future__ import annotations

from importlib import import_module
from os.path import splitext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_aa_celery.graph.elements import Graph

FORMATS = ("text", "mermaid", "dot", "json", "html")
_ENDINGS = {
    ".dot": "dot",
    ".gv": "dot",
    ".htm": "html",
    ".html": "html",
    ".json": "json",
    ".mermaid": "mermaid",
    ".mmd": "mermaid",
}


def format_of(file: str) -> str:
    """The one of :data:`FORMATS` that a file holds, by its ending: text where that says nothing."""
    return _ENDINGS.get(splitext(file)[1].lower(), "text")


def renderer(name: str) -> Callable[[Graph], str]:
    """The function that draws a graph in one of :data:`FORMATS`; its module is imported only now."""
    render: Callable[[Graph], str] = import_module(f"{__name__}.{name}").render
    return render
