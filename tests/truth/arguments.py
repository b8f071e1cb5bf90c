"""What tasks are given, of every kind of object, and whether kombu's JSON carries it.

A program is a module of functions, each of which puts something into names and sends it. Right is what is said to be
refused and is, and what is carried and nothing is said of; where nothing is said of what kombu refuses, it is unknown.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kombu.exceptions import EncodeError
from kombu.utils.json import dumps

from flake8_aa_celery.linter import parse
from flake8_aa_celery.model.calling.serialising import refused_arguments_of
from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.settings import Settings
from truth.asking import Answers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from random import Random

_FUNCTIONS = 30
_HEAD = """\
import collections
import enum
import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from celery import shared_task


class Colour(enum.Enum):
    RED = 1
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1


class Name(str, enum.Enum):
    ONE = "one"


@dataclass
class Point:
    x: int = 1


class Plain:
    pass


@shared_task
def t(*args, **kwargs): ...


def numbers():
    yield 1


def pair(x):
    return {x, 2}


def listed(x):
    return [x, 2]


"""
_ATOMS = (
    "1",
    "'a'",
    "None",
    "True",
    "1.5",
    "b'a'",
    "1j",
    "...",
    "date(2024, 1, 1)",
    "datetime.now()",
    "timedelta(1)",
    "Decimal('1')",
    "uuid.uuid4()",
    "Path('a')",
    "Path.cwd()",
    "re.compile('a')",
    "Colour.RED",
    "Colour.BLUE.value",
    "Level.LOW",
    "Name.ONE",
    "Colour['RED']",
    "Point()",
    "Plain()",
    "Plain",
    "numbers()",
    "pair(1)",
    "listed(1)",
    "range(3)",
    "(lambda: 1)",
    "len",
    "open(__file__)",
    "object()",
    "timezone.utc",
    "collections.deque([1])",
    "collections.OrderedDict(a=1)",
    "collections.defaultdict(list)",
    "collections.Counter('a')",
    "bytearray(b'a')",
    "frozenset()",
    "set()",
    "{1}",
    "{1, 2}",
    "map(str, [1])",
    "filter(None, [1])",
    "zip([1], [2])",
    "reversed([1])",
    "iter([1])",
    "enumerate([1])",
    "datetime.now() - datetime.now()",
    "timedelta(1) * 2",
    "str(1)",
    "sorted({1})",
    "{'a': 1}.items()",
    "{'a': 1}.keys()",
    "{'a': 1}.values()",
    "memoryview(b'a')",
    "list(Colour)",
    "slice(1)",
)
_FORMS = (
    "{0}",
    "{0}",
    "{0}",
    "[{0}]",
    "({0}, {1})",
    "[{0}, {1}]",
    "{{'k': {0}}}",
    "{{1: {0}}}",
    "list([{0}])",
    "({0} or None)",
    "({0} if 1 else {1})",
    "({0} if 0 else {1})",
    "({0} and {1})",
    "[x for x in [{0}]]",
    "{{x: 1 for x in ['a']}}",
    "{{x for x in [1]}}",
    "(x for x in [1])",
    "dict(a={0})",
    "[*[{0}]]",
    "{{**{{'a': {0}}}}}",
    "[{0}][0]",
    "{{'a': {0}}}['a']",
    "({0}, {1})[1]",
    "[{0}].copy()",
    "[{0}] + [{1}]",
    "({0},) * 2",
    "tuple([{0}])",
    "str({0})",
    "repr({0})",
    "bool({0})",
    "set([1]) - set([2])",
    "{{1}} | {{2}}",
    "{{1}}.union({{2}})",
    "(y := {0})",
    "{{('a', 1): 1}}",
    "{{date(2024, 1, 1): 1}}",
    "{{Colour.RED: 1}}",
    "{{Level.LOW: {0}}}",
    "{{None: 1}}",
)
_ROUTES = (
    "t.delay({})",
    "t.apply_async(({},))",
    "t.apply_async(args=[{}])",
    "t.apply_async(kwargs={{'x': {}}})",
    "t.delay(x={})",
    "t.s({}).delay()",
    "t.delay(*[{}])",
    "t.delay(1, {})",
)
_CHANGES = (
    "v.append({0})",
    "v = [v]",
    "v = v or {0}",
    "v = {0}",
    "if len('a'):\n        v = {0}",
    "v = list(v)",
    "v = str(v)",
    "v.clear()",
    "v.add(1)",
    "v[0] = 1",
    "w = v\n    v = w",
    "del v[0]",
    "v |= {{1}}",
    "v += [{0}]",
    "for v in [{0}]:\n        pass",
    "v = (v, {0})[0]",
    "v, w = {0}, 1",
)


def make_program(random: Random) -> dict[str, str]:
    """A module with functions that send, by its path."""
    functions = (f"def f{number}():\n{_body(random)}" for number in range(_FUNCTIONS))
    return {"sending.py": _HEAD + "\n\n".join(functions)}


def _body(random: Random) -> str:
    """The statements of a function; what is no Python, such as ``[x for x in [(y := 1)]]``, is thrown away."""
    while True:
        body = _statements(random)
        try:
            compile(f"def f():\n{body}", "", "exec")
        except SyntaxError:
            continue
        return body


def _statements(random: Random) -> str:
    lines = [f"v = {_value(random)}"]
    lines += [random.choice(_CHANGES).format(_value(random)) for _ in range(random.choice((0, 0, 1, 1, 2)))]
    sent = "v" if random.random() < 0.7 else _value(random)
    return "".join(f"    {line}\n" for line in [*lines, random.choice(_ROUTES).format(sent)])


def _value(random: Random) -> str:
    parts = [random.choice(_ATOMS), random.choice(_ATOMS)]
    if random.random() < 0.2:
        parts[0] = random.choice(_FORMS).format(*parts)
    return random.choice(_FORMS).format(*parts)


def asked(files: Mapping[str, str], folder: Path) -> Answers:
    """What the model says of the arguments of a program, held to what kombu makes of them."""
    (text,) = files.values()
    path = folder / "sending.py"
    path.write_text(text, "utf-8")
    tree = parse(text.encode())
    module = Project(str(folder.resolve()), Settings(), Workspace()).module(str(path.resolve()), tree)
    told = {found.node.lineno: found.kind for found in refused_arguments_of(module)}
    right = unknown = 0
    wrong: list[str] = []
    for name, sent in _sent_by(text, path).items():
        function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
        said = [kind for line, kind in told.items() if function.lineno <= line <= (function.end_lineno or 0)]
        is_refused = any(not _is_carried(each) for each in sent)
        if said and not is_refused and sent:
            wrong.append(f"{name}: {said[0]}, of {sent[0]!r}")
        right += bool(said) == is_refused
        unknown += is_refused and not said
    return Answers(right, unknown, wrong)


def _sent_by(text: str, path: Path) -> dict[str, list[Any]]:
    """What each function of a program hands to its task, those aside that fail before."""
    sent: list[Any] = []
    names: dict[str, Any] = {"__name__": "sending", "__file__": str(path)}
    exec(compile(text, str(path), "exec", dont_inherit=True), names)  # a program that was made here
    names["t"] = _Recorder(sent)
    found: dict[str, list[Any]] = {}
    for name in [name for name in names if name.startswith("f") and name[1:].isdecimal()]:
        sent.clear()
        try:
            names[name]()
        except (AttributeError, KeyError, TypeError, ValueError, IndexError):
            continue
        found[name] = list(sent)
    return found


class _Recorder:
    """A task that keeps what it is given."""

    def __init__(self, sent: list[Any]) -> None:
        self._sent = sent

    def delay(self, *args: Any, **kwargs: Any) -> None:
        """Keep the arguments."""
        self._sent.append((list(args), kwargs))

    def apply_async(self, args: Any = (), kwargs: Any = None) -> None:
        """Keep the arguments."""
        self._sent.append((list(args), kwargs))

    def s(self, *args: Any, **kwargs: Any) -> _Recorder:
        """Something whose ``delay`` keeps the arguments."""
        return _Signature(self._sent, args, kwargs)


class _Signature(_Recorder):
    def __init__(self, sent: list[Any], args: Any, kwargs: Any) -> None:
        super().__init__(sent)
        self._given = list(args), kwargs

    def delay(self, *args: Any, **kwargs: Any) -> None:
        """Keep those of the signature."""
        self._sent.append(self._given)


def _is_carried(value: Any) -> bool:
    try:
        dumps(value)  # type: ignore[no-untyped-call]
    except (EncodeError, TypeError, ValueError):
        return False
    return True
