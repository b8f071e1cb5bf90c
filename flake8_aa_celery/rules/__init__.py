"""Opinions: one file a rule, its documentation beside its check.

A rule is a function ``check`` over the facts of one module::

    def check(module: Module, settings: Settings) -> Iterator[Violation]:
        '''The documentation of the rule, in Markdown.'''

It lives in ``aac203_high_priority.py``; what must be known of it before that is imported stands in the
:mod:`catalogue <flake8_aa_celery.rules.catalogue>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation

    Check = Callable[[Module, Settings], Iterable[Violation]]
    FixSafety = Literal["", "safe", "unsafe", "safe or unsafe"]


class Rule(NamedTuple):
    """A rule as the registry knows it.

    :param code: ``AAC205``.
    :param name: the code in words, ``bulk-needs-priority``.
    :param load: imports its check, which yields the violations of one module.
    :param about: facts of a module, as attributes of it: where it has none of them, the rule has nothing to say.
        Empty for what only the linter reports.
    :param default: whether the rule is reported without being selected.
    :param profiles: the profiles in which it is on at all.
    :param fix: how safe its fixes are; empty where there is none.
    :param documents: whether it looks at the code blocks of documents too.
    :param reveals: what its fix may leave behind in a file: the codes, or their beginnings, of rules that find
        something there only once it is made. All else that would be found anew is harm, and refused.
    """

    code: str
    name: str
    load: Callable[[], Check]
    about: tuple[str, ...] = ()
    default: bool = True
    profiles: tuple[str, ...] = ("alliance-auth", "celery")
    fix: FixSafety = ""
    documents: bool = False
    reveals: tuple[str, ...] = ()

    @property
    def documentation(self) -> str:
        """The rule's page in Markdown, without indentation."""
        from inspect import getdoc

        return getdoc(self.load()) or ""

    def violations_in(self, module: Module, settings: Settings) -> Iterable[Violation]:
        """What the rule finds in a module."""
        from flake8_aa_celery.model.facts import FACTS

        if any(fact == "scopes" or FACTS[fact].of(module) for fact in self.about):
            return self.load()(module, settings)
        return ()


def all_rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of the codes."""
    from flake8_aa_celery.rules.catalogue import RULES

    return RULES
