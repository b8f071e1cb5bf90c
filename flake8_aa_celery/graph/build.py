"""The facts of a whole project, put together to a map."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from flake8_aa_celery import model
from flake8_aa_celery.documents import code_blocks, is_document
from flake8_aa_celery.graph import callers, schedules, starts, workflows
from flake8_aa_celery.graph.facts import Graph
from flake8_aa_celery.graph.nodes import Nodes, shown
from flake8_aa_celery.graph.reach import part_of
from flake8_aa_celery.linter import parse
from flake8_aa_celery.model.project import Project
from flake8_aa_celery.places import is_checked
from flake8_aa_celery.source import find, lines_of, read, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flake8_aa_celery.graph.facts import Edge
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.source import Failed


def build(paths: Sequence[str], settings: Settings, failed: Failed) -> Graph:
    """The map of the tasks below some paths, and of all in their projects that starts them or is started by them.

    Test code and migrations are left out unless ``check-tests`` is set.

    :param failed: is told of each file that cannot be read or parsed, and why; the others are on the map.
    """
    named = find(paths, settings, failed)
    data = _files(paths, named, settings, failed)
    modules = [module for path in data for module in _modules(path, data[path], settings, failed)]
    return part_of(_whole(modules, data, settings), {shown(path) for path in named})


def _whole(modules: Sequence[Module], data: Mapping[str, bytes], settings: Settings) -> Graph:
    nodes = Nodes(modules, data, settings)
    flows = [workflow for module in modules for workflow in workflows.of(module, nodes)]
    edges = {edge for module in modules for edge in starts.edges(module, nodes)}
    edges |= set(schedules.edges(modules, nodes))
    edges |= set(callers.edges(modules, data, nodes))
    drawn = nodes.all()
    order = {node.id: number for number, node in enumerate(drawn)}

    def key(edge: Edge) -> tuple[int, int, str, int, str, str]:
        sent = edge.priority.text if edge.priority else ""
        return order[edge.source], order[edge.target], edge.path, edge.line, edge.method, sent

    return Graph(tuple(drawn), tuple(sorted(edges, key=key)), tuple(flows))


def _files(paths: Sequence[str], named: Sequence[str], settings: Settings, failed: Failed) -> dict[str, bytes]:
    """The files that are named, and all other modules of their projects, by their absolute paths; sorted."""
    found: dict[str, bytes] = {}
    there = [_inside(path) for path in paths if os.path.exists(path)]
    for project in {id(project): project for project in (Project.of(path, settings) for path in there)}.values():
        found.update((os.path.abspath(path), data) for path, data in project.files())
    for path in named:
        absolute = os.path.abspath(path)
        if absolute in found or not is_checked(path, settings):
            continue
        try:
            found[absolute] = read(path)
        except OSError as error:
            failed(path, reason(error))
    return dict(sorted(found.items()))


def _inside(path: str) -> str:
    """A path that lies in the project which a file or a folder belongs to."""
    return os.path.join(path, "x.py") if os.path.isdir(path) else path


def _modules(path: str, data: bytes, settings: Settings, failed: Failed) -> Iterator[Module]:
    """The facts of a file that has to do with Celery: one module, or of a document one for each code block."""
    if not model.relevant(data, settings.tasks_modules):
        return
    project = Project.of(path, settings)
    if is_document(path):
        yield from _blocks(path, data, project)
        return
    module = project.load(path)
    if module is None:
        try:
            module = project.module(path, parse(data))
        except SyntaxError as error:
            failed(shown(path), error.msg or "it cannot be parsed")
            return
    yield module


def _blocks(path: str, data: bytes, project: Project) -> Iterator[Module]:
    """The code blocks of a document that are whole Python: excerpts of settings, with schedules maybe."""
    for block in code_blocks(path, lines_of(data)):
        code = block.code.encode(errors="surrogatepass")
        if not model.relevant(code):
            continue
        try:
            tree = parse(code)
        except SyntaxError:
            continue  # an excerpt
        ast.increment_lineno(tree, block.line - 1)
        yield project.document(path, tree)
