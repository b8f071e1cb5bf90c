"""What a pre-filter refuses has nothing to say: whatever is linted with all of them switched off gives the same."""

from __future__ import annotations

import shutil
import sys
from inspect import getmembers, isfunction
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery import model
from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.resolve import prefilters
from flake8_aa_celery.rules import all_rules
from maps import copy_project
from support import ROOT, cases, checked_files, place, settings_of
from unfiltered import OPEN, prefilters_off, search_off

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.violation import Violation
    from support import Case

EVERYTHING = tuple(all_rules())


def found_by_all_rules(root: Path) -> dict[str, list[Violation]]:
    """What any rule says of each file of the project under ``root``, which is read anew."""
    settings, workspace = settings_of(root)._replace(select=EVERYTHING, check_tests=True), Workspace()
    return {
        file.relative_to(root).as_posix(): lint(str(file), file.read_bytes(), settings, workspace)
        for file in checked_files(root)
    }


def assert_nothing_is_hidden(root: Path) -> None:
    """The project under ``root`` gives the same with pre-filters and without."""
    seen = found_by_all_rules(root)
    with prefilters_off():
        assert found_by_all_rules(root) == seen


def fixtures() -> list[Case]:
    """Every fixture that the running Python can parse."""
    return [case for case in cases() if sys.version_info >= case.needs_python()]


# -- everything that the tests lint -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", fixtures(), ids=lambda case: case.name)
def test_nothing_is_hidden_in_a_fixture(case: Case, tmp_path: Path) -> None:
    assert_nothing_is_hidden(case.build(tmp_path / "project"))


def test_nothing_is_hidden_in_the_app_that_is_mapped(tmp_path: Path) -> None:
    copy_project(tmp_path)
    assert_nothing_is_hidden(tmp_path)


@pytest.mark.parametrize("folder", ["behaviour", "model"])
def test_nothing_is_hidden_in_our_own_tests(folder: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / folder, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").touch()
    assert_nothing_is_hidden(tmp_path)


# -- tasks that are called directly -----------------------------------------------------------------------------

JOBS = """\
from celery import shared_task


@shared_task
def update(pk): ...


def plain(pk): ...


class Service:
    @staticmethod
    @shared_task
    def update(pk): ...
"""
IN_A_LOOP = "from celery import shared_task\n{}\n@shared_task\ndef every(pks):\n    for pk in pks:\n        {}\n"
IN_A_VIEW = "{}\ndef view(request, pk):\n    {}\n    return pk\n"
ELSEWHERE = "{}\ndef add(pk):\n    {}\n"
WITH_CELERY = "import celery\n"
#: How a task outside a tasks module gets into a file, and what it is called there.
IMPORTS = {
    "update": "from .jobs import update",
    "again": "from .jobs import update as again",
    "jobs.update": "from app import jobs",
    "app.jobs.update": "import app.jobs",
    "Service.update": "from .jobs import Service",
}


def codes_in(root: Path, path: str, source: str) -> set[str]:
    """Those rules on direct calls that find something in a file beside ``jobs.py``."""
    place(root, "app/jobs.py", JOBS.encode())
    place(root, path, source.encode())
    (root / "pyproject.toml").touch()
    return {violation.code for violation in found_by_all_rules(root)[path]} & {"AAC306", "AAC403", "AAC603"}


def assert_is_seen(code: str, path: str, source: str, call: str, root: Path) -> None:
    """A rule, and no other on direct calls, sees the call of a task, however its name gets into the file."""
    seen = {
        name: codes_in(root / str(number), path, source.format(IMPORTS[name], call.format(name)))
        for number, name in enumerate(IMPORTS)
    }
    assert seen == {name: {code} for name in IMPORTS}


each_call = pytest.mark.parametrize("call", ["{}(pk)", "{}.run(pk)", "{}.apply([pk])"])


@each_call
def test_a_task_outside_a_tasks_module_is_seen_where_a_task_runs_it(call: str, tmp_path: Path) -> None:
    assert_is_seen("AAC306", "app/tasks.py", IN_A_LOOP, call, tmp_path)


@each_call
def test_a_task_outside_a_tasks_module_is_seen_where_a_view_runs_it(call: str, tmp_path: Path) -> None:
    assert_is_seen("AAC603", "app/views.py", WITH_CELERY + IN_A_VIEW, call, tmp_path)


def test_a_task_outside_a_tasks_module_is_seen_where_it_is_called_as_a_function(tmp_path: Path) -> None:
    assert_is_seen("AAC403", "app/services.py", WITH_CELERY + ELSEWHERE, "{}(pk)", tmp_path)


@each_call
def test_a_view_that_does_not_speak_of_celery_may_run_a_task(call: str, tmp_path: Path) -> None:
    assert_is_seen("AAC603", "app/views.py", IN_A_VIEW, call, tmp_path)


def test_a_file_that_does_not_speak_of_celery_may_call_a_task_as_a_function(tmp_path: Path) -> None:
    assert_is_seen("AAC403", "app/services.py", ELSEWHERE, "{}(pk)", tmp_path)


@pytest.mark.parametrize("call", ["plain(pk)", "plain.run(pk)", "plain.apply([pk])", "update", "map(update, [pk])"])
@pytest.mark.parametrize(
    ("path", "source"),
    [("app/tasks.py", IN_A_LOOP), ("app/views.py", IN_A_VIEW), ("app/services.py", ELSEWHERE)],
    ids=["loop", "view", "elsewhere"],
)
def test_what_is_no_call_of_a_task_is_left_alone_with_or_without_prefilters(
    path: str, source: str, call: str, tmp_path: Path
) -> None:
    source = source.format("from .jobs import plain, update", call)
    assert codes_in(tmp_path, path, source) == set()
    with prefilters_off():
        assert codes_in(tmp_path, path, source) == set()


# -- the switch -------------------------------------------------------------------------------------------------


def test_every_prefilter_that_is_asked_from_elsewhere_can_be_switched_off() -> None:
    public = {
        name
        for name, function in getmembers(prefilters, isfunction)
        if function.__module__ == prefilters.__name__ and not name.startswith("_")
    }
    assert public - {"task_names"} == OPEN.keys()


def test_what_is_switched_off_is_on_again_afterwards() -> None:
    before = [*(getattr(prefilters, name) for name in OPEN), model.relevant]
    with prefilters_off():
        switched = [*(getattr(prefilters, name) for name in OPEN), model.relevant]
        assert not set(before) & set(switched)
    assert [*(getattr(prefilters, name) for name in OPEN), model.relevant] == before


def test_a_file_without_a_word_of_celery_is_parsed_only_without_the_search(tmp_path: Path) -> None:
    source = "def helper(): ...\n"
    path = "app/tasks.py"
    (tmp_path / "pyproject.toml").touch()
    place(tmp_path, path, f"{source}(".encode())
    assert found_by_all_rules(tmp_path)[path] == []
    with search_off():
        assert [violation.code for violation in found_by_all_rules(tmp_path)[path]] == ["AAC900"]
