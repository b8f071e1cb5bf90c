"""One file: its syntax tree and its scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code import names
from flake8_aa_celery.model.code.traversal import scopes_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Any

    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import CallSite, Scope, Site


class Module:
    """A file and where its names are bound. What it says about Celery is asked of facts, which are functions.

    :param path: the file.
    :param dotted: its dotted name, by the packages that it lies in.
    :param tree: its syntax tree.
    :param project: what the names that it imports lead to.
    :param in_document: whether it is a code block of a document: an excerpt of somebody's settings.
    """

    def __init__(
        self, path: str, dotted: str, tree: ast.Module, project: Project, *, in_document: bool = False
    ) -> None:
        self.in_document = in_document
        self.path = path
        self.dotted = dotted
        self.tree = tree
        self.project = project
        self.scopes = scopes_of(tree)
        for scope in self.scopes.all:
            scope.module = self
        #: what is known of it; kept by :mod:`flake8_aa_celery.model.code.memo`
        self.memo: dict[object, Any] = {}
        #: what its expressions are; kept by :mod:`flake8_aa_celery.model.resolve.evaluation`
        self.values: dict[int, Any] = {}
        self._origins: dict[int, str | None] = {}

    def let_go(self) -> None:
        """Break the circles of references, so that the syntax tree is freed without a search for garbage."""
        self.scopes.let_go()
        vars(self).clear()

    def origin(self, node: ast.expr, site: Site) -> str | None:
        """The dotted origin of an expression by the imports of this file alone: cheaper, and knows libraries only."""
        known = self._origins.get(id(node), "")
        if known == "":
            known = self._origins[id(node)] = names.origin(node, site)
        return known

    # -- its file -----------------------------------------------------------------------------------------------

    @property
    def file_name(self) -> str:
        """``tasks.py``."""
        return self.path.replace("\\", "/").rpartition("/")[2]

    @property
    def path_in_project(self) -> str:
        """``app/tasks.py``, from the project's root on."""
        return self.project.below_root(self.path)

    # -- its calls ----------------------------------------------------------------------------------------------

    def all_calls(self) -> list[CallSite]:
        """Every call of the module, in the order of the source."""
        return self.scopes.calls

    def calls_of(self, names: frozenset[str]) -> Iterator[CallSite]:
        """Every call of something with one of these names, as written or as it was imported, in their order."""
        written = names.union(alias for alias, name in self.scopes.renamed.items() if name in names)
        named = self.scopes.calls_named
        numbers = sorted(number for name in named.keys() & written for number in named[name])
        return (self.scopes.calls[number] for number in numbers)

    def calls_in(self, scope: Scope) -> Iterator[CallSite]:
        """Every call that runs as part of a function, in its comprehensions too but not in functions within it."""
        for part in scope.frame():
            yield from part.calls
