"""Programs that bind and change constants, lists, dicts and attributes of classes in many ways.

A package ``proof`` of three modules; what the last one does to the others counts: it asks for itself alone. What nobody
knows before a program runs is a choice by ``sys.argv``, which is never empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_NUMBERS, _DICTS, _LISTS, _CLASSES = ("P", "Q", "R"), ("D", "E"), ("L", "M"), ("A", "B", "C")
_ATTRIBUTES = ("X", "Y")
_HEAD = """\
import enum
import functools
import operator
import sys
"""
#: Ways to change a dict ``{d}`` under the key ``{k}`` to ``{v}``.
_DICT_CHANGES = (
    '{d}["{k}"] = {v}',
    '{d}["{k}"] = {v}',
    "{d}.update({k}={v})",
    '{d}.update({{"{k}": {v}}})',
    '{d} |= {{"{k}": {v}}}',
    '{d}.setdefault("{k}", {v})',
    '{d}.pop("{k}", None)',
    'del {d}["{k}"]',
    "{d}.clear()",
    'operator.setitem({d}, "{k}", {v})',
    '{d}.__setitem__("{k}", {v})',
    "dict.update({d}, {k}={v})",
    'getattr({d}, "update")({k}={v})',
    "change = {d}.update\nchange({k}={v})",
    'for each in ({d},):\n    each["{k}"] = {v}',
    '[{d}][0]["{k}"] = {v}',
    '({d} or {{}})["{k}"] = {v}',
    "({d} if len(sys.argv) else {{}}).update({k}={v})",
    'same = ({d},)\nsame[0]["{k}"] = {v}',
    'same = {{"d": {d}}}\nsame["d"]["{k}"] = {v}',
    "same = [{d}]\nsame[0].update({k}={v})",
    'same, _ = {d}, 1\nsame["{k}"] = {v}',
    'same = {d} or {{}}\nsame["{k}"] = {v}',
    'same = {d} if len(sys.argv) else {{}}\nsame["{k}"] = {v}',
    'if (same := {d}):\n    same["{k}"] = {v}',
    'same = same_too = {d}\nsame_too["{k}"] = {v}',
    'def changing(given={d}):\n    given["{k}"] = {v}\nchanging()',
    'def changing(given):\n    given["{k}"] = {v}\nchanging({d})',
    'def changing():\n    {d}["{k}"] = {v}\nchanging()',
    'def changing():\n    return {d}\nchanging()["{k}"] = {v}',
    '(lambda: {d})()["{k}"] = {v}',
    "(lambda given: given.update({k}={v}))({d})",
    "functools.partial({d}.update, {k}={v})()",
    'list(map({d}.update, [{{"{k}": {v}}}]))',
    'class Holder:\n    kept = {d}\nHolder.kept["{k}"] = {v}',
    'class Holder:\n    def __init__(self, given):\n        self.kept = given\nHolder({d}).kept["{k}"] = {v}',
    'globals()["{d}"]["{k}"] = {v}',
    'vars()["{d}"] = {{"{k}": {v}}}',
    "exec(\"{d}['{k}'] = {v}\")",
    'sys.modules[__name__].{d}["{k}"] = {v}',
    'match {d}:\n    case {{}} as same:\n        same["{k}"] = {v}',
    "[each.update({k}={v}) for each in [{d}]]",
    'with open(__file__) as file:\n    {d}["{k}"] = {v}',
    'try:\n    {d}["{k}"] = {v}\nfinally:\n    pass',
    'for {d}["{k}"] in ({v},):\n    pass',
    '{d}["{k}"], _ = {v}, 1',
    '{d}["{k}"]: int = {v}',
    "len({d})",
    "sorted({d})",
)
_LIST_CHANGES = (
    "{l}.append({v})",
    "{l}.extend([{v}, {v}])",
    "{l}.insert(0, {v})",
    "{l}.insert(-1, {v})",
    "{l} += [{v}]",
    "{l} = {l} + [{v}]",
    "{l} *= 2",
    "{l}[0] = {v}",
    "{l}[:] = [{v}]",
    "{l}[1:] = []",
    "del {l}[0]",
    "{l}.pop()",
    "{l}.reverse()",
    "{l}.sort()",
    "{l}.clear()",
    "{l}.remove({l}[0])",
    "list.append({l}, {v})",
    "operator.iadd({l}, [{v}])",
    'getattr({l}, "append")({v})',
    "add = {l}.append\nadd({v})",
    "for each in ({l},):\n    each.append({v})",
    "[{l}][0].append({v})",
    "same = [{l}]\nsame[0].append({v})",
    "same, _ = {l}, 1\nsame.append({v})",
    "same = {l} or []\nsame.append({v})",
    "same = {l}\nsame += [{v}]",
    "if (same := {l}):\n    same.append({v})",
    "def changing(given={l}):\n    given.append({v})\nchanging()",
    "def changing(given):\n    given.append({v})\nchanging({l})",
    "def changing():\n    {l}.append({v})\nchanging()",
    "def changing():\n    return {l}\nchanging().append({v})",
    "(lambda: {l})().append({v})",
    "[{l}.append(each) for each in range(2)]",
    "for _ in range(2):\n    {l}.append({v})",
    "while len({l}) < 4:\n    {l}.append({v})",
    "class Holder:\n    kept = {l}\nHolder.kept.append({v})",
    'globals()["{l}"].append({v})',
    "map({l}.append, [{v}])",
    "list(map({l}.append, [{v}]))",
    "{l}[0], _ = {v}, 1",
    "first, *{l} = [{v}, {v}, {v}]",
)
_NUMBER_CHANGES = (
    "{p} = {v}",
    "{p} = {v}",
    "{p}: int = {v}",
    "{p} += 1",
    "{p} = {p} + 1",
    "{p} = {q} = {v}",
    "{p}, {q} = {v}, {w}",
    "{p}, {q} = {q}, {p}",
    "[{p}, *{q}] = {v}, {w}",
    "({p}, ({q}, _)) = {v}, ({w}, 1)",
    "for {p} in ({v}, {w}):\n    pass",
    "for {p} in range({v}):\n    pass",
    "for _, {p} in [({v}, {w})]:\n    pass",
    "while {p} < {v}:\n    {p} += 1",
    "same = [{p}, ({p} := {v}), {p}]\nprint({n}, same)",
    "print({n}, [{p}, ({p} := {v}), {p}][2])",
    "print({n}, ({p} := {v}) + {p})",
    "print({n}, {p} + ({p} := {v}))",
    "print({n}, len(sys.argv) and ({p} := {v}))",
    "print({n}, [({p} := each) for each in ({v}, {w})])",
    "if ({p} := {v}) > 5:\n    {q} = {p}",
    "def changing():\n    global {p}\n    {p} = {v}\nchanging()",
    "def changing():\n    global {p}\n    {p} = {v}",
    "def changing():\n    {p} = {v}\n    def inner():\n        nonlocal {p}\n        {p} = {w}\n    inner()\n"
    "    print({n}, {p})\nchanging()",
    "def changing():\n    {p} = {v}\n    def inner():\n        return {p}\n    {p} = {w}\n    print({n}, inner())\n"
    "changing()",
    "def changing({p}={v}):\n    print({n}, {p})\n    {p} = {w}\n    return {p}\nchanging({w})",
    'globals()["{p}"] = {v}',
    "globals().update({p}={v})",
    'vars()["{p}"] = {v}',
    'locals()["{p}"] = {v}',
    'exec("{p} = {v}")',
    'setattr(sys.modules[__name__], "{p}", {v})',
    "sys.modules[__name__].{p} = {v}",
    "del {p}\n{p} = {v}",
    "try:\n    {p} = {v}\nexcept Exception:\n    {p} = {w}",
    "try:\n    {p} = {v}\n    raise ValueError\nexcept ValueError:\n    {q} = {p}\nelse:\n    {p} = {w}",
    "try:\n    {p} = int('x')\nexcept ValueError:\n    {p} = {w}\nfinally:\n    {q} = {p}",
    "try:\n    {p} = {v}\n    int('x')\n    {p} = {w}\nexcept ValueError:\n    pass",
    "with open(__file__) as {p}:\n    {p} = {v}",
    "match {v}:\n    case {p}:\n        pass",
    "match [{v}, {w}]:\n    case [{p}, *_]:\n        pass",
    "class {p}:\n    pass\n{p} = {v}",
    "def {p}():\n    return {v}\n{p} = {p}()",
    "for _ in range(3):\n    if {p} == {v}:\n        break\n    {p} = {v}\nelse:\n    {p} = {w}",
    "for _ in range(2):\n    print({n}, {p})\n    {p} = {v}",
    "for _ in range(2):\n    {q} = {p}\n    {p} = {v}\n    if {p} > 3:\n        continue\n    {p} = {w}",
    "for _ in ():\n    {p} = {v}",
    "while len(sys.argv) > 99:\n    {p} = {v}",
    "{p} = (lambda: {v})()",
    "{p} = (lambda {q}: {q})({v})",
    "{p} = functools.partial(max, {v})({w})",
    "{p} = [{v} for {p} in (1, 2)][-1]",
    "{p} = (lambda {q}={v}: {q} + 1)()",
)
_CLASSES_MADE = (
    "class {c}:\n    X = {v}\n    Y = X",
    "class {c}:\n    X = {v}\n    Y = {w}",
    "class {c}({b}):\n    X = {v}",
    "class {c}({b}):\n    Y = {v}",
    "class {c}({b}, {a}):\n    pass",
    "class {c}({a}, {b}):\n    Y = {v}",
    "class {c}({b}):\n    if len(sys.argv):\n        X = {v}",
    "class {c}({b}):\n    if not sys.argv:\n        X = {v}",
    "class {c}({b}):\n    try:\n        X = int('x')\n    except ValueError:\n        pass",
    "class {c}:\n    X = {v}\n    for Y in (1, 2):\n        pass",
    "class {c}:\n    global {p}\n    {p} = {v}\n    X = {p}",
    "class {c}:\n    X = {p}\n    {p} = {v}\n    Y = {p}",
    "class {c}:\n    if not sys.argv:\n        {p} = {v}\n    X = Y = {p}",
    "class {c}:\n    X = Y = {v}\n    def set(self):\n        self.X = {w}\n        return self.X",
    "class {c}:\n    X = Y = {v}\n    def __init__(self):\n        self.X = {w}",
    "class {c}:\n    X = Y = {v}\n    @classmethod\n    def set(self):\n        self.X = {w}\n{c}.set()",
    "class {c}:\n    X = Y = {v}\n    @property\n    def Z(self):\n        return self.X",
    "class {c}:\n    X = Y = {v}\n    def __getattribute__(self, name):\n        return {w}",
    "class {c}:\n    Y = {v}\n    def __getattr__(self, name):\n        return {w}",
    "class {c}:\n    X = Y = {v}\n    locals()['X'] = {w}",
    "class {c}:\n    X = Y = {v}\n    vars().update(X={w})",
    "def set_it(cls):\n    cls.X = {w}\n    return cls\n@set_it\nclass {c}:\n    X = Y = {v}",
    "def made_of(cls):\n    return type('Made', (cls,), {{'X': {w}}})\n@made_of\nclass {c}:\n    X = Y = {v}",
    "class Meta(type):\n    def __new__(mcs, name, bases, space):\n        space['X'] = {w}\n"
    "        return super().__new__(mcs, name, bases, space)\nclass {c}(metaclass=Meta):\n    X = Y = {v}",
    "class Parent:\n    def __init_subclass__(cls):\n        cls.X = {w}\nclass {c}(Parent):\n    X = Y = {v}",
    "class Meta(type):\n    @property\n    def X(cls):\n        return {w}\n"
    "class {c}(metaclass=Meta):\n    X = Y = {v}",
    "class {c}(enum.IntEnum):\n    X = {v}\n    Y = {w} + 10",
    "class {c}(enum.Enum):\n    X = {v}\n    Y = {w} + 10",
    'class {c}(str, enum.Enum):\n    X = "x{v}"\n    Y = "y"',
    'class {c}(enum.IntEnum):\n    X = {v}, "x"\n    Y = 100, "y"\n    def __new__(cls, value, label):\n'
    "        member = int.__new__(cls, value + 1)\n        member._value_ = value\n        return member",
    "class {c}(enum.IntEnum):\n    X = enum.auto()\n    Y = enum.auto()",
    "class {c}(enum.IntEnum):\n    X = 1\n    Y = X + 1\n    Z = 1",
    "class {c}:\n    X = Y = {v}\n    class Inner:\n        X = {w}",
    "class {c}:\n    X = Y = {v}\nfor name in ('X',):\n    setattr({c}, name, {w})",
    "class {c}:\n    X = Y = {v}\nclass {c}({c}):\n    Y = {w}",
    "class {c}:\n    X: int = {v}\n    Y: int\n    Y = {w}",
    "class {c}:\n    __slots__ = ()\n    X = Y = {v}",
)
_CLASS_CHANGES = (
    "{c}.X = {v}",
    'setattr({c}, "X", {v})',
    'setattr({c}, "".join(["X"]), {v})',
    "type({c}()).X = {v}",
    "{c}().__class__.X = {v}",
    "del {c}.X",
    "same = {c}\nsame.X = {v}",
    "for each in ({c},):\n    each.Y = {v}",
    "def changing(given):\n    given.Y = {v}\nchanging({c})",
    "{c}.Y, _ = {v}, 1",
    "{c}.X += 1",
    "for {c}.X in ({v},):\n    pass",
    "with open(__file__) as {c}.Y:\n    pass",
    "type.__setattr__({c}, 'X', {v})",
    "{c}.__bases__[0].X = {v}",
    "x = {c}()\nx.X = {v}",
    "x = {c}()\nx.X = {v}\nprint({n}, x.X)",
    "x = {c}()\nx.__dict__['X'] = {v}\nprint({n}, x.X)",
    "x = {c}()\nvars(x)['X'] = {v}\nprint({n}, x.X)",
    "x = {c}()\nsetattr(x, 'Y', {v})\nprint({n}, x.Y)",
)
_QUESTIONS = (
    "{p}",
    "{p}",
    "{p} + 1",
    "-{p}",
    "{p} or {q}",
    "{p} and {q}",
    "not {p}",
    "{p} if {q} else {v}",
    "({p}, {q})",
    "[{p}, {q}][1]",
    "[{p}, {q}][-1]",
    "{p} // 2 * {q} % 7",
    "{p} / 2",
    'f"{{{p}}}"',
    'f"a{{{p}}}b{{{q}}}"',
    'f"{{{p}!r}}"',
    'f"{{{p}:>3}}"',
    'str({p}) + "x"',
    '"%s" % {p}',
    'int("{v}")',
    "max({p}, {q})",
    "{p} == {q}",
    "[{p}] + [{q}]",
    "[{p}] * 2",
    "len([{p}, {q}])",
    "sum([{p}, {q}])",
    "(lambda: {p})()",
    "{{'a': {p}, **{d}}}",
    "{{**{d}, 'a': {p}}}",
    "{d}",
    '{d}["a"]',
    '{d}["b"]',
    '{d}.get("a")',
    '{d}.get("c", {v})',
    '{d}.get("a", {v})',
    'dict({d}, a={v})["a"]',
    "dict({d}, a={v})",
    '{d}.copy()["a"]',
    '({d} | {{"a": {v}}})["a"]',
    "list({d})",
    "len({d})",
    '"a" in {d}',
    "{l}",
    "{l}[0]",
    "{l}[-1]",
    "{l}[1]",
    "{l}[1:]",
    "{l}[::-1][0]",
    "list({l})",
    "tuple({l})[0]",
    "sorted({l})",
    "sorted({l})[0]",
    "list(reversed({l}))",
    "[*{l}, {p}]",
    "{l} + {m}",
    "[each for each in {l}][0]",
    "set({l})",
    "{c}.X",
    "{c}.X",
    "{c}.Y",
    "{c}().X",
    "{c}().Y",
    "{c}.X.value",
    'f"{{{c}.X}}"',
    'f"{{{c}.Y}}"',
    "{c}.X + 1",
    '{c}["X"]',
    'getattr({c}, "X")',
    'getattr({c}, "Z", 3)',
    "{c}",
    "{c}.Inner.X",
    "{c}().set()",
    "{c}().Z",
    "{c}.X if {p} else {c}.Y",
)


class _Writer:
    """Writes one module after the other."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._number = 0
        self._lines: list[str] = []
        #: what a module has of others, and leaves as it is
        self._foreign: tuple[str, ...] = ()

    def module(self, others: tuple[str, ...]) -> str:
        """A module that may import some others of the package."""
        self._lines = [_HEAD]
        self._foreign = ()
        self._begin(others)
        is_last = len(others) > 1
        self._foreign = () if is_last else self._foreign
        for _ in range(self._random.randint(5, 14)):
            self._put(self._statement(others if is_last else ()), 0)
        self._foreign = ()
        for question in self._random.choices(_QUESTIONS, k=6):
            self._ask(question, 0)
        return "\n".join([*self._lines, ""])

    def _begin(self, others: tuple[str, ...]) -> None:
        for other in others:
            self._put(f"from proof import {other}", 0)
        taken = self._random.sample((*_NUMBERS[2:], *_DICTS[1:], *_LISTS[1:], *_CLASSES[2:]), 3) if others else []
        for name in taken:
            self._put(f"from proof.{self._random.choice(others)} import {name}", 0)
        for names, text in ((_NUMBERS, "{v}"), (_DICTS, '{{"a": {v}, "b": {w}}}'), (_LISTS, "[{v}, {w}]")):
            for name in names:
                if name not in taken:
                    self._put(f"{name} = {self._filled(text)}", 0)
        for name in _CLASSES:
            if name not in taken:
                self._put(f"class {name}:\n    X = {self._value()}\n    Y = {self._value()}", 0)
        self._foreign = tuple(taken)

    def _statement(self, others: tuple[str, ...]) -> str:
        random = self._random
        kinds: tuple[tuple[tuple[str, ...], int], ...] = (
            (_NUMBER_CHANGES, 4), (_DICT_CHANGES, 3), (_LIST_CHANGES, 2), (_CLASSES_MADE, 3), (_CLASS_CHANGES, 2),
        )  # fmt: skip
        texts = random.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        text = self._filled(random.choice(texts))
        if others and random.random() < 0.25:
            text = self._of_another(text, random.choice(others))
        return self._wrapped(text)

    def _of_another(self, text: str, other: str) -> str:
        """The same done to a name of another module, where it is a change and no definition."""
        if text.startswith(("class", "def", "global")) or " = " in text.partition("\n")[0].partition("]")[0]:
            name = self._random.choice(_NUMBERS)
            return f"{other}.{name} = {self._value()}"
        for name in (*_DICTS, *_LISTS, *_CLASSES):
            if text.startswith((f"{name}.", f"{name}[")):
                return f"{other}.{text}"
        return text

    def _wrapped(self, text: str) -> str:
        """As it is, or under a condition, or in a function."""
        inside = text.replace("\n", "\n    ")
        way = self._random.randrange(14)
        ways: dict[int, Callable[[], str]] = {
            0: lambda: f"if len(sys.argv):\n    {inside}",
            1: lambda: f"if not sys.argv:\n    {inside}",
            2: lambda: f"if not sys.argv:\n    {inside}\nelse:\n    P = {self._value()}",
            3: lambda: f"for again in (1, 2):\n    {inside}",
            4: lambda: f"try:\n    {inside}\nexcept Exception:\n    Q = {self._value()}",
        }
        return ways[way]() if way in ways else f"try:\n    {inside}\nexcept Exception:\n    pass"

    def _put(self, text: str, depth: int) -> None:
        self._lines += [" " * depth + line for line in text.split("\n")]
        if self._random.random() < 0.5 and not text.startswith(("from", "import")):
            self._ask(self._random.choice(_QUESTIONS), depth)

    def _ask(self, question: str, depth: int) -> None:
        asking = f"print({self._next()}, {self._filled(question)})"
        self._lines.append(" " * depth + f"try:\n    {asking}\nexcept Exception:\n    pass")

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _value(self) -> int:
        return self._random.randint(1, 9)

    def _filled(self, text: str) -> str:
        random = self._random
        p, q, *_ = self._own(_NUMBERS)
        a, b, *more = self._own(_CLASSES)
        c = more[0] if more else a
        l, *rest = self._own(_LISTS)  # noqa: E741
        return text.format(
            p=p, q=q, a=a, b=b, c=c, l=l, m=(*rest, l)[0], d=self._own(_DICTS)[0], k=random.choice("abc"),
            v=self._value(), w=self._value(), n=self._next(),
        )  # fmt: skip

    def _own(self, names: tuple[str, ...]) -> list[str]:
        """Those of some names that the module may change, in any order."""
        own = [name for name in names if name not in self._foreign]
        return self._random.sample(own, len(own))


def make_program(random: Random) -> dict[str, str]:
    """A program: the texts of its modules, by their paths."""
    writer = _Writer(random)
    return {
        "proof/__init__.py": "",
        "proof/one.py": writer.module(()),
        "proof/two.py": writer.module(("one",)),
        "proof/three.py": writer.module(("one", "two")),
    }
