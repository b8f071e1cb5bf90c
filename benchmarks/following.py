"""How much of what functions do is seen, against labels by hand: ``python -m benchmarks.following FOLDER``.

FOLDER holds apps of Alliance Auth as they are unpacked from their distributions, each in a folder of its name.
``following.json`` says of functions of ten apps what somebody found who read them and whatever they call, without the
analyser: each function by its dotted name, with the kinds of what it does. Only what the reader was sure of is kept.

- ``blocks``: it waits for something outside of the process, in a call however far away;
- ``blocking-loop``: a task that does so once for each item of a loop;
- ``logs``, ``logs-not``: it logs, itself or by what it calls;
- ``sends``, ``sends-in-loop``: it sends a task;
- ``nothing``: it waits for nothing.

Of the kinds that say what is not, a hit is that nothing is found. Prints the hits of each kind and the labels that are
missed, and exits with 1 where something is found that is not there.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.effects.blocking import BLOCKS
from flake8_aa_celery.model.effects.blocking_loops import blocking_loops_of
from flake8_aa_celery.model.effects.bodies import Body
from flake8_aa_celery.model.effects.graph import graph_of
from flake8_aa_celery.model.effects.logging import LOGS
from flake8_aa_celery.model.effects.sending import SENDS
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Scope

LABELS = Path(__file__).with_suffix(".json")
#: What is looked for, by the kind of label, and by that which says that there is none of it.
_EFFECTS = {"blocks": BLOCKS, "logs": LOGS, "sends": SENDS, "sends-in-loop": SENDS, "blocking-loop": BLOCKS}
_ABSENT = {"nothing": BLOCKS, "logs-not": LOGS}


def main() -> int:
    """Compare what is seen with the labels; 1 where something is seen that is not there."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("folder", type=Path, help="where the apps are")
    folder = parser.parse_args().folder.resolve()
    hits, misses, alarms = Counter[str](), list[str](), list[str]()
    for app, labelled in json.loads(LABELS.read_text("utf-8")).items():
        workspace = Workspace()
        for function, kinds in labelled["functions"].items():
            found = _function(folder / app, function, workspace)
            if found is None:
                misses.append(f"{app}: {function} is not there: the labels are for {labelled['version']}")
                continue
            for kind in kinds:
                is_hit = _is_seen(kind, *found) != (kind in _ABSENT)
                hits[kind] += is_hit
                if not is_hit:
                    (alarms if kind in _ABSENT else misses).append(f"{app}: {function}: {kind}")
    _show(hits, misses, alarms)
    return 1 if alarms else 0


def _function(root: Path, dotted: str, workspace: Workspace) -> tuple[Module, Scope] | None:
    """A function, or the method of a class, by its dotted name; None where it is not there."""
    parts = dotted.split(".")
    for end in range(len(parts) - 1, 0, -1):
        for path in (root.joinpath(*parts[:end]).with_suffix(".py"), root.joinpath(*parts[:end], "__init__.py")):
            if path.is_file():
                module = workspace.project_of(str(path), Settings()).load(str(path))
                scopes = module.scopes.all if module is not None else ()
                named = (scope for scope in scopes if getattr(scope.node, "name", None) == parts[-1])
                scope = next(named, None)
                return (module, scope) if module is not None and scope is not None else None
    return None


def _is_seen(kind: str, module: Module, scope: Scope) -> bool:
    """Whether what a label is about is found."""
    is_task = any(task.scope is scope for task in tasks_of(module))
    if kind == "blocking-loop" and is_task:
        return any(loop.task.scope is scope for loop in blocking_loops_of(module))
    return graph_of(module.project).leads(Body(scope), _EFFECTS.get(kind) or _ABSENT[kind])


def _show(hits: Counter[str], misses: list[str], alarms: list[str]) -> None:
    lost = Counter(line.rpartition(" ")[2] for line in (*misses, *alarms))
    for kind in (*_EFFECTS, *_ABSENT):
        print(f"{kind:14} {hits[kind]:4} of {hits[kind] + lost[kind]}")
    for title, lines in (("not seen", misses), ("seen, and not there", alarms)):
        if lines:
            print(f"\n{title}:", *lines, sep="\n  ")


if __name__ == "__main__":
    raise SystemExit(main())
