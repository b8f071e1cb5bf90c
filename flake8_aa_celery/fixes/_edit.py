"""Which of the changes that rewrites ask for go together, and what they make of a tree, in one transformation."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.fixes._flakes import flakes
from flake8_aa_celery.fixes._imports import add_import, bound_by, is_kept, keep_unused, remove_unused
from flake8_aa_celery.fixes._names import bound, imported
from flake8_aa_celery.model.code.imports import is_imported_by_others

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flake8_aa_celery.fixes import Change, New
    from flake8_aa_celery.fixes._tree import Point, Tree


def apply(tree: Tree, changes: Sequence[Change]) -> str:
    """The text of the file after changes none of which overlaps another.

    :raises Refused: where pyflakes would object to something new.
    """
    replaced = {old: new for change in changes for old, new in change.nodes.items()}
    module = tree.module.visit(_Replace(tree, replaced))
    for wanted in _each_once(change.imports for change in changes):
        module = add_import(module, wanted, tree.path)
    if _may_raise_flakes(tree, changes):
        module = _without_unused(module, tree, {name for change in changes for name in change.kept})
    return tree.whole(module)


class Places:
    """The places in a file that changes want, each of which one change alone can have."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._taken: list[tuple[Point, Point]] = []

    def take(self, change: Change) -> bool:
        """Take the places of a change; False where one of them is taken in whole or in part."""
        spans = [self._tree.whole_span(node) for node in change.nodes]
        if any(self._is_taken(*span) for span in spans):
            return False
        for span in sorted(spans):
            if not self._is_taken(*span):  # by an outer node of the same change
                insort(self._taken, span)
        return True

    def _is_taken(self, start: Point, end: Point) -> bool:
        index = bisect_left(self._taken, (start, start))
        near = self._taken[max(index - 1, 0) : index + 1]
        return any(start < other_end and other_start < end for other_start, other_end in near)


def _may_raise_flakes(tree: Tree, changes: Sequence[Change]) -> bool:
    """Whether an import may be unused now, or a name unbound: a cheap question before an expensive one."""
    imports, known = imported(tree.scopes), bound(tree.scopes)
    for change in changes:
        new_nodes = [new for new in change.nodes.values() if isinstance(new, cst.CSTNode)]
        if change.imports or len(new_nodes) < len(change.nodes):
            return True
        before, after = (_words(tree, nodes) for nodes in (change.nodes, new_nodes))
        if (before - after) & imports or not after - before <= known:
            return True
    return False


def _words(tree: Tree, nodes: Iterable[cst.CSTNode]) -> set[str]:
    """The names in nodes, those of attributes and keyword arguments left out."""
    return {name.value for node in nodes for name in _names(node)}


def _names(node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name):
        yield node
    elif isinstance(node, (cst.Attribute, cst.Arg)):
        yield from _names(node.value)
    else:
        for child in node.children:
            yield from _names(child)


def _without_unused(module: cst.Module, tree: Tree, kept: set[str]) -> cst.Module:
    """The module without the imports that nothing uses any more; those of which a name is to be kept say why."""
    try:
        new = flakes(tree.whole(module)) - flakes(tree.text)
    except SyntaxError as error:
        raise Refused("the result would not be valid Python") from error
    fewer = module
    for flake in new:
        name = bound_by(fewer, flake.unused) if flake.unused else ""
        if name and (name in kept or is_imported_by_others(tree.facts, name)):
            fewer = keep_unused(fewer, flake.unused)
        elif name:
            fewer = remove_unused(fewer, flake.unused)
    if fewer is not module:
        return _without_unused(fewer, tree, kept)
    for flake in new:
        if not is_kept(module, flake.unused):
            raise Refused(f"pyflakes would object: {flake.text}")
    return module


def _each_once(groups: Iterable[Sequence[Any]]) -> list[Any]:
    return list(dict.fromkeys(item for group in groups for item in group))


class _Replace(cst.CSTTransformer):
    """Puts new nodes into the places of old ones; looks only into what holds one that is still to be found."""

    def __init__(self, tree: Tree, replaced: Mapping[cst.CSTNode, New]) -> None:
        super().__init__()
        self._tree = tree
        self._replaced = replaced
        self._starts = sorted(tree.start(node) for node in replaced)

    def on_visit(self, node: cst.CSTNode) -> bool:
        if node in self._replaced:
            return callable(self._replaced[node])  # the new node is made of what has become of those in it
        start, end = self._tree.whole_span(node)
        return bisect_left(self._starts, start) < bisect_right(self._starts, end)

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Any:
        new = self._replaced.get(original_node, updated_node)
        return new(updated_node) if callable(new) else new
