"""Programs in which names lead through packages: by imports of every kind, in circles, by ``*``, by attributes.

A package ``proof`` with a package and modules in it. Each module defines some of a few names that all of them share, as
functions, classes or constants, imports some from others, and asks what a name or an attribute of a module is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_MODULES = ("one", "two", "inner", "inner.deep", "inner.tasks")
#: The names that modules bind; some are those of modules, which hide each other.
_NAMES = ("f", "g", "h", "K", "one", "tasks", "deep", "_p")
_DEFINITIONS = (
    "def {n}():\n    pass",
    "class {n}:\n    pass",
    "{n} = {v}",
    "{n} = {m}",
    "{n}, {m} = {v}, {w}",
    "if len(sys.argv):\n    def {n}():\n        pass",
    "if not sys.argv:\n    {n} = {v}",
    "try:\n    from proof.gone import {n}\nexcept ImportError:\n    {n} = {v}",
    "try:\n    from proof.{o} import {n}\nexcept ImportError:\n    def {n}():\n        pass",
    "del {n}",
    "def __getattr__(name):\n    return {v}",
    "for {n} in ({v}, {w}):\n    pass",
    "with open(__file__) as {n}:\n    pass",
    "def setting():\n    global {n}\n    {n} = {v}\nsetting()",
    "def setting():\n    global {n}\n    import proof.{o} as {n}\nsetting()",
    "class Holder:\n    import proof.{o} as {n}",
    "{n}: int",
    "if False:\n    from proof.{o} import {n}",
    "{n} = lambda: {v}",
    "globals()['{n}'] = {v}",
)
#: How statements begin that cannot fail.
_CERTAIN = ("def __getattr__", "if not", "K = ", "f = ", "g = ", "h = ", "def f", "def g", "class h")
#: What may stand at the head of a module. (Where modules that lead in a circle offer all of their names, what comes
#: later has no say yet: the model does not look for that.)
_OFFERS = (
    "",
    "",
    "__all__ = ['{n}', '{m}']",
    "__all__ = ['{n}']\n__all__ += ['{m}']",
    "__all__ = [name for name in ('{n}', '{m}', 'one')]",
)
_IMPORTS = (
    "import proof.{o}",
    "import proof.{o} as {n}",
    "from proof import {t}",
    "from proof import {t} as {n}",
    "from proof.{o} import {n}",
    "from proof.{o} import {n} as {m}",
    "from proof.{o} import {n}, {m}",
    "from proof.{o} import *",
    "from proof.{o} import *",
    "from proof import *",
    "from proof.inner import {n}",
    "from . import {n}",
    "from . import {t} as {m}",
    "from .{t} import {n}",
    "from .{t} import *",
    "from .. import {n}",
    "from ..{t} import {n}",
    "import importlib\n{n} = importlib.import_module('proof.{o}')",
    "import proof",
    "try:\n    from proof.{o} import {n}\nexcept ImportError:\n    from proof.{t} import {n}",
    "def late():\n    from proof.{o} import {n}\n    print({q}, {n})\nlate()",
    "def late():\n    print({q}, {n})\n    return {n}\nlate()",
)
_QUESTIONS = (
    "{n}",
    "{n}",
    "proof.{o}",
    "proof.{t}",
    "proof.{o}.{n}",
    "proof.{t}.{n}",
    "{t}.{n}",
    "{n}.{m}",
    "{n}.{m}",
    "inner.{n}",
    "inner.tasks",
    "inner.tasks.{n}",
    "tasks.{n}",
    "one.{n}",
    "getattr({t}, '{n}')",
    "Holder.{n}",
)


class _Writer:
    """Writes one module after the other."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._number = 0
        #: names that the module has likely bound so far
        self._bound: list[str] = []
        self._others: list[str] = []

    def module(self, name: str) -> str:
        """A module that imports, defines and asks, in any order."""
        self._bound = []
        self._others = [each for each in _MODULES if each != name]
        offered = self._filled(self._random.choice(_OFFERS), asks=True)
        lines = [
            offered,
            "import sys",
            *(self._statement(self._random.choice(_DEFINITIONS), _DEFINITIONS) for _ in range(3)),
        ]
        kinds = (_IMPORTS, _DEFINITIONS, _QUESTIONS)
        for _ in range(self._random.randint(4, 11)):
            kind = self._random.choices(kinds, (4, 4, 5))[0]
            lines.append(self._statement(self._random.choice(kind), kind))
        lines += [self._statement(question, _QUESTIONS) for question in self._random.choices(_QUESTIONS, k=5)]
        return "\n".join([*lines, ""])

    def _statement(self, text: str, kind: tuple[str, ...]) -> str:
        text = self._filled(text, asks=kind is _QUESTIONS or "return {n}" in text)
        if kind is _QUESTIONS:
            text = f"print({self._next()}, {text})"
        if kind is _DEFINITIONS and self._random.random() < 0.6 and text.startswith(_CERTAIN):
            return text
        return (
            "try:\n    " + text.replace("\n", "\n    ") + "\nexcept (AttributeError, ImportError, NameError):\n    pass"
        )

    def _filled(self, text: str, *, asks: bool) -> str:
        random = self._random
        n, m = random.sample(_NAMES, 2)
        if asks and self._bound and random.random() < 0.8:
            n = random.choice(self._bound)
        elif not asks:
            self._bound.append(n)
        return text.format(
            n=n, m=m, o=random.choice(self._others), t=random.choice(("one", "two", "inner", "deep", "tasks")),
            v=random.randint(1, 9), w=random.randint(1, 9), q=self._next(),
        )  # fmt: skip

    def _next(self) -> int:
        self._number += 1
        return self._number


def make_program(random: Random) -> dict[str, str]:
    """A program: the texts of its modules, by their paths."""
    writer = _Writer(random)
    found = {"proof/__init__.py": writer.module("") if random.random() < 0.4 else ""}
    for name in ("one", "two", "inner/__init__", "inner/deep", "inner/tasks"):
        found[f"proof/{name}.py"] = writer.module(name.removesuffix("/__init__").replace("/", "."))
    return found
