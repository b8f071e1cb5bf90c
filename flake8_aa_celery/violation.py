"""What a rule yields, and what may be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping
    from typing import Any, Literal

    Safety = Literal["safe", "unsafe"]


class Fix(NamedTuple):
    """The rewrite that would cure a violation.

    :param safety: ``"safe"`` where what Celery sends is unchanged or the old code could only raise,
        otherwise ``"unsafe"``.
    :param title: what the rewrite does, in the imperative: "Use `apply_async`".
    :param rewrite: the module of ``flake8_aa_celery.fixes`` that carries it out.
    :param arguments: what that module needs to know beside the place; plain values only, so that a
        violation can travel between processes.
    """

    safety: Safety
    title: str
    rewrite: str
    arguments: Mapping[str, Any] = {}


class Violation(NamedTuple):
    """A place in a file that a rule objects to.

    Lines count from 1. Columns count from 0 in characters once the linter has seen the violation;
    a rule gives them as ``ast`` does, in UTF-8 bytes. ``code`` and ``name`` are filled in by the linter.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    fix: Fix | None = None
    code: str = ""
    name: str = ""

    @classmethod
    def at(cls, node: ast.expr | ast.stmt, message: str, fix: Fix | None = None) -> Violation:
        """Put a violation on a node.

        A function or class is marked at its ``def`` line alone, not over its whole body.
        """
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        if hasattr(node, "body") and isinstance(node.body, list):
            end_line, end_column = node.lineno, node.col_offset + 3
        return cls(node.lineno, node.col_offset, end_line, end_column, message, fix)


def spot(node: ast.expr | ast.stmt) -> tuple[int, int, int, int]:
    """Where a node starts and ends, for the arguments of a :class:`Fix`; columns as ``ast`` counts them, in bytes."""
    return node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
