"""A loop that runs a task for each item becomes a chain that a worker runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_aa_celery.fixes import Change, Import, Refused
from flake8_aa_celery.fixes._names import use
from flake8_aa_celery.line_length import line_length

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import LoopToChain


def rewrite(place: Place, wanted: LoopToChain) -> Change:
    """``for x in xs: t(x)`` becomes ``chain([t.si(x) for x in xs]).delay()``."""
    tree, loop = place.tree, place.node(cst.For)
    call = _only_call(loop)
    function = call.func
    if isinstance(function, cst.Attribute) and function.attr.value == "run":
        function = function.value
    signature = call.with_changes(func=cst.Attribute(function, cst.Name("si")), lpar=[], rpar=[])
    written, imports = use(place, Import("celery", "chain"))
    inner = [tree.code(signature), f"for {tree.code(loop.target)} in {_iterated(tree.code(loop.iter), loop)}"]
    line = _laid_out(
        written, inner, tree.module.default_indent, line_length(tree.path) - tree.margin(place.violation.line)
    )
    return Change({loop: _with_comments(tree.statement(line), loop)}, imports)


def _laid_out(chain: str, parts: list[str], indent: str, room: int) -> str:
    """The statement in one line, or as black would split it."""
    flat = f"[{' '.join(parts)}]"
    if len(f"{chain}({flat}).delay()") <= room:
        return f"{chain}({flat}).delay()"
    if len(indent + flat) <= room:
        return f"{chain}(\n{indent}{flat}\n).delay()"
    inner = "".join(f"{indent * 2}{part}\n" for part in parts)
    return f"{chain}(\n{indent}[\n{inner}{indent}]\n).delay()"


def _with_comments(line: Any, loop: cst.For) -> cst.CSTNode:
    """The new statement with the comments of the loop: one after it, the others above it."""
    body, block = loop.body.body[0], loop.body
    above = [*loop.leading_lines]
    header = block.header if isinstance(block, cst.IndentedBlock) else getattr(block, "trailing_whitespace", None)
    after = [header.comment if header else None]
    if isinstance(body, cst.SimpleStatementLine):
        above += [each for each in body.leading_lines if each.comment]
        after.append(body.trailing_whitespace.comment)
    first, *more = [comment for comment in after if comment] or [None]
    above += [cst.EmptyLine(comment=comment) for comment in more]
    if first is not None:
        space = cst.TrailingWhitespace(cst.SimpleWhitespace("  "), first)
        line = line.with_changes(trailing_whitespace=space)
    return line.with_changes(leading_lines=above)  # type: ignore[no-any-return]  # of Any


def _only_call(loop: cst.For) -> cst.Call:
    """The call that is all there is in the body of a loop.

    :raises Refused: where there is more.
    """
    lines = loop.body.body
    line = lines[0] if len(lines) == 1 else None
    statement = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else line
    if loop.orelse is None and isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Call):
        return statement.value
    raise Refused("the loop does more than call a task")


def _iterated(code: str, loop: cst.For) -> str:
    """What is gone over, in parentheses where a comprehension needs them."""
    bare = isinstance(loop.iter, (cst.IfExp, cst.Lambda, cst.Tuple)) and not loop.iter.lpar
    return f"({code})" if bare else code
