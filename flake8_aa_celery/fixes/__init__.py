"""Rewrites of source code with libcst: one file a rewrite, and the engine that applies them.

What is wanted is an object of a class of :mod:`flake8_aa_celery.rewrites`, which the rule has put into the
:class:`~flake8_aa_celery.violation.Fix`. The module here that is called like the class has one function::

    def rewrite(place: Place, wanted: RenameMethod) -> Change:
        '''What becomes of the code.'''

It says which nodes become what and leaves the rest to the engine. What it cannot do right it refuses by raising
:class:`Refused`. It has its line in :mod:`flake8_aa_celery.fixes._changes`, or mypy objects. Modules whose names begin
with an underscore are what the rewrites share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import libcst as cst

    New = cst.CSTNode | cst.FlattenSentinel[Any] | cst.RemovalSentinel | Callable[[Any], cst.CSTNode]


class Refused(Exception):
    """A fix that cannot be done right; its text says why."""


class Import(NamedTuple):
    """A name to be imported: ``from module import name``, or ``import module`` where the name is empty.

    :param module: with a dot before it for each package that a relative import goes up.
    :param alias: what it is called instead; empty where it keeps its name.
    """

    module: str
    name: str = ""
    alias: str = ""

    @property
    def code(self) -> str:
        """The statement that imports it."""
        again = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.name}{again}" if self.name else f"import {self.module}{again}"


class Change(NamedTuple):
    """What a rewrite makes of a file.

    :param nodes: what each node becomes; none of them lies in another, except in one whose new node a function
        makes of what has become of it so far.
    :param imports: what must be imported for it; imports that nothing uses any more go by themselves.
    :param kept: the names of imports that stay even where nothing uses them any more.
    :param is_for_the_log: whether it adds a line to the log, or a logger: of that no other file sees anything.
    """

    nodes: Mapping[cst.CSTNode, New]
    imports: tuple[Import, ...] = ()
    kept: tuple[str, ...] = ()
    is_for_the_log: bool = False
