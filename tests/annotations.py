"""What annotations mean: each class by its dotted name, even if it is imported for type checkers alone."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def in_full(annotation: str, owner: Callable[..., Any]) -> str:
    """An annotation of a function or class with the dotted names of all that is imported or defined in its file."""
    module = sys.modules[owner.__module__]
    assert module.__file__ is not None
    return _replaced(annotation, _meanings(Path(module.__file__).read_text("utf-8"), owner.__module__))


def _meanings(source: str, module: str) -> dict[str, str]:
    """What each name means that a file imports, or defines as a class at its top level."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return imported | {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.ClassDef)}


def _replaced(annotation: str, meanings: dict[str, str]) -> str:
    tree = ast.parse(annotation, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = meanings.get(node.id, node.id)
    return ast.unparse(tree)
