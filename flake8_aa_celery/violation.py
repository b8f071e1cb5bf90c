"""What a rule yields, and what may be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast
    from typing import Literal

    from flake8_aa_celery.rewrites import Rewrite

    Safety = Literal["safe", "unsafe"]


class Fix(NamedTuple):
    """What would cure a violation.

    :param safety: ``"safe"`` where what Celery sends is unchanged or the old code could only raise,
        otherwise ``"unsafe"``.
    :param title: what the rewrite does, in the imperative: "Use `apply_async`".
    :param rewrite: what becomes of the code, see :mod:`flake8_aa_celery.rewrites`.
    """

    safety: Safety
    title: str
    rewrite: Rewrite


class Related(NamedTuple):
    """A place that leads to a violation: one of the calls between what is reported and what it is reported for.

    :param path: the file, absolute once a rule has named it, and as files are named on the command line in a report.
    :param what: what happens there: ``owner.update_assets()``.
    """

    path: str
    line: int
    what: str


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
    trace: tuple[Related, ...] = ()
    #: whether it is merely told: no run ends with 1 for it
    is_note: bool = False

    @classmethod
    def at(
        cls, node: ast.expr | ast.stmt, message: str, fix: Fix | None = None, trace: tuple[Related, ...] = ()
    ) -> Violation:
        """Put a violation on a node.

        A function or class is marked at its ``def`` line alone, not over its whole body.

        :param trace: the calls that lead from there to what it is about.
        """
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        if hasattr(node, "body") and isinstance(node.body, list):
            end_line, end_column = node.lineno, node.col_offset + 3
        return cls(node.lineno, node.col_offset, end_line, end_column, message, fix, trace=trace)
