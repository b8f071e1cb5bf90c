"""Opinions: one file a rule, its documentation beside its check.

A rule is a function ``check`` of one fact, which is handed each item that a module has of it::

    def check(delay: Delay, module: Module) -> Iterator[Violation]:
        '''The documentation of the rule, in Markdown.'''

It lives in ``aac408_long_countdown.py``; what must be known of it before that is imported, such as the fact, stands
in the :mod:`catalogue <flake8_aa_celery.rules.catalogue>`. What the user has set is ``module.project.settings``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.facts import Fact
    from flake8_aa_celery.violation import Violation

    Check = Callable[[Any, Module], Iterable[Violation]]
    FixSafety = Literal["", "safe", "unsafe", "safe or unsafe"]
    Severity = Literal["error", "warning", "convention"]

#: How bad it can be what a rule finds, the worst first: it raises, is lost or never runs; it runs otherwise than it
#: reads; it works, and is done otherwise.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "convention")


class Rule(NamedTuple):
    """A rule as the registry knows it.

    :param code: ``AAC205``.
    :param name: the code in words, ``bulk-needs-priority``.
    :param load: imports its check, which yields the violations of one item of its fact.
    :param fact: what it is about; None for what only the linter reports, whose check makes a violation of an error.
    :param severity: how bad it is what it finds, one of :data:`SEVERITIES`.
    :param default: whether the rule is reported without being selected.
    :param profiles: the profiles in which it is on at all.
    :param fix: how safe its fixes are; empty where there is none.
    :param documents: whether it looks at the code blocks of documents too.
    :param reveals: what its fix may leave behind in a file: the codes, or their beginnings, of rules that find
        something there only once it is made. All else that would be found anew is harm, and refused.
    :param anywhere: whether it may find something in any file that imports one which speaks of Celery.
    """

    code: str
    name: str
    load: Callable[[], Callable[..., Any]]
    fact: Fact[Any] | None = None
    severity: Severity = "warning"
    default: bool = True
    profiles: tuple[str, ...] = ("alliance-auth", "celery")
    fix: FixSafety = ""
    documents: bool = False
    reveals: tuple[str, ...] = ()
    anywhere: bool = False

    @property
    def documentation(self) -> str:
        """The rule's page in Markdown, without indentation."""
        from inspect import getdoc

        return getdoc(self.load()) or ""

    def violations_in(self, module: Module) -> Iterator[Violation]:
        """What the rule finds in a module; it is not imported for one that has nothing of its fact."""
        items = self.fact.of(module) if self.fact is not None else ()
        if items:
            check: Check = self.load()
            for item in items:
                yield from check(item, module)


def all_rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of the codes."""
    from flake8_aa_celery.rules.catalogue import RULES

    return RULES


def severity_of(code: str) -> Severity:
    """How bad it is what the rule of a code finds; "warning" of a code that no rule has."""
    rule = all_rules().get(code)
    return rule.severity if rule is not None else "warning"


def severity_in(violation: Violation) -> Severity:
    """How bad a violation is: what its rule says, and the least of all for what is merely told."""
    return SEVERITIES[-1] if violation.is_note else severity_of(violation.code)
