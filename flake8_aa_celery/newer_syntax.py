"""Which Python a file is written for that the running one cannot parse.

Asked only of such a file: libcst, whose own parser reads the syntax of every Python, is not imported before.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    Version = tuple[int, int]


_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
#: What ends an expression: nothing after it is nested in what stands before.
_ENDS = frozenset({",", ";"})
_FLAT = _OPENING | _CLOSING | _ENDS | {":", "=", "->"}
#: No Python parses more brackets or blocks in one another.
_DEEPEST = 100
#: So many operators, keywords, texts or ``elif``s in a row nobody writes.
_LONGEST = 300
#: Bytes of the largest file that is looked at: a larger one takes longer than its answer is worth.
_LARGEST = 100_000


def needed_version(data: bytes) -> Version:
    """The first Python that parses a file, as far as that is newer than 3.10; 0.0 for what is written wrong.

    :param data: the bytes of the file.
    """
    if len(data) > _LARGEST or not _is_shallow(data):
        return (0, 0)
    import libcst as cst

    try:
        module = cst.parse_module(data)
    except (cst.ParserSyntaxError, LookupError, RecursionError, SyntaxError, ValueError):
        return (0, 0)
    return max(_version_of(node, module) for node in _nodes(module))


def _is_shallow(data: bytes) -> bool:
    """Whether a file is nested no deeper than any Python allows: libcst's parser would end the process.

    Operators, calls and texts that follow one another are nested as well, and so is each ``elif`` in the one before.
    """
    levels = branches = 0
    chained = [0]  # what follows one another in each of the brackets around, outermost first
    before = tokenize.TokenInfo(tokenize.NEWLINE, "", (0, 0), (0, 0), "")
    try:
        for token in tokenize.tokenize(io.BytesIO(data).readline):
            levels += (token.type == tokenize.INDENT) - (token.type == tokenize.DEDENT)
            branches += token.string == "elif"
            if token.type == tokenize.NEWLINE:
                chained = [0]
            elif token.string in _CLOSING:
                del chained[max(len(chained) - 1, 1) :]
            elif token.string in _ENDS:
                chained[-1] = 0
            else:
                chained[-1] += _nesting(token, before)
            if token.string in _OPENING:
                chained.append(0)
            before = token
            if max(len(chained), levels) > _DEEPEST or max(sum(chained), branches) > _LONGEST:
                return False
    except (tokenize.TokenError, SyntaxError, LookupError, ValueError):
        return False
    return True


def _nesting(token: tokenize.TokenInfo, before: tokenize.TokenInfo) -> int:
    """How much deeper a token nests what stands before it, at most."""
    text = token.string
    if token.type == tokenize.STRING:
        # Python 3.11 takes a whole f-string for one token, and `t"…"` for a name and a text
        is_read = "f" in text[:2].lower() or (before.type == tokenize.NAME and before.end == token.start)
        inside = sum(not each.isalnum() and not each.isspace() for each in text) if is_read else 0
        return (before.type == tokenize.STRING) + inside
    if text in _OPENING:
        return before.string in _CLOSING
    return keyword.iskeyword(text) or (token.type == tokenize.OP and text not in _FLAT)


def _nodes(module: cst.Module) -> Iterator[cst.CSTNode]:
    waiting: list[cst.CSTNode] = [module]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def _version_of(node: cst.CSTNode, module: cst.Module) -> Version:
    """The first Python that has what a node is: https://docs.python.org/3/whatsnew/."""
    import libcst as cst

    if isinstance(node, getattr(cst, "TemplatedString", ())):  # what an older libcst does not know it does not parse
        return (3, 14)
    if isinstance(node, cst.ExceptHandler) and isinstance(node.type, cst.Tuple) and not node.type.lpar:
        return (3, 14)
    if isinstance(node, cst.TypeParam):
        return (3, 13) if getattr(node, "default", None) is not None else (3, 12)
    if isinstance(node, cst.TypeAlias):
        return (3, 12)
    if isinstance(node, cst.FormattedString):
        return (3, 12) if any(_is_freely_written(part, node, module) for part in node.parts) else (3, 10)
    if isinstance(node, cst.TryStar) or (isinstance(node, cst.Index) and getattr(node, "star", None) is not None):
        return (3, 11)
    return (3, 10)


def _is_freely_written(part: cst.CSTNode, text: cst.FormattedString, module: cst.Module) -> bool:
    """Whether a part of an f-string has what Python 3.12 allows in one: its own quotes, a backslash, a comment."""
    import libcst as cst

    if not isinstance(part, cst.FormattedStringExpression):
        return False
    inside = module.code_for_node(part)
    quote = text.end
    return quote in inside or "\\" in inside or "#" in inside or (len(quote) == 1 and "\n" in inside)
