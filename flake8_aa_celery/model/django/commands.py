"""Which modules are management commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.knowledge.django import COMMANDS
from flake8_aa_celery.places import has_marker

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module


def is_command(module: Module) -> bool:
    """Whether a module is a management command: by its path below the project's root, wherever that is checked out.

    Where no marker says where the project begins, and packages lack their ``__init__.py``, the root is too deep: there
    the folder of the file tells.
    """
    path, root = module.path_in_project, module.project.root
    if COMMANDS in f"/{path}":
        return True
    folder = f"{root}/{path}".replace("\\", "/").rpartition("/")[0]
    return f"{folder}/".endswith(COMMANDS) and not has_marker(root)


def is_run_by_hand(module: Module) -> bool:
    """Whether whoever starts a module sits in front of it: test code, or a management command."""
    return is_command(module) or module.project.is_test_code(module.path)
