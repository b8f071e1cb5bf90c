"""What the model says of the expressions of a program, against what they were when it ran.

A program is a package of modules that asks by ``print(7, expression)``. It is imported, with a ``print`` that keeps
what it is given; then the model is asked what the expression of each question is. It may not know. It may not be wrong.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import sys
import warnings
from collections.abc import Mapping as AnyMapping
from contextlib import contextmanager, suppress
from enum import Enum
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.linter import parse
from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    Class,
    Constant,
    Function,
    Instance,
    Items,
    Mapping,
    ModuleValue,
    Origin,
    Several,
    Value,
)
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flake8_aa_celery.model.code.scopes import CallSite

_CACHED = type(functools.cache(len))
#: What is kept of something that a program holds, so that what changes it later changes no answer.
Kept = object


class Answers(NamedTuple):
    """How often the model was right, did not know, and what it was wrong about, a line each."""

    right: int
    unknown: int
    wrong: list[str]


class Something(NamedTuple):
    """What has a name: a function, a class, a module, or an instance of a class."""

    kind: str
    name: str


def asked(files: AnyMapping[str, str], folder: Path) -> Answers:
    """Run a program, ask the model, and compare.

    :param files: the text of each module, by its path below ``folder``.
    :param folder: an empty folder.
    """
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    real = kept_of(files, folder)
    right = unknown = 0
    wrong: list[str] = []
    for number, call in questions(files, folder):
        if number not in real:
            continue
        value = value_of(call.node.args[1], call.site)
        if value is UNKNOWN:
            unknown += 1
        elif all(agrees(value, each) for each in real[number]):
            right += 1
        else:
            asks = ast.unparse(call.node.args[1])
            wrong.append(f"question {number}, {call.site.module.dotted}, {asks}: {said(value)}, not {real[number]}")
    return Answers(right, unknown, wrong)


def questions(files: AnyMapping[str, str], folder: Path) -> Iterator[tuple[int, CallSite]]:
    """The questions of a program, by their numbers."""
    project = Project(str(folder.resolve()), Settings(), Workspace())
    for path in files:
        file = folder.resolve() / path
        module = project.module(str(file), parse(file.read_bytes()))
        for call in module.all_calls():
            if call.name == "print":
                yield call.node.args[0].value, call  # type: ignore[attr-defined]  # it is a number


def kept_of(files: AnyMapping[str, str], folder: Path) -> dict[int, list[Kept]]:
    """What was asked about when the program ran, as far as it came."""
    found: dict[int, list[Kept]] = {}
    names = [path.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in files]
    with _recorded(found), imports_from(str(folder)), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            with suppress(Exception):  # what a program asks until it fails counts all the same
                importlib.import_module(name)
    return found


@contextmanager
def _recorded(found: dict[int, list[Kept]]) -> Iterator[None]:
    def record(number: int, value: object) -> None:
        found.setdefault(number, []).append(kept(value))

    usual = builtins.print
    builtins.print = record  # type: ignore[assignment]
    try:
        yield
    finally:
        builtins.print = usual


@contextmanager
def imports_from(folder: str) -> Iterator[None]:
    before = set(sys.modules)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - before:
            del sys.modules[name]


def kept(value: object) -> Kept:
    """What is compared of something that a program holds."""
    if isinstance(value, dict):
        return {key: kept(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [kept(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return frozenset(map(kept, value))
    if isinstance(value, ModuleType):
        return Something("module", value.__name__)
    value = value.__wrapped__ if isinstance(value, _CACHED) else value
    if isinstance(value, FunctionType):
        return Something("function", f"{value.__module__}.{value.__qualname__}")
    if isinstance(value, type):
        return Something("class", f"{value.__module__}.{value.__qualname__}")
    if value is None or type(value) in (bool, int, float, str, bytes):
        return value
    if isinstance(value, Enum) and isinstance(value, (int, str)):
        return int(value) if isinstance(value, int) else str.__str__(value)
    return Something("instance", f"{type(value).__module__}.{type(value).__qualname__}")


def agrees(value: Value, real: Kept) -> bool:
    """Whether what the model says can be what there was."""
    if isinstance(value, Constant):
        return type(value.value) is type(real) and value.value == real
    if isinstance(value, Mapping):
        return isinstance(real, dict) and _agrees_with_dict(value, real)
    if isinstance(value, (Items, Several)):
        return isinstance(real, (list, frozenset)) and _agrees_with_list(value, real)
    if isinstance(value, Origin):
        return True if value.dotted.endswith("()") else isinstance(real, Something) and _last(value.dotted, real.name)
    name = _name_of(value)
    return name is None or real == name


def _agrees_with_dict(value: Mapping, real: dict[object, Kept]) -> bool:
    texts = {key for key in real if isinstance(key, str)}
    if value.complete and texts != set(value.entries):
        return False
    return all(key in real and agrees(entry.value, real[key]) for key, entry in value.entries.items())


def _agrees_with_list(value: Items | Several, real: list[Kept] | frozenset[Kept]) -> bool:
    if isinstance(value, Several):
        return len(value.values) == len(real) and all(map(agrees, value.values, real))
    if isinstance(real, frozenset):
        sure = [element for element in value.elements if not element.maybe]
        return not value.complete or all(any(agrees(element.value, each) for each in real) for element in sure)
    if not value.complete or any(element.loop or element.maybe for element in value.elements):
        return True
    return len(value.elements) == len(real) and all(
        agrees(element.value, each) for element, each in zip(value.elements, real, strict=True)
    )


def _name_of(value: Value) -> Something | None:
    if isinstance(value, ModuleValue):
        return Something("module", value.dotted)
    if isinstance(value, Function):
        return Something("function", _qualified(value))
    if isinstance(value, Class):
        return Something("class", _qualified(value))
    if isinstance(value, Instance) and value.is_exact:
        return Something("instance", _qualified(value.of))
    return None


def _qualified(value: Function | Class) -> str:
    parts = [value.node.name]
    scope = value.site.scope
    while scope.parent is not None:
        parts += ["<locals>"] * (scope.kind == "function") + [getattr(scope.node, "name", "<lambda>")]
        scope = scope.parent
    return ".".join([value.module.dotted, *reversed(parts)])


def _last(dotted: str, name: str) -> bool:
    return dotted.rpartition(".")[2] == name.rpartition(".")[2]


def said(value: Value) -> str:
    """What the model says, in words."""
    if isinstance(value, Constant):
        return repr(value.value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {said(entry.value)}" for key, entry in value.entries.items())
        return f"{{{inner}{'' if value.complete else ', …'}}}"
    if isinstance(value, Items):
        return f"[{', '.join(said(each.value) for each in value.elements)}{'' if value.complete else ', …'}]"
    if isinstance(value, Origin):
        return value.dotted
    return str(_name_of(value) or type(value).__name__)


def smallest(files: AnyMapping[str, str], is_wrong: Callable[[AnyMapping[str, str]], bool]) -> dict[str, str]:
    """What is left of a program when every statement is taken away that can be while the model is still wrong."""
    found = dict(files)
    for path in sorted(files, reverse=True):
        shrinking = True
        while shrinking:
            shrinking = False
            for text in _without_one(found[path]):
                if is_wrong({**found, path: text}):
                    found[path], shrinking = text, True
                    break
    return found


def _without_one(text: str) -> Iterator[str]:
    """The text of a module without one of its statements, or with what a ``try`` or ``if`` holds in its place."""
    number = 0
    while True:
        tree = ast.parse(text)
        bodies = [body for node in ast.walk(tree) for body in _bodies(node)]
        places = [(body, index) for body in bodies for index in range(len(body))]
        if number >= 2 * len(places):
            return
        body, index = places[number // 2]
        statement = body[index]
        inner = getattr(statement, "body", None) if number % 2 and not isinstance(statement, ast.ClassDef) else []
        number += 1
        if inner is None or (number % 2 == 0 and isinstance(statement, (ast.FunctionDef, ast.ClassDef))):
            continue
        body[index : index + 1] = inner
        if not body and body is not tree.body:
            body.append(ast.Pass())
        changed = ast.unparse(ast.fix_missing_locations(tree))
        if changed != text:
            yield changed


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        body = getattr(node, field, None)
        if isinstance(body, list):
            yield body
