"""Programs in which what is asked about is made by functions, methods, properties and decorators of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_HEAD = """\
import functools
import sys
from dataclasses import dataclass

P, Q = 3, 4
D = {"a": 1, "b": 2}
L = [1, 2]


class Base:
    X = 1

    def __init__(self, y={v}):
        self.y = y

    def get(self):
        return self.X

    def made(self):
        return self.get()


def twice(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


def adding(by):
    def decorate(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            return function(*args, **kwargs) + by

        return inner

    return decorate


def same(function):
    return function
"""
_BODIES = (
    "return {e}",
    "return {e}",
    "return {e}",
    "if x:\n    return {e}\nreturn {e}",
    "if x is None:\n    return {e}\nreturn x",
    "if x is None:\n    x = {e}\nreturn x",
    "x = x or {e}\nreturn x",
    "if not x:\n    return None\nreturn {e}",
    "if x:\n    return {e}",
    "if len(sys.argv):\n    return {e}\nelse:\n    return {e}",
    "try:\n    return {e}\nfinally:\n    x = {v}",
    "try:\n    return int('x')\nexcept ValueError:\n    return {e}",
    "with open(__file__):\n    return {e}",
    "for x in (1, 2):\n    if x == 2:\n        return x\nreturn {e}",
    "for each in ():\n    return each\nreturn {e}",
    "while True:\n    return {e}",
    "y = x\ny = {e}\nreturn y",
    "y = {e}\nif x:\n    y = {v}\nreturn y",
    "y = []\ny.append({e})\ny.append(x)\nreturn y",
    "y = {{}}\ny['a'] = {e}\nreturn y",
    "y = {{'a': {e}}}\nreturn y",
    "y = dict(D)\ny.update(a={e})\nreturn y",
    "D['c'] = {v}\nreturn D",
    "return [{e}, x]",
    "return {e}, x",
    "return {{'a': {e}, 'b': x}}",
    "return dict(a={e}, b=x)",
    "return [each for each in (x, {e})]",
    "def inner():\n    return {e}\nreturn inner()",
    "def inner(x={e}):\n    return x\nreturn inner",
    "return lambda: {e}",
    "return functools.partial(max, {v})",
    "yield {e}",
    "global P\nP = {v}\nreturn P",
    "return P",
    "return Base({e})",
    "return Base(y={e}).y",
    "return Base().get()",
    "return Base",
    "return len(D)",
    "raise NotImplementedError",
    "pass",
    "match x:\n    case 1:\n        return {e}\n    case _:\n        return {v}",
    "x += 1\nreturn x",
    "assert x\nreturn x",
    "x, y = {e}, x\nreturn y",
    "x = y = {e}\nreturn y",
    "for x in ({v}, {w}):\n    pass\nreturn x",
    "[x := each for each in ({v}, {w})]\nreturn x",
    "return locals()['x']",
    "del x\nx = {e}\nreturn x",
    "nonlocal_ = x\ndef inner():\n    nonlocal x\n    x = {v}\ninner()\nreturn x",
)
_EXPRESSIONS = (
    "{v}",
    "x",
    "x",
    "P",
    "D",
    "D['a']",
    "L",
    "(x, {v})",
    "None",
    "'t'",
    "f'{{x}}'",
    "x or {v}",
    "not x",
    "-{v}",
    "{v} if x else {w}",
    "[x]",
    "{{'a': x}}",
    "y_",
    "True",
    "f({v})",
    "g()",
    "B().X",
    "B",
)
_SIGNATURES = (
    "x=None",
    "x={v}",
    "x",
    "x, y_={v}",
    "x=None, *rest",
    "*rest, x={v}",
    "x=0, **more",
    "y_, x={v}",
    "x, /, y_=2",
    "*, x={v}",
    "x=P",
    "x=L",
    "x=[]",
    "x: int = {v}",
)
_ARGUMENTS = (
    "",
    "{v}",
    "{v}, {w}",
    "x={v}",
    "y_={v}",
    "None",
    "0",
    "*[{v}]",
    "**{{'x': {v}}}",
    "*L",
    "P",
    "'t'",
    "D",
    "{v}, y_={w}",
    "*(), x={v}",
    "x=None",
    "[{v}]",
    "False",
)
_DECORATORS = (
    "",
    "",
    "",
    "@twice",
    "@adding(1)",
    "@same",
    "@functools.lru_cache",
    "@functools.cache",
    "@twice\n@adding(2)",
)
_CLASSES = (
    "class B(Base):\n    X = {v}",
    "class B(Base):\n    X = {v}\n    def get(self):\n        return {w}",
    "class B(Base):\n    def get(self):\n        return super().get()",
    "class B(Base):\n    def __init__(self):\n        super().__init__({v})",
    "class B(Base):\n    def __init__(self, y):\n        self.y = {v}\n        self.X = y",
    "class B(Base):\n    @property\n    def made(self):\n        return {v}",
    "class B(Base):\n    @classmethod\n    def make(cls, x={v}):\n        return cls(x)",
    "class B(Base):\n    @classmethod\n    def make(cls):\n        return cls.X\n    X = {v}",
    "class B(Base):\n    @staticmethod\n    def make(x={v}):\n        return x",
    "class B(Base):\n    def make(self, x={v}):\n        return x, self.y",
    "class B(Base):\n    def __new__(cls):\n        return {v}",
    "class B(Base):\n    def __call__(self, x={v}):\n        return x\n    make = __call__",
    "class B(Base):\n    make = lambda self: {v}",
    "@dataclass\nclass B:\n    X: int = {v}\n    y: int = {w}",
    "class B(Base):\n    @functools.cached_property\n    def made(self):\n        return {v}",
    "class B(Base):\n    def get(self):\n        self.X = {v}\n        return self.X",
    "class B(Base):\n    make = functools.partialmethod(Base.get)",
    "class B(Base):\n    def __getattr__(self, name):\n        return {v}",
    "class B(Base):\n    @functools.lru_cache\n    def make(self):\n        return {v}",
)
_QUESTIONS = (
    "f({a})",
    "f({a})",
    "f({a})",
    "g({a})",
    "g({a})",
    "f({a})[0]",
    "f({a})['a']",
    "f({a})()",
    "h({a})",
    "f(g({a}))",
    "B().X",
    "B().y",
    "B({v}).y",
    "B().get()",
    "B().made",
    "B().made()",
    "B.make()",
    "B().make()",
    "B.make({v})",
    "B.X",
    "b.y",
    "b.X",
    "b.get()",
    "D",
    "P",
    "L",
    "f",
    "f({a}) + 1",
    "f({a}) or {v}",
    "list(f({a}))",
    "next(iter(f({a})))",
    "k",
    "m",
    "f.__name__",
    "B()",
    "B",
    "f({a}).y",
    "f({a}).X",
)
_USES = (
    "k = f({a})",
    "m = k = g({a})",
    "k, m = f({a}), {v}",
    "b = B()",
    "b = B({v})",
    "h = functools.partial(f, {a})",
    "h = f",
    "h = twice(g)",
    "h = lambda *a: f(*a)",
    "b.y = {v}",
    "B.X = {v}",
    "f({a})",
    "k = [f({a})]",
    "P = {v}",
    "k = f({a})\nk['a'] = {v}",
    "k = f({a})\nk.append({v})",
    "D['a'] = {v}",
    "L.append({v})",
    "for k in L:\n    m = f(k)",
    "if len(sys.argv):\n    k = f({a})\nelse:\n    k = {v}",
    "def h(x=1):\n    return f(x)",
    "f = twice(f)",
    "def g(x=2):\n    k = f(x)\n    print({n}, k)\n    print({n2}, x)\n    return k\ng({v})",
)


class _Writer:
    """Writes one module."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._number = 0

    def module(self) -> str:
        """A module with two functions and a class, uses of them, and questions."""
        parts = [self._filled(_HEAD.replace("{", "{{").replace("}", "}}").replace("{{v}}", "{v}"))]
        parts += [self._function("f"), self._filled(self._random.choice(_CLASSES)), self._function("g")]
        for _ in range(self._random.randint(6, 12)):
            if self._random.random() < 0.35:
                parts.append(self._tried(self._filled(self._random.choice(_USES))))
            else:
                parts.append(self._tried(f"print({self._next()}, {self._filled(self._random.choice(_QUESTIONS))})"))
        return "\n".join([*parts, ""])

    def _function(self, name: str) -> str:
        random = self._random
        body = self._filled(random.choice(_BODIES)).replace("\n", "\n    ")
        head = f"def {name}({self._filled(random.choice(_SIGNATURES))}):\n    {body}"
        return "\n".join(part for part in (random.choice(_DECORATORS), head) if part)

    @staticmethod
    def _tried(text: str) -> str:
        return "try:\n    " + text.replace("\n", "\n    ") + "\nexcept Exception:\n    pass"

    def _filled(self, text: str) -> str:
        random = self._random
        v, w = random.randint(1, 9), random.randint(1, 9)
        inner = random.choice(_EXPRESSIONS).format(v=v, w=w)
        given = random.choice(_ARGUMENTS).format(v=v, w=w)
        return text.format(v=v, w=w, e=inner, a=given, n=self._next(), n2=self._next())

    def _next(self) -> int:
        self._number += 1
        return self._number


def make_program(random: Random) -> dict[str, str]:
    """A program: the texts of its modules, by their paths."""
    return {"proof/__init__.py": "", "proof/one.py": _Writer(random).module()}
