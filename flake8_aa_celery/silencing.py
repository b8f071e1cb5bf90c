"""Write ``noqa`` comments: one of the two ways to begin with an app that has violations already."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.documents import code_blocks, is_document
from flake8_aa_celery.linter import parse
from flake8_aa_celery.report import Result
from flake8_aa_celery.source import comments, decode, encode, heed_noqa, lines_of, split, statements

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_aa_celery.report import Results

#: The linter's own violations: what cannot be parsed cannot be commented, and a crash is not to be hidden.
_OWN = "AAC9"
_CODES = re.compile(r"# noqa:\s?[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*", re.IGNORECASE)


def silenced(results: Results) -> list[Result]:
    """The same files with a comment at each violation, and the violations that no comment can silence.

    A file of which a comment would change the meaning stays as it is.
    """
    return [_silenced(result) if result.violations else result for result in results]


def _silenced(result: Result) -> Result:
    codes = _codes_by_line(result)
    if not codes:
        return result
    try:
        text = "".join(_commented(result, codes))
        data = encode(text, result.data)
        if _meaning(result.path, data) != _meaning(result.path, result.data):
            return result
    except (SyntaxError, UnicodeError):
        return result
    left = heed_noqa(list(result.violations), result.path, data)
    return Result(result.path, left, data)


def _codes_by_line(result: Result) -> dict[int, list[str]]:
    """The codes to be named on each line that can take a comment: the last one of a statement or of a part of it."""
    last_lines = {} if is_document(result.path) else statements(lines_of(result.data))
    codes: dict[int, list[str]] = {}
    for found in result.violations:
        if not found.code.startswith(_OWN):
            _, last = last_lines.get(found.line, (found.line, found.line))
            codes.setdefault(last, []).append(found.code)
    return codes


def _commented(result: Result, codes: dict[int, list[str]]) -> Iterable[str]:
    starts = {} if is_document(result.path) else comments(lines_of(result.data))
    for number, line in enumerate(split(decode(result.data)), 1):
        if number not in codes:
            yield line
            continue
        body = line.rstrip("\r\n")
        yield _with_codes(body, starts.get(number, 0), sorted(set(codes[number]))) + line[len(body) :]


def _with_codes(line: str, comment: int, codes: list[str]) -> str:
    """A line with codes in its ``noqa`` comment, which is looked for from a column on."""
    there = _CODES.search(line, comment)
    if there is None:
        return f"{line.rstrip()}  # noqa: {', '.join(codes)}"
    return f"{line[: there.end()]}, {', '.join(codes)}{line[there.end() :]}"


def _meaning(path: str, data: bytes) -> list[str]:
    """What the code of a file says, without comments.

    :raises SyntaxError: where it is no Python; that of documents need not be.
    """
    if not is_document(path):
        return [ast.dump(parse(data))]
    return [_dump(block.code) for block in code_blocks(path, lines_of(data))]


def _dump(code: str) -> str:
    try:
        return ast.dump(parse(code.encode(errors="surrogatepass")))
    except SyntaxError:
        return ""
