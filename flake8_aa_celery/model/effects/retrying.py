"""Which calls send a task again."""

from __future__ import annotations

import ast

from flake8_aa_celery.model.effects.bodies import Step
from flake8_aa_celery.model.effects.graph import Effect
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import Task

#: What is sent again by ``current_task.retry()``.
CURRENT = "the current task"


def retried_by(step: Step) -> str:
    """The task that a call sends again, by its name: ``self.retry()``, also where ``self`` was handed to a helper."""
    function, site = step.call.node.func, step.call.site
    if not isinstance(function, ast.Attribute) or function.attr != "retry":
        return ""
    owner = value_of(function.value, site)
    if isinstance(owner, Task):
        return owner.name
    return CURRENT if site.module.origin(function.value, site) == "celery.current_task" else ""


#: A call sends a task again, or something that it leads to does.
RETRIES = Effect("retries", retried_by)
