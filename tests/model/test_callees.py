"""Which functions of its own module a function calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.code.callees import called_functions, reached_from
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.model.code.scopes import Scope

OTHERS = """
def a(): b()
def b(): a()
class C:
    def one(self): ...
    def two(self): ...
"""


def first_function(root: Path, body: str) -> Scope:
    """A function with this body, below a few others."""
    module = module_of(root, f"{OTHERS}\ndef f():\n    {body}")
    return next(scope for scope in module.scopes.all if getattr(scope.node, "name", "") == "f")


def names_of(scopes: list[Scope]) -> set[str]:
    return {str(getattr(scope.node, "name", "")) for scope in scopes}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a()", {"a"}),
        ("on_commit(a)", {"a"}),
        ("on_commit(func=a)", {"a"}),
        ("[a() for x in y]", {"a"}),
        ("on_commit(lambda: a())", {"a"}),
        ("C.one()", {"one"}),
        ("C()", {"one", "two"}),
        ("g = a\n    g()", set()),
        ("other.a()", set()),
    ],
)
def test_the_functions_that_a_function_calls_or_hands_on(tmp_path: Path, body: str, expected: set[str]) -> None:
    assert names_of(list(called_functions(first_function(tmp_path, body)))) == expected


def test_functions_that_call_each_other_are_reached_once(tmp_path: Path) -> None:
    reached = list(reached_from(first_function(tmp_path, "a()")))
    assert len(reached) == 3
    assert names_of(reached) == {"f", "a", "b"}
