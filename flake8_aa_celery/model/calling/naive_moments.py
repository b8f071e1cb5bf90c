"""Moments without a time zone that something is to run at, or to expire at."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.calling.delays import behind_names
from flake8_aa_celery.model.calling.send_options import given_in
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.syntax import is_none, keyword_of
from flake8_aa_celery.model.configuration.settings import configured

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.resolve.values import Entry

_NAIVE = {"datetime.datetime.now": "datetime.now()", "datetime.datetime.today": "datetime.today()"}
_TODAY = frozenset({"datetime.date.today", "datetime.datetime.now", "datetime.datetime.today"})
#: Methods of a moment that have a time zone only if it has one, or they are given one.
_KEEPING = frozenset({"replace"})
#: Through so many operators and calls a moment is followed.
_DEEPEST = 10


class NaiveMoment(NamedTuple):
    """An ``eta`` or ``expires`` that is made of the local time, without a zone.

    :param name: which of the two.
    :param made_of: what it is made of: ``datetime.now()``.
    :param node: where to report it.
    :param period: what is added to that, where nothing else is done to it.
    """

    name: str
    entry: Entry
    made_of: str
    node: ast.expr
    period: ast.expr | None


@fact
def naive_moments_of(module: Module) -> list[NaiveMoment]:
    """Every such moment, each place once; none in a project whose clocks may go by UTC."""
    found: dict[int, NaiveMoment] = {}
    for given in given_in(module):
        for name in ("eta", "expires"):
            entry = given.options.get(name)
            made_of = _made_of(entry.node, entry.site) if entry is not None else None
            if entry is not None and made_of is not None and id(entry.node) not in found:
                node = entry.reported_in(module, given.node)
                found[id(entry.node)] = NaiveMoment(name, entry, made_of, node, _period(entry))
    return [] if found and _may_be_utc(module.project) else list(found.values())


def _made_of(node: ast.expr, site: Site, depth: int = 0) -> str | None:
    """The call that tells the local time of which an expression is made; None for anything else."""
    node, site = behind_names(node, site)
    if depth > _DEEPEST:
        return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        return _made_of(node.left, site, depth + 1) or _made_of(node.right, site, depth + 1)
    if not isinstance(node, ast.Call):
        return None
    called = _NAIVE.get(site.module.origin(node.func, site) or "")
    if called is not None:
        zone = node.args[0] if node.args else keyword_of(node, "tz")
        return called if (zone is None and not node.keywords) or is_none(zone) else None
    function = node.func
    if site.module.origin(function, site) == "datetime.datetime.combine":
        return "datetime.combine()" if _combines_today(node, site) else None
    if isinstance(function, ast.Attribute) and function.attr in _KEEPING:
        is_given_zone = any(keyword.arg in (None, "tzinfo") for keyword in node.keywords)
        return None if is_given_zone else _made_of(function.value, site, depth + 1)
    return None


def _combines_today(node: ast.Call, site: Site) -> bool:
    """Whether ``datetime.combine(…)`` puts a time without a zone to the day that it is here."""
    if len(node.args) != 2 or node.keywords or not isinstance(node.args[1], ast.Call):
        return False
    day, time = (part.func if isinstance(part, ast.Call) else part for part in node.args)
    is_plain = site.module.origin(time, site) == "datetime.time" and not node.args[1].keywords
    return is_plain and site.module.origin(day, site) in _TODAY


def _period(entry: Entry) -> ast.expr | None:
    """What is added to the local time in an expression that is written in place and does nothing else."""
    node, site = entry.node, entry.site
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add) or not isinstance(node.left, ast.Call):
        return None
    return node.right if site.module.origin(node.left.func, site) in _NAIVE else None


def _may_be_utc(project: Project) -> bool:
    """Whether the zone that Django sets for its processes is UTC, or one that is not known."""
    zones = configured(project, "TIME_ZONE")
    known = [zone.value for zone in zones if isinstance(zone, ast.Constant)]
    return len(known) < len(zones) or (bool(zones) and all(str(zone).upper() in ("UTC", "ETC/UTC") for zone in known))
