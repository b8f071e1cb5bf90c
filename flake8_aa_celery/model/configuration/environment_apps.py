"""Which of the packages of an environment a project installs, and the settings that Alliance Auth comes with."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.installed_apps import installed_apps_of

if TYPE_CHECKING:
    from flake8_aa_celery.installed import App
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project

_ALLIANCE_AUTH = "allianceauth"
#: What the settings of Alliance Auth's project are made of, where those of a site do not lie beside them.
_TEMPLATE = os.path.join(_ALLIANCE_AUTH, "project_template", "project_name", "settings", "base.py")


class EnvironmentApps(NamedTuple):
    """The installed packages with tasks that a project uses.

    :param base: the settings that Alliance Auth comes with, where the project does not have them in its own folder.
    :param base_app: the package that these come with.
    :param packages: what the settings install, by dotted names; empty where they say nothing.
    :param is_complete: whether these are all that is installed.
    """

    apps: tuple[App, ...]
    base: Module | None
    base_app: App | None
    packages: frozenset[str]
    is_complete: bool

    def installs(self, app: App, module: str) -> bool:
        """Whether a module of a package is one of an app that is installed.

        A package may hold several apps, each in a folder with an ``apps.py``, and not all of them are.
        """
        if app not in self.apps:
            return False
        owner = module.partition(".tasks")[0]
        is_app = f"{owner.replace('.', '/')}/apps.py" in app.modules
        return not self.packages or not is_app or owner in self.packages


@fact
def environment_apps_of(project: Project) -> EnvironmentApps:
    """The packages of a project's environment that its settings install; all of them where these say nothing."""
    environment, installed = project.environment, installed_apps_of(project)
    found = environment.all_apps if environment is not None else []
    base_app = next((app for app in found if app.package == _ALLIANCE_AUTH), None)
    base = _base_settings(project, base_app) if base_app is not None else None
    packages = installed.packages | (_texts_in(base) if base is not None else frozenset())
    known = {package.partition(".")[0] for package in packages}
    apps = tuple(app for app in found if not known or app.package in known)
    is_complete = installed.is_complete or (base is not None and installed.is_readable)
    return EnvironmentApps(apps, base, base_app if base is not None else None, packages, is_complete)


def _base_settings(project: Project, app: App) -> Module | None:
    """The settings in Alliance Auth's template, which it copies where a site is made."""
    path = os.path.join(app.folder, _TEMPLATE)
    if _ALLIANCE_AUTH in installed_apps_of(project).packages:
        return None  # a copy of them is part of the project
    try:
        return project.document(path, ast.parse(project.workspace.read(path)))
    except (OSError, SyntaxError, ValueError):
        return None


def _texts_in(module: Module) -> frozenset[str]:
    """The texts in what a module binds to ``INSTALLED_APPS``."""
    bindings = module.scopes.module.bindings.get("INSTALLED_APPS", ())
    nodes = [node for binding in bindings if binding.value is not None for node in ast.walk(binding.value)]
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
