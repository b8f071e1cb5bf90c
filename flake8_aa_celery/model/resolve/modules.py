"""What kind of module a file is, by its name and by what it binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project


@fact
def is_tasks_module(module: Module) -> bool:
    """Whether tasks belong here: ``tasks.py``, or any module of a package called ``tasks``."""
    return module.project.holds_tasks(module)


@fact
def is_settings_module(module: Module) -> bool:
    """Whether it holds a project's settings."""
    last = module.dotted.rpartition(".")[2]
    return (
        module.in_document
        or last in ("settings", "local")
        or (last.endswith("_settings") and last != "app_settings")
        or "settings" in module.dotted.split(".")[:-1]
        or "INSTALLED_APPS" in module.scopes.module.bindings
    )


def is_of_tasks_module(dotted: str, project: Project) -> bool:
    """Whether something of a library comes from a module of tasks, by that module's name."""
    return "(" not in dotted and project.tasks_modules.search(dotted.rpartition(".")[0]) is not None
