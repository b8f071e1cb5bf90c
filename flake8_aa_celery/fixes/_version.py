"""A file at one stage of its way: what it holds, and what is found in it."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_aa_celery.linter import lint
from flake8_aa_celery.source import heed_noqa, lines_of

if TYPE_CHECKING:
    import ast

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.workspace import Workspace
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation


class Version:
    """What a file holds at one stage, and the violations in that.

    From when it is made until another one is, the other files of the project see the file as this one.

    :param path: where the file is, or would be.
    :param data: its bytes.
    :param settings: by which it is linted.
    :param workspace: the files that it is one of.
    :param syntax: its syntax tree, where somebody has parsed it already.
    """

    def __init__(
        self, path: str, data: bytes, settings: Settings, workspace: Workspace, syntax: ast.Module | None = None
    ) -> None:
        self.path = path
        self.data = data
        self._settings = settings
        self._workspace = workspace
        self._project = workspace.project_of(path, settings)
        self.found = heed_noqa(lint(path, data, settings, workspace, syntax, keep=True), path, data)
        self._syntax = syntax

    @cached_property
    def lines(self) -> list[str]:
        """Its lines, see :func:`~flake8_aa_celery.source.lines_of`."""
        return lines_of(self.data)

    @cached_property
    def facts(self) -> Module:
        """What the model knows of it; of the first version of a file to be asked before there is a second one."""
        if self._syntax is not None:
            return self._project.module(self.path, self._syntax)
        facts = self._project.load(os.path.abspath(self.path))
        assert facts is not None  # it has been linted, and what is no Python is not asked for
        return facts

    def with_data(self, data: bytes, syntax: ast.Module) -> Version:
        """The version that the file becomes by other bytes, whose syntax tree is known."""
        return Version(self.path, data, self._settings, self._workspace, syntax)

    def show(self) -> None:
        """Have the other files of the project see it again."""
        self._project.module(self.path, self.facts.tree)

    def identity(self, violation: Violation) -> tuple[str, ...]:
        """What tells a violation of it from others, in later versions too, where its lines may have moved."""
        lines = self.lines[violation.line - 1 : violation.end_line]
        return violation.code, violation.message, str(violation.column), "".join(lines)
