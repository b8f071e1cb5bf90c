"""What an expression is known to be: constants, settings, dicts, lists, enums. What is not certain is unknown."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from modules import UNKNOWN, look, looked_at, module_of

if TYPE_CHECKING:
    from pathlib import Path


def cases(*sources: tuple[str, object]) -> pytest.MarkDecorator:
    """Sources with what their ``look(…)`` is expected to be."""
    return pytest.mark.parametrize(("source", "expected"), [(dedent(source).strip(), what) for source, what in sources])


# -- arithmetic and conditions ----------------------------------------------------------------------------------


@cases(
    ("look(3)", 3),
    ("look(None)", None),
    ("look('text')", "text"),
    ("look(3 + 4)", 7),
    ("look(3 - 4)", -1),
    ("look(2 * 3)", 6),
    ("look(7 // 2)", 3),
    ("look(7 / 2)", 3.5),
    ("look(7 % 4)", 3),
    ("look(-3)", -3),
    ("look(not 3)", False),
    ("look(not '')", True),
    ("look(True + 1)", 2),
    ("look('a' + 'b')", "ab"),
    ("P = 3\nQ = P + 4\nlook(Q)", 7),
    ("look(3 // 0)", UNKNOWN),
    ("look(3 % 0)", UNKNOWN),
    ("look(10 ** 2)", UNKNOWN),
    ("look(1 << 2)", UNKNOWN),
    ("look(10 ** 15 * 10)", UNKNOWN),
    ("look(9999999999 * 9999999999)", UNKNOWN),
    ("look(1e308 * 10)", UNKNOWN),
    ("look('a' * 3)", UNKNOWN),
    ("look('a' + 3)", UNKNOWN),
    ("look(~3)", UNKNOWN),
    ("look(-'a')", UNKNOWN),
    ("look(+3)", UNKNOWN),
    ("look(3 < 4)", UNKNOWN),
    ("def f(x):\n    look(x + 3)", UNKNOWN),
)
def test_arithmetic(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("look(3 or 5)", 3),
    ("look(0 or 5)", 5),
    ("look(None or 5)", 5),
    ("look('' or None or 5)", 5),
    ("look(3 and 5)", 5),
    ("look(0 and 5)", 0),
    ("look(1 and 0 or 5)", 5),
    ("def f(x):\n    look(x or 5)", UNKNOWN),
    ("def f(x):\n    look(0 or x)", UNKNOWN),
    ("def f(x):\n    look(5 or x)", 5),
    ("def f(x):\n    look(x and 5)", UNKNOWN),
    ("def f(x):\n    look(3 if x else 5)", UNKNOWN),
    ("def f(x):\n    look(3 if x else 3)", 3),
    ("def f(x):\n    look(True if x else 1)", UNKNOWN),
    ("def f(x):\n    look(3.0 if x else 3)", UNKNOWN),
)
def test_a_choice_is_known_where_both_sides_agree(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("look(f'a{3}b')", "a3b"),
    ("P = 'x'\nlook(f'{P}.tasks')", "x.tasks"),
    ("look(f'{3:>5}')", UNKNOWN),
    ("look(f'{3!r}')", UNKNOWN),
    ("def f(x):\n    look(f'{x}')", UNKNOWN),
    ("look(__name__)", "app.tasks"),
    ("look(f'{__name__}.update')", "app.tasks.update"),
    ("look(f'{1.5}')", UNKNOWN),
)
def test_a_text_is_put_together(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


# -- settings ---------------------------------------------------------------------------------------------------


@cases(
    ("from django.conf import settings\nlook(getattr(settings, 'X', 7))", 7),
    ("from django.conf import settings as s\nlook(getattr(s, 'X', 7))", 7),
    ("from django import conf\nlook(getattr(conf.settings, 'X', 7))", 7),
    ("from django.conf import settings\nlook(getattr(settings, 'X', None) or 5)", 5),
    ("from django.conf import settings\nP = 4\nlook(getattr(settings, 'X', P + 1))", 5),
    ("from app_utils.app_settings import clean_setting\nlook(clean_setting('X', 7))", 7),
    ("from app_utils.app_settings import clean_setting\nlook(clean_setting('X', default_value=7, min_value=1))", 7),
    ("from app_utils import app_settings\nlook(app_settings.clean_setting('X', 7))", 7),
    ("from app_utils.app_settings import clean_setting as c\nlook(c('X', 7, 1, 9))", 7),
    ("def clean_setting(name, default): ...\nlook(clean_setting('X', 7))", 7),
    ("def _clean_setting(name, default): ...\nlook(_clean_setting('X', default_value=7))", 7),
    ("def f(x):\n    from app_utils.app_settings import clean_setting\n    look(clean_setting('X', x))", UNKNOWN),
    ("from app_utils.app_settings import clean_setting\nlook(clean_setting('X'))", UNKNOWN),
    ("from app_utils.app_settings import clean_setting\nlook(clean_setting('X', 7, required_type=int))", 7),
    ("from django.conf import settings\nlook(settings.X)", "django.conf.settings.X"),
    ("from django.conf import settings\nlook(getattr(settings, 'X'))", "django.conf.settings.X"),
    ("def f(thing):\n    look(getattr(thing, 'X', 7))", UNKNOWN),
    ("def f(settings):\n    look(getattr(settings, 'X', 7))", UNKNOWN),
    ("import os\nlook(os.environ.get('X', 7))", "os.environ.get()"),
    ("def other(name, default): ...\nlook(other('X', 7))", UNKNOWN),
    ("def getattr(a, b, c): ...\nfrom django.conf import settings\nlook(getattr(settings, 'X', 7))", UNKNOWN),
)
def test_a_setting_is_its_default(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


# -- dicts ------------------------------------------------------------------------------------------------------


@cases(
    ("look({'a': 1})", {"a": 1}),
    ("look({**{'a': 1}, 'b': 2})", {"a": 1, "b": 2}),
    ("look({'a': 1, **{'a': 2}})", {"a": 2}),
    ("look({**{'a': 1}, 'a': 2})", {"a": 2}),
    ("look(dict(a=1))", {"a": 1}),
    ("look(dict({'a': 1}, b=2))", {"a": 1, "b": 2}),
    ("look(dict({'a': 1}, **{'a': 2}))", {"a": 2}),
    ("look({'a': 1} | {'a': 2})", {"a": 2}),
    ("look({'a': 1}.copy())", {"a": 1}),
    ("D = {'a': 1}\nlook({**D, 'b': 2})", {"a": 1, "b": 2}),
    ("D = {'a': 1}\nE = {**D, **{'b': 2}}\nlook(dict(**E))", {"a": 1, "b": 2}),
    ("look({'a': 1}['a'])", 1),
    ("look({'a': 1}['b'])", UNKNOWN),
    ("look({3: 1})", {}),
    ("K = 'a'\nlook({K: 1})", {"a": 1}),
    ("def f(k):\n    look({'a': 1, k: 2})", {...: ...}),
    ("def f(k):\n    look({k: 2, 'a': 1})", {"a": 1, ...: ...}),
    ("def f(o):\n    look({'a': 1, **o})", {...: ...}),
    ("def f(o):\n    look({**o, 'a': 1})", {"a": 1, ...: ...}),
    ("def f(o):\n    look(dict(o, a=1))", {"a": 1, ...: ...}),
    ("look(dict([('a', 1)], b=2))", {"b": 2, ...: ...}),
    ("def f(o):\n    look({'a': 1} | o)", UNKNOWN),
    ("look({'a': 1}.get('a', 2))", 1),
)
def test_a_dict_is_merged(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("D = {'a': 1}\nD['a'] = 2\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\nD.update(a=2)\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\nD.setdefault('b', 2)\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\nD.pop('a')\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\nD.popitem()\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\ndel D['a']\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\nD |= {'b': 2}\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\nE = D\nE['a'] = 2\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\nE = D\nD['a'] = 2\nlook(E)", UNKNOWN),
    ("D = E = {'a': 1}\nE['a'] = 2\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\nE = D\nlook(E)", {"a": 1}),
    ("D = {'a': 1}\nE = D.copy()\nE['a'] = 2\nlook(D)", {"a": 1}),
    ("D = {'a': 1}\ndef f():\n    D['a'] = 2\nlook(D)", UNKNOWN),
    ("D = {'a': 1}\ndef f():\n    D.update(a=2)\ndef g():\n    look(D)", UNKNOWN),
    ("D = {'a': 1}\n[D.update(a=x) for x in y]\nlook(D)", UNKNOWN),
    ("def f(fill):\n    D = {'a': 1}\n    fill(D)\n    look(D)", UNKNOWN),
    ("def f(fill):\n    D = {'a': 1}\n    fill(options=D)\n    look(D)", UNKNOWN),
    ("def f(fill):\n    D = {'a': 1}\n    look(D)\n    fill(D)", {"a": 1}),
    ("def f(logger):\n    D = {'a': 1}\n    logger.info('%s', D)\n    print(D)\n    look(D)", {"a": 1}),
    ("def f(x):\n    if x:\n        D = {'a': 1}\n    else:\n        D = {'b': 1}\n    look(D)", UNKNOWN),
    ("def f(D):\n    look(D)", UNKNOWN),
    ("D = {}\ndef f():\n    D = {'a': 1}\n    D['a'] = 2\nlook(D)", {}),
)
def test_a_dict_that_is_changed_is_unknown(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@pytest.mark.parametrize("change", ["D['a'] = 2", "D.update(a=2)", "def f():\n    D['a'] = 2", "E = D\nE['a'] = 2"])
def test_a_dict_that_its_module_changes_is_unknown_to_importers(tmp_path: Path, change: str) -> None:
    files = {"app/constants.py": f"D = {{'a': 1}}\n{change}\n"}
    assert look(tmp_path, "from .constants import D\nlook(D)", files=files) == UNKNOWN


def test_a_dict_of_another_module_is_merged_with_ones_own(tmp_path: Path) -> None:
    files = {"app/constants.py": "from .core import LOW\nD = {'priority': LOW}\n", "app/core.py": "LOW = 4 + 3\n"}
    source = "from .constants import D\nE = {**D, 'bind': True}\nlook(E)"
    assert look(tmp_path, source, files=files) == {"priority": 7, "bind": True}


def test_a_dict_that_is_imported_and_changed_is_unknown(tmp_path: Path) -> None:
    source = "from .constants import D\nD['b'] = 2\nlook(D)"
    assert look(tmp_path, source, files={"app/constants.py": "D = {'a': 1}\n"}) == UNKNOWN


# -- lists ------------------------------------------------------------------------------------------------------


@cases(
    ("look([1, 2])", [1, 2]),
    ("look((1, *(2, 3)))", [1, 2, 3]),
    ("def f(x):\n    look([1, *x])", [1, ...]),
    ("look([1] + [2])", [1, 2]),
    ("look(list((1, 2)))", [1, 2]),
    ("look(list())", []),
    ("look(tuple([1]))", [1]),
    ("look(list(reversed([1, 2])))", [2, 1]),
    ("look([1, 2].copy())", [1, 2]),
    ("def f(x):\n    look([3 for y in x])", [[3]]),
    ("def f(x):\n    look(list(3 for y in x))", [[3]]),
    ("def f(x):\n    look(list(x))", UNKNOWN),
    ("look(list(3))", UNKNOWN),
    ("def f(x):\n    look([1] + [2, *x])", [1, 2, ...]),
    ("def f(x):\n    look([1, *x] + [2])", [1, 2, ...]),
    ("import lib\nlook(lib.x.copy())", "lib.x.copy()"),
)
def test_a_list_is_its_elements(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("L = []\nL.append(1)\nlook(L)", [1]),
    ("L = []\nL.append(1)\nlook(L)\nL.append(2)", [1]),
    ("L = [0]\nL.extend([1, 2])\nlook(L)", [0, 1, 2]),
    ("L = [0]\nL += [1, 2]\nlook(L)", [0, 1, 2]),
    ("L = [0]\nL += (1,)\nL += [2]\nlook(L)", [0, 1, 2]),
    ("L = [1]\nL.insert(0, 2)\nlook(L)", [2, 1]),
    ("L = [1]\nL.insert(0, 2)\nL.insert(0, 3)\nL.append(4)\nlook(L)", [3, 2, 1, 4]),
    ("for x in y:\n    L = []\n    L.append(1)\n    look(L)", [1]),
    ("for x in y:\n    L = []\n    look(L)\n    L.append(1)", []),
    ("L = []\nfor x in y:\n    L.append(1)\nlook(L)", [[1]]),
    ("L = []\nfor x in y:\n    look(L)\n    L.append(1)", [[1]]),
    ("L = []\nwhile x:\n    L.append(1)\nlook(L)", [[1]]),
    ("L = [0]\nfor x in y:\n    L += [1]\nlook(L)", [0, [1]]),
    ("L = [0]\nfor x in y:\n    L += [1]\n    L += [2]\nlook(L)", [0, [1], [2]]),
    ("L = [0]\nif x:\n    L += [1]\nlook(L)", [0, 1]),
    ("L = []\nfor x in y:\n    for z in x:\n        L.append(1)\n    L.append(2)\nlook(L)", [[1], [2]]),
    ("L = []\n[L.append(1) for x in y]\nlook(L)", [[1]]),
    ("L = []\nL.extend(1 for x in y)\nlook(L)", [[1]]),
    ("L = []\nif x:\n    L.append(1)\n    look(L)\nelse:\n    L.append(2)", [1]),
    ("L = []\nif x:\n    L.append(1)\nelse:\n    look(L)", []),
    ("L = []\nL.append(1)\nM = L\nlook(M)", [1]),
    ("L = []\nL.append(1)\ndef g():\n    look(L)", [1]),
    ("L = [1]\nL = [2]\nlook(L)", [2]),
    ("L = [1]\nL.append(2)\nL = []\nL.append(3)\nlook(L)", [3]),
)
def test_a_list_grows(tmp_path: Path, source: str, expected: object) -> None:
    indented = "\n".join(f"    {line}" for line in source.splitlines())
    assert look(tmp_path, f"def f(x, y):\n{indented}") == expected


@cases(
    ("L = [1]\nL.extend(x)\nlook(L)", [1, ...]),
    ("L = [1]\nL += x\nlook(L)", [1, ...]),
    ("L = [1]\nL[0] = 2\nlook(L)", [...]),
    ("L = [1]\nL.pop()\nlook(L)", [1, ...]),
    ("L = [1]\nL.clear()\nlook(L)", [...]),
    ("L = [1]\nL.sort()\nlook(L)", [1, ...]),
    ("L = [1]\ndel L[0]\nlook(L)", [...]),
    ("L = []\nx(L)\nlook(L)", [...]),
    ("L = []\nM = L\nM.append(1)\nlook(L)", [...]),
    ("L = []\nM = L\nL.append(1)\nlook(M)", [...]),
    ("L = M = []\nM.append(1)\nlook(L)", [...]),
    ("x.list = L = []\nlook(L)", [...]),
    ("L = []\nx.list = L\nlook(L)", [...]),
    ("L = []\ndef g():\n    L.append(1)\ng()\nlook(L)", [...]),
    ("if x:\n    L = [1]\nelse:\n    L = [2]\nlook(L)", UNKNOWN),
    ("if x:\n    L = y\nelse:\n    L = y\nL.append(1)\nlook(L)", UNKNOWN),
    ("L = L + [1]\nlook(L)", UNKNOWN),
    ("L = []\nfor i in x:\n    L = L + [1]\nlook(L)", UNKNOWN),
    ("L = 3\nL += 4\nlook(L)", UNKNOWN),
    ("L = 'a'\nL += 'b'\nlook(L)", UNKNOWN),
    ("L = {'a': 1}\nL += 3\nlook(L)", UNKNOWN),
)
def test_a_list_that_is_changed_otherwise_is_not_complete(tmp_path: Path, source: str, expected: object) -> None:
    indented = "\n".join(f"    {line}" for line in source.splitlines())
    assert look(tmp_path, f"def f(x, y):\n{indented}") == expected


def test_a_list_that_its_module_fills_is_filled_for_importers(tmp_path: Path) -> None:
    files = {"app/constants.py": "L = [1]\nL.append(2)\n"}
    assert look(tmp_path, "from .constants import L\nlook(L)", files=files) == [1, 2]


def test_a_list_that_functions_of_its_module_fill_is_not_complete(tmp_path: Path) -> None:
    files = {"app/constants.py": "L = [1]\ndef register(x):\n    L.append(x)\n"}
    assert look(tmp_path, "from .constants import L\nlook(L)", files=files) == [1, ...]


# -- classes and enums ------------------------------------------------------------------------------------------


@cases(
    ("class P:\n    HIGH = 3\nlook(P.HIGH)", 3),
    ("class P:\n    HIGH: int = 3\nlook(P.HIGH)", 3),
    ("class B:\n    HIGH = 3\nclass P(B): ...\nlook(P.HIGH)", 3),
    ("class B:\n    HIGH = 3\nclass P(B):\n    HIGH = 4\nlook(P.HIGH)", 4),
    ("class A: ...\nclass B:\n    HIGH = 3\nclass P(A, B): ...\nlook(P.HIGH)", 3),
    ("from lib import A\nclass B:\n    HIGH = 3\nclass P(A, B): ...\nlook(P.HIGH)", UNKNOWN),
    ("from lib import A\nclass P(A):\n    HIGH = 3\nlook(P.HIGH)", 3),
    ("from lib import A\nclass P(A): ...\nlook(P.HIGH)", UNKNOWN),
    ("class P(P):\n    ...\nlook(P.HIGH)", UNKNOWN),
    ("class P:\n    HIGH = 3\nP.HIGH = 4\nlook(P.HIGH)", UNKNOWN),
    ("class P:\n    HIGH = 3\nlook(P().HIGH)", 3),
    ("class P:\n    D = {'a': 1}\nlook(P.D)", {"a": 1}),
    ("class P:\n    D = {'a': 1}\n    D['a'] = 2\nlook(P.D)", UNKNOWN),
    ("class P:\n    HIGH = 3\n    LOW = HIGH + 4\nlook(P.LOW)", 7),
    ("class P:\n    def HIGH(self): ...\nlook(P.HIGH)", "function HIGH"),
    ("class A: ...\nclass P(A): ...\nlook(P.HIGH)", UNKNOWN),
    ("with open('x') as file, file as (P, Q):\n    look(P)", UNKNOWN),
)
def test_an_attribute_of_a_class(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("from enum import IntEnum\nclass P(IntEnum):\n    HIGH = 3\nlook(P.HIGH)", 3),
    ("from enum import IntEnum\nclass P(IntEnum):\n    HIGH = 3\nlook(P.HIGH.value)", 3),
    ("import enum\nclass P(enum.IntEnum):\n    HIGH = 3\nlook(P.HIGH)", 3),
    ("from django.db import models\nclass P(models.IntegerChoices):\n    HIGH = 3\nlook(P.HIGH)", 3),
    ("from enum import Enum\nclass P(Enum):\n    HIGH = 3\nlook(P.HIGH)", UNKNOWN),
    ("from enum import Enum\nclass P(Enum):\n    HIGH = 3\nlook(P.HIGH.value)", 3),
    ("from enum import Enum\nclass P(int, Enum):\n    HIGH = 3\nlook(P.HIGH)", 3),
    ("from enum import Enum\nclass P(str, Enum):\n    HIGH = 'h'\nlook(P.HIGH)", "h"),
    ("from enum import Enum\nclass B(Enum): ...\nclass P(B):\n    HIGH = 3\nlook(P.HIGH)", UNKNOWN),
    ("from enum import IntEnum\nclass B(IntEnum): ...\nclass P(B):\n    HIGH = 3\nlook(P.HIGH)", 3),
    ("from enum import Enum, auto\nclass P(Enum):\n    HIGH = auto()\nlook(P.HIGH.value)", "enum.auto()"),
    ("from enum import Enum\nclass P(Enum):\n    HIGH = 3\nlook(P.HIGH.name)", UNKNOWN),
    ("from enum import Enum\nclass P(Enum):\n    HIGH = 3\nlook(P['HIGH'].value)", UNKNOWN),
    ("from enum import IntEnum\nclass P(IntEnum):\n    HIGH = 3\nlook(P(3))", "instance of P"),
    ("class P:\n    HIGH = 3\nlook(P.HIGH.value)", UNKNOWN),
)
def test_a_member_of_an_enum(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


def test_an_attribute_of_a_module_that_is_set_here_is_unknown(tmp_path: Path) -> None:
    source = "from . import constants\nconstants.P = 4\nlook(constants.P)"
    assert look(tmp_path, source, files={"app/constants.py": "P = 3\n"}) == UNKNOWN


# -- signatures and tasks ---------------------------------------------------------------------------------------

TASKS = "from celery import chain, shared_task\n@shared_task\ndef a(): ...\n@shared_task\ndef b(): ...\n"


@cases(
    ("look(a)", "task a"),
    ("look(a.name)", "app.tasks.a"),
    ("look(a.queue)", UNKNOWN),
    ("@shared_task(name=x)\ndef c(): ...\nlook(c.name)", UNKNOWN),
    ("look(a.si())", "signature of task a"),
    ("look(a.si().set(priority=3))", "signature of task a"),
    ("look(a.si() | b.si())", "chain"),
    ("look(chain(a.si(), b.si()))", "chain"),
    ("look(a.delay())", "dispatch"),
    ("t = a\nlook(t)", "task a"),
    ("for t in (a, b):\n    look(t)", "task task"),
    ("for t in (a, a):\n    look(t)", "task a"),
    ("for t in (a, print):\n    look(t)", UNKNOWN),
    ("for t in ():\n    look(t)", UNKNOWN),
    ("def f(x):\n    for t in [a, *x]:\n        look(t)", UNKNOWN),
    ("with a as t:\n    look(t)", UNKNOWN),
    ("t = a if x else b\nlook(t)", "task task"),
    ("t = a if x else None\nlook(t)", "task a"),
    ("s = a.si() if x else b.si()\nlook(s)", "signature of task task"),
    ("def f(t):\n    look(t.si())", UNKNOWN),
    ("def f(t=a):\n    look(t.si())", UNKNOWN),
    ("look({'a': a}['a'])", "task a"),
    ("look(a.si().on_error(b.s()))", "signature of task a"),
    ("look(a.si().clone((1,)))", "signature of task a"),
    ("look(a.map([1]))", "map"),
    ("from celery import chunks\nlook(chunks(a.s(), [1], 10))", "chunks"),
    ("look(a.chunks([1], 10).group())", "group"),
    ("from celery import current_app\nlook(current_app.signature('app.tasks.a'))", "signature of task app.tasks.a"),
    ("from celery import current_app\nlook(current_app.close())", UNKNOWN),
    ("import celery\nlook(celery.current_app)", "app"),
    ("def f(t):\n    look(t)", UNKNOWN),
    ("@shared_task(bind=True)\ndef c(self, t):\n    look(t)", UNKNOWN),
    ("from celery import signature\nlook(signature(args=[1]))", "signature of task None"),
    ("def f(x, y):\n    look(x | y)", UNKNOWN),
    ("def f(): ...\nlook(f())", UNKNOWN),
    ("look(a.AsyncResult(1))", UNKNOWN),
    ("look(a.si().freeze())", UNKNOWN),
)
def test_what_is_of_celery(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, TASKS + source) == expected


def test_a_task_that_is_bound_to_another_name_later_is_not_known_in_a_function(tmp_path: Path) -> None:
    assert look(tmp_path, TASKS + "def f():\n    look(a)\na = print") == UNKNOWN


# -- limits -----------------------------------------------------------------------------------------------------


def test_names_that_lead_to_each_other_are_unknown(tmp_path: Path) -> None:
    assert looked_at(module_of(tmp_path, "def f():\n    look(P)\n    look(Q)\nP = Q\nQ = P")) == [UNKNOWN, UNKNOWN]


def test_a_long_way_is_unknown_and_no_crash(tmp_path: Path) -> None:
    names = "\n".join(f"P{number} = P{number - 1}" for number in range(1, 500))
    assert look(tmp_path, f"P0 = 3\n{names}\nlook(P499)") == UNKNOWN


def test_doubling_names_take_no_time(tmp_path: Path) -> None:
    names = "\n".join(f"P{number} = P{number - 1} + P{number - 1}" for number in range(1, 25))
    assert look(tmp_path, f"P0 = 1\n{names}\nlook(P24)") == 2**24


def test_a_deep_hierarchy_of_classes_is_unknown_and_no_crash(tmp_path: Path) -> None:
    classes = "\n".join(f"class C{number}(C{number - 1}): ..." for number in range(1, 100))
    assert look(tmp_path, f"class C0:\n    P = 3\n{classes}\nlook(C99.P)") == UNKNOWN
