"""Calls are followed however many functions call each other, and each question ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from counting import lines_run
from test_scaling import MOST

from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.effects import graph
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.violation import Violation

HEAD = "import requests\nfrom celery import shared_task\n"
TASK = "@shared_task\ndef t(xs):\n    for x in xs:\n        f0(x)\n"


def linted(folder: Path, text: str) -> list[Violation]:
    (folder / "setup.py").touch()
    settings = Settings(select=("AAC1", "AAC3", "AAC6", "AAC9"))
    return lint(str(folder / "app" / "tasks.py"), (HEAD + text).encode(), settings, Workspace())


def waits(folder: Path, text: str) -> bool:
    """Whether a loop is reported that waits once per item; a crash is a mistake of ours."""
    codes = {violation.code for violation in linted(folder, text)}
    assert codes.isdisjoint({"AAC900", "AAC999"})
    return "AAC306" in codes


def calling_each_other(count: int) -> str:
    """So many functions that call the next one and others, in circles; one in ten waits."""
    functions = (
        f"def f{i}(x):\n    f{(i + 1) % count}(x)\n    f{i // 2}(x, True)\n    f{i * 7 % count}(None)\n"
        + ("    requests.get(x)\n" if i % 10 == 9 else "")
        for i in range(count)
    )
    return "".join(functions) + TASK


def test_ten_thousand_functions_that_call_each_other_are_followed(tmp_path: Path) -> None:
    assert waits(tmp_path, calling_each_other(10_000))


def test_the_work_grows_as_the_functions_do(tmp_path: Path) -> None:
    def cost(count: int) -> int:
        return lines_run(lambda: linted(tmp_path, calling_each_other(count)))

    cost(10)
    assert cost(2_000) < MOST * cost(200)


@pytest.mark.parametrize(
    "argument",
    [
        "[x]",
        "x + 'x'",
        "f'{x}{x}'",
        "{'x': x}",
        "lambda: x",
        "x or f0",
        "not x",
        "x + 1",
        "partial(f0, x)",
        "C(x)",
        "f0",
    ],
)
def test_a_function_that_calls_itself_with_something_else_ends(tmp_path: Path, argument: str) -> None:
    text = (
        "from functools import partial\nclass C:\n    def __init__(self, x): self.x = x\n"
        f"def f0(x=''):\n    f1({argument})\n    f0({argument})\n    return f1({argument})\n"
        f"def f1(x=''):\n    requests.get('x')\n    return f0({argument})\n{TASK}"
    )
    assert waits(tmp_path, text)


def ways(length: int) -> str:
    """A task that comes to wait over so many calls."""
    functions = "".join(f"def f{i}(x):\n    f{i + 1}(x)\n" for i in range(length))
    return f"{functions}def f{length}(x):\n    requests.get(x)\n{TASK}"


def test_what_is_very_far_away_is_unknown(tmp_path: Path) -> None:
    assert waits(tmp_path, ways(graph._FARTHEST))
    assert not waits(tmp_path, ways(graph._FARTHEST + 1))


def test_of_one_question_only_so_many_functions_are_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert waits(tmp_path, ways(10))
    monkeypatch.setattr(graph, "_MOST_BODIES", 5)
    assert not waits(tmp_path, ways(10))
