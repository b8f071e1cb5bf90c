"""What runs the checks of this project: ``.ci/run``, and ``noxfile.py``, which offers its steps to strangers."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

CI = ROOT / ".ci" / "run"
NOX = ROOT / "noxfile.py"

# a source distribution, and what the tests copy of this project, may lack it
pytestmark = pytest.mark.skipif(not CI.exists(), reason="CI is not here")


def commands_of_ci() -> set[str]:
    """The commands that CI runs with our tools, those aside that hold variables of the shell."""
    found = re.findall(r"^    with_tools (.+)$", CI.read_text("utf-8"), re.MULTILINE)
    found += re.findall(r"^step \w+ with_tools (.+)$", CI.read_text("utf-8"), re.MULTILINE)
    return {command for command in found if "$" not in command}


def commands_of_nox() -> set[str]:
    """The commands that the sessions of nox run, with the names of what is bound there spelt out."""
    bound: dict[str, ast.expr] = {}
    found = set()
    for node in ast.walk(ast.parse(NOX.read_text("utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            bound[node.targets[0].id] = node.value
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "session.run":
            found.add(node)
    return {" ".join(word for argument in call.args for word in words(argument, bound)) for call in found}


def words(argument: ast.expr, bound: dict[str, ast.expr]) -> Iterator[str]:
    """The words that an argument of a command stands for."""
    if isinstance(argument, ast.Starred):
        value = bound.get(ast.unparse(argument.value))
        for element in value.elts if isinstance(value, ast.Tuple) else ():
            yield from words(element, bound)
    elif isinstance(argument, ast.Constant):
        yield str(argument.value)


def test_nox_runs_what_ci_runs() -> None:
    commands = commands_of_ci()
    assert {"mypy", "ruff check .", "python -m docs.generate --check"} < commands
    assert commands - commands_of_nox() == set()


def test_both_know_the_same_oldest_celery() -> None:
    (ci,) = re.findall(r"^oldest_celery='(.+)'$", CI.read_text("utf-8"), re.MULTILINE)
    (nox,) = re.findall(r'^OLDEST_CELERY = "(.+)"$', NOX.read_text("utf-8"), re.MULTILINE)
    assert ci == nox


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_ci_is_bash() -> None:
    assert subprocess.run(["bash", "-n", str(CI)], check=False).returncode == 0
