"""No short file takes long: values that are made of themselves twice, line by line, and what else may grow.

Counted are the lines of our own code that run: unlike seconds they are the same on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from counting import lines_run

from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
from functools import partial
from celery import chain, chord, group, shared_task
@shared_task(priority=5)
def t(a=1):
    print(a)
"""
#: A file has at most so many lines.
LINES = 100
#: So many lines of ours run in well under a second.
MOST = 8_000_000
#: Each kind of value: how it begins, how one is made of the one before, and what is done with the last.
SHAPES = {
    "chains": ("c0 = t.si()", "c{i} = chain(c{j}, c{j})", "c{n}.delay()"),
    "chains of lists": ("c0 = t.si()", "c{i} = chain([c{j}, c{j}])", "c{n}.delay()"),
    "groups": ("c0 = t.si()", "c{i} = group(c{j}, c{j})", "c{n}.delay()"),
    "chords": ("c0 = t.si()", "c{i} = chord([c{j}, c{j}], c{j})", "c{n}.delay()"),
    "started chords": ("c0 = t.si()", "c{i} = chord([c{j}, c{j}])(c{j})", "c{n}.get()"),
    "all workflows": ("c0 = t.si()", "c{i} = chain(group(c{j}, c{j}), chord([c{j}], c{j}))", "c{n}.delay()"),
    "pipes": ("c0 = t.si()", "c{i} = c{j} | c{j}", "c{n}.delay()"),
    "pipes of one name": ("c = t.si()", "c = c | c", "c.delay()"),
    "pipes of groups": ("c0 = t.si()", "c{i} = group(*[c{j}, c{j}]) | c{j}", "c{n}.delay()"),
    "options": ("c0 = t.si()", "c{i} = chain(c{j}.set(priority=3), c{j}.clone())", "c{n}.delay()"),
    "callbacks": ("c0 = t.s()", "c{i} = t.s().on_error(c{j}).set(link=[c{j}, c{j}])", "c{n}.delay()"),
    "callbacks of dispatches": ("c0 = t.si()", "c{i} = t.apply_async(link=[c{j}, c{j}])", "c{n}.get()"),
    "signatures in signatures": ("c0 = t.si()", "c{i} = t.si(a=c{j}, b=c{j})", "c{n}.delay()"),
    "sums of lists": ("c0 = [t.si()]", "c{i} = c{j} + c{j}", "chain(c{n}).delay()"),
    "stars in lists": ("c0 = [t.si()]", "c{i} = [*c{j}, *c{j}]", "group(c{n}).delay()"),
    "stars in tuples": ("c0 = (t.si(),)", "c{i} = (*c{j}, *c{j})", "group(c{n}).delay()"),
    "stars in calls": ("c0 = [t.si()]", "c{i} = [chain(*c{j}), group(*c{j})]", "chain(*c{n}).delay()"),
    "copies of lists": ("c0 = [t.si()]", "c{i} = list(c{j}) + sorted(c{j})", "group(c{n}).delay()"),
    "reversed lists": ("c0 = [t.si()]", "c{i} = list(reversed(c{j})) + c{j}", "group(*c{n}).delay()"),
    "parts of lists": ("c0 = [t.si()]", "c{i} = c{j}[0:] + c{j}[:1]", "group(c{n}).delay()"),
    "lists times two": ("c0 = [t.si()]", "c{i} = c{j} * 2", "group(c{n}).delay()"),
    "extended lists": ("c0 = [t.si()]", "c{i} = []\nc{i}.extend(c{j})\nc{i}.extend(c{j})", "chain(c{n}).delay()"),
    "grown lists": ("c0 = [t.si()]", "c{i} = []\nc{i} += c{j}\nc{i} += c{j}", "chain(c{n}).delay()"),
    "appended chains": ("c0 = t.si()", "c{i} = []\nc{i}.append(chain(c{j}))\nc{i}.append(c{j})", "chain(c{n}).delay()"),
    "comprehensions": ("c0 = [t.si()]", "c{i} = [x for x in c{j} for y in c{j}]", "group(c{n}).delay()"),
    "chains in comprehensions": ("c0 = [t.si()]", "c{i} = [chain(x, x) for x in c{j}]", "group(c{n}).delay()"),
    "loops": ("c = t.si()", "for x{i} in y:\n    c = chain(c, c)", "c.delay()"),
    "stars in dicts": ("c0 = {'priority': 3}", "c{i} = {**c{j}, **c{j}, 'k{i}': c{j}}", "t.apply_async(**c{n})"),
    "dicts in dicts": ("c0 = {'k': 3}", "c{i} = {'k{i}': c{j}, 'l{i}': c{j}}", "t.apply_async((1,), **c{n})"),
    "joined dicts": ("c0 = {'priority': 3}", "c{i} = c{j} | c{j}", "t.apply_async(**c{n})"),
    "calls of dict": ("c0 = {'priority': 3}", "c{i} = dict(c{j}, **c{j})", "t.apply_async(**c{n})"),
    "sums of texts": ("c0 = 'a'", "c{i} = c{j} + c{j}\nt.apply_async(queue=c{i})", "t.apply_async(queue=c{n})"),
    "formatted texts": ("c0 = 'a'", "c{i} = f'{c{j}}{c{j}}'\nt.apply_async(queue=c{i})", "t.apply_async(queue=c{n})"),
    "products": ("c0 = 3", "c{i} = c{j} * c{j}\nt.apply_async(priority=c{i})", "t.apply_async(priority=c{n})"),
    "powers": ("c0 = 3", "c{i} = c{j} ** c{j}\nt.apply_async(priority=c{i})", "t.apply_async(priority=c{n})"),
    "choices": ("c0 = t.si()", "c{i} = chain(c{j}, t.s()) if x else chain(c{j}, c{j})", "c{n}.delay()"),
    "alternatives": ("c0 = t.si()", "c{i} = c{j} or c{j}", "c{n}.delay()"),
    "walruses": ("c0 = t.si()", "c{i} = chain(d{i} := c{j}, d{i})", "c{n}.delay()"),
    "unpacked": ("c0 = t.si()", "c{i}, d{i} = chain(c{j}, c{j}), group(c{j}, c{j})", "c{n}.delay()"),
    "attributes": ("a.x0 = t.si()", "a.x{i} = chain(a.x{j}, a.x{j})", "a.x{n}.delay()"),
    "lambdas": ("c0 = lambda: t.si()", "c{i} = lambda: chain(c{j}(), c{j}())", "c{n}().delay()"),
    "functions": ("def c0(): return t.si()", "def c{i}(): return chain(c{j}(), c{j}())", "c{n}().delay()"),
    "functions with arguments": (
        "def c0(a): return a",
        "def c{i}(a): return chain(c{j}(a), c{j}(a))",
        "c{n}(t.si())()",
    ),
    "functions called with functions": (
        "def c0(a): a()",
        "def c{i}(a):\n    c{j}(lambda: a())\n    c{j}(a)",
        "@shared_task\ndef z(): c{n}(t)",
    ),
    "functions called with texts": (
        "def c0(a): print(a)",
        "def c{i}(a):\n    c{j}(a + 'x')\n    c{j}(a + 'y')",
        "@shared_task\ndef z(): c{n}('')",
    ),
    "partials": ("c0 = partial(t.si)", "c{i} = partial(c{j}, c{j})", "c{n}().delay()"),
    "classes": ("class C0: x = t", "class C{i}(C{j}): y = C{j}.x", "C{n}.y.delay()"),
    "classes with two bases": (
        "class C0: pass\nclass D0: pass",
        "class C{i}(C{j}, D{j}): pass\nclass D{i}(D{j}): pass",
        "",
    ),
    "super": (
        "class C0:\n    def f(self): return t.si()",
        "class C{i}(C{j}):\n    def f(self): return chain(super().f(), super().f())",
        "C{n}().f().delay()",
    ),
}


def file_of(shape: str) -> str:
    """A file of a hundred lines at most, in which each value is made of the one before."""
    first, middle, last = SHAPES[shape]
    count = (LINES - 8 - len(HEAD.splitlines())) // len(middle.splitlines())
    parts = [first, *(middle.replace("{i}", str(i)).replace("{j}", str(i - 1)) for i in range(1, count + 1))]
    lines = "\n".join([*parts, last.replace("{n}", str(count))]).splitlines()
    return "\n".join([*HEAD.splitlines(), "def within(a, x, y):", *(f"    {line}" for line in lines), ""])


@pytest.mark.parametrize("shape", SHAPES)
def test_a_short_file_is_read_in_a_second(tmp_path: Path, shape: str) -> None:
    (tmp_path / "setup.py").touch()
    text = file_of(shape)
    assert len(text.splitlines()) <= LINES
    path, settings = str(tmp_path / "app" / "tasks.py"), Settings(select=("ALL",))
    assert lines_run(lambda: lint(path, text.encode(), settings, Workspace())) < MOST


def test_of_a_chain_of_very_many_members_the_first_are_known(tmp_path: Path) -> None:
    """What is wrong in the first ones is still told, and nothing is said of the whole."""
    (tmp_path / "setup.py").touch()
    text = f"{HEAD}group([{'t.si(1, 2), ' * 1_000}]).delay()\n"
    found = lint(str(tmp_path / "app" / "tasks.py"), text.encode(), Settings(), Workspace())
    assert {violation.code for violation in found} >= {"AAC401"}


ELIFS = 400


@pytest.mark.parametrize("name", ["tasks.py", "models.py", "views.py"])
def test_hundreds_of_elifs_are_not_too_deep(tmp_path: Path, name: str) -> None:
    """Python reads them; the deepest it goes is somewhat above a thousand calls within each other."""
    (tmp_path / "setup.py").touch()
    sending = "".join(f"    {'elif' if number else 'if'} a == {number}: t.delay({number})\n" for number in range(ELIFS))
    leaving = "".join(f"    {'elif' if number else 'if'} a == {number}: return {number}\n" for number in range(ELIFS))
    text = (
        f"{HEAD}\n@shared_task(bind=True)\ndef sending(self, a):\n{sending}\n"
        f"def leaving(a):\n{leaving}    else: print(a)\n"
        f"@shared_task\ndef asking(xs):\n    for a in xs:\n        leaving(a)\n    leaving(3)\n"
        f"class C:\n    a = 1\n{sending}\nasking.delay(leaving(4))\n"
    )
    found = lint(str(tmp_path / "app" / name), text.encode(), Settings(select=("ALL",)), Workspace())
    assert not [violation for violation in found if violation.code in ("AAC900", "AAC999")]


def test_modules_that_star_import_each_other_end(tmp_path: Path) -> None:
    package = tmp_path / "app" / "models"
    package.mkdir(parents=True)
    for path in (tmp_path / "setup.py", tmp_path / "app" / "__init__.py"):
        path.touch()
    (package / "__init__.py").write_text("from .one import *\nfrom .two import *\n")
    (package / "one.py").write_text("from . import *\nfrom .two import *\n")
    (package / "two.py").write_text("from .one import *\nfrom .three import *\n")
    (package / "three.py").write_text("from celery import shared_task\n@shared_task(priority=5)\ndef u(): print(1)\n")
    text = f"{HEAD}\nfrom .models.one import *\nnowhere.delay()\nu.delay(1)\n"
    for first in ("one", "two"):
        workspace = Workspace()
        file = package / f"{first}.py"
        lint(str(file), f"{file.read_text()}nowhere.delay()\n".encode(), Settings(), workspace)
        found = lint(str(tmp_path / "app" / "tasks.py"), text.encode(), Settings(select=("ALL",)), workspace)
        codes = {violation.code for violation in found}
        assert codes.isdisjoint({"AAC900", "AAC999"})
        assert "AAC401" in codes  # what `u` takes is known, whoever asked first
