"""Apply what rewrites ask for to a tree, in one transformation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import libcst as cst

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.fixes._flakes import flakes
from flake8_aa_celery.fixes._imports import add_import, remove_unused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flake8_aa_celery.fixes import Change, New
    from flake8_aa_celery.fixes._tree import Tree

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


def apply(tree: Tree, changes: Sequence[Change]) -> str:
    """The text of the file after changes none of which overlaps another."""
    replaced = {old: new for change in changes for old, new in change.nodes.items()}
    module = _replaced(tree, replaced)
    for wanted in _each_once(change.imports for change in changes):
        module = add_import(module, wanted, tree.path)
    return _without_unused(module, tree)


def _without_unused(module: cst.Module, tree: Tree) -> str:
    """The text of the module without the imports that nothing uses any more."""
    text = module.code
    try:
        unused = [flake.unused for flake in flakes(text) - flakes(tree.text) if flake.unused]
    except SyntaxError as error:
        raise Refused("the result would not be valid Python") from error
    fewer = module
    for name in unused:
        fewer = remove_unused(fewer, name)
    if fewer is module:
        return text
    return _without_unused(fewer, tree)


def overlap(tree: Tree, one: Change, other: Change) -> bool:
    """Whether two changes want the same place."""
    spans = [tree.whole_span(node) for node in one.nodes]
    others = [tree.whole_span(node) for node in other.nodes]
    return any(start < other_end and other_start < end for start, end in spans for other_start, other_end in others)


def _each_once(groups: Iterable[Sequence[Any]]) -> list[Any]:
    return list(dict.fromkeys(item for group in groups for item in group))


def _replaced(tree: Tree, replaced: Mapping[cst.CSTNode, New]) -> cst.Module:
    """The module with nodes replaced; only the statements in which they lie are looked through."""
    spans = [tree.whole_span(node) for node in replaced]
    transformer = _Replace(replaced)
    body: list[Statement] = []
    for statement in tree.module.body:
        start, end = tree.whole_span(statement)
        if any(start <= span[0] and span[1] <= end for span in spans):
            body += _flat(statement.visit(transformer))
        else:
            body.append(statement)
    return tree.module.with_changes(body=body)


def _flat(new: Any) -> Sequence[Statement]:
    if isinstance(new, cst.FlattenSentinel):
        return cast("Sequence[Statement]", list(new.nodes))
    return () if new is cst.RemovalSentinel.REMOVE else (new,)


class _Replace(cst.CSTTransformer):
    """Puts new nodes into the places of old ones, and looks into these only where the new one is made of them."""

    def __init__(self, replaced: Mapping[cst.CSTNode, New]) -> None:
        super().__init__()
        self._replaced = replaced

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node not in self._replaced or callable(self._replaced[node])

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Any:
        new = self._replaced.get(original_node, updated_node)
        return new(updated_node) if callable(new) else new
