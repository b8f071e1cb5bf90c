"""The flake8 plugin."""

from __future__ import annotations

import gc
import os
import sys
from argparse import Action
from typing import TYPE_CHECKING

from flake8_aa_celery import __version__
from flake8_aa_celery.installed import NO_ENVIRONMENT, is_usable
from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.profiles import Profiles
from flake8_aa_celery.pyproject import SettingsTree
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import OPTIONS, Settings, SettingsError, merge, parse_text

if TYPE_CHECKING:
    import ast
    from argparse import Namespace
    from collections.abc import Iterator, Sequence
    from typing import Any, ClassVar

    from flake8.options.manager import OptionManager

    from flake8_aa_celery.violation import Violation

_PREFIX = "aa-celery-"
#: What flake8 calls what it is given on standard input.
_SNIPPETS = frozenset({"-", "stdin"})


class _Flag(Action):
    """An option without a value, as the text "true": at a bad boolean in its file flake8 stops with a traceback."""

    def __init__(self, **given: Any) -> None:
        super().__init__(nargs=0, **given)

    def __call__(self, parser: object, namespace: Namespace, values: object, option: object = None) -> None:
        setattr(namespace, self.dest, "true")


class Plugin:
    """A plugin that wants the tree of a file, as flake8 starts one for each file.

    flake8 itself applies ``noqa``, ``select``, ``ignore`` and its per-file ignores to what is yielded.
    """

    name = "flake8-aa-celery"
    version = __version__
    settings: ClassVar[Settings] = Settings()
    #: what is known of the files of this run, as long as the process lasts
    workspace: ClassVar[Workspace] = Workspace()
    _nearest: ClassVar[_Nearest | None] = None
    #: how many modules were kept when they were last put aside
    put_aside: ClassVar[int] = 0

    def __init__(self, tree: ast.Module, filename: str, lines: list[str]) -> None:
        self.tree = tree
        self.filename = filename
        self.lines = lines

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """The violations as flake8 wants them: line from 1, column from 0, code and message, and this class."""
        settings = self.settings
        if self._nearest is not None and self._nearest.here is settings:
            settings = self._nearest.of(self.filename)
        if not self.workspace.places.is_checked(self.filename, settings):
            return
        for found in self._violations(settings):
            yield found.line, found.column, f"{found.code} {found.message}", Plugin

    def _violations(self, settings: Settings) -> list[Violation]:
        """What is found, without a search for garbage meanwhile, which makes next to none.

        What is kept for the next files is put aside: flake8 makes so much garbage that it is searched for all the
        time, and each full search would go through all of it.
        """
        data = "".join(self.lines).encode(errors="surrogatepass")
        is_on = gc.isenabled()
        gc.disable()
        try:
            return lint(self.filename, data, settings, self.workspace, self.tree, self.lines)
        finally:
            if is_on:
                gc.enable()
                self._put_aside()

    @classmethod
    def _put_aside(cls) -> None:
        """Let no search for garbage go through the modules that are kept, where there are more of them than before."""
        modules = cls.workspace.modules_kept
        if modules > cls.put_aside:
            gc.freeze()
        cls.put_aside = modules

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Tell flake8 our options. They are texts there: we check them, so that a mistake is one clear error."""
        for option in OPTIONS:
            if option.flake8:
                kind: dict[str, Any] = {"metavar": option.kind.upper()}
                if option.kind == "flag":
                    kind = {"action": _Flag}
                text = f"{option.help}: {option.allowed} (default: {_shown(option.default)})"
                manager.add_option(f"--{_PREFIX}{option.name}", default=None, parse_from_config=True, help=text, **kind)

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Make the settings of ``pyproject.toml`` and of flake8's own options, which win.

        flake8's ``--isolated`` is about its own files: it does not tell plugins of it.

        :raises ExecutionError: for a setting that is not allowed; flake8 prints it and stops.
        """
        try:
            cls._nearest = _Nearest(options)
            cls.settings = cls._nearest.here
        except SettingsError as error:
            from flake8.exceptions import ExecutionError

            raise ExecutionError(str(error)) from error
        environment = cls.settings.environment
        is_option = options.aa_celery_environment is not None  # of a file the settings' own tree has said it
        if is_option and environment and not is_usable(environment):
            _warn(f"{environment}: {NO_ENVIRONMENT}")
        if _shuts_us_out(options):
            _warn("flake8's select names none of our rules, so that none is reported: add extend-select = AAC")


def _shuts_us_out(options: Namespace) -> bool:
    """Whether flake8 is told to select codes, and none of them is one of ours or the beginning of all of them."""
    named = (*(options.select or ()), *(options.extend_select or ()))
    return bool(options.select) and not any(code.startswith("AAC") or "AAC".startswith(code) for code in named)


class _Nearest:
    """The settings of each file: those of the nearest ``pyproject.toml``, and flake8's options over them.

    :ivar here: those of the current folder.
    """

    __slots__ = ("_known", "_options", "_profiles", "_tree", "here")

    def __init__(self, options: Namespace) -> None:
        self._options = options
        self._tree = SettingsTree(all_rules, warn=_warn)
        self._known: dict[Settings, Settings] = {}
        self._profiles = Profiles()
        self.here = self.of("")

    def of(self, path: str) -> Settings:
        """The settings of a file."""
        told = self._tree.of(path)
        if told not in self._known:
            self._known[told] = _with_flake8_options(told, self._options)
        known = self._known[told]
        return known if path in _SNIPPETS else self._profiles.resolved(known, os.path.dirname(path))


def _warn(text: str) -> None:
    print(f"flake8-aa-celery: {text}", file=sys.stderr)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value) or "none"
    return str(value).lower()


def _with_flake8_options(settings: Settings, options: Namespace) -> Settings:
    for option in OPTIONS:
        text = getattr(options, f"{_PREFIX}{option.name}".replace("-", "_"), None) if option.flake8 else None
        if text is not None:
            origin = f"flake8's option {_PREFIX}{option.name}"
            settings = merge(settings, {option.name: parse_text(option, text)}, origin, ".", all_rules)
    select, extend_select = _ours(options.select), _ours(options.extend_select)
    return settings._replace(select=select or settings.select, extend_select=settings.extend_select + extend_select)


def _ours(codes: Sequence[str] | None) -> tuple[str, ...]:
    """Those of flake8's codes that name rules of ours: by them a rule can be on that is off by default."""
    return tuple(code for code in codes or () if code.startswith("AAC"))
