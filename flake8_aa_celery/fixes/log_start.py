"""A task says in the log that it has started, before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused, add_logger
from flake8_aa_celery.fixes._names import is_seen
from flake8_aa_celery.line_length import line_length

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.model.code.scopes import Scope
    from flake8_aa_celery.rewrites import LogStart


def rewrite(place: Place, wanted: LogStart) -> Change:
    """Put a line after the docstring of the function at the violation."""
    function = place.node(cst.FunctionDef)
    if not isinstance(function.body, cst.IndentedBlock):
        raise Refused("its body stands in the line of its `def`")
    if not is_seen(wanted.logger, _scope_of(place)):
        raise Refused(f"`{wanted.logger}` means something else in the task")
    line = place.tree.statement(_line(place, wanted))
    body = list(function.body.body)
    first = int(function.get_docstring(clean=False) is not None)
    rest = body[first:]
    if rest and isinstance(rest[0], (cst.FunctionDef, cst.ClassDef)) and not rest[0].leading_lines:
        rest[0] = rest[0].with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    block = function.body.with_changes(body=[*body[:first], line, *rest])
    added = add_logger.rewrite(place, wanted.added) if wanted.added else Change({})
    return Change({**added.nodes, function.body: block}, added.imports, is_for_the_log=True)


def _line(place: Place, wanted: LogStart) -> str:
    """The statement in one line, or as black would split it."""
    indent, name = place.tree.module.default_indent, wanted.name
    room = line_length(place.tree.path) - place.tree.margin(place.violation.line) - len(indent)
    parts = [f'"{name} started: %s"', wanted.argument] if wanted.argument else [f'"{name} started"']
    flat = ", ".join(parts)
    if len(f"{wanted.logger}.info({flat})") <= room:
        return f"{wanted.logger}.info({flat})"
    if len(indent + flat) <= room:
        return f"{wanted.logger}.info(\n{indent}{flat}\n)"
    lines = "".join(f"{indent}{part},\n" for part in parts)
    return f"{wanted.logger}.info(\n{lines})"


def _scope_of(place: Place) -> Scope:
    """The scope of the body of the function at the violation."""
    scopes, line = place.tree.scopes, place.violation.line
    return next(scopes.by_node[node] for node, _ in scopes.functions if node.lineno == line)
