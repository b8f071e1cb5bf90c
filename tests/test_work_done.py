"""How much work a run does, counted instead of timed: files read, parsed and traversed, and modules imported.

The project is fixed, so that a number that grows says that something is done which was not done before.
"""

from __future__ import annotations

import ast
import builtins
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.code import module
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.plugin import Plugin
from flake8_aa_celery.settings import Settings
from support import place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TASK = "from celery import shared_task\n\n@shared_task\ndef update(pk):\n    return pk\n"
FILES = {
    "app/__init__.py": "",
    "app/apps.py": "class App:\n    name = 'app'\n",
    "app/local.py": "PRIORITY = 7\n",
    "app/models.py": "from celery import chain\nfrom app.helpers import clean\n\n"
    "def save(row):\n    return clean(row)\n",
    "app/helpers.py": "def clean(row):\n    return row\n",
    "app/tasks.py": TASK,
    "app/views.py": "from app.local import PRIORITY\nfrom app.tasks import update\n\n"
    "def view(request):\n    update.apply_async(args=[1], priority=PRIORITY)\n",
    "other/__init__.py": "",
    "other/tasks.py": TASK.replace("update", "remove"),
    "tests/test_views.py": "from app.tasks import update\n\nupdate.delay(1)\n",
}
RELEVANT = ["app/models.py", "app/tasks.py", "app/views.py", "other/tasks.py"]
#: What another file is read for: the priority of a dispatch, which a name of that file holds.
LED_TO = ["app/local.py"]

LINT = """
from flake8_aa_celery.linter import lint
from flake8_aa_celery.settings import Settings
lint("/nowhere/app/tasks.py", b"import celery", Settings())
"""


class Work(Counter[str]):
    """How often each thing was done to each file: ``read app/tasks.py``."""

    def done(self, what: str) -> list[str]:
        """The files that it was done to, sorted, each as often as that."""
        return sorted(thing.partition(" ")[2] for thing in self.elements() if thing.startswith(what))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place(tmp_path, "pyproject.toml", b"")
    for path, text in FILES.items():
        place(tmp_path, path, text.encode())
    return tmp_path.resolve()


@pytest.fixture
def work(root: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """What is done from now on to the files of the project."""
    done = Work()
    of_bytes = {text.encode(): path for path, text in FILES.items() if text}

    def watch(owner: object, name: str, what: str, subject: Callable[..., str | None]) -> None:
        original = getattr(owner, name)

        def watched(*arguments: object, **named: object) -> object:
            path = subject(*arguments)
            if path is not None:
                done[f"{what} {path}"] += 1
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, watched)

    def of_project(path: object, *_: object) -> str | None:
        inside = isinstance(path, str) and path.startswith(f"{root}{os.sep}") and path.endswith(".py")
        return os.path.relpath(str(path), root).replace(os.sep, "/") if inside else None

    watch(builtins, "open", "read", of_project)
    watch(ast, "parse", "parse", lambda data, *_: of_bytes.get(data if isinstance(data, bytes) else data.encode()))
    watch(module, "scopes_of", "traverse", ast.unparse)
    return done


def lint_all(root: Path) -> None:
    workspace = Workspace()
    for path, text in FILES.items():
        lint(str(root / path), text.encode(), Settings(), workspace)


def test_only_files_that_have_to_do_with_celery_are_parsed_and_each_once(root: Path, work: Work) -> None:
    lint_all(root)
    assert work.done("parse") == sorted(RELEVANT + LED_TO)


def test_every_tree_is_traversed_once(root: Path, work: Work) -> None:
    lint_all(root)
    assert len(work.done("traverse")) == len(RELEVANT + LED_TO)


def test_a_file_is_read_at_most_twice_for_the_project(root: Path, work: Work) -> None:
    """Once in the search of all files for the names of tasks, and once where a name leads there before."""
    lint_all(root)
    read = Counter(work.done("read"))
    assert max(read.values()) <= 2
    assert "tests/test_views.py" not in read


def test_files_without_celery_cost_nothing(root: Path, work: Work) -> None:
    for path in sorted(set(FILES) - set(RELEVANT)):
        lint(str(root / path), FILES[path].encode(), Settings())
    assert not work


def ast_of(text: str) -> ast.Module:
    """The tree that flake8 hands over; not made by ``ast.parse``, whose calls are counted."""
    tree = compile(text, "", "exec", ast.PyCF_ONLY_AST)
    assert isinstance(tree, ast.Module)
    return tree


def test_flake8s_trees_are_not_parsed_again_unless_a_name_led_there_first(root: Path, work: Work) -> None:
    trees = {path: ast_of(text) for path, text in FILES.items()}
    for path, tree in trees.items():
        list(Plugin(tree, str(root / path), FILES[path].splitlines(keepends=True)).run())
    assert work.done("parse") == LED_TO


def test_a_tree_of_flake8_is_not_traversed_where_its_file_was_before(root: Path, work: Work) -> None:
    for path in ("app/views.py", "app/tasks.py"):
        list(Plugin(ast_of(FILES[path]), str(root / path), FILES[path].splitlines(keepends=True)).run())
    assert len(work.done("traverse")) == len(["app/views.py", "app/tasks.py", *LED_TO])


def imported(code: str) -> set[str]:
    """The modules that are imported once a piece of code has run, without those of a bare interpreter."""
    script = f"import sys; before = set(sys.modules)\n{code}\nprint(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def imported_by(*arguments: str) -> set[str]:
    """The modules that the command imports, those aside that this Python reads a command line with."""
    return imported(f"from flake8_aa_celery.cli import main\nmain({list(arguments)})") - of_argparse()


@cache
def of_argparse() -> frozenset[str]:
    """The modules that come with ``argparse``: from Python 3.14 on, which colours its help, these are many."""
    return frozenset(imported("import argparse\nargparse.ArgumentParser().parse_args([])") - {"ast", "re", "typing"})


def ours(names: set[str], room: str) -> set[str]:
    """Those of the modules that belong to one of our packages."""
    return {name for name in names if f"{name}.".startswith(f"flake8_aa_celery.{room}")}


#: What takes long to import, and what a small app can be checked without.
HEAVY = {
    "asyncio", "bz2", "concurrent.futures", "dataclasses", "datetime", "difflib", "flake8",
    "hashlib", "inspect", "json", "libcst", "lzma", "multiprocessing", "pathlib", "pickle", "random", "rich",
    "shlex", "shutil", "signal", "socket", "string", "subprocess", "tempfile", "threading", "tomllib", "traceback",
    "unittest", "urllib", "zlib",
}  # fmt: skip


def test_the_version_is_told_by_the_command_alone() -> None:
    names = imported_by("--version")
    assert ours(names, "") == {"flake8_aa_celery", "flake8_aa_celery.cli", "flake8_aa_celery.cli._output"}
    assert not names & (HEAVY | {"ast", "re", "typing"})


def test_linting_imports_nothing_heavy() -> None:
    assert not imported(LINT) & HEAVY


def test_a_check_imports_nothing_heavy_and_of_the_command_only_what_it_needs(root: Path) -> None:
    names = imported_by("check", "--isolated", "--no-cache", "--exit-zero", "--output-format=text", str(root))
    assert not names & HEAVY
    parts = (
        "_arguments",
        "_cache",
        "_files",
        "_output",
        "_progress",
        "_report",
        "_settings",
        "_terminal",
        "_workers",
        "check",
    )
    assert ours(names, "cli.") == {"flake8_aa_celery.cli", *(f"flake8_aa_celery.cli.{part}" for part in parts)}
    assert ours(names, "report.") == {f"flake8_aa_celery.report{part}" for part in ("", ".text", "._summary")}
    assert not ours(names, "fixes.") | ours(names, "graph.")


def test_a_small_app_is_checked_with_few_modules(root: Path) -> None:
    """One file a rule, one a fact: what an app has nothing of is not imported, such as the facts of schedules."""
    assert len(imported_by("check", "--isolated", "--no-cache", str(root))) < 230


def test_what_is_answered_from_the_cache_needs_neither_rules_nor_model(root: Path) -> None:
    (root / "setup.py").touch()
    imported_by("check", "--isolated", str(root / "app" / "tasks.py"))
    names = imported_by("check", "--isolated", str(root / "app" / "tasks.py"))
    assert ours(names, "cache.")
    assert ours(names, "rules.") <= {"flake8_aa_celery.rules", "flake8_aa_celery.rules.catalogue"}
    assert not ours(names, "linter.") | ours(names, "model.code.module.") | names & (HEAVY - {"hashlib", "json"})


def test_only_rules_are_imported_that_are_about_something_in_the_files(root: Path) -> None:
    names = imported_by("check", "--isolated", str(root))
    assert ours(names, "rules.aac105")  # on tasks
    assert ours(names, "rules.aac203")  # on priorities
    assert not ours(names, "rules.aac301")  # on workflows
    assert not ours(names, "rules.aac50")  # on schedules
    assert not ours(names, "rules.aac401")  # on arguments that do not fit


def test_a_file_without_celery_imports_neither_the_rules_nor_the_project() -> None:
    names = imported(LINT.replace("import celery", "import os"))
    assert not ours(names, "rules.aac1") | ours(names, "model.project.")


def test_a_check_of_files_without_celery_imports_neither_either(tmp_path: Path) -> None:
    place(tmp_path, "a.py", b"import os\n")
    names = imported_by("check", str(tmp_path))
    assert not ours(names, "rules.aac1") | ours(names, "model.project.")
