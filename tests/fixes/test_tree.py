"""A file as libcst sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
import pytest

from flake8_aa_celery.fixes import Change, Refused
from flake8_aa_celery.fixes._edit import Places
from flake8_aa_celery.fixes._tree import Tree
from flake8_aa_celery.fixes._version import Version
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """from celery import shared_task


class Tasks:
    @shared_task(bind=True)
    def one(self):
        return (1, 2)

    def two(self): return 3


print([one for one in Tasks], 'ä', (4))
"""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    version = Version(str(tmp_path / "app" / "tasks.py"), TEXT.encode(), Settings(), Workspace())
    return Tree(version, range(1, 13))


def test_a_node_is_found_where_ast_has_it(tree: Tree) -> None:
    assert tree.code(tree.find(cst.Call, (5, 5), (5, 27))) == "shared_task(bind=True)"
    assert tree.code(tree.find(cst.Tuple, (7, 15), (7, 21))) == "(1, 2)"
    assert tree.code(tree.find(cst.Integer, (12, 36), (12, 37))) == "(4)"
    with pytest.raises(Refused, match="not found"):
        tree.find(cst.Call, (5, 6), None)


def test_what_is_around_the_first_decorator_of_a_class_is_known(tree: Tree) -> None:
    call = tree.find(cst.Call, (5, 5), (5, 27))
    around = [cst.Module, cst.ClassDef, cst.IndentedBlock, cst.FunctionDef, cst.Decorator]
    assert [type(node) for node in tree.around(call)] == around


def test_the_body_of_a_function_is_what_other_files_do_not_see(tree: Tree) -> None:
    assert [line for line in range(1, 14) if tree.is_within_function(line)] == [7]


def test_a_place_is_taken_once_and_so_is_what_lies_in_it_or_around_it(tree: Tree) -> None:
    outer, inner = tree.find(cst.FunctionDef, (6, 4), None), tree.find(cst.Tuple, (7, 15), (7, 21))
    other = tree.find(cst.Integer, (12, 36), (12, 37))
    for first, second in ((outer, inner), (inner, outer), (inner, inner)):
        places = Places(tree)
        assert places.take(Change({first: cst.Name("x")}))
        assert not places.take(Change({second: cst.Name("y"), other: cst.Name("y")}))
        assert places.take(Change({other: cst.Name("z")}))


def test_one_change_may_want_a_node_and_what_lies_in_it(tree: Tree) -> None:
    outer, inner = tree.find(cst.FunctionDef, (6, 4), None), tree.find(cst.Tuple, (7, 15), (7, 21))
    places = Places(tree)
    assert places.take(Change({inner: cst.Name("x"), outer: lambda node: node}))
    assert not places.take(Change({tree.find(cst.Integer, (7, 16), (7, 17)): cst.Name("y")}))
