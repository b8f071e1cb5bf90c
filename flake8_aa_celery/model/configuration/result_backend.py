"""Whether a result backend is configured anywhere in the project.

Without one, what a dispatch returns answers no question and a chord cannot be started:
https://docs.celeryq.dev/en/stable/userguide/configuration.html#result-backend
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.knowledge.celery import APP_PARAMETERS, NO_BACKEND
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.occurrences import apps_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project

_CALLS_CELERY = re.compile(rb"\bCelery(?:\s*\(|\s+as\b)")


@fact
def has_result_backend(project: Project) -> bool:
    """Whether a project has a result backend: as its setting says, or by any of its files.

    Test code does not count: what it configures is not there in production. Where no file says anything there is
    none in Alliance Auth; elsewhere one may come from the environment, so that nothing is known.
    """
    asked = project.settings.result_backend
    if asked != "auto":
        return asked == "true"
    values = [*configured(project, "RESULT_BACKEND"), *_given_to_apps(project)]
    return any(map(_is_backend, values)) or (project.settings.profile == "celery" and not values)


def _given_to_apps(project: Project) -> Iterator[ast.expr]:
    for module in modules_with(project, _makes_app):
        yield from _given_to_app(module)


def _makes_app(data: bytes) -> bool:
    return b"celery" in data and _CALLS_CELERY.search(data) is not None


def _given_to_app(module: Module) -> Iterator[ast.expr]:
    """The backend of ``Celery(backend=…)``."""
    for call in apps_of(module):
        given = by_name(call.node, call.site, APP_PARAMETERS).get("backend")
        if given:
            yield given.node


def _is_backend(value: ast.expr) -> bool:
    """Whether a value configures a backend; one that is no literal does, whatever it comes from."""
    return not (isinstance(value, ast.Constant) and value.value in NO_BACKEND)
