"""Move a task into the package's module of tasks: the one fix that concerns two files."""

from __future__ import annotations

import ast
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from flake8_aa_celery.fixes import Refused
from flake8_aa_celery.fixes._flakes import flakes
from flake8_aa_celery.fixes._guard import comments
from flake8_aa_celery.fixes._imports import remove_unused
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import without_call
from flake8_aa_celery.model.code.traversal import scopes_of
from flake8_aa_celery.source import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.scopes import Binding, FunctionNode
    from flake8_aa_celery.rewrites import MoveToTasksModule


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


class _Move:
    def __init__(self, path: str, text: str, tasks: str, line: int, wanted: MoveToTasksModule) -> None:
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
        self._demand_no_circle()
        imports = list(dict.fromkeys(self._imports_of(self._node, set())))
        first, last = self._span()
        block = self._named(self._lines[first - 1 : last], first)
        shorter = self._without(first, last)
        longer = _appended(self._tasks, imports, "".join(block), self._future())
        moved = Moved(shorter.encode(), longer.encode())
        if comments(source) + comments(tasks) - comments(moved.source) - comments(moved.tasks):
            raise Refused("a comment would be lost")
        for flake in flakes(longer) - flakes(self._tasks):
            raise Refused(f"pyflakes would object: {flake.text}")
        return moved

    def _demand_no_circle(self) -> None:
        """Refuse where the module of tasks imports this one, which would then import it."""
        for node in ast.walk(self._there.module.node):
            names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
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

    def _imports_of(self, node: ast.AST, seen: set[str]) -> Iterator[str]:
        """The import statements, and the line that makes the logger, that a piece of code rests on."""
        local = self._scopes.by_node[node].bindings if node in self._scopes.by_node else {}
        for part in ast.walk(node):
            name = part.id if isinstance(part, ast.Name) else ""
            if not name or name in seen or name in local or name == self._node.name:
                continue
            bindings = self._scopes.module.bindings.get(name)
            if bindings:
                seen.add(name)
                yield from self._statements_for(name, bindings, seen)

    def _statements_for(self, name: str, bindings: list[Binding], seen: set[str]) -> Iterator[str]:
        binding = bindings[0]
        if len(bindings) > 1 or binding.site.block.kind != "module":
            raise Refused(f"it uses `{name}`, which is not certain to be one thing")
        statement = _import_of(name, binding.node, self._wanted.module)
        if statement is None and not _makes_logger(name, binding.node):
            raise Refused(f"it uses `{name}`, which this module defines")
        if statement == "":
            return  # it is there already
        there = self._there.module.bindings.get(name)
        if there and statement is None and _makes_logger(name, there[0].node):
            return
        if there and statement is not None:
            if _import_of(name, there[0].node, self._wanted.module) == statement:
                return
            raise Refused(f"`{name}` means something else in the module of tasks")
        if statement is None:
            yield from self._imports_of(binding.node, seen)
            yield ast.unparse(binding.node)
        else:
            yield statement

    def _future(self) -> str:
        node = self._scopes.module.bindings.get("annotations")
        is_future = bool(node) and getattr(node[0].node, "module", "") == "__future__" if node else False
        return "from __future__ import annotations\n\n" if is_future else ""

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
        module = self._wanted.module
        rest = "".join([*self._lines[: first - 1], *self._lines[last:]])
        dot = "." if self._wanted.in_package else ""
        is_used = any(isinstance(node, ast.Name) and node.id == self._node.name for node in ast.walk(ast.parse(rest)))
        again = f"from {dot}{module} import {self._node.name}" + ("" if is_used else "  # noqa: F401") + "\n"
        tree = cst.parse_module("".join([*self._lines[: first - 1], again, *self._lines[last:]]))
        kept = f"{dot}{module}.{self._node.name}"
        while new := [f.unused for f in flakes(tree.code) - flakes(self._text) if f.unused and f.unused != kept]:
            fewer = tree
            for unused in new:
                fewer = remove_unused(fewer, unused)
            if fewer is tree:
                raise Refused("an import would be left that nothing uses")
            tree = fewer
        return tree.code


def _import_of(name: str, node: ast.AST, tasks: str) -> str | None:
    """The import statement for one name; empty where it comes from the module of tasks, None where it is no import."""
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return None
    for alias in node.names:
        if (alias.asname or alias.name) == name or (isinstance(node, ast.Import) and alias.name.startswith(f"{name}.")):
            behind = f" as {alias.asname}" if alias.asname else ""
            if isinstance(node, ast.Import):
                return f"import {alias.name}{behind}"
            if node.level == 1 and node.module == tasks:
                return "" if not behind else None
            return f"from {'.' * node.level}{node.module or ''} import {alias.name}{behind}"
    return None


def _makes_logger(name: str, node: ast.AST) -> bool:
    is_one = isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Call)
    return is_one and "log" in name.lower()


def _appended(tasks: str, statements: list[str], block: str, future: str) -> str:
    """The module of tasks with further statements behind its imports, and the task at its end."""
    if not tasks.strip():
        imports = [each for each in statements if each.startswith(("import ", "from "))]
        others = [each for each in statements if each not in imports]
        head = _sorted(imports) + ("\n" + "".join(f"{each}\n" for each in others) if others else "")
        return f"{future}{head}\n\n{block}"
    lines = tasks.splitlines(keepends=True)
    imported = [node for node in ast.parse(tasks).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    end = (imported[-1].end_lineno or 0) if imported else 0
    if not imported and statements:
        raise Refused("the module of tasks imports nothing")
    last = _section(ast.unparse(imported[-1])) if imported else 0
    added: list[str] = []
    for each in sorted(statements, key=_section):
        added += ["\n"] * (_section(each) > last) + [f"{each}\n"]
        last = max(last, _section(each))
    return "".join([*lines[:end], *added, *lines[end:]]).rstrip("\n") + f"\n\n\n{block}"


def _sorted(imports: list[str]) -> str:
    """Import statements as isort groups them: the standard library, libraries, this package."""
    groups: dict[int, list[str]] = {}
    for each in imports:
        groups.setdefault(_section(each), []).append(each)
    ordered = [
        "".join(
            f"{each}\n" for each in sorted(groups[section], key=lambda each: (each.startswith("from"), each.lower()))
        )
        for section in sorted(groups)
    ]
    return "\n".join(ordered)


def _section(statement: str) -> int:
    """0 for the standard library, 1 for libraries, 2 for this package, 3 for what is no import."""
    if not statement.startswith(("import ", "from ")):
        return 3
    package = statement.split()[1].partition(".")[0]
    return 2 if not package else int(package not in sys.stdlib_module_names)
