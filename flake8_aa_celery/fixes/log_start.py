"""A task says in the log that it has started, before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused, add_logger

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import LogStart


def rewrite(place: Place, wanted: LogStart) -> Change:
    """Put a line after the docstring of the function at the violation."""
    function = place.node(cst.FunctionDef)
    if not isinstance(function.body, cst.IndentedBlock):
        raise Refused("its body stands in the line of its `def`")
    line = place.tree.statement(f'{wanted.logger}.info("{function.name.value} started")')
    body = list(function.body.body)
    first = int(function.get_docstring(clean=False) is not None)
    rest = body[first:]
    if rest and isinstance(rest[0], (cst.FunctionDef, cst.ClassDef)) and not rest[0].leading_lines:
        rest[0] = rest[0].with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    block = function.body.with_changes(body=[*body[:first], line, *rest])
    added = add_logger.rewrite(place, wanted.added) if wanted.added else Change({})
    return Change({**added.nodes, function.body: block}, added.imports, is_for_the_log=True)
