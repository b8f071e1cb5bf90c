"""Imports are added where isort would have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
import pytest

from flake8_aa_celery.fixes import Import
from flake8_aa_celery.fixes._imports import add_after_imports, add_import

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '"""About it."""\n\nimport logging\n\nfrom celery import chain\n\nfrom .models import Owner\n'


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    return str(tmp_path / "app" / "tasks.py")


@pytest.mark.parametrize(
    ("wanted", "line", "longer"),
    [
        (Import("celery", "shared_task"), "from celery import chain", "from celery import chain, shared_task"),
        (Import(".models", "Pilot"), "from .models import Owner", "from .models import Owner, Pilot"),
        (Import(".helpers", "run"), "from .models", "from .helpers import run\nfrom .models"),
        (Import(".", "helpers"), "from .models", "from . import helpers\nfrom .models"),
        (Import("celery", "group", "all"), "import chain", "import chain\nfrom celery import group as all"),
        (Import("redis", alias="store"), "from celery", "import redis as store\nfrom celery"),
        (Import("os"), "import logging", "import logging\nimport os"),
        (Import("__future__", "annotations"), "import logging", "from __future__ import annotations\n\nimport logging"),
    ],
)  # fmt: skip
def test_an_import_is_added_to_those_of_its_section(path: str, wanted: Import, line: str, longer: str) -> None:
    assert add_import(cst.parse_module(HEAD), wanted, path).code == HEAD.replace(line, longer)


def test_imports_are_sorted_in_whatever_order_they_are_added(path: str) -> None:
    wanted = [Import(".models", "Owner"), Import("celery", "chain"), Import("logging")]
    for order in (wanted, wanted[::-1], wanted[1:] + wanted[:1]):
        module = cst.parse_module('"""About it."""\n')
        for each in order:
            module = add_import(module, each, path)
        assert module.code == HEAD


def test_what_only_type_checkers_imported_is_not_imported_twice(path: str) -> None:
    typing = "\nif TYPE_CHECKING:\n    from .models import Pilot\n"
    module = add_import(cst.parse_module(HEAD + typing), Import(".models", "Pilot"), path)
    assert module.code == HEAD.replace("import Owner", "import Owner, Pilot")


@pytest.mark.parametrize(
    ("head", "below"),
    [
        (HEAD, ""),
        (HEAD, "\nvalue = 2\n"),
        (HEAD, "\n\ndef f():\n    import os\n"),
        ('"""About it."""\n', "\nvalue = 2\nimport os\n"),
    ],
)
def test_a_statement_is_put_below_the_imports_at_the_top(head: str, below: str) -> None:
    assert add_after_imports(cst.parse_module(head + below), "one = 1").code == f"{head}\none = 1\n{below}"
