"""Rewrites of source code with libcst: one file a rewrite, and the engine that applies them.

A violation names its rewrite and gives it what it needs to know (:class:`~flake8_aa_celery.violation.Fix`). The module
of that name in this package has one function::

    def rewrite(place: Place, arguments: Mapping[str, Any]) -> Change:
        '''What becomes of the code.'''

It says which nodes become what and leaves the rest to the engine. What it cannot do right it refuses by raising
:class:`Refused`. Modules whose names begin with an underscore are what the rewrites share.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import libcst as cst

    from flake8_aa_celery.fixes._tree import Place

    New = cst.CSTNode | cst.FlattenSentinel[Any] | cst.RemovalSentinel | Callable[[Any], cst.CSTNode]
    Rewrite = Callable[[Place, Mapping[str, Any]], "Change"]


#: The rewrite that concerns two files, and is no module like the others: :mod:`flake8_aa_celery.fixes._move`.
MOVE = "move_to_tasks"


class Refused(Exception):
    """A fix that cannot be done right; its text says why."""


class Import(NamedTuple):
    """A name to be imported: ``from module import name``, or ``import module`` where the name is empty."""

    module: str
    name: str = ""


class Change(NamedTuple):
    """What a rewrite makes of a file.

    :param nodes: what each node becomes; none of them lies in another, except in one whose new node a function
        makes of what has become of it so far.
    :param imports: what must be imported for it; imports that nothing uses any more go by themselves.
    """

    nodes: Mapping[cst.CSTNode, New]
    imports: tuple[Import, ...] = ()


def rewrite_called(name: str) -> Rewrite:
    """The function that carries out the rewrite of a name."""
    found: Rewrite = import_module(f"{__name__}.{name}").rewrite
    return found
