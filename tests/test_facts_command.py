"""``aa-celery facts``: what the model knows of a file, for people and for programs."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flake8_aa_celery.cli import _items
from flake8_aa_celery.model.facts import FACTS
from frontends import Frontends, write
from modules import modules_of_fixtures

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.facts import Fact

TASKS = (
    "from app.numbers import LOW",
    "",
    "@shared_task(bind=True, max_retries=3)",
    "def update_all(self, pks: list):",
    "    for pk in pks:",
    "        update.apply_async([pk], priority=LOW)",
    "",
    "@shared_task",
    "def update(pk): ...",
)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> list[Module]:
    """The modules of all fixtures."""
    return modules_of_fixtures(tmp_path_factory)


@pytest.fixture
def tasks(frontends: Frontends) -> Frontends:
    """An app whose tasks are in app/tasks.py."""
    write("app/tasks.py", *TASKS)
    write("app/numbers.py", "LOW = 7")
    Path("app/__init__.py").touch()
    Path("pyproject.toml").touch()
    return frontends


def known(frontends: Frontends, *arguments: str) -> dict[str, Any]:
    """What is known of app/tasks.py, as programs read it."""
    outcome = frontends.command("facts", "app/tasks.py", "--output-format", "json", *arguments)
    assert (outcome.code, outcome.errors) == (0, "")
    (file,) = json.loads("\n".join(outcome.lines))
    assert isinstance(file, dict)
    return file


def place_of(node: ast.AST) -> tuple[object, ...]:
    return tuple(getattr(node, name, None) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"))


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)
def test_every_item_of_a_fact_has_a_line_of_its_file_and_is_plain(fact: Fact[Any], modules: list[Module]) -> None:
    for module in modules:
        # what is handed over is a call that nobody wrote, at the place of one that somebody did
        places = {place_of(node) for node in ast.walk(module.tree)}
        for item in fact.of(module):
            assert place_of(_items.node_of(item)) in places, (module.path, item)
            assert _items.source_of(item)
            json.dumps(_items.details_of(item))


def test_a_task_is_shown_with_its_name_and_its_options(tasks: Frontends) -> None:
    first, second = known(tasks)["facts"]["tasks"]
    assert first == {
        "line": 5,
        "column": 1,
        "source": "def update_all(self, pks: list)",
        "known": {
            "registered_name": "app.tasks.update_all",
            "options": {"bind": "True", "max_retries": "3"},
            "bound": True,
        },
    }
    assert (second["line"], second["known"]["options"]) == (10, {})


def test_a_constant_of_another_file_is_shown_with_what_it_is(tasks: Frontends) -> None:
    (dispatch,) = known(tasks)["facts"]["dispatches"]
    assert dispatch["known"]["options"] == {"priority": "LOW = 7"}
    assert dispatch["known"]["receiver"] == "update"
    assert dispatch["known"]["loop"] == "loop in line 6"


def test_every_fact_is_there_for_programs_also_where_there_is_nothing_of_it(tasks: Frontends) -> None:
    file = known(tasks)
    assert list(file["facts"]) == list(FACTS)
    assert file["facts"]["views"] == []
    assert (file["path"], file["module"], file["unchecked"]) == ("app/tasks.py", "app.tasks", "")


def test_facts_are_shown_a_line_for_each_item(tasks: Frontends) -> None:
    lines = tasks.command("facts", "app/tasks.py").lines
    assert lines[0] == "app/tasks.py"
    assert "tasks  The tasks that are defined in a module, in the order of the source." in lines
    assert "   10  def update(pk)" in lines
    assert "    7  update.apply_async([pk], priority=LOW)" in lines
    assert "       registered_name: app.tasks.update; bound: False" in lines
    (nothing,) = [line for line in lines if line.startswith("Nothing of: ")]
    assert "views" in nothing and "dispatches" not in nothing


def test_only_the_facts_that_are_named_are_shown(tasks: Frontends) -> None:
    assert list(known(tasks, "--fact", "views", "--fact", "tasks")["facts"]) == ["tasks", "views"]
    assert tasks.command("facts", "app/tasks.py", "--fact", "views").lines == [
        "app/tasks.py", "", "Nothing of: views", ""
    ]  # fmt: skip


def test_a_fact_that_there_is_not_is_misuse(tasks: Frontends) -> None:
    outcome = tasks.command("facts", "app/tasks.py", "--fact", "nothing")
    assert (outcome.code, outcome.lines) == (2, [])
    assert "invalid choice: 'nothing'" in outcome.errors


def test_it_is_said_why_no_rule_looks_into_a_file(tasks: Frontends) -> None:
    write("app/tests/test_tasks.py", "shared_task(f)")
    Path("plain.py").write_text("x = 1\n", "utf-8")
    assert tasks.command("facts", "app/tests/test_tasks.py").lines[1] == (
        "No rule looks into it: it is excluded, test code or a migration."
    )
    assert tasks.command("facts", "plain.py").lines[1] == "No rule looks into it: nothing in it has to do with Celery."


def test_settings_are_those_of_the_file(tasks: Frontends) -> None:
    Path("app").mkdir(exist_ok=True)
    Path("app/jobs.py").write_text("def run(): ...\n", "utf-8")
    Path("pyproject.toml").write_text('[tool.flake8-aa-celery]\ntasks-modules = ["jobs"]\n', "utf-8")
    Path("user.py").write_text("from app.jobs import run\n", "utf-8")
    assert "No rule" not in "".join(tasks.command("facts", "user.py").lines)
    assert "No rule" in "".join(tasks.command("facts", "user.py", "--isolated").lines)


def test_rules_look_into_a_file_that_imports_one_that_speaks_of_celery(tasks: Frontends) -> None:
    write("app/jobs.py", "def run(): ...")
    Path("user.py").write_text("from app.jobs import run\n", "utf-8")
    assert "No rule" not in "".join(tasks.command("facts", "user.py").lines)


def test_what_cannot_be_read_or_parsed_is_named_and_the_rest_is_shown(tasks: Frontends) -> None:
    write("broken.py", "def f(:")
    outcome = tasks.command("facts", "none.py", "broken.py", "app", "app/tasks.py", "--fact", "views")
    assert (outcome.code, outcome.lines[0]) == (2, "app/tasks.py")
    assert outcome.errors.splitlines()[0] == "aa-celery: none.py: No such file or directory"
    assert outcome.errors.splitlines()[1].startswith("aa-celery: broken.py: line 2: ")
    assert outcome.errors.splitlines()[2] == "aa-celery: app: Is a directory"


def test_a_terminal_gets_colours(tasks: Frontends) -> None:
    outcome = tasks.command("facts", "app/tasks.py", "--fact", "tasks", "--color", "always")
    assert outcome.lines[0] == "\x1b[1mapp/tasks.py\x1b[0m"


def test_a_file_cannot_move_the_cursor(tasks: Frontends) -> None:
    write("odd.py", "@shared_task(name='\x1b[2J')", "def odd(): ...")
    assert "\x1b" not in "".join(tasks.command("facts", "odd.py").lines)
