"""Both frontends in this process, and rules that need nothing of the model, to see what they do with findings."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from flake8.main.application import Application

from flake8_aa_celery.cli import main
from flake8_aa_celery.linter import selected_rules
from flake8_aa_celery.model.facts import Fact
from flake8_aa_celery.plugin import Plugin
from flake8_aa_celery.rewrites import ReplaceExpression
from flake8_aa_celery.rules import Rule, all_rules, catalogue
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flake8_aa_celery.model.code.module import Module

CELERY = "from celery import shared_task\n"
#: What is said of a call of f.
F = "AAC201 f is called at 7"


def calls_of(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def call_of_f(tree: ast.Module, module: Module) -> Iterator[Violation]:
    """Calls of f."""
    priority = module.project.settings.bulk_priority
    for node in calls_of(tree, "f"):
        yield Violation.at(node, f"f is called at {priority}", Fix("safe", "Drop it", ReplaceExpression("None")))


def call_of_g(tree: ast.Module, module: Module) -> Iterator[Violation]:
    """Calls of g."""
    for node in calls_of(tree, "g"):
        yield Violation.at(node, "g is called")


def call_of_optional(tree: ast.Module, module: Module) -> Iterator[Violation]:
    """Calls of optional."""
    for node in calls_of(tree, "optional"):
        yield Violation.at(node, "optional is called")


def call_of_alliance(tree: ast.Module, module: Module) -> Iterator[Violation]:
    """Calls of alliance."""
    for node in calls_of(tree, "alliance"):
        yield Violation.at(node, "alliance is called")


def crash(tree: ast.Module, module: Module) -> Iterator[Violation]:
    """Crashes where crash is called."""
    for node in calls_of(tree, "crash"):
        raise KeyError(node.lineno)
    yield from ()


class Trees(Fact[ast.Module]):
    """What every module has one of: a syntax tree."""

    def of(self, module: Module) -> list[ast.Module]:
        return [module.tree]


ANY = Trees("trees", "")
FAKES = (
    Rule("AAC104", "call-of-optional", lambda: call_of_optional, ANY, default=False),
    Rule("AAC201", "call-of-f", lambda: call_of_f, ANY, fix="safe"),
    Rule("AAC203", "call-of-g", lambda: call_of_g, ANY),
    Rule("AAC301", "call-of-alliance", lambda: call_of_alliance, ANY, profiles=("alliance-auth",)),
    Rule("AAC401", "crash", lambda: crash, ANY),
)


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Rule]]:
    """Put the rules of this file in the place of all but those of the linter itself."""
    own = {code: found for code, found in all_rules().items() if code.startswith("AAC9")}
    monkeypatch.setattr(catalogue, "RULES", {fake.code: fake for fake in FAKES} | own)
    selected_rules.cache_clear()
    yield all_rules()
    selected_rules.cache_clear()  # for tests that want the rules that there are


class Outcome(NamedTuple):
    """What a frontend said: its exit code, standard output by line, and standard error."""

    code: int
    lines: list[str]
    errors: str


class Frontends:
    """Runs either frontend with arguments, in the current folder."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def command(self, *arguments: str) -> Outcome:
        selected_rules.cache_clear()
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        return self._outcome(code)

    def check(self, *arguments: str) -> Outcome:
        return self.command("check", *arguments)

    def flake8(self, *arguments: str) -> Outcome:
        selected_rules.cache_clear()
        application = Application()
        application.run(["-j1", *arguments])
        return self._outcome(application.exit_code() if application.options else 1)

    def _outcome(self, code: int) -> Outcome:
        captured = self.capsys.readouterr()
        return Outcome(code, captured.out.splitlines(), captured.err)


def write(path: str, *lines: str) -> None:
    """Write a module that has to do with Celery; its own lines begin with the second."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(CELERY + "".join(f"{line}\n" for line in lines))


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start the command in a process of its own."""
    command = [sys.executable, "-m", "flake8_aa_celery", *arguments]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture
def frontends(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Frontends:
    """Both frontends, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    for name in ("settings", "_nearest"):  # which flake8 sets for its whole process: other tests want theirs
        monkeypatch.setattr(Plugin, name, getattr(Plugin, name))
    return Frontends(capsys)
