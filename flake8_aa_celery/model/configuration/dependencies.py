"""What a project says that it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.dependencies import Dependencies, declared_in
from flake8_aa_celery.model.code.memo import fact

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.project import Project


@fact
def dependencies_of(project: Project) -> Dependencies:
    """What the files in the root folder of a project declare."""
    return declared_in(project.root)
