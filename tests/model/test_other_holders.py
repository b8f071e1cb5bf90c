"""What something else holds, too, is unknown where that may change it, and known where it only looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modules import TWO_TASKS, UNKNOWN, look, looked_at, module_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "change",
    [
        "D.__setitem__('a', 2)",
        "dict.update(D, a=2)",
        "getattr(D, 'update')(a=2)",
        "change = D.update\nchange(a=2)",
        "for each in (D,):\n    each['a'] = 2",
        "[D][0]['a'] = 2",
        "(D or {})['a'] = 2",
        "same = {'d': D}\nsame['d']['a'] = 2",
        "same, _ = D, 1\nsame['a'] = 2",
        "same = D if x else {}\nsame['a'] = 2",
        "if (same := D):\n    same['a'] = 2",
        "def f(given=D):\n    given['a'] = 2",
        "def f():\n    return D",
        "def f():\n    same = D\n    same['a'] = 2",
        "f = lambda: D",
        "class Holder:\n    kept = D",
        "globals()['D']['a'] = 2",
        "vars()['D'] = x",
        "globals().update(D=x)",
        "exec('D = 2')",
        "import sys\nsys.modules[__name__].D['a'] = 2",
        "import sys\nsetattr(sys.modules[__name__], 'D', x)",
        "match D:\n    case {} as same:\n        same['a'] = 2",
        "unknown([D])",
    ],
)
def test_a_dict_that_something_else_may_change(tmp_path: Path, change: str) -> None:
    assert look(tmp_path, f"D = {{'a': 1}}\n{change}\nlook(D)") == UNKNOWN


@pytest.mark.parametrize(
    "use",
    [
        "same = {'d': D}",
        "same = [D]",
        "print(D, [D])",
        "if D or x:\n    y = D['a']",
        "def f():\n    D = {}\n    return D",
        "def f():\n    same = D\n    print(same)",
        "copied = {**D, 'a': 2}",
        "copied = dict(D)\ncopied['a'] = 2",
        "def f():\n    locals()['D'] = {}",
        "exec('D = 2', {})",
        "vars(x)['D'] = 2",
        "for key in D:\n    y = key",
    ],
)
def test_a_dict_that_is_only_looked_at(tmp_path: Path, use: str) -> None:
    assert look(tmp_path, f"D = {{'a': 1}}\n{use}\nlook(D)") == {"a": 1}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("class P:\n    HIGH = 3\n    if x:\n        LOW = 4\nlook(P.LOW)", UNKNOWN),
        ("class B:\n    HIGH = 3\nclass P(B):\n    if x:\n        HIGH = 4\nlook(P.HIGH)", UNKNOWN),
        ("HIGH = 3\nclass P:\n    if x:\n        HIGH = 4\n    LOW = HIGH\nlook(P.LOW)", UNKNOWN),
        ("def made(cls): ...\n@made\nclass P:\n    HIGH = 3\nlook(P.HIGH)", UNKNOWN),
        ("from dataclasses import dataclass\n@dataclass\nclass P:\n    HIGH = 3\nlook(P.HIGH)", 3),
        ("from dataclasses import dataclass\n@dataclass\nclass P:\n    HIGH: int = 3\nlook(P(4).HIGH)", UNKNOWN),
        ("class M(type): ...\nclass P(metaclass=M):\n    HIGH = 3\nlook(P.HIGH)", UNKNOWN),
        ("from abc import ABCMeta\nclass P(metaclass=ABCMeta):\n    HIGH = 3\nlook(P.HIGH)", 3),
        ("class B:\n    def __init_subclass__(cls): ...\nclass P(B):\n    HIGH = 3\nlook(P.HIGH)", UNKNOWN),
        ("class P:\n    HIGH = 3\nsetattr(P, 'HIGH', 4)\nlook(P.HIGH)", UNKNOWN),
        ("class P:\n    HIGH = 3\nsetattr(P, x, 4)\nlook(P.HIGH)", UNKNOWN),
        ("class P:\n    HIGH = 3\ndef f(row):\n    setattr(row, x, 4)\nlook(P.HIGH)", 3),
        ("class P:\n    HIGH = 3\np = P()\np.HIGH = 4\nlook(p.HIGH)", UNKNOWN),
        ("class P:\n    HIGH = 3\n    def __getattribute__(self, name): ...\nlook(P().HIGH)", UNKNOWN),
        ("from enum import IntEnum\nclass P(IntEnum):\n    HIGH = '3'\nlook(P.HIGH)", UNKNOWN),
        ("from enum import IntEnum\nclass P(IntEnum):\n    HIGH = 3\nlook(f'{P.HIGH}')", UNKNOWN),
        (
            "from django.db.models import IntegerChoices\nclass P(IntegerChoices):\n    HIGH = 3, 'high'\nlook(P.HIGH)",
            3,
        ),
    ],
)
def test_what_else_has_a_say_in_what_a_class_holds(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("L = [2, 1]\nlook(sorted(L))", [1, 2]),
        ("L = [2, 1]\nif x:\n    L.append(3)\nlook(L[-1])", UNKNOWN),
        ("L = [2, 1]\nL.insert(-1, 3)\nlook(L[-1])", UNKNOWN),
        ("L = [2, 1]\nL *= 2\nlook(L[0])", UNKNOWN),
        ("P = 1\nlook([P, (P := 2), P][0])", UNKNOWN),
        ("def f(): ...\nclass P:\n    def __new__(cls):\n        return 3\nlook(P())", UNKNOWN),
        ("class P:\n    def __new__(cls):\n        return super().__new__(cls)\nlook(P())", "instance of P"),
    ],
)
def test_what_the_order_or_the_number_of_things_is(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


def test_a_signature_of_a_signature_is_a_copy_of_it(tmp_path: Path) -> None:
    source = f"{TWO_TASKS}from celery import signature\nlook(signature(a.s(1)))\nlook(signature(a))"
    first, second = looked_at(module_of(tmp_path, source))
    assert first == look(tmp_path / "other", f"{TWO_TASKS}look(a.s(1))")
    assert second == look(tmp_path / "third", f"{TWO_TASKS}look(a.signature())")
