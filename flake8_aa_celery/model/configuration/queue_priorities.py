"""How many priorities the queues of a project have.

https://docs.celeryq.dev/en/stable/userguide/routing.html#rabbitmq-message-priorities
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.settings import configured

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.project import Project

#: The settings, arguments of a queue and keyword arguments that say so; a prefix makes no difference.
_NAMES = ("MAX_PRIORITY", "X-MAX-PRIORITY")


@fact
def highest_declared(project: Project) -> float:
    """The highest priority that any queue of a project allows: 0 where none says so, infinity where one is unknown."""
    declared = [value for name in _NAMES for value in configured(project, name)]
    return max(map(_number, declared), default=0)


def _number(node: ast.expr) -> float:
    if not isinstance(node, ast.Constant):
        return float("inf")
    return node.value if isinstance(node.value, int) else 0
