"""The command heeds ``noqa`` exactly as the installed flake8 does."""

from __future__ import annotations

import argparse
import ast
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from flake8 import defaults
from flake8.checker import FileChecker
from flake8.formatting.default import Nothing
from flake8.options.parse_args import parse_args
from flake8.style_guide import StyleGuideManager
from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_aa_celery.source import NOQA, heed_noqa, noqa_comments
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODES = ("AAC205", "AAC301")


def violations_of(source: str) -> list[Violation]:
    """Two violations on every call, in the order of the linter."""
    nodes = [node for node in ast.walk(ast.parse(source.removeprefix("\ufeff"))) if isinstance(node, ast.Call)]
    found = [Violation.at(node, "a call")._replace(code=code) for node in nodes for code in CODES]
    return sorted(found, key=lambda violation: (violation.line, violation.column, violation.code))


class Calls:
    """The same violations as a plugin of flake8."""

    def __init__(self, tree: ast.AST, lines: list[str]) -> None:
        self.source = "".join(lines)

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        for found in violations_of(self.source):
            yield found.line, found.column, f"{found.code} {found.message}", Calls


@cache
def flake8_parts() -> tuple[Any, argparse.Namespace]:
    """flake8's plugins, with ours replaced by :class:`Calls` and all others left out, and its options."""
    plugins, options = parse_args(["--select", "AAC", "--isolated"])
    (ours,) = (each for each in plugins.checkers.tree if each.entry_name == "AAC")
    calls = ours._replace(obj=Calls, parameters={"tree": True, "lines": True})
    return plugins.checkers._replace(tree=[calls], logical_line=[], physical_line=[]), options


def reported_by_flake8(path: Path) -> list[tuple[int, int, str]]:
    checkers, options = flake8_parts()
    guide = StyleGuideManager(options, Nothing(options))
    _, results, _ = FileChecker(filename=str(path), plugins=checkers, options=options).run_checks()
    return sorted(
        (line, column, code)
        for code, line, column, text, physical in results
        if guide.handle_error(code, str(path), line, column, text, physical)
    )


def reported_by_us(path: Path) -> list[tuple[int, int, str]]:
    data = path.read_bytes()
    kept = heed_noqa(violations_of(data.decode()), str(path), data)
    return [(violation.line, violation.column, violation.code) for violation in kept]


COMMENTS = st.sampled_from([
    "", "", "  # noqa", "  # NOQA", "  #noqa", "  # noqa : AAC205", "  # noqa: AAC205", "  # noqa:AAC205",
    "  # noqa: AAC301,AAC205", "  # noqa: AAC301 AAC205", "  # noqa: AAC2", "  # noqa: AAC", "  # noqa: E501",
    "  # noqa: aac205", "  # noqa: AAC205 because", "  # noqa:  AAC205", "  # noqa AAC205", "  # nosec # noqa: AAC301",
    "  # type: ignore # noqa", "  # flake8: noqa", "  # flake8: noqa: AAC205", "  # noqa: AAC205, E501 x",
])  # fmt: skip
LINES = st.sampled_from([
    ["f()"], ["f(", "    g(),", ")"], ["x = '''a", "b''' + f()"], ["x = '''", "text{}", "''', f()"], ["f(\\", ")"],
    ["if f():", "    g()"], ["@f()", "def h():", "    g()"], ["x = [", "", "    f(),", "]"],
    ["class A:", "    b = f()"],
    ["x = f'''{f()}", "'''"], ["", "# only a comment"], ["for x in f():", "    pass", "else:", "    g()"], ["\x0cf()"],
    ["# flake8: noqa"], ["# flake8: noqa: AAC205"], ["   # flake8=NOQA"], ['"""', "# flake8: noqa x", '"""'],
])  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def sources(draw: st.DrawFn) -> str:
    """Statements of all shapes, with comments after some of their lines."""
    lines = [
        line + ("" if line.endswith("\\") else draw(COMMENTS))
        for statement in draw(st.lists(LINES, min_size=1, max_size=4))
        for line in statement
    ]
    end = draw(ENDS)
    return draw(st.sampled_from(["", "\ufeff"])) + end.join(lines) + draw(st.sampled_from(["", end]))


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to write to again and again."""
    return tmp_path_factory.mktemp("noqa") / "source.py"


def both(file: Path, source: str) -> tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]:
    import linecache

    file.write_bytes(source.encode())
    linecache.clearcache()
    return reported_by_us(file), reported_by_flake8(file)


@settings(deadline=None)
@given(source=sources())
def test_flake8_agrees_wherever_a_comment_stands(file: Path, source: str) -> None:
    ours, flake8s = both(file, source)
    assert ours == flake8s


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("f()\n", "AAC205 AAC301"),
        ("f()  # noqa\n", ""),
        ("f()  # NoQA\n", ""),
        ("f()  # noqa: AAC205\n", "AAC301"),
        ("f()  # noqa: AAC2\n", "AAC301"),
        ("f()  # noqa: AAC205,AAC301\n", ""),
        ("f()  # noqa: E501\n", "AAC205 AAC301"),
        ("f(\n    1,\n)  # noqa: AAC205\n", "AAC205 AAC301"),
        ("f('''\n# noqa\n''')\n", ""),
        ("x = '''\n\n''', f()  # noqa: AAC301\n", "AAC205"),
        ("f(\\\n)  # noqa\n", ""),
        ("# noqa\nf()\n", "AAC205 AAC301"),
        ("# flake8: noqa\n\nf()\n", ""),
        ("'ä'; f()  # noqa: AAC301\n", "AAC205"),
    ],
)
def test_a_comment_silences_what_it_names_on_its_statement(file: Path, source: str, kept: str) -> None:
    ours, flake8s = both(file, source)
    assert [code for _, _, code in ours] == kept.split()
    assert ours == flake8s


def test_a_file_without_noqa_needs_nothing_of_flake8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "flake8.violation", None)
    found = violations_of("f()")
    assert heed_noqa(found, "a.py", b"f()") == found
    assert heed_noqa([], "a.py", b"f()  # noqa") == []


def test_a_comment_in_a_file_that_cannot_be_parsed_counts_on_its_line() -> None:
    broken = Violation(2, 0, 2, 0, "broken", code="AAC900")
    assert heed_noqa([broken], "a.py", b"f()\n(  # noqa: AAC900\n") == []
    assert heed_noqa([broken], "a.py", b"f()  # noqa\n(\n") == [broken]
    assert heed_noqa([broken._replace(line=9)], "a.py", b"f()  # noqa\n(\n") == [broken._replace(line=9)]


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ("x = 1  # noqa: AAC205", ["AAC205"]),
        ("x = 1  # NOQA:AAC205,E501", ["AAC205", "E501"]),
        ("x = 1  # noqa: aac205 AAC301, AAC205", ["AAC205", "AAC301"]),
        ("x = 1  # why # noqa: AAC205 because", ["AAC205"]),
        ("x = 1  # noqa", []),
        ("x = 1  # noqa : AAC205", []),
        ("x = 1  #noqa: AAC205", []),
        ("x = '# noqa: AAC205'", []),
        ("x = '''\n# noqa: E501\n'''  # noqa: AAC205", []),
        ("# flake8: noqa\nx = 1  # noqa: AAC205", []),
    ],
)
def test_which_codes_a_comment_names(source: str, codes: list[str]) -> None:
    assert [code for comment in noqa_comments(source.encode()) for code in comment.codes] == codes


@given(st.text(alphabet="# noqaNOQA:,AC205E\t", max_size=30))
def test_a_comment_is_one_where_flake8_sees_one(text: str) -> None:
    (name,) = (name for name in vars(defaults) if name.startswith("NOQA_INLINE"))
    theirs = getattr(defaults, name).search(text)
    ours = NOQA.search(text)
    assert (theirs and theirs.start()) == (ours and ours.start())
    assert bool(theirs and theirs["codes"]) == bool(ours and ours["codes"])
