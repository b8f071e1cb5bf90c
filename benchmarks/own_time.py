"""The own time of flake8 plugins: made and run on trees that are parsed already, as flake8 does it.

Run in the benchmark's environment: ``own_time.py TREE ROUND [CODE…]``. Prints seconds by plugin as JSON. What a plugin
remembers of one file may help it with the next, as in flake8; nothing helps it from one round to the next, for
each round is a process.
"""

from __future__ import annotations

import ast
import gc
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flake8.main.application import Application

from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8.plugins.finder import LoadedPlugin

OURS = "flake8-aa-celery"
PLUGINS = {"AAC": OURS, "C4": "flake8-comprehensions"}


def parsed(root: Path) -> list[dict[str, Any]]:
    """What flake8 offers to a plugin, for each file that can be parsed."""
    files = []
    for path in sorted(root.rglob("*.py")):
        try:
            text = path.read_text("utf-8")
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        files.append({"tree": tree, "filename": str(path), "lines": text.splitlines(keepends=True)})
    return files


def tree_plugins() -> list[LoadedPlugin]:
    """The plugins to be measured, found, loaded and configured by flake8 itself."""
    application = Application()
    application.initialize(["--isolated"])
    assert application.plugins
    return [plugin for plugin in application.plugins.checkers.tree if plugin.entry_name in PLUGINS]


def run_plugin(plugin: LoadedPlugin, files: list[dict[str, Any]]) -> None:
    """What flake8 does with a plugin for every file."""
    for file in files:
        for _ in plugin.obj(**{name: file[name] for name in plugin.parameters}).run():
            pass


def bare_walk(files: list[dict[str, Any]]) -> None:
    """The yardstick: visit every node and do nothing."""
    for file in files:
        for _ in ast.walk(file["tree"]):
            pass


def timed(action: Callable[[], None]) -> float:
    """The seconds that an action takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def main(root: str, round_number: str, *only: str) -> None:
    """Measure each in turn; whoever comes first in one round comes later in the next.

    :param only: codes of the rules that our plugin has, by itself; it has its usual ones, and peers, where there are
        none.
    """
    files = parsed(Path(root))
    plugins = {PLUGINS[plugin.entry_name]: plugin for plugin in tree_plugins()}
    if only:
        plugins = {OURS: plugins[OURS]}
        plugins[OURS].obj.settings = Settings(select=only)
    actions: dict[str, Callable[[], None]] = {name: partial(run_plugin, plugins[name], files) for name in plugins}
    if not only:
        actions["ast.walk"] = partial(bare_walk, files)
    turn = int(round_number) % len(actions)
    names = list(actions)
    gc.collect()
    gc.freeze()  # flake8 never holds all trees at once, so no plugin must pay for collecting among them
    print(json.dumps({name: timed(actions[name]) for name in names[turn:] + names[:turn]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
