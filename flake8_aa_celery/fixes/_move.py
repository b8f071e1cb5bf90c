"""Move a task into the package's module of tasks, or import its module there: the fixes that concern two files."""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from flake8_aa_celery.fixes import Import, Refused
from flake8_aa_celery.fixes._flakes import flakes
from flake8_aa_celery.fixes._guard import comments
from flake8_aa_celery.fixes._imports import add_after_imports, add_import, is_kept, keep_unused, remove_unused
from flake8_aa_celery.model.code.import_graph import imports_at_once
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.code.traversal import scopes_of
from flake8_aa_celery.source import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.model.code.scopes import Binding, FunctionNode
    from flake8_aa_celery.rewrites import ImportInTasksModule, MoveToTasksModule

_FUTURE = Import("__future__", "annotations")


#: What an installed app has, of which autodiscovery imports the tasks.
_OF_AN_APP = ("apps.py", "models.py", "models", "migrations", "admin.py")
_NOQA = re.compile(r"#\s*noqa(?::[^#]*\bAAC1(?:01)?\b|:?\s*$|:[^#]*\bAAC\b)", re.IGNORECASE)


class Moved(NamedTuple):
    """What becomes of the two files."""

    source: bytes
    tasks: bytes


def move(path: str, source: bytes, tasks: bytes | None, line: int, wanted: MoveToTasksModule) -> Moved:
    """Move the task whose ``def`` is in a line to the module of tasks, and import it where it stood.

    :param path: of the file that it is in.
    :param tasks: what the module of tasks holds; None where there is none yet.
    :raises Refused: where that cannot be done right.
    """
    return _Move(path, decode(source), decode(tasks or b""), line, wanted).run(source, tasks or b"")


def import_there(source: bytes, tasks: bytes | None, wanted: ImportInTasksModule) -> Moved:
    """Import the module of a file in the module of tasks, for the sake of its tasks alone.

    :param source: what the file holds, which stays as it is.
    :raises Refused: where that cannot be done right.
    """
    if tasks is None or b"\r" in tasks:
        raise Refused("there is no module of tasks with the ends of lines of Unix")
    text = decode(tasks)
    if wanted.name in scopes_of(ast.parse(text)).module.bindings:
        raise Refused(f"the module of tasks has a `{wanted.name}` already")
    added = Import(wanted.source, wanted.name)
    lines = add_import(_parsed(text), added, wanted.target).code.splitlines()
    if added.code not in lines:
        raise Refused("it would be one of several imports")
    lines[lines.index(added.code)] += "  # noqa: F401"
    return Moved(source, "".join(f"{line}\n" for line in lines).encode())


class _Move:
    def __init__(self, path: str, text: str, tasks: str, line: int, wanted: MoveToTasksModule) -> None:
        self._path = path
        self._own = os.path.basename(path).removesuffix(".py")
        if "\r" in text or "\r" in tasks:
            raise Refused("the ends of its lines are not those of Unix")
        self._text, self._tasks = text, tasks
        self._wanted = wanted
        self._scopes, self._there = scopes_of(ast.parse(text)), scopes_of(ast.parse(tasks))
        tree = self._scopes.module.node
        assert isinstance(tree, ast.Module)
        found = [node for node in tree.body if isinstance(node, FUNCTIONS) and node.lineno == line]
        if not found:
            raise Refused("it is no function of the module itself")
        self._node: FunctionNode = found[0]
        self._lines = text.splitlines(keepends=True)

    def run(self, source: bytes, tasks: bytes) -> Moved:
        if self._node.name in self._there.module.bindings:
            raise Refused(f"the module of tasks has a `{self._node.name}` already")
        self._demand_a_place()
        self._demand_no_circle()
        needed = list(dict.fromkeys(self._needed_by(self._node, set())))
        first, last = self._span()
        self._demand_that_nobody_means_it(first)
        block = self._named(self._lines[first - 1 : last], first)
        shorter = self._without(first, last)
        longer = self._with(needed, "".join(block))
        moved = Moved(encode(shorter, source), encode(longer, tasks))
        if comments(source) + comments(tasks) - comments(moved.source) - comments(moved.tasks):
            raise Refused("a comment would be lost")
        for flake in flakes(longer) - flakes(self._tasks):
            raise Refused(f"pyflakes would object: {flake.text}")
        return moved

    def _demand_a_place(self) -> None:
        """Refuse where the module of tasks would be none that a worker imports, or hides one that is there."""
        folder, name = os.path.split(os.path.abspath(self._path))
        if name == "__init__.py":
            raise Refused("its module is the package itself")
        target = os.path.join(folder, f"{self._wanted.module}.py")
        if os.path.isdir(os.path.join(folder, self._wanted.module)) and not os.path.isfile(target):
            raise Refused(f"there is a package `{self._wanted.module}` already")
        if not os.path.isfile(os.path.join(folder, "__init__.py")):
            raise Refused("its folder is no package")
        is_within = os.path.isfile(os.path.join(os.path.dirname(folder), "__init__.py"))
        if is_within and not any(os.path.isfile(os.path.join(folder, each)) for each in (*_OF_AN_APP, target)):
            raise Refused(
                f"`{os.path.basename(folder)}` is no app: nothing would import its `{self._wanted.module}.py`"
            )

    def _demand_that_nobody_means_it(self, first: int) -> None:
        """Refuse where a ``noqa`` at a decorator says that the task is to stay."""
        lines = self._lines[first - 1 : self._node.lineno]
        if any(_NOQA.search(line) for line in lines):
            raise Refused("a line with `noqa` would be moved")

    def _demand_no_circle(self) -> None:
        """Refuse where the module of tasks imports this one, which would then import it."""
        for node in imports_at_once(self._there.module.node):
            names = [alias.name for alias in node.names]
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if any(name.rpartition(".")[2] == self._own for name in [module, *names]):
                raise Refused("the module of tasks imports this one")

    def _span(self) -> tuple[int, int]:
        """The first and the last line of the task, with the comments right above it."""
        first = min([self._node.lineno, *(each.lineno for each in self._node.decorator_list)])
        if not self._lines[first - 1].startswith(("@", "def ", "async ")):
            raise Refused("its first line is laid out in a way of its own")
        while first > 1 and self._lines[first - 2].startswith("#"):
            first -= 1
        return first, self._node.end_lineno or self._node.lineno

    # -- what it needs ------------------------------------------------------------------------------------------

    def _needed_by(self, node: ast.AST, seen: set[str]) -> Iterator[Import | str]:
        """What a piece of code rests on and the module of tasks lacks: imports, and the line that makes the logger."""
        local = self._scopes.by_node[node].bindings if node in self._scopes.by_node else {}
        for part in ast.walk(node):
            name = part.id if isinstance(part, ast.Name) else ""
            if not name or name in seen or name in local or name == self._node.name:
                continue
            bindings = self._scopes.module.bindings.get(name)
            if bindings:
                seen.add(name)
                yield from self._needed_for(name, bindings, seen)

    def _needed_for(self, name: str, bindings: list[Binding], seen: set[str]) -> Iterator[Import | str]:
        node = bindings[0].node
        if len(bindings) > 1 or bindings[0].site.block.kind != "module":
            raise Refused(f"it uses `{name}`, which is not certain to be one thing")
        there = self._there.module.bindings.get(name)
        wanted = _import_of(name, node)
        if wanted == Import(f".{self._wanted.module}", name):
            return  # the module of tasks defines it
        if wanted is not None and wanted.module != f".{self._wanted.module}":
            if not there:
                yield wanted
            elif _import_of(name, there[0].node) != wanted:
                raise Refused(f"`{name}` means something else in the module of tasks")
        elif not _makes_logger(name, node):
            raise Refused(f"it uses `{name}`, which this module defines")
        elif not there or not _makes_logger(name, there[0].node):
            yield from self._needed_by(node, seen)
            yield ast.unparse(node)

    # -- what it becomes ----------------------------------------------------------------------------------------

    def _named(self, block: list[str], first: int) -> list[str]:
        """The lines of the task with its name in its decorator."""
        name = self._wanted.name
        if not name:
            return block
        decorator = self._node.decorator_list[self._wanted.index]
        target = without_call(decorator)
        row, column = (target.end_lineno or 0) - first, target.end_col_offset or 0
        line = block[row]
        if not line.isascii():
            raise Refused("its decorator is not plain ASCII")
        if not isinstance(decorator, ast.Call):
            changed = f'{line[:column]}(name="{name}"){line[column:]}'
        else:
            opening = line.index("(", column) + 1
            rest = line[opening:]
            if rest.strip() and not rest.strip().startswith("#"):
                changed = f'{line[:opening]}name="{name}"{"" if rest.startswith(")") else ", "}{rest}'
            else:
                changed = f'{line}    name="{name}",\n'
        return [*block[:row], changed, *block[row + 1 :]]

    def _without(self, first: int, last: int) -> str:
        """This file with an import where the task stood, and without the imports that nothing uses any more."""
        above, below = "".join(self._lines[: first - 1]).rstrip("\n"), "".join(self._lines[last:])
        rest = f"{above}\n{below}" if above and below.strip() else f"{above}\n" if above else below.lstrip("\n")
        again = Import(("." if self._wanted.in_package else "") + self._wanted.module, self._node.name)
        tree = add_import(_parsed(rest), again, self._path)
        kept = f"{again.module}.{again.name}"
        while new := [
            f.unused for f in flakes(tree.code) - flakes(self._text) if f.unused and not is_kept(tree, f.unused)
        ]:
            fewer = tree
            for unused in new:
                fewer = keep_unused(fewer, unused) if unused == kept else remove_unused(fewer, unused)
            if fewer is tree:
                raise Refused("an import would be left that nothing uses")
            tree = fewer
        return tree.code

    def _with(self, needed: Iterable[Import | str], block: str) -> str:
        """The module of tasks with what the task needs, and the task at its end."""
        module = _parsed(self._tasks)
        for each in needed:
            if isinstance(each, Import):
                module = add_import(module, each, self._path)
            else:
                module = add_after_imports(module, each)
        if not self._tasks.strip() and self._postpones_annotations():
            module = add_import(module, _FUTURE, self._path)
        above = module.code.rstrip("\n")
        return f"{above}\n\n\n{block}" if above else block

    def _postpones_annotations(self) -> bool:
        bindings = self._scopes.module.bindings.get(_FUTURE.name)
        return bindings is not None and _import_of(_FUTURE.name, bindings[0].node) == _FUTURE


def _parsed(text: str) -> cst.Module:
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise Refused("libcst cannot parse the file") from error


def _import_of(name: str, node: ast.AST) -> Import | None:
    """How a statement imports a name; None where it does not."""
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return None
    for alias in node.names:
        again = alias.asname or ""
        if isinstance(node, ast.Import):
            if name in (again or alias.name, (again or alias.name).partition(".")[0]):
                return Import(alias.name, alias=again)
        elif (again or alias.name) == name:
            return Import("." * node.level + (node.module or ""), alias.name, again)
    return None


def _makes_logger(name: str, node: ast.AST) -> bool:
    is_one = isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Call)
    return is_one and "log" in name.lower()
