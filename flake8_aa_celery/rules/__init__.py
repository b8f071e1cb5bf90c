"""Opinions: one file a rule, its documentation beside its check.

A rule is a function over the facts of one module::

    @rule("AAC203", "high-priority")
    def check(module: Module, settings: Settings) -> Iterator[Violation]:
        '''The documentation of the rule, in Markdown.'''

It lives in ``aac203_high_priority.py`` and is found by that file's name.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation

    Check = Callable[[Module, Settings], Iterator[Violation]]
    FixSafety = Literal["", "safe", "unsafe", "safe or unsafe"]


class Rule(NamedTuple):
    """A rule as the registry knows it.

    :param code: ``AAC205``.
    :param name: the code in words, ``bulk-needs-priority``.
    :param check: yields the violations of one module.
    :param default: whether the rule is reported without being selected.
    :param profiles: the profiles in which it is on at all.
    :param fix: how safe its fixes are; empty where there is none.
    :param documents: whether it looks at the code blocks of documents too.
    """

    code: str
    name: str
    check: Check
    default: bool = True
    profiles: tuple[str, ...] = ("alliance-auth", "celery")
    fix: FixSafety = ""
    documents: bool = False

    @property
    def documentation(self) -> str:
        """The rule's page in Markdown, without indentation."""
        from inspect import getdoc

        return getdoc(self.check) or ""


def rule(
    code: str,
    name: str,
    *,
    default: bool = True,
    profiles: tuple[str, ...] = ("alliance-auth", "celery"),
    fix: FixSafety = "",
    documents: bool = False,
) -> Callable[[Check], Rule]:
    """Make a rule of a check function. The arguments are those of :class:`Rule`."""
    return lambda check: Rule(code, name, check, default, profiles, fix, documents)


_loaded: dict[str, Rule] = {}


def all_rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of the codes; imported when first asked for."""
    if not _loaded:
        for file in sorted(os.listdir(os.path.dirname(__file__))):
            if file.startswith("aac") and file.endswith(".py"):
                found: Rule = import_module(f"{__name__}.{file[:-3]}").check
                _loaded[found.code] = found
    return _loaded
