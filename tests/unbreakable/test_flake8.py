"""Under flake8 whatever tree and lines it hands over: the other plugins have their turn."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.plugin import Plugin
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SOURCE = "from celery import shared_task\n\n\n@shared_task(priority='5')\ndef update(pk):\n    print('ä')\n\n\n" + (
    "'ä'; update.apply_async(args=[1], priority='9')\n" * 3
)
LINES = SOURCE.splitlines(keepends=True)


def without_places(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            if hasattr(node, name):
                delattr(node, name)
    return tree


def without_ends(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if hasattr(node, "end_lineno"):
            node.end_lineno = node.end_col_offset = None  # type: ignore[attr-defined]
    return tree


def moved(by: int) -> Callable[[ast.Module], ast.Module]:
    def move(tree: ast.Module) -> ast.Module:
        ast.increment_lineno(tree, by)
        return tree

    return move


def deep(tree: ast.Module) -> ast.Module:
    value: ast.expr = ast.Name("update", ast.Load())
    for _ in range(20_000):
        value = ast.Attribute(value, "s", ast.Load(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
    tree.body.append(ast.Expr(value, lineno=1, col_offset=0, end_lineno=1, end_col_offset=1))
    return tree


def foreign(tree: ast.Module) -> ast.Module:
    """With a node that Python does not know, as templating tools make them."""

    class Macro(ast.expr):
        body: list[ast.expr]
        _fields = ("body",)

    macro = Macro()
    macro.body = [ast.Name("update", ast.Load())]
    tree.body.append(ast.Expr(macro))
    return tree


def empty(tree: ast.Module) -> ast.Module:
    return ast.Module([], [])


TREES = [without_places, without_ends, moved(1000), moved(-100), deep, foreign, empty]
LINE_SETS = {
    "own": LINES,
    "fewer": LINES[:2],
    "none": [],
    "without ends": SOURCE.splitlines(),
    "surrogates": ["\udcff celery"],
}


@pytest.mark.parametrize("lines", LINE_SETS)
@pytest.mark.parametrize("change", TREES, ids=lambda change: change.__qualname__.partition(".")[0])
def test_a_generated_tree_does_not_raise(
    change: Callable[[ast.Module], ast.Module], lines: str, tmp_path: Path
) -> None:
    (tmp_path / "setup.py").touch()
    Plugin.settings = Settings()
    found = list(Plugin(change(ast.parse(SOURCE)), str(tmp_path / "tasks.py"), LINE_SETS[lines]).run())
    assert all(isinstance(line, int) and isinstance(column, int) for line, column, _, _ in found)


@pytest.mark.parametrize("name", ["stdin", "-", "", "nowhere/at/all.py", "a\nb.py", "\udcff.py", "/dev/null"])
def test_a_file_that_is_not_there_does_not_raise(name: str) -> None:
    Plugin.settings = Settings()
    assert list(Plugin(ast.parse(SOURCE), name, LINES).run())


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_what_one_file_does_to_us_is_not_felt_by_other_files_and_plugins(tmp_path: Path, jobs: str) -> None:
    (tmp_path / "setup.py").touch()
    (tmp_path / "broken.py").write_text("from celery import (\n")
    (tmp_path / "bytes.py").write_bytes(b"# coding: utf-8\nfrom celery import shared_task  # \xff\n")
    (tmp_path / "tasks.py").write_text(f"import os\n{SOURCE}", encoding="utf-8")
    command = [sys.executable, "-m", "flake8", "--isolated", "--select", "AAC202,F401,E9", f"-j{jobs}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "")
    lines = sorted(line.removeprefix("./").split()[:2] for line in ended.stdout.splitlines())
    assert ["tasks.py:1:1:", "F401"] in lines
    assert sum(code == "AAC202" for _, code in lines) == 4
    assert {path.partition(":")[0] for path, code in lines if code.startswith("E9")} >= {"broken.py"}
