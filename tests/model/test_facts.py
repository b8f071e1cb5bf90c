"""The list of facts: whole, of the right types, and right about which facts must come first."""

from __future__ import annotations

import ast
from inspect import getdoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from annotations import in_full
from flake8_aa_celery import model
from flake8_aa_celery.model import facts
from flake8_aa_celery.model.facts import FACTS, Fact
from modules import modules_of_fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module

MODEL = Path(model.__file__).parent

each_fact = pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> list[Module]:
    """The modules of all fixtures."""
    return modules_of_fixtures(tmp_path_factory)


def stated() -> Iterator[tuple[str, str]]:
    """The functions of the model that are remembered lists of what a module has, with their files."""
    for file in sorted(MODEL.rglob("*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.returns is not None:
                taken = [argument.annotation for argument in node.args.args]
                is_list = ast.unparse(node.returns).startswith("list[")
                of_module = [ast.unparse(annotation) for annotation in taken if annotation] == ["Module"]
                if "fact" in map(ast.unparse, node.decorator_list) and is_list and of_module:
                    yield node.name, ".".join(file.relative_to(MODEL).with_suffix("").parts)


def test_every_fact_is_listed_with_its_file() -> None:
    listed = sorted((f"{fact.name}_of", fact.file) for fact in FACTS.values())
    assert listed == sorted(stated())


@each_fact
def test_a_fact_is_called_as_its_constant(fact: Fact[Any]) -> None:
    assert getattr(facts, fact.name.upper()) is fact


@each_fact
def test_a_fact_is_listed_with_the_type_of_its_items(fact: Fact[Any]) -> None:
    listed = in_full(facts.__annotations__[fact.name.upper()], Fact).removeprefix(in_full("Fact", Fact))
    assert f"list{listed}" == in_full(fact.function.__annotations__["return"], fact.function)


@each_fact
def test_a_fact_says_what_it_is(fact: Fact[Any]) -> None:
    assert getdoc(fact.function)


@each_fact
def test_a_fact_is_found_out_once(fact: Fact[Any], modules: list[Module]) -> None:
    assert fact.function(modules[0]) is fact.function(modules[0])


@each_fact
def test_a_module_without_what_a_fact_needs_has_nothing_of_it(fact: Fact[Any], modules: list[Module]) -> None:
    found = [(list(fact.of(module)), fact.function(module), module.path_in_project) for module in modules]
    assert [path for asked, said, path in found if asked != said] == []
    assert any(said for _, said, _ in found), "no fixture has anything of it"
