"""Which Python a project must run on, and whether a text is valid there."""

from __future__ import annotations

import ast
import io
import os
import re
import sys
import tokenize
from functools import lru_cache
from warnings import catch_warnings, simplefilter

#: What is taken for the oldest one where a project does not say.
_USUAL = (3, 10)
#: Before this one a part of an f-string could not hold its quotes, a backslash, or a comment.
FREE_F_STRINGS = (3, 12)
#: Where a project says on which versions it runs.
_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
_REQUIRED = re.compile(
    r"""^\s*(?:requires-python|python_requires|python)\s*=\s*["']?\s*(?:>=|==|~=|\^|>)\s*(\d+)\.(\d+)""", re.MULTILINE
)


@lru_cache(maxsize=32)
def oldest_python(folder: str) -> tuple[int, int]:
    """The oldest Python that a project supports, by the nearest file that says so.

    :param folder: an absolute path in the project.
    """
    for name in _FILES:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                found = _REQUIRED.search(file.read())
            if found:
                return int(found[1]), int(found[2])
    above = os.path.dirname(folder)
    return _USUAL if above == folder else oldest_python(above)


def compiles(data: bytes, version: tuple[int, int]) -> bool:
    """Whether Python compiles a file, by the grammar of a version as far as this one knows it."""
    with catch_warnings():
        simplefilter("ignore")
        try:
            tree = ast.parse(data, feature_version=version)
            compile(tree, "<fixed>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def new_f_strings(text: str) -> int:
    """How often an f-string of a text has in it what none could have before Python 3.12: its own quotes, above all."""
    if sys.version_info < FREE_F_STRINGS or not re.search(r"\b[rR]?[fF][rR]?['\"]", text):
        return 0  # an older Python does not read them anyway
    found = 0
    opened: list[str] = []  # the quotes of those that have begun
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = tokenize.tok_name[token.type]
        if name == "FSTRING_END":
            opened.pop()
            continue
        is_middle = name == "FSTRING_MIDDLE"
        around = opened[:-1] if is_middle else opened
        found += any(_is_new_in(each, name, token.string) for each in around)
        if name == "FSTRING_START":
            opened.append(token.string.lstrip("rRfF"))
    return found


def _is_new_in(quotes: str, name: str, code: str) -> bool:
    """Whether a token is new in a part of an f-string with these quotes."""
    if name in ("STRING", "FSTRING_START", "FSTRING_MIDDLE"):
        return quotes in code or "\\" in code
    return name == "COMMENT" or (name == "NL" and len(quotes) == 1)
