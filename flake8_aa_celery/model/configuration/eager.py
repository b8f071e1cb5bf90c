"""Settings that are good for tests and stand where production may read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of
from flake8_aa_celery.model.resolve.values import Constant

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.configuration.celery_settings import CelerySetting

#: How settings are called that are not production's: a word of the name of their module or class.
_NOT_PRODUCTION = frozenset({
    "ci", "debug", "demo", "dev", "devel", "develop", "development", "docker", "drone", "e2e", "eager", "example",
    "github", "gitlab", "integration", "local", "minimal", "mock", "playground", "sample", "sandbox", "standalone",
    "test", "testauth", "tests", "testing", "travis", "unittest",
})  # fmt: skip
_LOCAL = "local"
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


@fact
def eager_settings_of(module: Module) -> list[CelerySetting]:
    """The settings of a module that make every task run in its caller, unconditionally and not for tests alone."""
    return [
        setting
        for setting in celery_settings_of(module)
        if setting.name == "task_always_eager" and _is_true(setting) and not is_for_tests(setting.entry.site)
    ]


def _is_true(setting: CelerySetting) -> bool:
    value = setting.entry.value
    return isinstance(value, Constant) and value.value in (True, "1", "true", "True")


def is_for_tests(site: Site) -> bool:
    """Whether what stands at a place counts under a condition only, or in what is not production's by its name."""
    blocks = list(site.block.outward())
    return any(block.kind not in ("module", "class") for block in blocks) or is_of_development(site)


def is_of_development(site: Site) -> bool:
    """Whether a place is in a module or class for tests or development, by its name."""
    module = site.module
    names = [module.dotted, *(getattr(block.node, "name", "") for block in site.block.outward())]
    words = {word.lower() for name in names for word in _WORDS.findall(name)}
    if module.project.settings.is_of_alliance_auth:
        words.discard(_LOCAL)  # the settings of an Alliance Auth that runs
    return not words.isdisjoint(_NOT_PRODUCTION)
