"""What is kept of earlier runs: the same answers, for as long as nothing changes, and never more trouble than none."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.cache_fuzz import Fuzz
from flake8_aa_celery.cache import FOLDER
from flake8_aa_celery.cache.entries import Invalid, plain_violations, violations_of
from flake8_aa_celery.cli import _files
from flake8_aa_celery.linter import lint
from flake8_aa_celery.settings import Settings
from support import cases, checked_files, settings_of

if TYPE_CHECKING:
    from frontends import Frontends

TASKS = """\
from celery import shared_task


@shared_task
def update(pk):
    print(pk)


def send(pks):
    for pk in pks:
        update.delay(pk)
"""


@pytest.fixture
def project(frontends: Frontends, tmp_path: Path) -> Path:
    """The current folder, a project in which something is found."""
    root = tmp_path / "project"
    (root / "shop").mkdir(parents=True)
    (root / "setup.py").touch()
    (root / "shop" / "__init__.py").touch()
    (root / "shop" / "tasks.py").write_text(TASKS)
    (root / "shop" / "views.py").write_text("from .tasks import update\n\n\ndef view(request):\n    update.delay()\n")
    os.chdir(root)
    return root


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs in which files were read to be linted."""
    runs: list[str] = []
    read_files = _files.read_files

    def remembered(*given: object) -> object:
        runs.append("run")
        return read_files(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(_files, "read_files", remembered)
    return runs


def entries(root: Path) -> list[Path]:
    return sorted(root.rglob(f"{FOLDER}/*.json"))


def settled(root: Path) -> None:
    """Let all files be of some time ago: what has just changed is read again."""
    for path in root.rglob("*"):
        if FOLDER not in path.parts:
            os.utime(path, (1_700_000_000, 1_700_000_000))


def test_a_second_run_lints_nothing_and_says_the_same(frontends: Frontends, project: Path, linted: list[str]) -> None:
    first = frontends.check()
    assert first.code == 1
    assert len(first.lines) > 1
    assert [frontends.check(), frontends.check("."), frontends.check("--output-format", "text")] == [first] * 3
    assert linted == ["run"]
    assert len(entries(project)) == 1


@pytest.mark.parametrize(
    "options", [("--output-format", "json"), ("--output-format", "sarif"), ("--statistics",), ("--exit-zero", "-q")]
)
def test_all_reports_are_the_same(frontends: Frontends, project: Path, linted: list[str], options: tuple[str]) -> None:
    plain = frontends.check("--no-cache", *options)
    assert (frontends.check(*options), frontends.check(*options)) == (plain, plain)
    assert len(linted) == 2


def test_files_that_are_asked_for_alone_are_answered_from_a_run_over_all(
    frontends: Frontends, project: Path, linted: list[str]
) -> None:
    frontends.check(".")
    asked = frontends.check("./shop/views.py")
    assert (asked.code, len(asked.lines), len(linted)) == (1, 1, 1)
    assert asked == frontends.check("--no-cache", "./shop/views.py")
    assert frontends.check("shop/views.py") == frontends.check("--no-cache", "shop/views.py")
    assert len(linted) == 3


def test_what_is_linted_later_is_added(frontends: Frontends, project: Path, linted: list[str]) -> None:
    for path in ("shop/views.py", "shop/tasks.py", "shop"):
        frontends.check(path)
    assert len(linted) == 3  # the empty __init__.py was not asked for before
    for path in ("shop/tasks.py", "shop/views.py", "shop"):
        frontends.check(path)
    assert len(linted) == 3


CHANGES = {
    "the file": lambda root: (root / "shop" / "views.py").write_text("x = 1\n"),
    "a file that it uses": lambda root: (root / "shop" / "tasks.py").write_text(TASKS.replace("(pk)", "()", 1)),
    "a new file": lambda root: (root / "shop" / "models.py").write_text("x = 1\n"),
    "a removed file": lambda root: (root / "shop" / "__init__.py").unlink(),
    "a renamed file": lambda root: (root / "shop" / "tasks.py").rename(root / "shop" / "jobs.py"),
    "a new folder": lambda root: (root / "other").mkdir(),
    "a renamed folder": lambda root: (root / "shop").rename(root / "store"),
    "a marker": lambda root: (root / "shop" / "setup.cfg").touch(),
    "a setting": lambda root: (root / "pyproject.toml").write_text("[tool.flake8-aa-celery]\nbulk-priority = 8\n"),
    "an ignored file": lambda root: (root / ".gitignore").write_text("views.py\n"),
    "a file that is ignored from above": lambda root: (root.parent / ".gitignore").write_text("views.py\n"),
    "declared dependencies": lambda root: (root / "requirements.txt").write_text("celery\n"),
    "a document": lambda root: (root / "README.md").write_text("```python\nCELERYBEAT_SCHEDULE = {}\n```\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_linted_again(frontends: Frontends, project: Path, linted: list[str], change: str) -> None:
    frontends.check()
    settled(project)
    frontends.check()
    assert len(linted) == 1
    CHANGES[change](project)
    cached, plain = frontends.check(), frontends.check("--no-cache")
    assert cached == plain
    assert len(linted) == 3


def test_the_same_bytes_with_other_times_are_the_same(frontends: Frontends, project: Path, linted: list[str]) -> None:
    frontends.check()
    os.utime(project / "shop" / "tasks.py", (1, 1))
    data = (project / "shop" / "views.py").read_bytes()
    (project / "shop" / "views.py").unlink()
    (project / "shop" / "views.py").write_bytes(data)
    frontends.check()
    assert len(linted) == 1


def test_other_bytes_with_the_same_size_and_times_are_seen(
    frontends: Frontends, project: Path, linted: list[str]
) -> None:
    path = project / "shop" / "views.py"
    settled(project)
    frontends.check()
    path.write_text(path.read_text().replace("update.delay()", "update.delax()"))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert frontends.check() == frontends.check("--no-cache")


@pytest.mark.parametrize(
    "options",
    [("--no-cache",), ("-v",), ("--fix", "--diff"), ("--isolated", "--environment", "auto")],
    ids=lambda options: options[0],
)
def test_what_is_not_kept(frontends: Frontends, project: Path, options: tuple[str]) -> None:
    frontends.check(*options)
    assert entries(project) == []


def test_a_snippet_and_a_folder_without_a_marker_are_not_kept(
    frontends: Frontends, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TASKS.encode())))
    frontends.check("-")
    (project / "setup.py").unlink()
    frontends.check()
    assert entries(project) == []


def test_a_path_that_is_not_there_is_said_each_time(frontends: Frontends, project: Path) -> None:
    asked = [frontends.check(".", "gone.py") for _ in range(2)]
    assert asked[0] == asked[1]
    assert asked[0].code == 2
    assert "gone.py" in asked[0].errors


def test_a_project_without_a_recognised_task_is_told_of_each_time(frontends: Frontends, project: Path) -> None:
    (project / "shop" / "tasks.py").write_text("import celery\nfrom x import make\n\n\n@make.task\ndef update(): ...\n")
    asked = [frontends.check() for _ in range(2)]
    assert asked[0] == asked[1]


def test_a_baseline_is_heeded(frontends: Frontends, project: Path) -> None:
    frontends.check("--baseline", "known.json", "--update-baseline")
    asked = [frontends.check("--baseline", "known.json") for _ in range(3)]
    assert asked[0] == asked[1] == asked[2]
    assert asked[0].code == 0


# -- where it is ------------------------------------------------------------------------------------------------------


def test_the_folder_says_what_it_is(frontends: Frontends, project: Path) -> None:
    frontends.check()
    assert (project / FOLDER / ".gitignore").read_text() == "*\n"
    assert (project / FOLDER / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


@pytest.mark.parametrize("way", ["option", "variable"])
def test_it_can_be_elsewhere(
    frontends: Frontends, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linted: list[str], way: str
) -> None:
    options = ("--cache-dir", str(tmp_path / "kept")) if way == "option" else ()
    if way == "variable":
        monkeypatch.setenv("AA_CELERY_CACHE_DIR", str(tmp_path / "kept"))
    assert frontends.check(*options) == frontends.check(*options)
    assert len(linted) == 1
    assert not (project / FOLDER).exists()
    assert len(list((tmp_path / "kept").glob("project-*/*.json"))) == 1
    assert frontends.command("clean", *options).code == 0
    assert list((tmp_path / "kept").iterdir()) == []


def test_clean_removes_it_and_nothing_else(frontends: Frontends, project: Path) -> None:
    frontends.check()
    (project / FOLDER / "mine.txt").touch()
    assert frontends.command("clean") == (0, [], "")
    assert [path.name for path in (project / FOLDER).iterdir()] == ["mine.txt"]
    assert frontends.command("clean").code == 0
    assert (project / FOLDER / "mine.txt").exists()
    gone = frontends.command("clean", "gone")
    assert (gone.code, gone.errors) == (2, "aa-celery: gone: No such file or directory\n")


def test_few_entries_are_kept(frontends: Frontends, project: Path) -> None:
    for number in range(1, 13):
        frontends.check("--max-task-statements", str(number))
    assert len(entries(project)) == 8


# -- what is wrong with it --------------------------------------------------------------------------------------------

BROKEN = {
    "empty": b"",
    "cut": b'{"key": "',
    "no object": b"[]",
    "null": b"null",
    "other fields": b'{"key": 1}',
    "no text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_entry_is_ignored(frontends: Frontends, project: Path, content: str) -> None:
    first = frontends.check()
    (entry,) = entries(project)
    entry.write_bytes(BROKEN[content])
    assert frontends.check() == first
    assert json.loads(entry.read_bytes())["found"]


@pytest.mark.parametrize(
    "found",
    [
        [["x"], 1],
        [[[1, 0, 1, 4, "m", None, "AAC205", "n"]], 1],
        [[["1", 0, 1, 4, "m", None, "AAC205", "n", []]], 1],
        [[[1, 0, 1, 4, "m", ["safe", "t", {"": "Path", "x": 1}], "AAC205", "n", []]], 1],
        [[[1, 0, 1, 4, "m", ["safe", "t", {"": "TYPE_CHECKING"}], "AAC205", "n", []]], 1],
        [[[1, 0, 1, 4, "m", ["maybe", "t", {"": "LoopToChain"}], "AAC205", "n", []]], 1],
        [[], "many"],
        3,
    ],
)
def test_an_entry_that_holds_something_else_is_ignored(frontends: Frontends, project: Path, found: object) -> None:
    first = frontends.check()
    (entry,) = entries(project)
    plain = json.loads(entry.read_bytes())
    plain["found"] = dict.fromkeys(plain["found"], found)
    entry.write_text(json.dumps(plain))
    assert frontends.check() == first


def test_an_entry_of_another_version_is_ignored(
    frontends: Frontends, project: Path, linted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flake8_aa_celery.cache import answers

    frontends.check()
    monkeypatch.setattr(answers, "__version__", "99.0")
    frontends.check()
    assert len(linted) == 2


@pytest.mark.parametrize("there", ["a file", "a foreign folder", "a link"])
def test_something_else_in_its_place_does_no_harm(frontends: Frontends, project: Path, there: str) -> None:
    place = project / FOLDER
    if there == "a file":
        place.write_text("mine")
    elif there == "a link":
        place.symlink_to(project / "nowhere")
    else:
        place.mkdir()
        (place / "notes.txt").write_text("mine")
    plain = frontends.check("--no-cache")
    assert (frontends.check(), frontends.check()) == (plain, plain)
    if there == "a foreign folder":
        assert (place / "notes.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_written_does_no_harm(
    frontends: Frontends, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flake8_aa_celery.cache import store

    def refuse(path: str, data: bytes, *, durable: bool = True) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(store, "write", refuse)
    plain = frontends.check("--no-cache")
    assert (frontends.check(), frontends.check()) == (plain, plain)


def test_a_link_out_of_the_project_is_not_kept(frontends: Frontends, project: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (project / "linked").symlink_to(tmp_path / "outside")
    frontends.check()
    assert entries(project) == []


def test_a_link_that_leads_in_a_circle_does_no_harm(frontends: Frontends, project: Path, linted: list[str]) -> None:
    (project / "one.py").symlink_to("two.py")
    (project / "two.py").symlink_to("one.py")
    (project / "shop" / ".gitignore").symlink_to(".gitignore")
    (project / "shop" / "again").symlink_to(project)
    plain = frontends.check("--no-cache")
    assert (frontends.check(), frontends.check()) == (plain, plain)
    assert len(linted) == 2


def test_what_changes_while_it_is_linted_is_not_kept(
    frontends: Frontends, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flake8_aa_celery.cli import _workers

    lint_all = _workers.lint_all

    def slow(*given: object) -> object:
        (project / "shop" / "late.py").touch()
        return lint_all(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(_workers, "lint_all", slow)
    frontends.check()
    assert entries(project) == []


def test_two_runs_at_once_do_no_harm(frontends: Frontends, project: Path) -> None:
    import subprocess

    plain = frontends.check("--no-cache")
    command = [sys.executable, "-m", "flake8_aa_celery", "check"]
    outputs: list[str] = []

    def run() -> None:
        outputs.append(subprocess.run(command, capture_output=True, text=True, check=False).stdout)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [output.splitlines() for output in outputs] == [plain.lines] * 4
    assert len(entries(project)) == 1


# -- all of it --------------------------------------------------------------------------------------------------------


def test_all_violations_of_all_fixtures_survive(tmp_path: Path) -> None:
    """Whatever rules say and fixes need comes back as it was, through JSON."""
    kinds: set[str] = set()
    for number, case in enumerate(cases()):
        root = case.build(tmp_path / str(number))
        for file in checked_files(root):
            settings: Settings = settings_of(root)
            found = lint(str(file), file.read_bytes(), settings)
            assert violations_of(json.loads(json.dumps(plain_violations(found)))) == found
            kinds |= {type(each.fix.rewrite).__name__ for each in found if each.fix}
    assert len(kinds) > 25


def test_what_is_none_of_ours_is_invalid() -> None:
    with pytest.raises(Invalid):
        violations_of([[1, 2, 3]])
    with pytest.raises(Invalid):
        violations_of(3)


@pytest.mark.slow
def test_a_hundred_random_changes(tmp_path: Path) -> None:
    fuzz = Fuzz(tmp_path, seed=7)
    assert fuzz.run(100) == []
    assert fuzz.hits > 10
