"""Which modules a project may import by texts that are made while it runs: ``import_module(f"{app}.jobs")``.

A text that is written out somewhere is found where it is written. Here are those that are put together.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import files, modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import reaching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import CallSite, Site

_IMPORTING = frozenset({"import_module", "__import__", "autodiscover_modules"})
_IMPORTS_BY_TEXT = re.compile(rb"\b(?:import_module|__import__|autodiscover_modules)\s*\(")
#: What finds modules by looking into folders.
_WALKING = (b"walk_packages", b"iter_modules", b"find_modules", b"spec_from_file_location")
_LOOKING = frozenset({"glob", "iterdir", "listdir", "rglob", "scandir", "walk"})
_PLACEHOLDER = re.compile(r"%s|%\(\w+\)s|\{[^{}]*\}")
_OWN_PACKAGE = ("__package__", "__name__")


class Text(NamedTuple):
    """What is known of a text that is made while the code runs: how it begins and ends."""

    start: str
    end: str


@fact
def _texts_of(project: Project) -> tuple[Text, ...] | None:
    """What is known of the texts by which a project imports modules; None where it may be any at all."""
    if any(True for _ in files(project, lambda data: any(word in data for word in _WALKING))):
        return None
    found: list[Text] = []
    for module in modules_with(project, _imports_by_text):
        for text in _texts_in(module):
            if not (text.start or text.end):
                return None
            found.append(text)
    return tuple(found)


def _imports_by_text(data: bytes) -> bool:
    return any(name.encode() in data for name in _IMPORTING) and _IMPORTS_BY_TEXT.search(data) is not None


def may_be_imported_by_text(dotted: str, project: Project) -> bool:
    """Whether a project may import a module by a text that is put together while it runs."""
    texts = _texts_of(project)
    return texts is None or any(f".{dotted}".endswith(text.end) and dotted.startswith(text.start) for text in texts)


def _texts_in(module: Module) -> Iterator[Text]:
    for call in module.calls_of(_IMPORTING):
        if call.name == "autodiscover_modules":
            yield from (
                Text("", f".{node.value}")
                for node in call.node.args
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            )
        elif call.node.args:
            texts = [_absolute(text, call) for text in _made(call.node.args[0], call.site)]
            looked_for = not texts and not isinstance(call.node.args[0], ast.Constant)
            yield from [Text("", "")] if looked_for and any(module.calls_of(_LOOKING)) else texts


def _absolute(text: Text, call: CallSite) -> Text:
    """A text that begins with a dot belongs to the package of the file, or to one that nobody knows."""
    if not text.start.startswith("."):
        return text
    second = call.node.args[1] if len(call.node.args) > 1 else None
    own = isinstance(second, ast.Name) and second.id in _OWN_PACKAGE
    package = call.site.module.dotted.rpartition(".")[0]
    return Text(package, text.end) if own else Text("", text.end)


def _made(node: ast.expr, site: Site, steps: int = 0) -> Iterator[Text]:
    """What is known of the texts that an expression may be which is no text that is written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from [Text(node.value, node.value)] if node.value.startswith(".") else []
    elif isinstance(node, ast.Name) and steps < 3:
        for binding in reaching(node.id, site):
            if binding.kind == "assign" and binding.value is not None:
                yield from _made(binding.value, binding.site, steps + 1)
    elif isinstance(node, ast.JoinedStr):
        yield Text(_constant(node.values[0]), _constant(node.values[-1])) if node.values else Text("", "")
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield Text(_constant(_first(node)), _constant(node.right))
    elif isinstance(node, ast.BinOp):
        yield _filled(_constant(node.left))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format":
            yield _filled(_constant(node.func.value))
        elif node.func.attr == "join":
            yield Text("", "")


def _first(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.BinOp):
        node = node.left
    return node


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _filled(text: str) -> Text:
    """``"app.%s.jobs"`` and ``"app.{}.jobs"`` begin with ``app.`` and end with ``.jobs``."""
    parts = _PLACEHOLDER.split(text)
    return Text(parts[0], parts[-1])
