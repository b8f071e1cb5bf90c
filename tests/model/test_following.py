"""What calls of the project's functions return, and what receivers are: in this file and in others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve.task_functions import tasks_of
from modules import UNKNOWN, look, looked_at, module_of

if TYPE_CHECKING:
    from pathlib import Path

HELPERS = """\
from celery import Celery, shared_task
from functools import wraps

def make_celery(name=None):
    app = Celery(name)
    app.conf.update(x=1)
    return app

def get_app(holder=None) -> Celery:
    return holder.app

def priority(urgent=False):
    if urgent:
        return 3
    return 7

def pick(flag):
    if flag:
        return 3

def twice(x):
    return [x, x]

def options(**more):
    return {"priority": 7, **more}

def countdown(n):
    return countdown(n - 1) if n else 0

async def later():
    return 5

def numbers():
    yield 1

def shared(*args, **kwargs):
    return shared_task(*args, base=None, **kwargs)

def tracked(name):
    def decorate(function):
        @wraps(function)
        def inner(*args, **kwargs):
            return function(*args, **kwargs)
        return shared_task(name=name)(inner)
    return decorate

class Job:
    def __init__(self, priority):
        self.priority = priority

    def __call__(self, function):
        return shared_task(function, priority=4)

cached = unknown_library(lambda: 1)

@cached
def hidden():
    return 5
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("make_celery('x')", "app"),
        ("get_app()", "app"),
        ("priority()", 7),
        ("priority(urgent=True)", 3),
        ("priority(True)", 3),
        ("priority(x)", UNKNOWN),
        ("pick(x)", UNKNOWN),
        ("twice(4)", [4, 4]),
        ("options(queue='slow')", {"priority": 7, "queue": "slow"}),
        ("options(priority=3)", {"priority": 3}),
        ("countdown(5)", UNKNOWN),
        ("later()", 5),
        ("numbers()", UNKNOWN),
        ("hidden()", UNKNOWN),
        ("(lambda x: x)(5)", 5),
        ("helpers.priority(urgent=True)", 3),
    ],
)
def test_a_call_is_what_the_function_returns_in_its_place(tmp_path: Path, expression: str, expected: object) -> None:
    source = f"from . import helpers\nfrom .helpers import *\nlook({expression})"
    assert look(tmp_path, source, files={"app/__init__.py": "", "app/helpers.py": HELPERS}) == expected


@pytest.mark.parametrize(
    ("decorator", "name", "options"),
    [
        ("@shared", "app.tasks.f", {"base"}),
        ("@shared(priority=5)", "app.tasks.f", {"base", "priority"}),
        ("@tracked('x.y')", "x.y", {"name"}),
        ("@Job(3)", "app.tasks.f", {"priority"}),
        ("@partial(shared_task, priority=3)", "app.tasks.f", {"priority"}),
        ("@partial(shared_task, priority=3)()", "app.tasks.f", {"priority"}),
        ("@quick", "app.tasks.f", {"priority"}),
        ("@quick(queue='x')", "app.tasks.f", {"priority", "queue"}),
        ("@make_celery().task(priority=3)", "app.tasks.f", {"priority"}),
        ("@register", "app.tasks.f", {"queue"}),
    ],
)
def test_a_decorator_of_the_project_makes_tasks(tmp_path: Path, decorator: str, name: str, options: set[str]) -> None:
    source = (
        "from celery import shared_task\nfrom functools import partial\nfrom .helpers import *\n"
        f"register = shared_task(queue='q')\nquick = partial(shared_task, priority=3)\n{decorator}\ndef f(pk): ...\n"
    )
    module = module_of(tmp_path, source, files={"app/__init__.py": "", "app/helpers.py": HELPERS})
    (task,) = tasks_of(module)
    assert (task.name, task.registered_name, set(task.options.entries)) == ("f", name, options)


@pytest.mark.parametrize("decorator", ["@unknown", "@hidden()", "@wraps(f)", "@priority", "@twice", "@cached"])
def test_other_decorators_make_none(tmp_path: Path, decorator: str) -> None:
    source = f"from .helpers import *\n{decorator}\ndef f(pk): ...\n"
    module = module_of(tmp_path, source, files={"app/__init__.py": "", "app/helpers.py": HELPERS})
    assert tasks_of(module) == []


MODELS = """\
from django.db import models

class OwnerQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)

class OwnerManagerBase(models.Manager):
    def first_active(self):
        return self.active().first()

OwnerManager = OwnerManagerBase.from_queryset(OwnerQuerySet)

class Corporation(models.Model):
    name = models.CharField()

class Owner(models.Model):
    corporation = models.ForeignKey(Corporation, on_delete=models.CASCADE, related_name="owners")
    objects = OwnerManager()

    @property
    def corp(self):
        return self.corporation

    def structures_of(self):
        return self.structures.all()

    def me(self):
        return self

class Structure(models.Model):
    owner = models.ForeignKey("Owner", on_delete=models.CASCADE, related_name="structures")
    items = models.ManyToManyField("app.Item")

class Item(models.Model):
    structure = models.ForeignKey(Structure, on_delete=models.CASCADE)

class Plain(Owner):
    def me(self):
        return super().me()

    def others(self):
        return super().corp
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Owner.objects", "rows of Owner"),
        ("Owner.objects.filter(x=1).exclude(y=2)", "rows of Owner"),
        ("Owner.objects.active().active()", "rows of Owner"),
        ("Owner.objects.get(pk=1)", "instance of Owner"),
        ("Owner.objects.first_active()", "instance of Owner"),
        ("Owner.objects.active().first()", "instance of Owner"),
        ("Owner.objects.get_or_create(pk=1)[0]", "instance of Owner"),
        ("Owner.objects.all()[0]", "instance of Owner"),
        ("Owner.objects.all()[:5]", "rows of Owner"),
        ("Owner.objects.values()", UNKNOWN),
        ("Owner.objects.count()", UNKNOWN),
        ("Corporation.objects.first()", "instance of Corporation"),
        ("Corporation._default_manager.first()", "instance of Corporation"),
        ("Owner.objects.first().corporation", "instance of Corporation"),
        ("Owner.objects.first().corp", "instance of Corporation"),
        ("Owner.objects.first().corporation.owners", "rows of Owner"),
        ("Owner.objects.first().structures.first()", "instance of Structure"),
        ("Owner.objects.first().structures_of().first().owner.me()", "instance of Owner"),
        ("Structure.objects.first().items.first()", "instance of Item"),
        ("Structure.objects.first().item_set.first()", "instance of Item"),
        ("Plain.objects.first().me()", "instance of Plain"),
        ("Plain.objects.first().others()", "instance of Corporation"),
        ("Corporation.objects.first().name", UNKNOWN),
        ("Owner.objects.first().unknown", UNKNOWN),
    ],
)
def test_what_django_hands_out_is_known(tmp_path: Path, expression: str, expected: object) -> None:
    source = f"from .models import *\nlook({expression})"
    assert look(tmp_path, source, files={"app/__init__.py": "", "app/models.py": MODELS}) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("def f(owner: Owner):\n    look(owner.corporation)", "instance of Corporation"),
        ("def f(owner: 'Owner | None'):\n    look(owner.corporation)", "instance of Corporation"),
        ("def f(owner: Optional[Owner] = None):\n    look(owner.corporation)", "instance of Corporation"),
        ("def f(owners: list[Owner]):\n    for owner in owners:\n        look(owner)", "instance of Owner"),
        ("def f(*owners: Owner):\n    look(owners)", UNKNOWN),
        ("def f(x: int):\n    look(x)", UNKNOWN),
        ("def f(x):\n    owner: Owner = x.find()\n    look(owner)", "instance of Owner"),
        ("for owner in Owner.objects.active():\n    look(owner)", "instance of Owner"),
        ("owner, created = Owner.objects.update_or_create(pk=1)\nlook(owner)", "instance of Owner"),
        ("created, owner = Owner.objects.update_or_create(pk=1)\nlook(owner)", UNKNOWN),
        ("for owner in Owner.objects.values_list('pk'):\n    look(owner)", UNKNOWN),
        ("rows = list(Owner.objects.all())\nlook(rows[0])", "instance of Owner"),
        (
            "class Handler:\n    def __init__(self):\n        self.owner = Owner()\n"
            "    def run(self):\n        look(self.owner)",
            "instance of Owner",
        ),
        ("class Handler:\n    owner: Owner\nlook(Handler().owner)", "instance of Owner"),
        (
            "class Handler:\n    @classmethod\n    def make(cls):\n        return cls()\nlook(Handler.make())",
            "instance of Handler",
        ),
        ("class Handler:\n    @staticmethod\n    def make(x):\n        return x\nlook(Handler.make(3))", 3),
        ("look(getattr(Owner.objects.first(), 'corporation'))", "instance of Corporation"),
        ("def f(owner):\n    look(owner)", UNKNOWN),
    ],
)
def test_a_receiver_is_known_by_where_it_comes_from(tmp_path: Path, lines: str, expected: object) -> None:
    source = f"from typing import Optional\nfrom .models import *\n{lines}"
    assert looked_at(module_of(tmp_path, source, files={"app/__init__.py": "", "app/models.py": MODELS})) == [expected]
