"""What the subcommands about rules share: rules as plain values, for programs."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from flake8_aa_celery.report._links import page_of

if TYPE_CHECKING:
    from typing import Any

    from flake8_aa_celery.rules import Rule


def as_object(rule: Rule) -> dict[str, Any]:
    """A rule as plain values; its page is Markdown."""
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.documentation.partition("\n")[0],
        "severity": rule.severity,
        "default": rule.default,
        "profiles": list(rule.profiles),
        "fix": rule.fix,
        "url": page_of(rule.code),
        "explanation": rule.documentation,
    }


def as_json(value: object) -> str:
    """Plain values as JSON."""
    return dumps(value, indent=2) + "\n"
