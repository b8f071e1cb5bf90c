"""How bad it is what a rule finds, for formats that tell more from less urgent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules import all_rules

if TYPE_CHECKING:
    from typing import Literal

    Severity = Literal["info", "minor", "major", "critical", "blocker"]

#: What can only raise, or never does what it says.
_CRITICAL = frozenset({
    "AAC103", "AAC110", "AAC202", "AAC206", "AAC301", "AAC303", "AAC312", "AAC313", "AAC401", "AAC402", "AAC404",
    "AAC406", "AAC411", "AAC412", "AAC413", "AAC414", "AAC420", "AAC502", "AAC503",
})  # fmt: skip
_FAMILIES: dict[str, Severity] = {"AAC1": "minor", "AAC6": "minor"}
_OWN: dict[str, Severity] = {"AAC900": "blocker", "AAC999": "info"}


def severity(code: str) -> Severity:
    """How bad it is what a rule finds, in GitLab's words.

    What can only fail is critical; how tasks are defined and what users see is minor; what is reported on request
    alone is information.
    """
    if code in _OWN:
        return _OWN[code]
    rule = all_rules().get(code)
    if rule is not None and not rule.default:
        return "info"
    return "critical" if code in _CRITICAL else _FAMILIES.get(code[:4], "major")
