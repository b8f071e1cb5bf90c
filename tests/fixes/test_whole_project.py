"""Files that are fixed together: what is fixed in one shows in the others, in whatever process and order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.cli._workers import spread
from flake8_aa_celery.fixes.whole_project import fix_all
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flake8_aa_celery.fixes.engine import Fixed
    from flake8_aa_celery.fixes.whole_project import File, Spread, Work

SETTINGS = Settings(select=("AAC103", "AAC205"))
FUNCTION = "def update(pk):\n    print(pk)\n\n\nupdate.delay(1)\n"
TASK = "from celery import shared_task\n\n\n@shared_task\n" + FUNCTION
BULK = "from {}.tasks import update\n\nfor x in y: update.delay(x)\n"
WITH_PRIORITY = "from {}.tasks import update\n\nfor x in y: update.apply_async(args=[x], priority=7)\n"


def at_once(files: Sequence[File], work: Work) -> list[tuple[str, Fixed]]:
    """Do the work in this process."""
    return work(files)


#: Each file has a process of its own where there are as many processes as files.
APART = partial(spread, jobs=100)


def project(root: Path, name: str, texts: dict[str, str]) -> list[File]:
    folder = root / name / name
    folder.mkdir(parents=True)
    (root / name / "pyproject.toml").touch()
    (folder / "__init__.py").touch()
    for file, text in texts.items():
        (folder / file).write_text(text)
    return [(str(folder / file), text.encode()) for file, text in texts.items()]


@pytest.mark.parametrize("doer", [at_once, APART])
@pytest.mark.parametrize("views", ["a_views.py", "views.py"])
def test_what_becomes_a_task_in_one_file_is_one_in_the_others(tmp_path: Path, views: str, doer: Spread) -> None:
    files = sorted(project(tmp_path, "app", {"tasks.py": FUNCTION, views: BULK.format("app")}))
    fixed = fix_all(files, SETTINGS, doer, unsafe=True)
    assert {path.rpartition("/")[2]: outcome.data.decode() for path, outcome in fixed.items()} == {
        "tasks.py": TASK,
        views: WITH_PRIORITY.format("app"),
    }
    assert [outcome.left for outcome in fixed.values()] == [(), ()]


@pytest.mark.parametrize("doer", [at_once, APART])
def test_the_files_of_many_projects_see_what_becomes_of_those_of_their_own(tmp_path: Path, doer: Spread) -> None:
    names = ["one", "two", "three", "four"]
    files = [
        file
        for name in names
        for file in project(tmp_path, name, {"a_views.py": BULK.format(name), "tasks.py": FUNCTION})
    ]
    fixed = fix_all(files, SETTINGS, doer, unsafe=True)
    texts = [outcome.data.decode() for path, outcome in sorted(fixed.items()) if path.endswith("views.py")]
    assert texts == [WITH_PRIORITY.format(name) for name in sorted(names)]


def test_only_projects_in_which_something_can_be_seen_are_gone_through_again(tmp_path: Path) -> None:
    """A line in a log and a priority in a function concern nobody else."""
    seen = project(tmp_path, "seen", {"tasks.py": FUNCTION, "views.py": BULK.format("seen")})
    body = "def run():\n    for pk in range(9):\n        update.delay(pk)\n"
    unseen = project(tmp_path, "unseen", {"tasks.py": TASK + "\n\n" + body, "views.py": BULK.format("unseen")})
    rounds = []

    def noting(files: Sequence[File], work: Work) -> list[tuple[str, Fixed]]:
        rounds.append([path for path, _ in files])
        return work(files)

    settings = Settings(select=("AAC103", "AAC105", "AAC106", "AAC205"))
    fixed = fix_all([*seen, *unseen[:1]], settings, noting, unsafe=True)
    assert all(outcome.applied for outcome in fixed.values())
    assert rounds[1:] == [[path for path, _ in seen]]


def test_a_text_that_was_refused_is_not_what_other_files_see(tmp_path: Path) -> None:
    """Dropping `bind` would make a dispatch here wrong; it must not make one in a file that is looked at later so."""
    task = "from celery import shared_task\n\n\n@shared_task(bind=True)\ndef update():\n    ...\n\n\n"
    views = "from app.tasks import update\n\nupdate.delay()\n"
    files = project(tmp_path, "app", {"tasks.py": task + "update.delay(1)\n", "views.py": views})
    fixed = fix_all(files, Settings(select=("AAC109", "AAC401")), at_once, unsafe=True)
    assert [why for outcome in fixed.values() for _, why in outcome.refused] == ["AAC401 would be violated"]
    again = {path: [found.message for found in outcome.left] for path, outcome in fixed.items()}
    fresh = fix_all(files[1:], Settings(select=("AAC401",)), at_once)
    assert again[files[1][0]] == [found.message for found in fresh[files[1][0]].left]
