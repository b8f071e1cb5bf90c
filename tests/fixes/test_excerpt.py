"""What libcst need not read: a text without the statements that nobody asks for, and the way back."""

from __future__ import annotations

import ast
from textwrap import dedent

import libcst
import pytest

from flake8_aa_celery.fixes._excerpt import Excerpt


def excerpt(text: str, *wanted: int) -> Excerpt:
    return Excerpt(text, ast.parse(text), wanted)


MODULE = dedent(
    '''
    """About it."""
    import os


    class First:
        """A class."""

        def one(self):
            print(1)
            print(2)
            print(3)

        def two(self):
            if self:
                print(4)
                print(5)
                print(6)
            else:
                print(7)
            return 8  # last


    @decorated
    def last(): pass
    '''
).lstrip()


def lines_that_stay(text: str, *wanted: int) -> set[str]:
    left = excerpt(text, *wanted).text.splitlines()
    return {line.strip() for line, before in zip(left, text.splitlines(), strict=True) if line == before} - {""}


def test_of_what_nobody_asks_for_only_what_begins_a_block_or_follows_an_import_stays() -> None:
    assert lines_that_stay(MODULE) == {'"""About it."""', "import os", "class First:", '"""A class."""'}


def test_what_is_asked_for_stays_with_what_it_lies_in_and_what_is_below_it() -> None:
    left = lines_that_stay(MODULE, 15)
    assert {"def two(self):", "if self:", "print(4)", "print(5)", "return 8  # last", "@decorated"} <= left
    assert not {"def one(self):", "print(1)", "print(6)"} & left


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("line", range(MODULE.count("\n") + 2))
def test_the_text_comes_back_as_it_was(line: int, end: str) -> None:
    text = MODULE.replace("\n", end)
    found = excerpt(text, line)
    assert found.restored(libcst.parse_module(found.text).code) == text


@pytest.mark.parametrize("line", range(MODULE.count("\n") + 2))
def test_lines_keep_their_numbers(line: int) -> None:
    assert excerpt(MODULE, line).text.count("\n") == MODULE.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nb = 2\nif a: b; c\nelif b:\n    pass\nelse: d\ne = 5\n",
        "a\ntry:\n    b\n    c\nexcept E:\n    d\n    e\nelse:\n    f\n    g\nfinally:\n    h\n    i\n",
        "a\nfor x in y:\n    b\n    c\n    # deep\n# shallow\n    \nd\n",
        "a\nb\nc  # behind\n    # below, as if it belonged to something\n",
        "a\n@(\n    decorator\n)\ndef f():\n    b\n    c\nd\n",
        "a; b\nc; d = '''\n'''; e\nf\n",
        "a\nb = 1 \\\n\nc\n",
        "a\n\x0c\ndef f():\n\tb\n\tc\n\td",
        "match x:\n    case 1:\n        a\n        b\n    case 2:\n        c\n        d\ne\n",
        "if a:\n    b\nelif c:\n    d\n    e\n    f\nelse:\n    g\n",
        "_aa_celery_ = 1\na\nb\n",
        "",
    ],
)
def test_every_layout_comes_back(text: str) -> None:
    for line in range(text.count("\n") + 2):
        found = excerpt(text, line)
        assert found.restored(libcst.parse_module(found.text).code) == text
